"""Other versions of Spark than the build's, from PyPI."""

import dataclasses
import os
import pathlib
import sys

import launch
import packages

PINS = launch.ROOT / "checks" / "spark"
VERSIONS = sorted((file.stem.removeprefix("pyspark-") for file in PINS.glob("pyspark-*.txt")), key=lambda version: [int(part) for part in version.split(".")])
NEWEST = VERSIONS[-1]
LATER = [version for version in VERSIONS if not version.startswith("4.0.")]


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

    def run_checks(self, *tests, folder, **given):
        """A pytest of its own, which imports this PySpark; what is given are environment variables TOKENREEL_GIVEN_<name>."""
        folder.mkdir(exist_ok=True)
        given = {f"TOKENREEL_GIVEN_{name}": value for name, value in given.items()} | {"TOKENREEL_GIVEN_JAR": launch.JAR}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", folder / self.version, *tests]
        launch.finished([*command, "-W", "ignore"], self.environment(**given), 0, launch.ROOT / "checks", seconds=1500)


def spark(version):
    return Spark(version, packages.installed(PINS / f"pyspark-{version}.txt"))
