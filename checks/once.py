"""What one of pytest's processes makes and all of them use, in a folder that goes with the first process."""

import fcntl
import os
import pathlib
import shutil
import tempfile

FOLDER = "TOKENREEL_CHECKS_FOLDER"


def begin():
    """For pytest's first process, before it starts others."""
    os.environ[FOLDER] = tempfile.mkdtemp(prefix="tokenreel-checks")


def end():
    shutil.rmtree(os.environ.pop(FOLDER))


def made(name, make):
    """A file or folder, made by whoever asks first: make is given its path; the others wait."""
    path = pathlib.Path(os.environ[FOLDER], name)
    with open(path.with_name(f"{name}.lock"), "a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if not lock.read():
            make(path)
            lock.write("made")
    return path
