"""Finds the Java that runs the command."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

SUPPORTED = (17, 21)

_HOW = "install a JDK 17 or 21, and set JAVA_HOME to its folder or put its java on the PATH"
_VERSION = re.compile(r'(?:JAVA_VERSION=|version )"(?:1\.)?([0-9]+)')


class JavaError(Exception):
    """There is no Java that the command can run with."""


def java_of(environment: Mapping[str, str] = os.environ) -> Path:
    """The `java` of JAVA_HOME, or the one on the PATH.

    Raises:
        JavaError: there is none, or it is of a version that Spark and TokenReel do not run with.
    """
    home = environment.get("JAVA_HOME")
    if home:
        java, source = Path(home, "bin", "java"), f"JAVA_HOME={home}"
        if not os.access(java, os.X_OK):
            raise JavaError(f"{source} has no bin/java; {_HOW}")
    else:
        found = shutil.which("java", path=environment.get("PATH"))
        if found is None:
            raise JavaError(f"no java found: JAVA_HOME is not set, and none is on the PATH; {_HOW}")
        java, source = Path(found).resolve(), f"the java on the PATH, {found},"
    version = _version_of(java)
    if version not in SUPPORTED:
        what = "of an unknown version" if version is None else f"Java {version}"
        raise JavaError(f"{source} is {what}; {_HOW}")
    return java


def _version_of(java: Path) -> int | None:
    """The major version: as the JDK's file says, else as Java itself does, which takes a start."""
    release = java.resolve().parent.parent / "release"
    try:
        said = release.read_text(encoding="utf-8", errors="replace")
    except OSError:
        said = ""
    match = _VERSION.search(said)
    if match is None:
        asked = subprocess.run([java, "-version"], capture_output=True, text=True, errors="replace", check=False)
        match = _VERSION.search(asked.stderr)
    return int(match[1]) if match else None
