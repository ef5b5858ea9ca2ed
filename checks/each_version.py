"""What runs on every version of Spark. test_versions.py, test_newest.py and test_table_formats.py run this file with a version's PySpark, and compare what it leaves."""

import json
import os
import pathlib

import pytest

import launch
import workload

KEPT = "struct<dim:int,dtype:string,index:array<int>,data:binary,scales:binary>"
BLOCK = "struct<frames:int,tokens_per_frame:int,grid_height:int,grid_width:int,dim:int,dtype:string,data:binary,scales:binary>"
FUNCTIONS = {  # arguments, and the class for registerJavaFunction with what it returns
    "select_tokens": ("tokens, 'none'", "SelectTokens", "array<int>"),
    "compress_tokens": ("tokens, 'vidcom2:retention=0.5', 'f16'", "CompressTokensAs", KEPT),
    "vidcom2": ("tokens, 0.5", "VidCom2", KEPT),
    "dycoke": ("tokens, 0.5", "DyCoke", KEPT),
    "frame_budgets": ("tokens, 'vidcom2:retention=0.5'", "FrameBudgets", "array<double>"),
    "token_stats": ("tokens", "TokenStats", "array<struct<uniqueness:double,previous_similarity:double>>"),
    "make_block": ("array(id, 2), 1, 1, 2", "MakeBlock", BLOCK),
    "token_values": ("tokens", "TokenValues", "array<array<float>>"),
}
DATA = "unhex(repeat(if(id % 2 = 0, '803F0040', '80400040'), 20))"
TOKENS = f"named_struct('frames', 5, 'tokens_per_frame', 4, 'grid_height', 4, 'grid_width', 1, 'dim', 2, 'dtype', 'bf16', 'data', {DATA})"
ROWS = f"(SELECT id, {TOKENS} AS tokens FROM range(0, 20, 1, 4))"


def calls(prefix=""):
    """A query of every function over a few rows."""
    columns = ", ".join(f"{prefix}{name}({arguments}) AS {name}" for name, (arguments, _, _) in FUNCTIONS.items())
    return f"SELECT id, {columns} FROM {ROWS}"


def register(spark):
    """The functions as classes, under names of their own."""
    for name, (_, java_class, returned) in FUNCTIONS.items():
        spark.udf.registerJavaFunction(f"java_{name}", f"io.tokenreel.sql.udf.{java_class}", returned)


def results(spark, query):
    """Rows in their order, as what JSON can hold."""
    rows = [row.asDict(recursive=True) for row in spark.sql(query).collect()]
    return json.loads(json.dumps(sorted(rows, key=lambda row: row["id"]), default=lambda binary: bytes(binary).hex()))


@pytest.fixture
def given():
    """A folder that TOKENREEL_GIVEN_<name> names."""
    return lambda name: pathlib.Path(os.environ[f"TOKENREEL_GIVEN_{name}"])


def test_functions_are_in_one_stage_of_generated_code(spark):
    (plan,) = spark.sql(f"EXPLAIN CODEGEN {calls()}").first()
    assert plan.startswith("Found 1 WholeStageCodegen subtrees."), plan
    assert plan.count("((io.tokenreel.sql.TokenCall)") == len(FUNCTIONS), plan


def test_classes_that_are_registered_return_what_the_functions_do(spark):
    register(spark)
    assert results(spark, calls("java_")) == results(spark, calls())


def test_commands_leave_their_tables(given, spark):
    workload.leave_tables(given("SCENES"), given("TABLES"), launch.in_session(spark))


def test_pipeline_of_another_version_is_loaded(given):
    workload.leave_pipeline(given("SCENES"), given("TABLES") / "pipeline", given("SAVED"))


def test_executors_of_a_cluster_leave_the_same_tables(given, cluster):
    session = launch.session({"spark.jars": launch.JAR, **dict(setting.split("=", 1) for setting in cluster)})
    workload.leave_tables(given("SCENES"), given("TABLES"), launch.in_session(session))
    session.stop()


def test_table_format_takes_the_same_rows(given, tmp_path):
    """Iceberg or Delta, by the settings that a file has."""
    settings = json.loads(given("SETTINGS").read_text(encoding="utf-8"))
    table = settings.pop("catalog") + ".video.clips"
    session = launch.session({"spark.master": "local[2]", **settings})
    run = launch.in_session(session)
    arguments = ["--sampling", "uniform:frames=8", "--compression", *workload.SPECS, "--table", table]
    run("precompute", "--input", given("SCENES") / "videos", "--output", tmp_path / "cache", *arguments)
    run("verify", "--cache", tmp_path / "cache")
    session.table(f"{table}_tokens").write.parquet(str(given("TABLES") / "tokens"))
    session.stop()
