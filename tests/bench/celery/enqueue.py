"""Queue each line of standard input (VOICE, a tab, a text) for the worker."""
import sys

from tasks import speak

for number, line in enumerate(sys.stdin):
    voice, text = line.rstrip("\n").split("\t", 1)
    speak.delay(number, voice, text)
