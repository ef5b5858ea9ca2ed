"""tokenreel.functions and tokenreel.ml are what the jars have: the same names, arguments, docs, defaults and results."""

import inspect
import json
import re
import sys

import launch
import numpy as np
import pytest
from pyspark.errors import AnalysisException, IllegalArgumentException
from pyspark.sql import SparkSession
from pyspark.sql import functions as F
from token_blocks import square_block, table
from tokenreel import functions as T
from tokenreel import ml, session

PAGES = {page.stem: page.read_text(encoding="utf-8") for page in (launch.ROOT / "docs" / "sql").glob("*.md")}
SIGNATURES = {name: re.search(rf"^    {name}\((.*)\)$", page, re.MULTILINE)[1] for name, page in PAGES.items()}
# The product jar's classes, in a JVM of their own: the session of these checks has the small jar.
JAVA_PARAMS = """
import json, sys
from pyspark.sql import SparkSession
from tokenreel import ml
spark = SparkSession.builder.master("local[1]").config("spark.jars", sys.argv[1]).getOrCreate()
found = {}
for name in ml.__all__:
    stage = getattr(ml, name)()
    java = stage._java_obj
    of = {}
    for param in java.params():
        default = java.getDefault(param)
        of[param.name()] = [param.doc(), default.get() if default.isDefined() else None]
    found[name] = {"java": of, "uid": [stage.uid, java.uid()]}
print(json.dumps(found))
"""


@pytest.fixture
def blocks(spark: SparkSession):
    tokens = np.random.default_rng(1).normal(size=(6, 9, 8)).astype(np.float32)
    return table(spark, tokens=square_block(tokens)).withColumns({"spec": F.lit("uniform:retention=0.5"), "share": F.lit(0.5), "two": F.lit(2)})


def test_functions_are_those_of_the_docs():
    assert sorted(T.__all__) == sorted(SIGNATURES)


@pytest.mark.parametrize("name", T.__all__)
def test_function_has_the_arguments_that_sql_has(spark: SparkSession, name):
    usage = spark.sql(f"DESCRIBE FUNCTION {name}").collect()[-1][0]
    described = re.match(rf"Usage: {name}\((.*?)\) - ", usage)[1]
    assert described == SIGNATURES[name]
    required, _, optional = described.rstrip("]").partition("[, ")
    parameters = inspect.signature(getattr(T, name)).parameters
    assert [each for each, parameter in parameters.items() if parameter.default is inspect.Parameter.empty] == required.split(", ")
    assert [each for each, parameter in parameters.items() if parameter.default is None] == ([optional] if optional else [])


@pytest.mark.parametrize("name", T.__all__)
def test_function_documents_every_argument_and_its_result(name):
    function = getattr(T, name)
    text = inspect.getdoc(function)
    for argument in inspect.signature(function).parameters:
        assert re.search(rf"^    {argument}: ", text, re.MULTILINE), argument
    assert "Returns:" in text
    assert all(hint != inspect.Parameter.empty for hint in inspect.signature(function).parameters.values())


@pytest.mark.parametrize(
    ("column", "sql"),
    [
        (lambda: T.select_tokens("tokens", "vidcom2:retention=0.25"), "select_tokens(tokens, 'vidcom2:retention=0.25')"),
        (lambda: T.select_tokens(F.col("tokens"), F.col("spec")), "select_tokens(tokens, spec)"),
        (lambda: T.compress_tokens("tokens", "frames:keep=1/3"), "compress_tokens(tokens, 'frames:keep=1/3')"),
        (lambda: T.compress_tokens("tokens", "none", "bf16"), "compress_tokens(tokens, 'none', 'bf16')"),
        (lambda: T.vidcom2("tokens", 0.25), "vidcom2(tokens, 0.25)"),
        (lambda: T.vidcom2("tokens", 1), "vidcom2(tokens, 1)"),
        (lambda: T.vidcom2("tokens", F.col("share")), "vidcom2(tokens, share)"),
        (lambda: T.dycoke("tokens", 0.7), "dycoke(tokens, 0.7)"),
        (lambda: T.frame_budgets("tokens", "vidcom2:retention=0.5"), "frame_budgets(tokens, 'vidcom2:retention=0.5')"),
        (lambda: T.token_stats("tokens"), "token_stats(tokens)"),
        (lambda: T.make_block("tokens.data", 6, 3, 3, "f32"), "make_block(tokens.data, 6, 3, 3, 'f32')"),
        (lambda: T.make_block(F.array(*map(F.lit, [1.5, 2.0, 3.0, 4.0])), F.col("two"), 1, 2), "make_block(array(1.5, 2, 3, 4), two, 1, 2)"),
        (lambda: T.token_values(T.compress_tokens("tokens", "none")), "token_values(compress_tokens(tokens, 'none'))"),
    ],
)
def test_function_gives_what_sql_gives(blocks, column, sql):
    mine, theirs = blocks.select(column().alias("a"), F.expr(sql).alias("b")).first()
    assert mine == theirs
    assert mine is not None


def test_null_gives_null(spark: SparkSession):
    empty = table(spark, tokens=None)
    assert empty.select(T.select_tokens("tokens", "none"), T.vidcom2("tokens", 0.5)).first() == (None, None)


def test_an_unknown_spec_is_an_error_of_analysis(blocks):
    with pytest.raises(AnalysisException, match="vidcom2"):
        blocks.select(T.select_tokens("tokens", "vidcom:retention=0.25"))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: T.select_tokens(1, "none"), "block must be a Column or the name of one; got int"),
        (lambda: T.select_tokens("tokens", 0.25), "spec must be text or a Column; got float 0.25"),
        (lambda: T.vidcom2("tokens", "0.25"), "retention must be a number or a Column; got str '0.25'"),
        (lambda: T.make_block("x", 2.0, 1, 1), "frames must be a whole number or a Column; got float 2.0"),
        (lambda: T.make_block("x", True, 1, 1), "frames must be a whole number or a Column; got bool True"),
    ],
)
def test_an_argument_of_a_wrong_type_is_said_at_once(spark: SparkSession, call, message):
    with pytest.raises(TypeError, match=re.escape(message)):
        call()


def test_session_that_runs_is_taken(spark: SparkSession):
    assert session() is spark
    assert session({"spark.sql.shuffle.partitions": "3"}).conf.get("spark.sql.shuffle.partitions") == "3"


def test_compression_transformer_is_that_of_java(blocks):
    stage = ml.CompressionTransformer(inputCol="tokens", outputCol="kept", compression="vidcom2:retention=0.5")
    mine, theirs = stage.transform(blocks).select("kept.index", F.expr("select_tokens(tokens, 'vidcom2:retention=0.5')")).first()
    assert mine == theirs
    assert stage.setParams(compression="none").transform(blocks).selectExpr("size(kept.index)").first()[0] == 54
    assert stage.copy({stage.compression: "frames:keep=1/2"}).transform(blocks).selectExpr("size(kept.index)").first()[0] == 27


def test_stage_that_is_saved_and_loaded_is_the_same(blocks, tmp_path):
    stage = ml.CompressionTransformer(compression="none", handleInvalid="keep")
    stage.save(str(tmp_path / "stage"))
    loaded = ml.CompressionTransformer.load(str(tmp_path / "stage"))
    assert loaded.extractParamMap() == stage.extractParamMap()
    mine, again = (each.transform(blocks).select("compressed.index", "compressed.data").first() for each in (stage, loaded))
    assert mine == again


def test_an_unknown_param_lists_the_known_ones(spark: SparkSession):
    with pytest.raises(TypeError) as error:
        ml.CompressionTransformer(inputcol="tokens")
    assert str(error.value) == (
        "CompressionTransformer has no Param 'inputcol' (did you mean inputCol?); it has compression, handleInvalid, inputCol, outputCol, tokenDtype"
    )
    with pytest.raises(TypeError, match="has no Param 'zzz'; it has compression, "):
        ml.CompressionTransformer().setParams(zzz=1)


def test_a_wrong_value_is_said_when_it_is_given(spark: SparkSession):
    with pytest.raises(IllegalArgumentException, match="vidcom"):
        ml.CompressionTransformer(compression="vidcom:retention=0.5")
    with pytest.raises(TypeError, match="Could not convert"):
        ml.CompressionTransformer(compression=0.5)


def test_a_stage_that_the_sessions_jar_lacks_says_so(spark: SparkSession):
    with pytest.raises(RuntimeError, match=r"has no class io.tokenreel.stage.FrameDecoder: it was made without TokenReel's jar"):
        ml.FrameDecoder()


@pytest.fixture(scope="module")
def java_params(tmp_path_factory):
    """Of each stage its Params as Java has them."""
    environment = {**launch.ENVIRONMENT, "PYTHONPATH": str(launch.ROOT / "python" / "src")}
    command = [sys.executable, "-c", JAVA_PARAMS, launch.JAR]
    return json.loads(launch.finished(command, environment, 0, tmp_path_factory.mktemp("params")).stdout)


@pytest.mark.parametrize("name", ml.__all__)
def test_params_have_the_names_docs_and_defaults_of_java(java_params, name):
    kind = getattr(ml, name)
    mine = {param: [value.doc, kind._defaults.get(param)] for param, value in vars(kind).items() if isinstance(value, ml.Param)}
    assert mine == java_params[name]["java"]
    python_uid, java_uid = java_params[name]["uid"]
    assert python_uid == java_uid


@pytest.mark.parametrize("name", ml.__all__)
def test_params_are_typed_keyword_arguments(name):
    typed = getattr(ml, f"{name}Params").__annotations__
    assert set(typed) == {param for param, value in vars(getattr(ml, name)).items() if isinstance(value, ml.Param)}
