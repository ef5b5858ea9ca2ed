"""A folder of ten-second clips to 25% of their tokens in Parquet, beside a plain script, Daft and Ray Data.

    bin/bench-peers folder [--clips N...] [--frames N] [--dtypes f32 bf16] [--rounds N] [--parts speed killed broken] [--results docs/results.md]

All sides read the same clips and the same checkpoint: LLaVA-OneVision's full widths with one layer of the tower and random weights. A peer
decodes with torchcodec, encodes with Transformers and selects by VidCom2's rule in PyTorch, in two processes of one thread each. A peer's
time counts only where it has a row of every clip, with the kept tokens that TokenReel has, but those near a tie.
"""

import argparse
import pathlib
import shlex
import subprocess
import sys
import tempfile

import harness
import sides
from sides import OURS, Side, Work

HEADING = "## A folder beside peers"
# A resized pixel differs by one level between Pillow's filter, which TokenReel has, and torchvision's; sums of bfloat16 differ more.
LEAST_COMMON = {"f32": 0.96, "bf16": 0.93}
RULE_LEAST_COMMON = 0.99  # of TokenReel's own tokens, which are the same numbers on both sides: but for ties
MOST_DIFFERENT = {"f32": 0.01, "bf16": 0.03}
LIMIT_SECONDS = 3600
LEAST_BROKEN = 3


class Benchmark:
    """All sides, and the folders that they read."""

    def __init__(self, asked: argparse.Namespace, site: pathlib.Path, scratch: pathlib.Path) -> None:
        self._asked = asked
        self._site = site
        self._scratch = scratch
        self.sides = {name: Side(name, site, scratch) for name in (OURS, *sides.PEERS) if name == OURS or name in asked.peers}
        self._checkpoint = scratch / "checkpoint"
        if not self._checkpoint.exists():
            writer = [sys.executable, harness.ROOT / "checks" / "full_size.py", self._checkpoint, "--size", "0.5b", "--layers", "1", "1"]
            subprocess.run(writer, env=harness.environment(site), check=True)

    def work(self, count: int, dtype: str, broken: float = 0.0, wave: int | None = None) -> tuple[Work, list[str]]:
        """Clips, rendered once, and the names of the broken ones."""
        clips = self._scratch / f"clips-{count}{'-broken' if broken else ''}"
        names = clips.with_suffix(".names")
        if not names.exists():
            harness.say(f"rendering {count} clips")
            command = [sys.executable, sides.FOLDER / "clips.py", clips, str(count), "--broken", str(broken)]
            made = subprocess.run(command, env=harness.environment(self._site), check=True, capture_output=True, text=True)
            names.write_text(made.stdout, encoding="utf-8")
        return Work(clips, self._checkpoint, self._asked.frames, dtype, wave), names.read_text(encoding="utf-8").split()

    def hold_rule(self, count: int, dtype: str) -> None:
        """Ends the benchmark where the peers' rule is not TokenReel's."""
        rule = sides.rule_in_common(self.sides[OURS], self.work(count, dtype)[0], LIMIT_SECONDS)
        harness.say(f"the peers' rule on TokenReel's tokens: at least {rule:.4f} of a clip's kept tokens in common")
        if rule < RULE_LEAST_COMMON:
            sys.exit(f"bench-peers: expected the peers' rule to select what TokenReel does, {RULE_LEAST_COMMON} of it or more; got {rule}: see vidcom2.py")

    def speed(self, count: int, dtype: str) -> list[list[str]]:
        """Rows of the table: each side's clips per minute."""
        work, _ = self.work(count, dtype)
        reference = self.sides[OURS]

        def turn(side: Side) -> harness.Side:
            def run() -> harness.Measured:
                side.clear()
                return side.run(work, LIMIT_SECONDS)

            return harness.Side(run, lambda: difference(reference, side, work))

        results = harness.in_turn({name: turn(side) for name, side in self.sides.items()}, self._asked.rounds)
        ours = results[OURS].median("wall_seconds")
        rows = []
        for name, result in results.items():
            if result.difference is not None:
                rows.append([count, dtype, name, f"does not count: {result.difference}", "", "", "", ""])
                continue
            wall, cpu, peak = (result.median(each) for each in ("wall_seconds", "cpu_seconds", "peak_bytes"))
            ratio = "" if name == OURS else f"{wall / ours:.2f}"
            rows.append([count, dtype, name, f"{60 * count / wall:.1f}", ratio, f"{cpu / count:.2f}", f"{peak / 2**30:.1f}", self.sides[name].lines()])
        return rows

    def killed(self, count: int, dtype: str) -> list[list[str]]:
        """Rows of the table: each side is killed when half of its time is over, and started again."""
        work, _ = self.work(count, dtype, wave=self._asked.wave)
        rows = []
        for name, side in self.sides.items():
            side.clear()
            whole = side.run(work, LIMIT_SECONDS)
            side.clear()
            side.run(work, whole.wall_seconds * self._asked.kill_at)
            first = side.computed()
            again = side.run(work, LIMIT_SECONDS)
            second = side.computed()
            twice: object = first + second - count
            if name == OURS and again.status == 0:  # it says what is committed, and not what it computed of the wave at work
                first, second, twice = committed(side), count - committed(side), f"at most {work.wave}"
            found = sides.found(side, self.sides[OURS])
            ended = f"{again.wall_seconds:.1f}" if again.status == 0 else f"{again.wall_seconds:.1f}, exit status {again.status}"
            rows.append([name, f"{whole.wall_seconds:.1f}", first, second, twice, found.lost(work.names()), found.doubled, found.unreadable, ended])
            harness.say(f"killed, {name}: {rows[-1]}")
        return rows

    def broken(self, count: int, dtype: str) -> list[list[str]]:
        """Rows of the table: some files are damaged."""
        work, damaged = self.work(count, dtype, max(self._asked.broken, LEAST_BROKEN / count))
        rows = []
        for name, side in self.sides.items():
            side.clear()
            took = side.run(work, LIMIT_SECONDS)
            found = sides.found(side, self.sides[OURS])
            named, rows_of = found.reported & set(damaged), set(found.names)
            silent = len((rows_of & set(damaged)) - named)
            sound = len(rows_of - set(damaged))
            rows.append([name, took.status, f"{len(named)} of {len(damaged)}", silent, f"{sound} of {count - len(damaged)}"])
            harness.say(f"broken, {name}: {rows[-1]}")
        return rows


def committed(side: Side) -> int:
    """Clips that TokenReel's second run found committed."""
    found = sides.BEFORE.search(side.said())
    return int(found[1]) if found else 0


def difference(ours: Side, theirs: Side, work: Work) -> str | None:
    """What is wrong with a side's rows, or None."""
    found = sides.found(theirs, ours)
    lost = found.lost(work.names())
    if lost or found.doubled or found.unreadable:
        return f"{lost} rows lost, {found.doubled} doubled, {found.unreadable} files unreadable"
    if found.agreement is None:
        return None
    common, apart = found.agreement["common"], found.agreement["difference"]
    said = f"at least {common:.4f} of a clip's kept tokens in common, which differ by at most {apart:.5f}"
    harness.say(f"{theirs.name}: {said}")
    return None if common >= LEAST_COMMON[work.dtype] and apart <= MOST_DIFFERENT[work.dtype] else said


def page(parts: dict[str, list[list[object]]], asked: argparse.Namespace, site: pathlib.Path) -> str:
    """The section of the results."""
    text = [f"{harness.machine()}; {harness.versions(site, sides.PACKAGES)}."]
    text.append(f"`{asked.command}`: {asked.frames} frames of each clip, medians of {asked.rounds} rounds.")
    if parts["speed"]:
        columns = ["clips", "arithmetic", "side", "clips a minute", "its time / TokenReel's", "processor seconds a clip", "peak GiB", "lines of user code"]
        text.append(harness.table(columns, parts["speed"]))
    if parts["killed"]:
        columns = ["side", "undisturbed s", "clips computed before the kill", "after it", "twice", "rows lost", "doubled", "unreadable files", "second run s"]
        text.append(f"Killed by SIGKILL at {asked.kill_at:.0%} of its undisturbed time, and started again; {asked.wave} clips a wave in TokenReel, of which those before the kill are the committed ones:")
        text.append(harness.table(columns, parts["killed"]))
    if parts["broken"]:
        columns = ["side", "exit status", "damaged clips named", "damaged clips with a row, not named", "sound clips with a row"]
        text.append("With damaged clips (cut in half, 4 KiB of zeros, no video):")
        text.append(harness.table(columns, parts["broken"]))
    return "\n\n".join(text)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, nargs="+", default=[12])
    parser.add_argument("--frames", type=int, default=8, help="of each clip (default: 8)")
    parser.add_argument("--dtypes", nargs="+", choices=list(sides.DTYPES), default=list(sides.DTYPES))
    parser.add_argument("--rounds", type=int, default=harness.ROUNDS)
    parser.add_argument("--peers", nargs="+", choices=list(sides.PEERS), default=list(sides.PEERS))
    parser.add_argument("--parts", nargs="+", choices=["speed", "killed", "broken"], default=["speed", "killed", "broken"])
    parser.add_argument("--wave", type=int, default=6, help="clips of a wave of TokenReel where it is killed (default: 6)")
    parser.add_argument("--kill-at", type=float, default=0.5, help="when a side is killed, as a share of its undisturbed time")
    parser.add_argument("--broken", type=float, default=0.02, help="share of damaged clips, which are at least three")
    parser.add_argument("--scratch", type=pathlib.Path, help="a folder that keeps clips and outputs (default: a temporary one)")
    parser.add_argument("--results", type=pathlib.Path, help=f"a page whose section '{HEADING}' is replaced; else the section is printed")
    asked = parser.parse_args()
    options = [("clips", asked.clips), ("frames", [asked.frames]), ("dtypes", asked.dtypes), ("rounds", [asked.rounds]), ("parts", asked.parts)]
    if asked.peers != list(sides.PEERS):
        options.append(("peers", asked.peers))
    asked.command = " ".join(["bin/bench-peers folder", *(f"--{name} {shlex.join(map(str, values))}" for name, values in options)])
    site = harness.installed("folder")
    with tempfile.TemporaryDirectory() as temporary:
        scratch = asked.scratch or pathlib.Path(temporary)
        scratch.mkdir(parents=True, exist_ok=True)
        benchmark = Benchmark(asked, site, scratch.absolute())
        if "speed" in asked.parts:
            benchmark.hold_rule(min(asked.clips), asked.dtypes[0])
        parts: dict[str, list] = {
            "speed": [row for count in asked.clips for dtype in asked.dtypes for row in benchmark.speed(count, dtype)] if "speed" in asked.parts else [],
            "killed": benchmark.killed(max(asked.clips), asked.dtypes[-1]) if "killed" in asked.parts else [],
            "broken": benchmark.broken(max(asked.clips), asked.dtypes[-1]) if "broken" in asked.parts else [],
        }
    text = page(parts, asked, site)
    harness.publish(text, HEADING, asked.results)


if __name__ == "__main__":
    main()
