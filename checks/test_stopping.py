"""Jobs that wait for a cluster, and jobs that a signal stops: what they say, and how they end."""

import contextlib
import signal
import subprocess
import time

import pytest

import launch

pytestmark = pytest.mark.slow


@contextlib.contextmanager
def running(command, environment):
    """A command in the project's folder whose standard error can be read; Ctrl-C reaches it although the checks run in the background."""
    words = ["env", "--default-signal=INT", *map(str, command)]
    with subprocess.Popen(words, cwd=launch.ROOT, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def read_until(process, text):
    seen = []
    for line in process.stderr:
        seen.append(line)
        if text in line:
            return line
    pytest.fail(f"no line with '{text}':\n{''.join(seen)}", pytrace=False)


def assert_stopped(process, number, status):
    process.send_signal(number)
    *before, last = process.communicate(timeout=60)[1].splitlines()
    assert last == f"tokenreel precompute was stopped by {number.name}; the same command goes on where it was"
    assert process.returncode == status
    assert not [line for line in before if not line.startswith("precompute: ")], before


def test_cluster_that_is_too_small_is_described_within_half_a_minute_and_sigterm_ends_the_job(tmp_path):
    with launch.standalone_cluster(tmp_path, workers=1, cores=2, memory="1g") as url:
        command = launch.submission(f"spark.master={url}", properties="conf/standalone.conf")
        job = ["precompute", "--input", launch.VIDEOS / "hevc.mp4", "--output", tmp_path / "cache"]
        start = time.monotonic()
        with running([*command, *job], launch.ENVIRONMENT) as process:
            line = read_until(process, "still no executor")
            assert time.monotonic() - start < 30
            assert "spark.executor.memory=2g" in line and "1 worker: 127.0.0.1 with 2 cores and 1024 MB" in line, line
            assert "None is large enough" in line, line
            assert_stopped(process, signal.SIGTERM, 143)


def test_ctrl_c_ends_the_launcher_with_one_line(tmp_path):
    job = ["precompute", "--input", launch.VIDEOS, "--output", tmp_path / "cache"]
    with running(launch.launcher(*job), launch.ENVIRONMENT) as process:
        read_until(process, "are none of these")  # the last line of the start
        assert_stopped(process, signal.SIGINT, 130)
