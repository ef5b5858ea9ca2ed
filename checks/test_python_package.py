"""python/ as a source tree: formatted, linted, typed, and its own tests, which need neither Spark nor Java."""

import os
import subprocess
import sys

import launch

PYTHON = launch.ROOT / "python"


def run(*arguments, folder=PYTHON):
    """Runs a tool of this environment; what it says is the message of a failure."""
    command = [sys.executable, "-m", *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=launch.SECONDS, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-6000:]}{done.stderr[-3000:]}"
    return done.stdout


def test_ruff_finds_nothing_in_the_package():
    run("ruff", "check", "--no-cache", ".")


def test_ruff_formats_the_package_as_it_is():
    run("ruff", "format", "--no-cache", "--check", ".")


def test_ruff_finds_nothing_in_the_checks():
    run("ruff", "check", "--no-cache", ".", folder=launch.ROOT / "checks")


def test_ruff_finds_nothing_in_the_benchmarks_beside_peers():
    run("ruff", "check", "--no-cache", ".", folder=launch.ROOT / "bench" / "peers")


def test_mypy_strict_finds_nothing(tmp_path):
    run("mypy", "--strict", "--cache-dir", tmp_path)


def test_its_own_tests_pass():
    assert " passed" in run("pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")


def test_importing_the_cache_needs_no_spark(tmp_path):
    """A server that reads a cache has pyarrow and numpy, and pays for nothing else."""
    program = "import sys, tokenreel.cache; print(sorted({name.split('.')[0] for name in sys.modules} & {'pyspark', 'py4j', 'fsspec', 'ml_dtypes', 'pandas'}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(PYTHON / "src")}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
