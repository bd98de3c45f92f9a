"""Print a token for the user with the given id, valid in this peer alone."""
import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()

from rest_framework_simplejwt.tokens import AccessToken  # noqa: E402 (after setup)
from tts.models import User  # noqa: E402

print(AccessToken.for_user(User(id=int(sys.argv[1]))))
