"""What the wheel `tokenreel-jobs` has from the build around it: the product jar, its JVM's options, its logging."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Dist(BuildHookInterface[Any]):
    """The files of a distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds them; the jar's native libraries make the wheel one of a platform."""
        if version == "editable":
            return
        root = Path(self.root).parent.parent
        dist = root / "jobs" / "target" / "dist"
        for file in (dist / "tokenreel.jar", dist / "jvm.options", root / "conf" / "log4j2.properties"):
            if not file.is_file():
                raise FileNotFoundError(f"{file} is not there; build it with ./mvnw package -DskipTests")
            build_data["force_include"][str(file)] = f"tokenreel_jobs/dist/{file.name}"
        build_data["pure_python"] = False
        build_data["tag"] = "py3-none-manylinux_2_34_x86_64"
