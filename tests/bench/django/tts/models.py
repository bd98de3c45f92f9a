"""The tables of sql/0001-core.sql, as far as a page of sentences needs them."""
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class User(AbstractBaseUser):
    last_login = None
    name = models.CharField(max_length=255)
    email = models.CharField(max_length=254, unique=True)
    password = models.CharField(max_length=255, db_column="password_hash")
    objects = BaseUserManager()
    USERNAME_FIELD = "email"

    class Meta:
        managed = False
        db_table = "user"


class Project(models.Model):
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    title = models.CharField(max_length=1024)

    class Meta:
        managed = False
        db_table = "project"


class Audio(models.Model):
    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    position = models.BigIntegerField()
    text = models.TextField()
    speed = models.SmallIntegerField()
    revision = models.BigIntegerField()
    audio_revision = models.BigIntegerField()
    path = models.CharField(max_length=127, null=True)
    state = models.CharField(max_length=8)
    duration_ms = models.IntegerField(null=True)
    size_bytes = models.IntegerField(null=True)
    error = models.CharField(max_length=255)

    class Meta:
        managed = False
        db_table = "audio"
