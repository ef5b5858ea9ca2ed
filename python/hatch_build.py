"""What the wheel `tokenreel` has from the build around it: the small jar, and the extras, of which one names this version."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from hatchling.metadata.plugin.interface import MetadataHookInterface

SPARK = "pyspark>=4.0.0,<4.4"
TORCH = "torch>=2.4"


class Extras(MetadataHookInterface):
    """The extras."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Adds them."""
        metadata["optional-dependencies"] = {
            "bf16": ["ml-dtypes>=0.4"],
            "jobs": [f"tokenreel-jobs=={metadata['version']}", SPARK],
            "spark": [SPARK],
            "torch": [TORCH],
            "vllm": [TORCH],  # the server is in the environment already, under one of several names
        }


class Jar(BuildHookInterface[Any]):
    """The small jar."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds it under a name without a version."""
        if version == "editable":
            return
        jar = Path(self.root).parent / "udf" / "target" / "tokenreel-udf.jar"
        if not jar.is_file():
            raise FileNotFoundError(f"{jar} is not there; build it with ./mvnw package -DskipTests")
        build_data["force_include"][str(jar)] = "tokenreel/jars/tokenreel-udf.jar"
