"""Iceberg and Delta on every line of Spark that they have a build for: a catalog's tables have the rows of Parquet."""

import json
import re

import pytest

import launch
import sparks
import tables
import workload

pytestmark = pytest.mark.slow
CHECKS = launch.ROOT / "checks"
FORMATS = {  # of a session that has a format: the catalog's name, and its settings
    "iceberg": {
        "catalog": "lake",
        "spark.sql.catalog.lake": "org.apache.iceberg.spark.SparkCatalog",
        "spark.sql.catalog.lake.type": "hadoop",
        "spark.sql.catalog.lake.warehouse": "{folder}/lake",
    },
    "delta": {
        "catalog": "spark_catalog",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
        "spark.sql.warehouse.dir": "{folder}/warehouse",
    },
}


@pytest.fixture(scope="module")
def format_jars(tmp_path_factory):
    """The formats' jars for every line of Spark that has them in Maven Central."""
    folder = tmp_path_factory.mktemp("formats")
    fetch = ["-B", "-q", "-ntp", "-f", CHECKS / "spark" / "pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
    launch.finished([launch.ROOT / "mvnw", *fetch], launch.ENVIRONMENT, 0)
    return folder


@pytest.mark.parametrize("version", sparks.LATER)
@pytest.mark.parametrize("table_format", FORMATS)
def test_tables_of_a_format(version, table_format, format_jars, tmp_path):
    spark = sparks.spark(version)
    jars = list(format_jars.glob(f"{table_format}-spark*[-_]{spark.line}_2.13-*.jar"))
    page = (launch.ROOT / "docs" / "compatibility.md").read_text(encoding="utf-8")
    if not jars:
        assert re.search(rf"^\| {table_format.title()} \|.*{re.escape(spark.line)}: none", page, re.MULTILINE)
        pytest.skip(f"Maven Central has no {table_format} for Spark {spark.line}")
    (jar,) = jars
    storage = list(format_jars.glob("delta-storage-*.jar")) if table_format == "delta" else []
    conf = {name: value.format(folder=tmp_path) for name, value in FORMATS[table_format].items()}
    conf["spark.jars"] = ",".join(map(str, [launch.JAR, jar, *storage]))
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps(conf), encoding="utf-8")
    given = {"SCENES": workload.scenes(), "TABLES": tmp_path, "SETTINGS": settings}
    spark.run_checks(CHECKS / "each_version.py", "-k", "table_format", folder=tmp_path / "base", **given)
    key = ("video_id", "content_sha256", "encoder", "sampling", "compression")
    assert tables.rows(tmp_path, "tokens", key) == tables.tokens(workload.expected() / "cache")
