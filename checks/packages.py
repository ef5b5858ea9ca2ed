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


def place(pins):
    """The folder for the packages of a file of this repository, named by the whole of its path, such as checks-spark-pyspark-4.1.4."""
    return FOLDER / "-".join(pins.resolve().relative_to(ROOT).with_suffix("").parts)


def _lock(pins):
    """A file beside the folder, which holds the digest of the pins that are installed."""
    return place(pins).with_name(f"{place(pins).name}.lock")


def is_installed(pins):
    """Whether the packages that a file names are there, as it names them now."""
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    return _lock(pins).is_file() and _lock(pins).read_text(encoding="utf-8") == digest


def installed(pins):
    """The folder with the packages that a file names with their digests. A PySpark is 500 MB and takes a minute, once."""
    FOLDER.mkdir(exist_ok=True)
    folder = place(pins)
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()
    with open(_lock(pins), "a+", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.seek(0)
        if lock.read() != digest:
            shutil.rmtree(folder, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-compile", "--require-hashes"]
            subprocess.run([*pip, "--target", folder, "-r", pins], check=True)
            lock.truncate(0)
            lock.write(digest)
    return folder
