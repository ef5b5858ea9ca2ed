"""The version of this package, and that of a jar: they must be the same."""

from __future__ import annotations

import importlib.metadata
import zipfile
from pathlib import Path

_KEY = "Implementation-Version: "


def package_version() -> str:
    """The version of the installed package.

    Raises:
        importlib.metadata.PackageNotFoundError: it is used without being installed.
    """
    return importlib.metadata.version("tokenreel")


def jar_version(jar: Path) -> str:
    """The version that a jar's manifest names, as Python writes it: 0.2.0-SNAPSHOT is 0.2.0.dev0.

    Raises:
        ValueError: it names none.
    """
    with zipfile.ZipFile(jar) as archive:
        manifest = archive.read("META-INF/MANIFEST.MF").decode()
    for line in manifest.splitlines():
        if line.startswith(_KEY):
            return line.removeprefix(_KEY).replace("-SNAPSHOT", ".dev0")
    raise ValueError(f"{jar} has no {_KEY.rstrip(': ')} in its manifest: it is no jar of TokenReel's build")


def require_same(jar: Path) -> Path:
    """The jar, when it is of this package's version.

    Raises:
        RuntimeError: it is not.
    """
    expected, found = package_version(), jar_version(jar)
    if found != expected:
        raise RuntimeError(
            f"{jar.name} is of version {found}, and this is tokenreel {expected}:"
            f" pip install 'tokenreel[jobs]=={expected}' brings the one that fits"
        )
    return jar
