"""What all checks share: the built jar, a Spark session with the token functions, the golden files."""

import collections
import os
import sys
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

import launch
import once

PROJECT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(PROJECT / "python" / "src"))  # the package as it is in the tree; test_python_wheels.py has it as it is installed
GOLDENS = PROJECT / "udf" / "src" / "test" / "resources" / "goldens" / "compression"
SHARED = PROJECT.parent / "shared"  # larger goldens and more real videos may lie there: what does is tested too
EXTENSION = "io.tokenreel.sql.TokenReelExtensions"
TALLY = pytest.StashKey[collections.Counter]()
TABLES = ["tokens", "features", "selections", "contents", "outcomes", "answers"]
LONGEST_FIRST = [
    "test_versions",
    "test_table_formats",
    "test_newest",
    "test_sweep",
    "test_notebooks",
    "test_precompute",
    "test_answer",
    "test_python_wheels",
    "test_crash",
    "test_cache_readers",
    "test_determinism",
    "test_canary",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--moments", type=int, default=2, help="how often each kind of process is killed by test_crash.py (default: 2)")
    parser.addoption("--references", type=int, default=0, help="how many twins of each family and version test_references.py makes (default: none)")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "slow: takes minutes, and is part of the long run alone")
    config.stash[TALLY] = collections.Counter()
    if is_first(config):
        once.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if is_first(config):
        once.end()


def is_first(config: pytest.Config) -> bool:
    """Whether this process starts the others, if any."""
    return not hasattr(config, "workerinput")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Gigabytes of packages are fetched when they are asked for alone."""
    return True if collection_path.stem == "test_references" and not config.getoption("--references") else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take minutes come first, so that no process is left with one of them when the others have nothing more to do."""
    place = {name: number for number, name in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    terminalreporter.write_line(f"../shared is {'there: its goldens and videos were tested too' if SHARED.is_dir() else 'not there: nothing needs it'}")
    for what, times in sorted(config.stash[TALLY].items()):
        terminalreporter.write_line(f"{times:4} x {what}")


@pytest.fixture(scope="session", autouse=True)
def sound_tables(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whatever tables the checks of this process have left hold."""
    yield
    base = tmp_path_factory.getbasetemp()
    folders = {table.parent for name in TABLES for table in base.rglob(name) if any(table.rglob("*.parquet"))}
    caches = [folder for folder in folders if (folder / "runs").is_dir()]
    if caches:
        launch.command("verify", "--cache", *sorted(caches))


@pytest.fixture
def tally(pytestconfig: pytest.Config) -> collections.Counter:
    """What a test hit and how often; printed when all tests are done."""
    return pytestconfig.stash[TALLY]


@pytest.fixture(scope="session")
def udf_jar() -> Path:
    """The jar of the udf module, as `./mvnw package` leaves it; in the checks of other versions, the product jar, which has its classes."""
    if given := os.environ.get("TOKENREEL_GIVEN_JAR"):
        return Path(given)
    jar = PROJECT / "udf" / "target" / "tokenreel-udf.jar"
    if not jar.is_file():
        pytest.fail(f"{jar} is not there; build it with: ./mvnw -pl udf package -DskipTests", pytrace=False)
    return jar


@pytest.fixture(scope="session")
def wheels() -> Path:
    """The folder of both wheels, built from the built jars."""
    return once.made("wheels", launch.build_wheels)


@pytest.fixture(scope="session")
def site(wheels: Path) -> Path:
    """A folder for PYTHONPATH that has both wheels as pip installs them; its bin/ has the command."""
    return once.made("site", lambda folder: launch.install_wheels(wheels, folder))


@pytest.fixture(scope="session")
def cache() -> Path:
    """What the README's command makes of ten small and four real videos, with features, at 25% and with all tokens; not to be written to."""

    def make(output: Path) -> None:
        summary = launch.precompute(launch.VIDEOS, output, "--input", launch.real_videos(), "--keep-features", "--compression", *launch.SPECS)
        assert (summary["videos"], summary["ok"], summary["degraded"], summary["failed"]) == (14, 13, 1, 0), summary
        ending = "it does not end as a video does"
        assert summary["left_out"] == {
            "files": 1,
            "by_reason": {ending: 1},
            "first": [{"path": "README.md", "reason": ending}],
        }

    return once.made("cache", make)


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Settings of spark-submit for a standalone cluster of two workers."""
    with launch.standalone_cluster(tmp_path_factory.mktemp("cluster")) as url:
        yield [f"spark.master={url}", "spark.executor.memory=2g", "spark.sql.shuffle.partitions=8"]


@pytest.fixture(scope="session")
def spark(udf_jar: Path, tmp_path_factory: pytest.TempPathFactory) -> SparkSession:
    """A session of the stock PySpark with two settings: the jar and the extension."""
    os.chdir(tmp_path_factory.mktemp("spark"))  # Spark leaves its warehouse folder where it starts
    session = launch.session({"spark.master": "local[2]", "spark.jars": udf_jar, "spark.sql.extensions": EXTENSION})
    yield session
    session.stop()
