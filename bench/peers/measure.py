"""Runs a command and reports what it and every process that comes of it took: wall and processor seconds, peak memory, exit status.

    python bench/peers/measure.py --limit SECONDS --report FILE -- COMMAND [ARGUMENT...]

The report is one JSON object, see harness.Measured. Linux only: it makes itself the reaper of orphans, so that the processor time of
daemons, such as Ray's, counts as well, and it reads /proc.

A command that prints the line `begin`, and later `end`, is measured between the two as well, so that what a start costs, imports or a JVM,
is known apart from the work; with `begin NAME` and `end NAME` it has several such stretches. Its other output is passed on.
"""

import argparse
import contextlib
import ctypes
import dataclasses
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import threading
import time

PR_SET_CHILD_SUBREAPER = 36
LOOK_SECONDS = 1.0
TICKS = os.sysconf("SC_CLK_TCK")


@dataclasses.dataclass(frozen=True)
class Reading:
    """A moment: wall and processor seconds so far."""

    wall: float
    cpu: float


def descendants() -> list[int]:
    """The processes below this one, parents first."""
    children: dict[int, list[int]] = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            fields = stat(int(entry))
            if fields:
                children.setdefault(int(fields[1]), []).append(int(entry))
    found = list(children.get(os.getpid(), []))
    for process in found:
        found += children.get(process, [])
    return found


def stat(process: int) -> list[str] | None:
    """The fields of /proc/PID/stat behind the name, the state first; None once the process has gone."""
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def cpu_seconds() -> float:
    """Of all descendants, alive or waited for by their parent."""
    ticks = 0
    for process in descendants():
        fields = stat(process)
        ticks += sum(int(each) for each in fields[11:15]) if fields else 0
    waited = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ticks / TICKS + waited.ru_utime + waited.ru_stime


def own_seconds(processes: list[int]) -> dict[tuple[int, str], float]:
    """Processor seconds of each process alone, by its number and when it began, for numbers come again."""
    seconds = {}
    for process in processes:
        fields = stat(process)
        if fields:
            seconds[process, fields[19]] = (int(fields[11]) + int(fields[12])) / TICKS
    return seconds


def resident_bytes(processes: list[int]) -> int:
    """Of all together; a page that several share counts once."""
    total = 0
    for process in processes:
        with contextlib.suppress(OSError):
            rollup = pathlib.Path(f"/proc/{process}/smaps_rollup").read_text(encoding="utf-8")
            total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return total * 1024


class Run:
    """One command, watched from its start until nothing of it is left."""

    def __init__(self, command: list[str]) -> None:
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        self._peak = 0
        self._own_seconds: dict[tuple[int, str], float] = {}
        self._begun: dict[str, Reading] = {}
        self._stretches: dict[str, dict[str, float]] = {}
        self._began = time.monotonic()
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _now(self) -> Reading:
        return Reading(time.monotonic() - self._began, cpu_seconds())

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            word, _, name = line.strip().partition(" ")
            if word == "begin":
                self._begun[name] = self._now()
            elif word == "end" and name in self._begun:
                begin, end = self._begun.pop(name), self._now()
                self._stretches[name] = {"wall_seconds": end.wall - begin.wall, "cpu_seconds": end.cpu - begin.cpu}
            else:
                sys.stdout.write(line)

    def finish(self, limit: float) -> dict[str, object]:
        """The report, after at most `limit` seconds; what runs on then is killed."""
        status: int | None = None
        while status is None and time.monotonic() - self._began < limit:
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self._process.wait(LOOK_SECONDS)
            processes = descendants()
            self._peak = max(self._peak, resident_bytes(processes))
            self._own_seconds |= own_seconds(processes)
        wall = time.monotonic() - self._began
        self._end_all()
        self._reader.join(5)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        return {
            "status": status,  # null: the time limit
            "wall_seconds": wall,
            # The system drops the time of a process whose parent ignores that it ends, as some of Ray's do; what was seen of each is known.
            "cpu_seconds": max(used.ru_utime + used.ru_stime, sum(self._own_seconds.values())),
            "peak_bytes": self._peak,
            "stretches": self._stretches,
        }

    def _end_all(self) -> None:
        """Kills what is left, and waits for all of it, so that its processor time is known."""
        while True:
            for process in descendants():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(process, signal.SIGKILL)
            try:
                os.waitpid(-1, 0)
            except ChildProcessError:
                return


def main() -> None:
    parser = argparse.ArgumentParser(description="Runs a command and reports what it took.")
    parser.add_argument("--limit", type=float, required=True, metavar="SECONDS")
    parser.add_argument("--report", type=pathlib.Path, required=True, metavar="FILE")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    report = Run(arguments.command).finish(arguments.limit)
    arguments.report.write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
