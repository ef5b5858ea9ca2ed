"""Precompute runs that are disturbed: a small corpus, what an undisturbed run makes of it, and runs that something happens to."""

import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import time

import launch
import tables

VIDEOS_PER_WAVE = 2
SETTINGS = [
    *("--sampling", "uniform:frames=2", "--keep-features", "--compression", *launch.SPECS, "--videos-per-commit", VIDEOS_PER_WAVE),
    *("--conf", "spark.sql.shuffle.partitions=2"),
]
TABLES = ("tokens", "features", "contents", "outcomes")
EXECUTOR = b"CoarseGrainedExecutorBackend"
DECODER = b"ffmpeg.DecoderMain"
LOOK_SECONDS = 0.005
PATIENCE_SECONDS = 3600


@dataclasses.dataclass(frozen=True)
class Undisturbed:
    """What no disturbance may change, the tables, and how long it takes to begin and to do a wave."""

    videos: pathlib.Path
    cache: pathlib.Path
    waves: int
    start_seconds: float
    wave_seconds: float

    @classmethod
    def of(cls, folder, waves):
        """Renders videos for so many waves, and runs over them."""
        videos = waves * VIDEOS_PER_WAVE
        launch.command("scenes", "--output", folder, "--videos", videos, "--split", "test", "--frames", 4)
        run = Run(folder, folder / "videos")
        began = time.monotonic()
        run.start()
        assert run.awaits_wave(1)
        first = time.monotonic() - began
        summary = run.finish()
        assert (summary["ok"], summary["failed"]) == (videos, 0), summary
        whole = cls(folder / "videos", run.output, waves, first, (time.monotonic() - began - first) / (waves - 1))
        run.assert_nothing_left()
        return whole

    def assert_part(self, cache):
        """What a reader finds in an output now: rows of whole waves, none twice, each as it must be."""
        for table in TABLES:
            tables.waves(cache, table)
        if tables.waves(cache, "tokens"):
            assert tables.tokens(cache).items() <= tables.tokens(self.cache).items()
        if tables.waves(cache, "features"):
            assert tables.features(cache).items() <= tables.features(self.cache).items()

    def assert_whole(self, cache, run):
        """An output after a run that was done: its tables are the undisturbed ones, and nothing else is left."""
        assert tables.tokens(cache) == tables.tokens(self.cache)
        assert tables.features(cache) == tables.features(self.cache)
        assert tables.outcomes(cache, run) == tables.outcomes(self.cache)
        tables.rows(cache, "outcomes", ("run_id", "video_id"))
        assert tables.waves(cache, "tokens") | tables.waves(cache, "features") <= tables.waves(cache, "outcomes")
        left = [file.name for file in cache.iterdir() if file.name not in {*TABLES, "runs", "_index", "_encoders", "_schema-1", "._schema-1.crc"}]
        left += [str(file) for file in cache.rglob("*.tmp")]
        assert not left, f"left in the output: {left}"


class Run:
    """One precompute run, started again into the same output until it is done; its decoders are known by its scratch folder."""

    def __init__(self, folder, videos, *more, output=None, scratch=None, within=None):
        self.output = output or folder / "cache"
        self.scratch = scratch or folder / "scratch"
        self.log = folder / "log"
        self.scratch.mkdir(parents=True, exist_ok=True)
        options = [*SETTINGS, *more, "--json", "--quiet", "--conf", f"spark.local.dir={self.scratch}"]
        self.command = launch.launcher("precompute", "--input", videos, "--output", self.output, *options, within=within)
        self.process = None

    def start(self):
        with open(self.log, "w", encoding="utf-8") as log:
            command = [str(part) for part in self.command]
            self.process = subprocess.Popen(command, env=launch.ENVIRONMENT, stdout=subprocess.PIPE, stderr=log, text=True)

    def is_running(self):
        return self.process.poll() is None

    def runs_for(self, seconds):
        """Waits, and says whether the run is still at work."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.is_running()

    def kill(self):
        self.process.kill()
        self.process.communicate()

    def finish(self, expect=0):
        """Waits for the run's end; returns its summary, or where it is to fail what it said on standard error."""
        out, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        status = self.process.returncode
        assert status == expect, f"exit status {status}, expected {expect}\n{self.said()[-6000:]}"
        return json.loads(out.splitlines()[-1]) if expect == 0 else self.said()

    def ends_well(self):
        """Waits for the run's end, and says whether it was a good one."""
        self.process.communicate(timeout=PATIENCE_SECONDS)
        return self.process.returncode == 0

    def said(self):
        return self.log.read_text(encoding="utf-8")

    def again(self):
        """Runs to the end, undisturbed."""
        self.start()
        return self.finish()

    def wave(self):
        """The number of the last wave whose outcomes are committed."""
        return max(tables.waves(self.output, "outcomes"), default=0)

    def awaits_wave(self, number):
        """Waits until a wave is committed, and says whether the run is still at work."""
        while self.is_running() and self.wave() < number:
            time.sleep(LOOK_SECONDS)
        return self.is_running()

    def awaits_commit(self):
        """Waits until a wave's journal is there, which it is for milliseconds, and says whether the run is still at work."""
        journals = self.output / "_journal"
        while self.is_running():
            with contextlib.suppress(FileNotFoundError):
                if any(name.endswith(".json") for name in os.listdir(journals)):
                    return True
        return False

    def phase(self):
        """Where the run is, or was when it was killed."""
        if not (self.output / "_lock").exists():
            done = any('"done"' in run.read_text(encoding="utf-8") for run in (self.output / "runs").glob("[0-9]*.json"))
            return "ending" if done else "starting"
        if any((self.output / "_journal").glob("*.json")):
            return "in a commit"
        if any((self.output / "_staging").glob("*/*")):
            return "writing a wave"
        return "decoding a later wave" if self.wave() else "before the first wave is written"

    def children(self, what):
        """Processes of a kind that this run has started and that live."""
        scratch = os.fsencode(self.scratch)
        for process in pathlib.Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it may end at any moment
                command = (process / "cmdline").read_bytes()
                if what in command and (scratch in command or scratch in (process / "environ").read_bytes()):
                    yield int(process.name)

    def kills_children(self, what, most):
        """Kills some of them as soon as there are any, decoders in mid-video, and says whether there were."""
        while self.is_running():
            found = [process for process in self.children(what) if what != DECODER or is_decoding(process)][:most]
            for process in found:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            if found:
                return True
            time.sleep(LOOK_SECONDS)
        return False

    def assert_nothing_left(self):
        """No decoder process outlives a run, and no folder of one."""
        deadline = time.monotonic() + 30
        while left := [*self.children(DECODER), *self.children(EXECUTOR), *self.scratch.rglob("tokenreel-*")]:
            assert time.monotonic() < deadline, f"left by a run that has ended: {left}"
            time.sleep(0.1)


def is_decoding(process):
    """Whether a decoder has a video at the moment, which lies in its folder; others wait for a task."""
    with contextlib.suppress(OSError):
        return any(name.startswith("video") for name in os.listdir(f"/proc/{process}/cwd"))
    return False


class SmallDisk:
    """A disk of a few megabytes in a mount namespace of its own, which needs no root where users may make namespaces."""

    def __init__(self, folder, megabytes=64):
        folder.mkdir()
        mount = f"mount -t tmpfs -o size={megabytes}m tmpfs '{folder}' && echo mounted && exec sleep infinity"
        self.holder = subprocess.Popen(["unshare", "-rm", "sh", "-c", mount], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.can_be_had = self.holder.stdout.readline() == "mounted\n"
        # A way to it that holds within the namespace and without.
        self.path = pathlib.Path(f"/proc/{self.holder.pid}/root{folder}")
        self.namespaces = ["nsenter", "--user", "--mount", "--preserve-credentials", "--target", self.holder.pid]

    def fill(self):
        with contextlib.suppress(OSError), open(self.path / "filler", "wb", buffering=0) as filler:
            while True:
                filler.write(bytes(4096))

    def free(self):
        (self.path / "filler").unlink()

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.holder.kill()
        self.holder.communicate()
