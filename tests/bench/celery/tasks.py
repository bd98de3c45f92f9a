"""The peer for the renderer: a Celery task that runs espeak-ng and lame for one sentence."""
import os
import subprocess

from celery import Celery

app = Celery("tasks", broker=os.environ["BENCH_BROKER"])
app.conf.task_ignore_result = True
app.conf.worker_prefetch_multiplier = 4

OUT = os.environ["BENCH_OUT"]
LAME = ["lame", "--quiet", *os.environ["BENCH_LAME"].split()]


@app.task
def speak(number, voice, text):
    """Speak TEXT into the file NUMBER.mp3, as the shell would with a pipe."""
    path = f"{OUT}/{number}.mp3"
    espeak = subprocess.Popen(
        ["espeak-ng", "-v", voice, "--stdout", "--stdin"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    lame = subprocess.Popen([*LAME, "-", path + ".tmp"], stdin=espeak.stdout)
    espeak.stdout.close()
    espeak.stdin.write(text.encode())
    espeak.stdin.close()
    if espeak.wait() != 0 or lame.wait() != 0:
        raise RuntimeError(f"sentence {number} has no sound")
    os.rename(path + ".tmp", path)
