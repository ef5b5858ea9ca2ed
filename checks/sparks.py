"""Other versions of Spark than the build's, from PyPI, each in a folder of its own that is kept from run to run."""

import dataclasses
import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

import launch

PINS = launch.ROOT / "checks" / "spark"
FOLDER = pathlib.Path(os.environ.get("TOKENREEL_SPARKS") or launch.ROOT / ".sparks")
VERSIONS = sorted((file.stem.removeprefix("pyspark-") for file in PINS.glob("pyspark-*.txt")), key=lambda version: [int(part) for part in version.split(".")])
NEWEST = VERSIONS[-1]
EVERY = os.environ.get("TOKENREEL_EVERY_SPARK") == "1"  # else the newest stands for the lines between: a line takes seven minutes
LATER = [version for version in VERSIONS if not version.startswith("4.0.")] if EVERY else [NEWEST]


@dataclasses.dataclass(frozen=True)
class Spark:
    """A PySpark that is no part of the checks' own environment: whoever has its folder first on PYTHONPATH imports it."""

    version: str
    folder: pathlib.Path

    @property
    def home(self):
        return self.folder / "pyspark"

    @property
    def line(self):
        """Such as 4.1."""
        return self.version.rpartition(".")[0]

    def environment(self, **more):
        """Its own bin comes first on PATH, since its scripts look for one another there."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "SPARK_HOME"))}
        paths = {"PYTHONPATH": str(self.folder), "PATH": f"{self.home / 'bin'}{os.pathsep}{os.environ['PATH']}"}
        return {**inherited, **paths, **{name: str(value) for name, value in more.items()}}


def spark(version):
    return Spark(version, installed(PINS / f"pyspark-{version}.txt"))


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
            pip = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--require-hashes"]
            subprocess.run([*pip, "--target", folder, "-r", pins], check=True)
            lock.truncate(0)
            lock.write(digest)
    return folder
