"""Spark Connect: a server with the jar and the extension, and a client of it that has no JVM."""

import contextlib
import json
import os
import sys

import pytest

import each_version
import launch
import packages
import sparks
import workload
from conftest import EXTENSION

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def spark_version():
    return sparks.spark(sparks.NEWEST)


@contextlib.contextmanager
def server(version, folder):
    """Yields the URL of a Connect server with the jar and the extension."""
    port = launch.free_port()
    conf = [f"spark.sql.extensions={EXTENSION}", f"spark.connect.grpc.binding.port={port}", "spark.connect.grpc.binding.address=127.0.0.1"]
    settings = [part for pair in conf for part in ("--conf", pair)]
    main = ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer", "--jars", launch.JAR, "--driver-memory", "3g", "--master", "local[2]"]
    with launch.process(
        [version.home / "bin" / "spark-submit", *main, *settings, "spark-internal"], version.environment(SPARK_LOCAL_IP="127.0.0.1"), folder / "log"
    ):
        launch.wait_for(folder / "log", "Spark Connect server started at", seconds=180)
        yield f"sc://127.0.0.1:{port}"


def without_java(version, folder):
    """The environment of a client: nothing on its PATH, and the packages that pyspark's extra `connect` has."""
    connect = packages.installed(sparks.PINS / "connect.txt")
    (folder / "bin").mkdir()
    environment = {name: value for name, value in os.environ.items() if name not in {"JAVA_HOME", "SPARK_HOME"}}
    return {**environment, "PATH": str(folder / "bin"), "PYTHONPATH": os.pathsep.join(map(str, [version.folder, connect, launch.PACKAGE]))}


def test_client_without_java_has_the_functions_and_the_stages(spark_version, spark, tmp_path):
    client = [sys.executable, launch.ROOT / "checks" / "connect_client.py"]
    with server(spark_version, tmp_path) as url:
        done = launch.finished([*client, url, workload.scenes(), tmp_path], without_java(spark_version, tmp_path), 0, tmp_path)
    extension, registered, accuracy = map(json.loads, done.stdout.splitlines())
    assert extension == registered == each_version.results(spark, each_version.calls())
    expected = workload.piped(workload.pipeline() / "rows")
    assert workload.piped(tmp_path / "rows") == expected
    assert workload.piped(tmp_path / "loaded") == expected
    assert accuracy[0] == accuracy[1] and 0 < accuracy[0] <= 1, accuracy
