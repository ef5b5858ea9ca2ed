"""One jar on every line of Spark: it links, its functions and commands run, and all tables are those of the build's own Spark."""

import functools

import pytest

import launch
import sparks
import workload

pytestmark = pytest.mark.slow
CHECKS = launch.ROOT / "checks"
OWN = launch.ROOT / "jobs" / "target" / "dist" / "spark" / "jars"


@functools.cache
def link(spark_jars):
    """What a Spark does not have of what the jar's classes name; the vector module is the JVM's."""
    (asm,) = (sparks.spark(sparks.VERSIONS[0]).home / "jars").glob("xbean-asm9-shaded-*.jar")
    command = [launch.JAVA, *launch.FIRST_COMPILER.split(), "--add-modules", "jdk.incubator.vector", "-cp", asm, CHECKS / "Linkage.java", launch.JAR, spark_jars]
    return set(launch.finished(command, launch.ENVIRONMENT, 0).stdout.splitlines())


@pytest.mark.parametrize("version", sparks.VERSIONS)
def test_every_class_method_and_field_is_there(version):
    """Libraries in the jar have parts that nothing here calls and that want other libraries: they miss those on any Spark."""
    missing = link(sparks.spark(version).home / "jars")
    assert [line for line in missing if line.startswith("io.tokenreel.")] == []
    assert sorted(missing - link(OWN)) == []


@pytest.mark.parametrize("version", sparks.LATER)
def test_functions_pipeline_and_commands(version, tmp_path):
    tests = [CHECKS / "test_sql_functions.py", CHECKS / "each_version.py", "-k", "not cluster and not table_format"]
    given = {"SCENES": workload.scenes(), "TABLES": tmp_path / "tables", "SAVED": workload.pipeline() / "saved"}
    sparks.spark(version).run_checks(*tests, folder=tmp_path, **given)
    workload.assert_same_rows(tmp_path / "tables")
    assert workload.piped(tmp_path / "tables" / "pipeline" / "rows") == workload.piped(workload.pipeline() / "rows")
