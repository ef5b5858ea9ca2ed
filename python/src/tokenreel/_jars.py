"""The jars that the wheels bring."""

from __future__ import annotations

import importlib.resources
import importlib.util
from pathlib import Path

from tokenreel._versions import require_same

EXTENSION = "io.tokenreel.sql.TokenReelExtensions"
"""The class for spark.sql.extensions, in both jars."""


def functions_jar() -> Path:
    """The small jar: the SQL functions and `CompressionTransformer`.

    Raises:
        FileNotFoundError: this package is used from a source tree, without its jar.
        RuntimeError: the jar is of another version.
    """
    jar = Path(str(importlib.resources.files("tokenreel"))) / "jars" / "tokenreel-udf.jar"
    if not jar.is_file():
        raise FileNotFoundError(f"{jar} is not there: this is no installed wheel. Build the wheels with bin/wheels, and install one")
    return require_same(jar)


def has_jobs() -> bool:
    """Whether the package with the product jar is installed."""
    return importlib.util.find_spec("tokenreel_jobs") is not None


def jobs_file(name: str) -> Path:
    """A file of the package with the product jar.

    Raises:
        FileNotFoundError: the package is not installed.
    """
    if not has_jobs():
        raise FileNotFoundError("the product jar is not installed: pip install 'tokenreel[jobs]' brings it")
    return Path(str(importlib.resources.files("tokenreel_jobs"))) / "dist" / name


def product_jar() -> Path:
    """The jar with everything: functions, stages, models and commands.

    Raises:
        FileNotFoundError: the package that has it is not installed.
        RuntimeError: it is of another version.
    """
    return require_same(jobs_file("tokenreel.jar"))
