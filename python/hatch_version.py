"""The version of both wheels: that of the build, as Python writes it."""

import re
from pathlib import Path


def version() -> str:
    """That of pom.xml; 0.2.0-SNAPSHOT is 0.2.0.dev0."""
    pom = (Path(__file__).resolve().parent.parent / "pom.xml").read_text(encoding="utf-8")
    found = re.search(r"<artifactId>tokenreel</artifactId>\s*<version>([^<]+)</version>", pom)
    if not found:
        raise ValueError("pom.xml names no version of tokenreel")
    return found[1].replace("-SNAPSHOT", ".dev0")
