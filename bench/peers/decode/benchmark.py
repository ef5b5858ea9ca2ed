"""32 exact uniform frames of each file, beside torchcodec, decord, PyAV, Daft and Ray Data; then the same with damaged files.

    bin/bench-peers decode [--clips N] [--longs N] [--rounds N] [--results docs/results.md] ...

Every side decodes on one thread, in a process of its own, all files of a list one after another. What counts is the processor time of the
side's whole tree of processes from the first file of a group to its last, so not the start of Python or of a JVM: in each process a clip of
every codec comes first, and what was used up to its end is said apart. TokenReel's side is the decoder as a task runs it: digest, own
process, limits, and frames resized to 384 x 384. A peer's frames are not resized, and its files neither digested nor decoded apart.

Before anything is timed, each side decodes every file once and says what each frame shows; there as many sides run at once as there are cores.
"""

import argparse
import json
import os
import pathlib
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import corpus
import harness

FOLDER = pathlib.Path(__file__).parent
OURS = "TokenReel"
EXACT = ("torchcodec exact", "decord", "PyAV sequential", "PyAV seeking", "Ray Data")
PEERS = ("torchcodec exact", "torchcodec approximate", "decord", "PyAV sequential", "PyAV seeking", "Daft", "Ray Data")
PACKAGES = ("torchcodec", "decord", "av", "daft", "ray", "imageio-ffmpeg")
START_SECONDS = 60
# A file that takes a side longer than this hangs: a hundred times what the slowest takes for a clip.
CLIP_LIMIT_SECONDS = 60
LONG_LIMIT_SECONDS = 600
# A side that took more than this many times the processor time of the fastest is timed once: more rounds would not change what it shows.
AGAIN_WITHIN = 3
HEADING = "## Decode beside peers"

T = TypeVar("T")
Report = dict[str, dict]  # by file, the lines of a side's report
Table = dict[str, dict[str, object]]  # by group and side


class Sides:
    """The sides as commands."""

    def __init__(self, site: pathlib.Path, scratch: pathlib.Path, frames: int, first: Sequence[corpus.Video]) -> None:
        """
        Args:
            first: what each process decodes before anything counts.
        """
        self._first = [("first", video.file) for video in first]
        self._described: dict[tuple[str, tuple[pathlib.Path, ...]], Report] = {}
        self._scratch = scratch
        self._frames = frames
        libraries = harness.ffmpeg_of_pyav(site, scratch / "ffmpeg")
        path = os.pathsep.join([str(site), str(FOLDER)])
        self._environment = {**harness.environment(site, LD_LIBRARY_PATH=libraries, RAY_DEDUP_LOGS="0", DAFT_PROGRESS_BAR="0"), "PYTHONPATH": path}

    def run(self, name: str, files: Sequence[tuple[str, pathlib.Path]], seconds: float, limit: float, describe: bool) -> tuple[harness.Measured, Report]:
        """Decodes files, each with its group.

        Args:
            seconds: that a file lasts, for Daft, which spaces frames by time.
            limit: wall seconds of a file.
        """
        listed, report, log = (self._scratch / f"{name}.{ending}" for ending in ("list", "report", "log"))
        listed.write_text("".join(f"{group}\t{file}\n" for group, file in [*self._first, *files]), encoding="utf-8")
        report.unlink(missing_ok=True)
        common = ["--list", listed, "--report", report, "--frames", self._frames, *(["--describe"] if describe else [])]
        if name == OURS:
            command, environment = [harness.ROOT / "bin" / "bench", "frames", *common], None
        else:
            command, environment = [sys.executable, FOLDER / "peer.py", name, *common, "--seconds", seconds], self._environment
        took = harness.measured(command, START_SECONDS + limit * len(files), environment, log)
        lines = report.read_text(encoding="utf-8").splitlines() if report.exists() else []
        return took, {line["file"]: line for line in map(json.loads, (each for each in lines if each.endswith("}")))}

    def described(self, name: str, videos: Sequence[corpus.Video], seconds: float, limit: float) -> Report:
        """What each frame of sound files shows; each list of files is decoded once."""
        key = name, tuple(video.file for video in videos)
        if key not in self._described:
            took, report = self.run(name, [(video.group, video.file) for video in videos], seconds, limit, describe=True)
            if took.status != 0:
                harness.say(f"{name}: status {took.status}\n{self.tail(name)}")
            self._described[key] = report
        return self._described[key]

    def tail(self, name: str) -> str:
        return (self._scratch / f"{name}.log").read_text(encoding="utf-8", errors="replace")[-2000:]


def untimed(names: Sequence[str], of: Callable[[str], T]) -> dict[str, T]:
    """What a function gives for each side, as many sides at once as there are cores."""
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        return dict(zip(names, pool.map(of, names)))


def wrong_frames(video: corpus.Video, line: dict | None, count: int, exact: bool) -> int:
    """How many of a sound file's frames are not those that were asked for; with other times than ours, not those that the side says they are."""
    if line is None or not line["sound"]:
        return count
    frames = line["frames"]
    indices = video.expected(count) if exact else [frame["index"] for frame in frames]
    right = sum(video.shown[index % len(video.shown)] in (frame["code"], corpus.UNCLEAR) for index, frame in zip(indices, frames))
    return max(count if exact else 1, len(frames)) - right


def speeds(sides: Sides, names: Sequence[str], videos: list[corpus.Video], seconds: float, limit: float, arguments: argparse.Namespace) -> tuple[Table, dict[str, float]]:
    """By group and side, files per processor second, or what is wrong; and by side, the processor seconds of its start and first files."""
    files = [(video.group, video.file) for video in videos]
    groups = list(dict.fromkeys(video.group for video in videos))
    wrong: dict[str, dict[str, int]] = {}
    failed: dict[str, set[str]] = {}  # by side, groups of which it decodes no file
    reports = untimed(names, lambda name: sides.described(name, videos, seconds, limit))
    for name, report in reports.items():
        each = {video: wrong_frames(video, report.get(str(video.file)), arguments.frames, name != "Daft") for video in videos}
        wrong[name] = {group: sum(count for video, count in each.items() if video.group == group) for group in groups}
        failed[name] = set(groups) - {video.group for video in videos if report.get(str(video.file), {"sound": False})["sound"]}
        harness.say(f"{name}: frames that are not those asked for: {wrong[name]}")
    timed = [name for name in names if any(count == 0 for count in wrong[name].values())]
    done = harness.in_turn(
        {
            name: harness.Side(
                lambda name=name: sides.run(name, files, seconds, limit, describe=False)[0],
                lambda: None,
            )
            for name in timed
        },
        arguments.rounds,
        AGAIN_WITHIN,
    )
    table: Table = {}
    for group in groups:
        count = sum(video.group == group for video in videos)
        table[group] = {}
        for name in names:
            if group in failed[name]:
                table[group][name] = "not decoded"
            elif wrong[name][group]:
                table[group][name] = f"{wrong[name][group]} of {count * arguments.frames} frames wrong"
            elif done[name].difference:
                table[group][name] = done[name].difference
            else:
                table[group][name] = count / done[name].median_of(group).cpu_seconds
    starts = {
        name: statistics.median(each.cpu_seconds - sum(each.stretches[group].cpu_seconds for group in groups) for each in done[name].rounds)
        for name in timed
        if not done[name].difference
    }
    return table, starts


def damage(sides: Sides, names: Sequence[str], made: corpus.Corpus, arguments: argparse.Namespace) -> list[list[object]]:
    """A row for each side, see `damage_of`."""
    damaged = made.damaged(arguments.damaged / 100, arguments.seed)
    return list(untimed(names, lambda name: damage_of(sides, name, made.clips, damaged)).values())


def damage_of(sides: Sides, name: str, sound: list[corpus.Video], damaged: list[corpus.Damaged]) -> list[object]:
    """A side's row: damaged files reported, returned unchanged, frames wrongly returned as right, hangs, files lost, jobs ended."""
    files = [("corpus", file) for file in [sound[0].file, *(each.file for each in damaged), *(each.file for each in sound[1:])]]
    truth = sides.described(name, sound, corpus.CLIP_SECONDS, CLIP_LIMIT_SECONDS)
    found: Report = {}
    hangs, ended = 0, 0
    while True:
        left = [each for each in files if str(each[1]) not in found]
        took, report = sides.run(name, left, corpus.CLIP_SECONDS, CLIP_LIMIT_SECONDS, describe=True)
        found |= report
        if took.status == 0 or name in ("Daft", "Ray Data"):
            ended += took.status != 0
            break
        culprit = next(each for each in left if str(each[1]) not in report)
        hangs += took.hung
        ended += not took.hung
        found[str(culprit[1])] = {"sound": False, "said": None, "frames": [], "lost": True}
    lost = sum(str(file) not in found or found[str(file)].get("lost", False) for _, file in files)
    frames = whole = told = 0
    for each in damaged:
        line = found.get(str(each.file))
        if line is None or not line["sound"]:
            told += line is not None and line["said"] is not None
            continue
        right = [frame["pixels"] for frame in truth[str(each.sound.file)]["frames"]] if str(each.sound.file) in truth else []
        returned = [frame["pixels"] for frame in line["frames"]]
        changed = sum(a != b for a, b in zip(returned, right)) + abs(len(returned) - len(right))
        frames += changed
        whole += changed == 0
    row = [name, f"{told} of {len(damaged)}", whole, frames, hangs, lost, ended]
    harness.say(f"{name}: {row}")
    return row


def cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/bench-peers decode", description="32 exact uniform frames of each file, beside other tools.")
    parser.add_argument("--clips", type=int, default=12, help="ten-second files, of four codecs (default: %(default)s; in full 200)")
    parser.add_argument("--longs", type=int, default=8, help="long files, of four codecs and two keyframe distances (default: %(default)s; in full 20)")
    parser.add_argument("--long-seconds", type=int, default=300, help="that a long file lasts (default: %(default)s)")
    parser.add_argument("--megabits", type=float, help="a second, of every codec (default: as on the web, 1.2 to 2.5)")
    parser.add_argument("--frames", type=int, default=32, help="of each file (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS, help="of which the median counts (default: %(default)s)")
    parser.add_argument("--damaged", type=float, default=2, help="per cent of the clips, at least one of each kind and codec (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the damage (default: %(default)s)")
    parser.add_argument("--sides", nargs="+", default=[OURS, *PEERS], choices=[OURS, *PEERS], metavar="SIDE", help="default: all")
    parser.add_argument("--clips-only", nargs="*", default=[], choices=PEERS, metavar="SIDE", help="sides that are not run on long files")
    parser.add_argument("--parts", nargs="+", default=["clips", "longs", "damaged"], choices=["clips", "longs", "damaged"], help="default: all")
    parser.add_argument("--corpora", type=pathlib.Path, default=harness.ROOT / "bench" / "target" / "peers-decode", help="where they are kept (default: %(default)s)")
    parser.add_argument("--results", type=pathlib.Path, help="a page that takes the tables as a section")
    arguments = parser.parse_args()
    site = harness.installed("decode")
    ffmpeg = next((site / "imageio_ffmpeg" / "binaries").glob("ffmpeg-*"))
    made = corpus.Corpus(ffmpeg, arguments.corpora, arguments.clips, arguments.longs, arguments.long_seconds, arguments.megabits)
    with tempfile.TemporaryDirectory() as scratch:
        first = list({video.group: video for video in reversed(made.clips)}.values())
        sides = Sides(site, pathlib.Path(scratch), arguments.frames, first)
        table: Table = {}
        starts: dict[str, float] = {}
        if "clips" in arguments.parts:
            table, starts = speeds(sides, arguments.sides, made.clips, corpus.CLIP_SECONDS, CLIP_LIMIT_SECONDS, arguments)
        if "longs" in arguments.parts:
            names = [name for name in arguments.sides if name not in arguments.clips_only]
            long_table, long_starts = speeds(sides, names, made.longs, arguments.long_seconds, LONG_LIMIT_SECONDS, arguments)
            table, starts = table | long_table, starts | long_starts
        rows = damage(sides, arguments.sides, made, arguments) if "damaged" in arguments.parts else []
    text = section(table, starts, rows, site, arguments)
    print(text)
    if arguments.results:
        harness.write_section(arguments.results, HEADING, text)


def section(table: Table, starts: dict[str, float], damaged: list[list[object]], site: pathlib.Path, arguments: argparse.Namespace) -> str:
    """The tables in Markdown, with what was run."""
    lines = []
    for group, row in table.items():
        exact = [value for name, value in row.items() if name in EXACT and isinstance(value, float)]
        ours = row.get(OURS)
        ratio = f"{ours / max(exact):.2f}" if exact and isinstance(ours, float) else ""
        lines.append([group, *(cell(row.get(name, "")) for name in arguments.sides), ratio])
    size = f"{arguments.clips} clips of {corpus.CLIP_SECONDS} s and {arguments.longs} files of {arguments.long_seconds} s"
    rate = f"{arguments.megabits} Mbit/s" if arguments.megabits else ", ".join(f"{codec.name} {codec.megabits} Mbit/s" for codec in corpus.CODECS)
    options = " ".join(sys.argv[1:])
    text = "<!-- not run: it takes an hour, and fetches 6 GB of packages once -->\n\n"
    text += f"    bin/bench-peers decode{' ' + options if options else ''}\n\n"
    text += f"{size}, 1280 x 720, 30 frames a second, {rate}; {arguments.frames} uniform frames of each; {arguments.rounds} rounds, "
    text += f"and one of a side whose first took over {AGAIN_WITHIN} times the processor time of the fastest. "
    text += f"{harness.machine()}; {harness.versions(site, PACKAGES)}.\n\n"
    if lines:
        text += "Files per second of processor time, medians; the ratio is that to the best exact peer:\n\n"
        text += harness.table(["files", *arguments.sides, "ratio"], lines) + "\n"
        text += "Processor seconds of the start and of a clip of each codec, which are not counted above: "
        text += ", ".join(f"{name} {seconds:.1f}" for name, seconds in starts.items()) + ".\n\n"
    if damaged:
        text += "Damaged files among the sound clips (truncated, bits flipped, tail missing, not a video):\n\n"
        columns = ["side", "reported", "returned unchanged", "wrong frames returned as right", "hangs", "files lost", "jobs ended"]
        text += harness.table(columns, damaged)
    return text


if __name__ == "__main__":
    main()
