"""What the benchmarks beside peers share: a peer's pinned packages, a measured command, rounds of all sides in turn, and tables for docs/results.md.

A benchmark is a folder here with `requirements.in`, `requirements.txt` (bin/record-checksums makes it) and `benchmark.py`, which
`bin/bench-peers NAME` runs. A side's time counts only where its output is what it must be.
"""

import dataclasses
import datetime
import importlib.metadata
import json
import math
import os
import pathlib
import platform
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.append(str(ROOT / "checks"))

import packages  # noqa: E402

ROUNDS = 3
MEASURE = pathlib.Path(__file__).with_name("measure.py")


@dataclasses.dataclass(frozen=True)
class Stretch:
    """A part of a command's time: wall seconds, and processor seconds of the whole tree of processes."""

    wall_seconds: float
    cpu_seconds: float


@dataclasses.dataclass(frozen=True)
class Measured:
    """What a command and all processes that came of it took.

    Attributes:
        status: the exit status; None where the time limit ended it, which is a hang.
        wall_seconds: from its start to its end.
        cpu_seconds: processor time, user and system, of the whole tree of processes, daemons among them.
        peak_bytes: the most memory that the tree had at once, looked at once a second; a page that processes share counts once.
        stretches: by name, what it took between the lines `begin NAME` and `end NAME` that it printed; the name is empty for `begin` and `end`.
    """

    status: int | None
    wall_seconds: float
    cpu_seconds: float
    peak_bytes: int
    stretches: Mapping[str, Stretch] = dataclasses.field(default_factory=dict)

    @property
    def hung(self) -> bool:
        return self.status is None

    @property
    def work_wall_seconds(self) -> float:
        """Between the lines `begin` and `end`."""
        return self.stretches[""].wall_seconds

    @property
    def work_cpu_seconds(self) -> float:
        """Processor seconds between the lines `begin` and `end`."""
        return self.stretches[""].cpu_seconds


def installed(benchmark: str) -> pathlib.Path:
    """The folder with a benchmark's packages, `bench/peers/BENCHMARK/requirements.txt`; installed once, kept in .packages."""
    return pathlib.Path(packages.installed(ROOT / "bench" / "peers" / benchmark / "requirements.txt"))


def environment(site: pathlib.Path, **more: object) -> dict[str, str]:
    """Of a peer's process: packages of `site`, and one thread in every library that asks."""
    one = {name: "1" for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
    return {**os.environ, **one, "PYTHONPATH": str(site), **{name: str(value) for name, value in more.items()}}


def ffmpeg_of_pyav(site: pathlib.Path, folder: pathlib.Path) -> str:
    """A library path by which torchcodec, which brings no FFmpeg, finds PyAV's, with dav1d; `folder` takes links by the names that it looks for."""
    folder.mkdir(exist_ok=True)
    for file in (site / "av.libs").glob("lib*.so.*"):
        name = re.match(r"(lib(?:av|sw)\w+)-\w+(\.so\.\d+)", file.name)
        if name and not (folder / (name[1] + name[2])).exists():
            (folder / (name[1] + name[2])).symlink_to(file)
    return os.pathsep.join([str(folder), str(site / "av.libs")])


def versions(site: pathlib.Path, names: Iterable[str]) -> str:
    """Of packages in a folder, as `name 1.2, name 3.4`."""
    found = {each.metadata["Name"].lower(): each.version for each in importlib.metadata.distributions(path=[str(site)])}
    return ", ".join(f"{name} {found[name.lower()]}" for name in names)


def measured(command: Sequence[object], limit: float, env: Mapping[str, str] | None = None, log: pathlib.Path | None = None) -> Measured:
    """Runs a command to its end, or kills it and all that came of it after `limit` seconds.

    Args:
        command: the program and its arguments.
        limit: seconds.
        env: the environment; None is this process's.
        log: takes standard output and standard error; None leaves them where this process's go.
    """
    with tempfile.TemporaryDirectory() as scratch:
        report = pathlib.Path(scratch) / "report.json"
        wrapper = [sys.executable, str(MEASURE), "--limit", str(limit), "--report", str(report), "--", *map(str, command)]
        if log is None:
            subprocess.run(wrapper, env=env, check=True)
        else:
            with open(log, "w", encoding="utf-8") as out:
                subprocess.run(wrapper, env=env, check=True, stdout=out, stderr=subprocess.STDOUT)
        took = json.loads(report.read_text(encoding="utf-8"))
        stretches = {name: Stretch(**each) for name, each in took.pop("stretches").items()}
        return Measured(**took, stretches=stretches)


@dataclasses.dataclass(frozen=True)
class Side:
    """One way to do the work.

    Attributes:
        run: does it once; each round calls it.
        difference: looks at what the last run wrote; None where it is what it must be, else what is not, for a person.
    """

    run: Callable[[], Measured]
    difference: Callable[[], str | None]


@dataclasses.dataclass(frozen=True)
class Result:
    """The rounds of one side; `difference` is None where the output of every round was right, and only then may times be compared."""

    rounds: tuple[Measured, ...]
    difference: str | None

    def median(self, quantity: str) -> float:
        """Of a number of Measured by its name."""
        return float(statistics.median(getattr(each, quantity) for each in self.rounds))

    def median_of(self, stretch: str) -> Stretch:
        """Of a named stretch."""
        of_rounds = [each.stretches[stretch] for each in self.rounds]
        return Stretch(statistics.median(each.wall_seconds for each in of_rounds), statistics.median(each.cpu_seconds for each in of_rounds))


def in_turn(sides: Mapping[str, Side], rounds: int = ROUNDS, again_within: float = math.inf) -> dict[str, Result]:
    """Runs all sides in turn, A B A B, so that what else the machine does meets each alike. A side that failed, hung or was wrong is not run again.

    Args:
        sides: by name.
        rounds: of which the median counts.
        again_within: a side whose first round took more than this many times the least processor time of a side is not run again.
    """
    done: dict[str, list[Measured]] = {name: [] for name in sides}
    wrong: dict[str, str] = {}
    slow: set[str] = set()
    for number in range(1, rounds + 1):
        for name, side in sides.items():
            if name in wrong or name in slow:
                continue
            run = side.run()
            done[name].append(run)
            difference = "hang" if run.hung else f"exit status {run.status}" if run.status else side.difference()
            if difference is not None:
                wrong[name] = difference
            took = f"{run.wall_seconds:.1f} s, {run.cpu_seconds:.1f} s of processor time, {run.peak_bytes / 1e6:.0f} MB"
            say(f"round {number}, {name}: {took}{'' if difference is None else ', does not count: ' + difference}")
        least = min((runs[0].cpu_seconds for name, runs in done.items() if name not in wrong), default=0)
        slow = {name for name, runs in done.items() if runs[0].cpu_seconds > again_within * least}
    return {name: Result(tuple(done[name]), wrong.get(name)) for name in sides}


def say(line: str) -> None:
    """Tells whoever waits, on standard error."""
    print(line, file=sys.stderr, flush=True)


def machine() -> str:
    """One line: processor, cores that this process may use, memory, kernel, Python, date."""
    text = pathlib.Path("/proc/cpuinfo").read_text(encoding="utf-8")
    name = re.search(r"^model name\s*: (.+)$", text, re.MULTILINE)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    today = datetime.datetime.now(datetime.UTC).date()
    processor = name[1] if name else platform.machine()
    return f"{processor}, {cores} cores, {memory:.0f} GiB, Linux {platform.release()}, Python {platform.python_version()}, {today}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; numbers come formatted."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def write_section(page: pathlib.Path, heading: str, body: str) -> None:
    """Puts a section into a page: instead of the one of the same heading, or at the end.

    Args:
        heading: a line of Markdown, such as `## Decode`.
        body: what stands below it.
    """
    level = heading.split(" ", 1)[0]
    text = page.read_text(encoding="utf-8")
    section = f"{heading}\n\n{body.strip()}\n"
    start = re.search(rf"^{re.escape(heading)}$", text, re.MULTILINE)
    if start is None:
        page.write_text(text.rstrip("\n") + "\n\n" + section, encoding="utf-8")
        return
    following = re.compile(rf"^#{{1,{len(level)}}} ", re.MULTILINE).search(text, start.end())
    rest = text[following.start() :] if following else ""
    page.write_text(text[: start.start()] + section + ("\n" + rest if rest else ""), encoding="utf-8")


def publish(text: str, heading: str, page: pathlib.Path | None) -> None:
    """Puts a benchmark's section into a page, or prints it where there is none."""
    if page is None:
        print(text)
    else:
        write_section(page, heading, text)
