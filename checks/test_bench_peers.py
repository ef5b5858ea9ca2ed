"""The harness of the benchmarks beside peers: what it says that a command took, and what it writes."""

import sys

import numpy
import pyarrow
import pyarrow.parquet
import pytest

import launch

sys.path += [str(launch.ROOT / "bench" / "peers"), str(launch.ROOT / "bench" / "peers" / "folder")]
import written  # noqa: E402
import harness  # noqa: E402

BUSY = "import time\nwhile time.process_time() < 0.5: pass\n"
DAEMON = f"""
import os, subprocess, sys, time
subprocess.Popen([sys.executable, "-c", "import os; os.setsid()\\n" + {BUSY!r} + "bytes(1); time.sleep(100)"])
print("begin", flush=True)
{BUSY}
time.sleep(1)
print("end", flush=True)
"""


def test_a_command_that_leaves_a_daemon_counts_it_and_ends_it():
    took = harness.measured([sys.executable, "-c", DAEMON], 60)
    assert took.status == 0
    assert took.cpu_seconds >= 1
    assert 0.4 <= took.work_cpu_seconds <= took.cpu_seconds + 0.1
    assert 1 <= took.work_wall_seconds <= took.wall_seconds < 60
    assert took.peak_bytes > 1e6


def test_named_stretches_are_measured_each_on_its_own():
    took = harness.measured([sys.executable, "-c", f"print('begin a')\n{BUSY}print('end a')\nprint('begin b')\nprint('end b')"], 60)
    assert took.stretches.keys() == {"a", "b"}
    assert all(each.wall_seconds < 60 for each in took.stretches.values())


def test_a_command_past_its_limit_is_a_hang(tmp_path):
    took = harness.measured([sys.executable, "-c", "import time; time.sleep(100)"], 0.5, log=tmp_path / "log")
    assert took.hung
    assert took.wall_seconds < 50


def test_sides_take_turns_until_one_is_wrong():
    order = []

    def side(name, differences):
        def run():
            order.append(name)
            return harness.Measured(0, len(order), 1, 1)

        return harness.Side(run, lambda: differences.pop(0))

    done = harness.in_turn({"a": side("a", [None] * 3), "b": side("b", [None, "frame 3 is another"])})
    assert order == ["a", "b", "a", "b", "a"]
    assert done["a"].difference is None
    assert done["a"].median("wall_seconds") == 3
    assert done["b"].difference == "frame 3 is another"


def test_a_section_is_replaced_and_the_others_stand(tmp_path):
    page = tmp_path / "results.md"
    page.write_text("# Results\n\n## One\n\nold\n\n### Part\n\nold\n\n## Two\n\nkept\n", encoding="utf-8")
    harness.write_section(page, "## One", harness.table(["a", "b"], [[1, "x"]]))
    harness.write_section(page, "## Three", "new\n")
    harness.write_section(page, "## Three", "newer\n")
    expected = "# Results\n\n## One\n\n| a | b |\n| --- | --- |\n| 1 | x |\n\n## Two\n\nkept\n\n## Three\n\nnewer\n"
    assert page.read_text(encoding="utf-8") == expected


def test_a_folder_of_rows_is_read_past_what_is_half_written(tmp_path):
    tokens = numpy.array([[1, -2], [0.5, 3]], "<f4")
    stored = (tokens.view("<u4") >> 16).astype("<u2").tobytes()
    rows = [{"video": f"/clips/clip-{number}.mp4", "indices": [0, 3], "dim": 2, "tokens": stored} for number in (1, 2, 2)]
    for number, row in enumerate(rows):
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), tmp_path / f"{number}.parquet")
    (tmp_path / "3.parquet").write_bytes((tmp_path / "2.parquet").read_bytes()[:-20])
    said, found = written.read(tmp_path, is_ours=False)
    assert said == {"names": ["clip-1.mp4", "clip-2.mp4", "clip-2.mp4"], "unreadable": 1, "reported": []}
    assert numpy.array_equal(found["clip-1.mp4"][1], tokens)


def test_rows_agree_by_indices_in_common_and_tokens_there():
    ours = {"a": (numpy.array([0, 1, 2, 3]), numpy.ones((4, 2))), "b": (numpy.array([0]), numpy.ones((1, 2)))}
    theirs = {"a": (numpy.array([1, 2, 3, 5]), numpy.full((4, 2), 1.1)), "c": (numpy.array([0]), numpy.ones((1, 2)))}
    assert written.agreement(ours, theirs) == {"clips": 1, "common": 0.75, "difference": pytest.approx(0.1)}
