"""How the command finds Java, Spark and the jar; checks/test_python_wheels.py runs it as it is installed."""

import os
import sys
import zipfile
from pathlib import Path

import pytest

from tokenreel import _command, _jars, _versions
from tokenreel._java import JavaError, java_of


@pytest.fixture
def jdk(tmp_path):
    """Makes a JDK's folder of a version, with a release file or with a java that tells its own."""

    def make(version, *, release=True, folder="jdk"):
        home = tmp_path / folder
        (home / "bin").mkdir(parents=True)
        java = home / "bin" / "java"
        java.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
        java.chmod(0o755)
        if release:
            (home / "release").write_text(f'IMPLEMENTOR="Debian"\nJAVA_VERSION="{version}"\nJAVA_RUNTIME_VERSION="99"\n')
        return home

    return make


@pytest.mark.parametrize("version", ["17.0.15", "17-ea", "21", "21.0.1"])
@pytest.mark.parametrize("release", [True, False])
def test_java_of_a_supported_version_is_that_of_java_home(jdk, version, release):
    home = jdk(version, release=release)
    assert java_of({"JAVA_HOME": str(home), "PATH": "/nowhere"}) == home / "bin" / "java"


def test_java_without_a_home_is_that_on_the_path(jdk, tmp_path):
    home = jdk("17.0.1")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").symlink_to(home / "bin" / "java")
    assert java_of({"PATH": str(tmp_path / "bin")}) == home / "bin" / "java"
    assert java_of({"PATH": str(tmp_path / "bin"), "JAVA_HOME": ""}) == home / "bin" / "java"


@pytest.mark.parametrize(("version", "said"), [("1.8.0_402", "Java 8"), ("11.0.2", "Java 11"), ("25", "Java 25")])
def test_java_of_another_version_is_refused_by_its_number(jdk, version, said):
    home = jdk(version)
    with pytest.raises(JavaError, match=f"JAVA_HOME=.* is {said}; install a JDK 17 or 21, and set JAVA_HOME"):
        java_of({"JAVA_HOME": str(home)})


def test_java_that_tells_no_version_is_refused(jdk):
    home = jdk("", release=False)
    with pytest.raises(JavaError, match="is of an unknown version; install a JDK 17 or 21"):
        java_of({"JAVA_HOME": str(home)})


def test_java_that_is_not_there_is_said(tmp_path):
    with pytest.raises(JavaError, match="no java found: JAVA_HOME is not set, and none is on the PATH; install a JDK 17 or 21"):
        java_of({"PATH": str(tmp_path)})
    with pytest.raises(JavaError, match=f"JAVA_HOME={tmp_path} has no bin/java; install a JDK 17 or 21"):
        java_of({"JAVA_HOME": str(tmp_path)})


@pytest.fixture
def installed(tmp_path, monkeypatch, jdk):
    """The two packages and pyspark as folders, of one version."""
    for name in ["tokenreel_jobs", "pyspark"]:
        (tmp_path / "site" / name).mkdir(parents=True)
        (tmp_path / "site" / name / "__init__.py").touch()
    (tmp_path / "site" / "pyspark" / "jars").mkdir()
    dist = tmp_path / "site" / "tokenreel_jobs" / "dist"
    dist.mkdir()
    jar(dist / "tokenreel.jar", "1.2.3")
    for name in ["tokenreel_jobs", "pyspark"]:
        for module in [each for each in sys.modules if each.split(".")[0] == name]:
            monkeypatch.delitem(sys.modules, module)
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(_versions, "package_version", lambda: "1.2.3")
    return tmp_path / "site", {"JAVA_HOME": str(jdk("17")), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def jar(path, version):
    manifest = "Manifest-Version: 1.0\r\n" + (f"Implementation-Version: {version}\r\n" if version else "")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", manifest)


def test_command_is_that_of_the_launcher(installed):
    site, environment = installed
    line, given = _command.command(["demo", "--videos", "3"], environment)
    dist = site / "tokenreel_jobs" / "dist"
    options = [f"@{dist}/jvm.options", "-Xmx4g", "-XX:+UseParallelGC", f"-Dlog4j2.configurationFile={dist}/log4j2.properties"]
    class_path = f"{site}/pyspark/jars/*:{dist}/tokenreel.jar"
    java = str(Path(environment["JAVA_HOME"], "bin", "java"))
    assert line == [java, *options, "-cp", class_path, "io.tokenreel.cli.TokenReel", "demo", "--videos", "3"]
    assert given["SPARK_HOME"] == f"{site}/pyspark"
    assert (given["DJL_OFFLINE"], given["SPARK_SCALA_VERSION"], given["SPARK_LOCAL_IP"]) == ("true", "2.13", "127.0.0.1")


def test_command_takes_heap_and_more_jars_from_the_environment(installed):
    _, environment = installed
    line, _ = _command.command(["demo"], {**environment, "TOKENREEL_HEAP": "9g", "TOKENREEL_JARS": "/a.jar:/b.jar"})
    assert "-Xmx9g" in line
    assert line[line.index("-cp") + 1].endswith("/tokenreel.jar:/a.jar:/b.jar")


@pytest.mark.parametrize(
    ("arguments", "local"),
    [
        (["demo"], True),
        (["demo", "--master", "local[2]"], True),
        (["demo", "--master=local[2]"], True),
        (["demo", "--master", "spark://host:7077"], False),
        (["demo", "--config", "x.yaml"], False),
        (["demo", "--config", "x.yaml", "--master", "local[1]"], True),
    ],
)
def test_command_binds_a_local_master_to_this_machine(installed, arguments, local):
    _, environment = installed
    environment.pop("SPARK_LOCAL_IP", None)
    _, given = _command.command(arguments, environment)
    assert ("SPARK_LOCAL_IP" in given) == local
    _, given = _command.command(arguments, {**environment, "SPARK_LOCAL_IP": "10.0.0.1"})
    assert given["SPARK_LOCAL_IP"] == "10.0.0.1"


@pytest.mark.parametrize(("locale", "expected"), [({"LC_ALL": "C.UTF-8"}, "C.UTF-8"), ({"LC_ALL": "C"}, "C.UTF-8"), ({}, "C.UTF-8")])
def test_command_has_a_locale_whose_names_are_utf8(installed, locale, expected):
    _, environment = installed
    environment.pop("LC_ALL")
    assert _command.command(["demo"], {**environment, **locale})[1]["LC_ALL"] == expected


def test_command_of_a_jar_of_another_version_is_refused(installed):
    site, environment = installed
    jar(site / "tokenreel_jobs" / "dist" / "tokenreel.jar", "1.2.4")
    with pytest.raises(
        RuntimeError, match=r"tokenreel.jar is of version 1.2.4, and this is tokenreel 1.2.3: pip install 'tokenreel\[jobs\]==1.2.3'"
    ):
        _command.command(["demo"], environment)
    jar(site / "tokenreel_jobs" / "dist" / "tokenreel.jar", None)
    with pytest.raises(ValueError, match="has no Implementation-Version in its manifest"):
        _command.command(["demo"], environment)


def test_command_without_sparks_jars_says_what_brings_them(installed):
    site, environment = installed
    (site / "pyspark" / "jars").rmdir()
    with pytest.raises(FileNotFoundError, match=r"has no jars, as pyspark-client has none: pip install 'tokenreel\[jobs\]'"):
        _command.command(["demo"], environment)


def test_command_without_the_product_jar_says_what_brings_it(monkeypatch, capsys):
    monkeypatch.setattr(_jars, "has_jobs", lambda: False)
    monkeypatch.setattr(sys, "argv", ["tokenreel", "demo"])
    with pytest.raises(SystemExit) as stopped:
        _command.main()
    assert str(stopped.value) == "tokenreel: the product jar is not installed: pip install 'tokenreel[jobs]' brings it"


def test_functions_jar_of_a_source_tree_says_how_to_get_one():
    with pytest.raises(FileNotFoundError, match="this is no installed wheel. Build the wheels with bin/wheels"):
        _jars.functions_jar()
