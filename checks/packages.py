"""Packages from PyPI that are no part of the checks' environment, each in a folder of its own that is kept from run to run."""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = pathlib.Path(os.environ.get("TOKENREEL_PACKAGES") or ROOT / ".packages")


def installed(pins):
    """The folder with the packages that a file names with their digests. A PySpark is 500 MB and takes a minute, once."""
    FOLDER.mkdir(exist_ok=True)
    folder = FOLDER / pins.stem
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    with open(FOLDER / f"{pins.stem}.lock", "a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read() != digest:
            shutil.rmtree(folder, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-compile", "--require-hashes"]
            subprocess.run([*pip, "--target", folder, "-r", pins], check=True)
            lock.truncate(0)
            lock.write(digest)
    return folder
