"""A process with torch and one version of Transformers, which makes twins: references/twins.py."""

import json
import os
import subprocess
import sys

import launch
import packages

FOLDER = launch.ROOT / "checks" / "references"
VERSIONS = {"4.45.2": ["llava_onevision", "llava_video", "qwen2_vl"]}
VERSIONS |= dict.fromkeys(["4.57.6", "5.24.0"], ["llava_onevision", "llava_video", "qwen2_vl", "qwen2_5_vl", "qwen3_vl"])


class Reference:
    """Ends with the with-statement."""

    def __init__(self, version, folder):
        self.number = version
        path = [packages.installed(FOLDER / f"{name}.txt") for name in (f"transformers-{version}", "torch")]
        settings = {"PYTHONPATH": os.pathsep.join(map(str, path)), "HF_HUB_OFFLINE": "1", "TRANSFORMERS_VERBOSITY": "error"}
        self._log = folder / "log"
        with open(self._log, "w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, FOLDER / "twins.py"], env={**os.environ, **settings}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True
            )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.communicate()

    def twin(self, family, seed, folder, **change):
        """Makes a twin, some of its settings changed, and returns what is said of it."""
        folder.mkdir(parents=True)
        self._process.stdin.write(json.dumps({"family": family, "seed": seed, "folder": str(folder), "change": change}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the process has ended\n{self._log.read_text(encoding='utf-8')[-3000:]}"
        return json.loads(line)
