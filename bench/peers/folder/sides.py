"""The commands of the sides, and what each says of its work."""

import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import harness

FOLDER = pathlib.Path(__file__).parent
OURS = "TokenReel"
SHARED = ("encoding.py", "../vidcom2.py")
PEERS = {"plain script": "script.py", "Daft": "with_daft.py", "Ray Data": "with_ray.py"}
PACKAGES = ("torch", "torchvision", "torchcodec", "transformers", "daft", "ray", "pyarrow", "av")
DTYPES = {"f32": "float32", "bf16": "bfloat16"}
RETENTION = 0.25
PROCESSES = 2
PROGRESS = re.compile(r"(\d+)/\d+ videos,")
BEFORE = re.compile(r"(\d+) were committed before")


@dataclasses.dataclass(frozen=True)
class Work:
    """What a run is to do.

    Attributes:
        clips: the folder of the videos.
        checkpoint: the folder of the model.
        frames: of a clip.
        dtype: f32 or bf16, of the arithmetic.
        wave: clips of a wave of TokenReel; None is its default.
    """

    clips: pathlib.Path
    checkpoint: pathlib.Path
    frames: int
    dtype: str
    wave: int | None = None

    def names(self) -> list[str]:
        return sorted(file.name for file in self.clips.glob("*.mp4"))


class Side:
    """One way to do the work; it keeps what it wrote and said of the last run."""

    def __init__(self, name: str, site: pathlib.Path, scratch: pathlib.Path) -> None:
        self.name = name
        self.output = scratch / name.replace(" ", "-")
        self.log = scratch / f"{self.output.name}.log"
        path = os.pathsep.join(map(str, (site, FOLDER, FOLDER.parent)))
        more = {"LD_LIBRARY_PATH": harness.ffmpeg_of_pyav(site, scratch / "ffmpeg"), "HF_HUB_OFFLINE": "1", "RAY_DEDUP_LOGS": "0"}
        self._encoded = self.output.with_suffix(".encoded")
        more["ENCODED"] = str(self._encoded)
        self.reading = harness.environment(site, **more) | {"PYTHONPATH": path}
        self._environment = None if name == OURS else self.reading

    def clear(self) -> None:
        for folder in (self.output, self.output.with_name(f"{self.output.name}-checkpoint")):
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, work: Work, limit: float, *more: object) -> harness.Measured:
        """Does the work, or what is left of it; after `limit` seconds everything of it is killed. TokenReel takes `more` compressions."""
        self._encoded.unlink(missing_ok=True)
        return harness.measured(self._command(work, *more), limit, self._environment, self.log)

    def _command(self, work: Work, *more: object) -> list[object]:
        if self.name != OURS:
            return [sys.executable, FOLDER / PEERS[self.name], work.clips, self.output, work.checkpoint, DTYPES[work.dtype], work.frames, RETENTION, PROCESSES]
        command = [harness.ROOT / "bin" / "tokenreel", "precompute", "--input", work.clips, "--output", self.output, "--model", work.checkpoint]
        command += ["--sampling", f"uniform:frames={work.frames}", "--compression", f"vidcom2:retention={RETENTION}", *more]
        command += ["--compute-dtype", work.dtype]
        return [*command, *([] if work.wave is None else ["--videos-per-commit", work.wave])]

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def computed(self) -> int:
        """Clips that the last run encoded: a peer counts them in a file; of TokenReel it is the last progress line, which comes every few seconds."""
        if self.name != OURS:
            return len(self._encoded.read_text(encoding="utf-8").splitlines()) if self._encoded.exists() else 0
        return max(map(int, PROGRESS.findall(self.said())), default=0)

    def lines(self) -> int:
        """Lines of code that a user writes: neither blank, nor a comment, nor a docstring of one line. TokenReel's is one command."""
        if self.name == OURS:
            return 1
        lines = [line.strip() for file in (PEERS[self.name], *SHARED) for line in (FOLDER / file).read_text(encoding="utf-8").splitlines()]
        return sum(bool(line) and not line.startswith(("#", '"""')) for line in lines)


def rule_in_common(ours: Side, work: Work, limit: float) -> float:
    """The least share of a clip's kept tokens that the peers' rule selects of TokenReel's own tokens; ties may fall otherwise."""
    ours.clear()
    ours.run(work, limit, "none")
    done = subprocess.run([sys.executable, FOLDER / "rule.py", ours.output], env=ours.reading, check=True, capture_output=True, text=True)
    return float(done.stdout)


@dataclasses.dataclass(frozen=True)
class Found:
    """What a side has written.

    Attributes:
        names: clips, one for each row.
        unreadable: Parquet files that cannot be read.
        reported: clips that it says something of: TokenReel in its table of outcomes, a peer in any line of its log.
        agreement: with TokenReel's rows, see written.py; None of TokenReel.
    """

    names: list[str]
    unreadable: int
    reported: set[str]
    agreement: dict | None

    def lost(self, clips: list[str]) -> int:
        return len(set(clips) - set(self.names))

    @property
    def doubled(self) -> int:
        return len(self.names) - len(set(self.names))


def found(side: Side, ours: Side) -> Found:
    """Reads what a side wrote last, beside what TokenReel did."""
    command = [sys.executable, FOLDER / "written.py", ours.output, *([side.output] if side is not ours else [])]
    said = json.loads(subprocess.run(command, env=side.reading, check=True, capture_output=True, text=True).stdout)
    if side is ours:
        return Found(**said["ours"] | {"reported": set(said["ours"]["reported"])}, agreement=None)
    return Found(**said["theirs"] | {"reported": set(re.findall(r"clip-\d+[.]mp4", side.said()))}, agreement=said["agreement"])
