"""The SQL functions in a stock PySpark, against what the released implementations select."""

from pathlib import Path

import launch
import numpy as np
import pytest
from conftest import EXTENSION, GOLDENS, SHARED
from pyspark.errors import AnalysisException
from pyspark.sql import Row, SparkSession
from pyspark.sql import functions as F
from safetensors.numpy import load_file
from token_blocks import DTYPES, block, kept, square_block, table

OWN = sorted(GOLDENS.glob("*.safetensors"))
FILES = OWN + [file for file in sorted((SHARED / "goldens" / "compression").glob("*.safetensors")) if not (GOLDENS / file.name).exists()]
TIE = 1e-6  # scores nearer than this are ties, which the released code leaves to rounding


def selections(golden: dict[str, np.ndarray]) -> list[tuple[str, str]]:
    """Pairs of a golden tensor's name and the spec that must reproduce it."""
    pairs = []
    for name in sorted(golden):
        if name.startswith("vidcom2.keep."):
            pairs.append((name, "vidcom2:retention=" + name.removeprefix("vidcom2.keep.")))
        if name.startswith("dycoke.keep_release."):
            pairs.append((name, "dycoke:prune=" + name.removeprefix("dycoke.keep_release.")))
    return pairs


def assert_same_but_for_ties(expected: np.ndarray, actual: np.ndarray, scores: np.ndarray) -> None:
    """The same number of tokens per frame, and exchanges between tied scores only."""
    tokens_per_frame = scores.shape[1]
    lost = np.setdiff1d(expected, actual)
    won = np.setdiff1d(actual, expected)
    np.testing.assert_array_equal(lost // tokens_per_frame, won // tokens_per_frame)
    for frame in np.unique(lost // tokens_per_frame):
        exchanged = np.concatenate([lost, won])
        exchanged = exchanged[exchanged // tokens_per_frame == frame]
        assert np.ptp(scores.ravel()[exchanged]) < TIE, f"frame {frame} exchanged {exchanged}"


def test_the_golden_files_are_there():
    assert len(OWN) == 3, f"expected three files in {GOLDENS}, found {OWN}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_select_tokens_reproduces_the_released_code(spark: SparkSession, file: Path):
    golden = load_file(file)
    pairs = selections(golden)
    assert len(pairs) == 7
    row = table(spark, tokens=square_block(golden["tokens"])).select(*[F.expr(f"select_tokens(tokens, '{spec}')") for _, spec in pairs]).first()
    scores = golden["vidcom2.video_score"] + golden["vidcom2.frame_score"]
    for (name, _), actual in zip(pairs, row, strict=True):
        actual = np.array(actual)
        assert np.all(np.diff(actual) > 0), f"{name} is not ascending"
        if name.startswith("dycoke"):
            np.testing.assert_array_equal(actual, golden[name], name)
        else:
            assert_same_but_for_ties(golden[name], actual, scores)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_frame_budgets_reproduce_the_released_scales(spark: SparkSession, file: Path):
    golden = load_file(file)
    rates = [name.rsplit("scales.")[1] for name in golden if name.startswith("vidcom2.scales.")]
    assert len(rates) == 4
    row = table(spark, tokens=square_block(golden["tokens"])).select(*[F.expr(f"frame_budgets(tokens, 'vidcom2:retention={rate}')") for rate in rates]).first()
    for rate, budgets in zip(rates, row, strict=True):
        np.testing.assert_allclose(budgets, golden[f"vidcom2.scales.{rate}"], atol=1e-5)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_old_block_with_newlines_keeps_the_released_tokens(spark: SparkSession, file: Path):
    """The golden's places are of a grid with a newline token after every row, which is left out now; at every ratio, by either method."""
    golden = load_file(file)
    tokens = golden["tokens"]
    frames, tokens_per_frame, dim = tokens.shape
    side = round(tokens_per_frame**0.5)
    rows = tokens.reshape(frames, side, side, dim)
    newline = np.full((frames, side, 1, dim), np.nan, tokens.dtype)
    grid = np.concatenate([rows, newline], axis=2).reshape(frames, -1, dim)
    prefix = "vidcom2_grid.keep."
    rates = sorted(name.removeprefix(prefix) for name in golden if name.startswith(prefix))
    assert len(rates) == 4
    methods = ["vidcom2:", "topk:score=vidcom2,budget=fca,"]
    specs = {f"{method}retention={rate}": golden[prefix + rate] for method in methods for rate in rates}
    row = table(spark, tokens=block(grid, side, side)).select(*[F.expr(f"select_tokens(tokens, '{spec}')") for spec in specs]).first()
    for (spec, expected), actual in zip(specs.items(), row, strict=True):
        line, column = np.divmod(expected, side + 1)
        np.testing.assert_array_equal(actual, (line * side + column)[column < side], spec)


@pytest.mark.parametrize("dtype", ["f32", "f16"])
def test_compress_tokens_returns_the_rows_that_numpy_picks(spark: SparkSession, dtype: str):
    tokens = load_file(GOLDENS / "scenes_8x36x96.safetensors")["tokens"]
    row = (
        table(spark, tokens=square_block(tokens))
        .select(
            F.expr(f"compress_tokens(tokens, 'vidcom2:retention=0.25', '{dtype}')").alias("kept"),
            F.expr("vidcom2(tokens, 0.25)").alias("short"),
            F.expr("dycoke(tokens, 0.7)").alias("dycoke"),
            F.expr("select_tokens(tokens, 'dycoke:prune=0.7')").alias("dycoke_index"),
        )
        .first()
    )
    flat = tokens.reshape(-1, tokens.shape[2])
    assert (row.kept["dim"], row.kept["dtype"]) == (96, dtype)
    np.testing.assert_array_equal(kept(row.kept), flat[row.kept["index"]].astype(DTYPES[dtype]))
    assert row.short["index"] == row.kept["index"]
    np.testing.assert_array_equal(kept(row.short), flat[row.short["index"]])
    assert row.dycoke["index"] == row.dycoke_index


def test_compress_tokens_survives_parquet(spark: SparkSession, tmp_path: Path):
    tokens = np.random.default_rng(5).normal(size=(6, 16, 8)).astype("<f4")
    path = str(tmp_path / "tokens.parquet")
    table(spark, tokens=square_block(tokens)).write.parquet(path)
    row = spark.read.parquet(path).selectExpr("compress_tokens(tokens, 'none') AS kept").first()
    np.testing.assert_array_equal(kept(row.kept), tokens.reshape(-1, 8))


def test_token_stats_equal_numpy(spark: SparkSession):
    tokens = load_file(GOLDENS / "nasa_16x49x64.safetensors")["tokens"]
    row = table(spark, tokens=square_block(tokens)).selectExpr("token_stats(tokens) AS s").first()
    unit = tokens.astype(np.float64)
    centre = unit.mean(axis=(0, 1))
    centre /= np.linalg.norm(centre)
    unit /= np.linalg.norm(unit, axis=2, keepdims=True)
    np.testing.assert_allclose([frame["uniqueness"] for frame in row.s], -(unit @ centre).mean(axis=1), atol=1e-12)
    assert row.s[0]["previous_similarity"] is None
    np.testing.assert_allclose(
        [frame["previous_similarity"] for frame in row.s[1:]],
        (unit[1:] * unit[:-1]).sum(axis=2).mean(axis=1),
        atol=1e-12,
    )


def test_a_struct_of_another_order_is_read_by_name(spark: SparkSession):
    row = spark.sql(
        "SELECT select_tokens(named_struct('data', unhex(repeat('803F', 4)), 'dtype', 'bf16',"
        " 'dim', 1, 'grid_width', 2, 'grid_height', 1, 'tokens_per_frame', 2L, 'frames', 2), 'none')"
    ).first()
    assert row[0] == [0, 1, 2, 3]


def test_rows_inferred_by_python_are_read(spark: SparkSession):
    tokens = spark.createDataFrame([Row(tokens=square_block(np.ones((2, 4, 3))))])
    assert "frames:bigint" in dict(tokens.dtypes)["tokens"]
    assert tokens.selectExpr("select_tokens(tokens, 'none')").first()[0] == list(range(8))


def test_null_in_gives_null_out(spark: SparkSession):
    row = (
        table(spark, tokens=square_block(np.ones((2, 4, 3))), missing=None)
        .selectExpr(
            "select_tokens(missing, 'none')",
            "compress_tokens(missing, 'none')",
            "vidcom2(missing, 0.25)",
            "dycoke(missing, 0.5)",
            "frame_budgets(missing, 'none')",
            "token_stats(missing)",
            "select_tokens(tokens, NULL)",
            "vidcom2(tokens, NULL)",
        )
        .first()
    )
    assert list(row) == [None] * 8


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("select_tokens(tokens, 'vidcom3')", "unknown compression method 'vidcom3'; did you mean vidcom2"),
        ("vidcom2(tokens, 2)", "retention"),
        ("compress_tokens(tokens, 'none', 'f64')", "unknown dtype 'f64'; known: [same, f32, f16, bf16, int8, fp8, float32, float16, bfloat16, float8_e4m3fn]"),
        ("select_tokens(array(1.0), 'none')", "must be struct<frames:int,tokens_per_frame:int,"),
    ],
)
def test_a_wrong_call_fails_before_the_query_runs(spark: SparkSession, call: str, message: str):
    with pytest.raises(AnalysisException) as error:
        table(spark, tokens=square_block(np.ones((2, 4, 3)))).selectExpr(call)
    assert message in str(error.value)


def test_a_malformed_block_says_what_was_expected(spark: SparkSession):
    broken = Row(**{**square_block(np.ones((2, 4, 3))).asDict(), "data": bytearray(7)})
    with pytest.raises(Exception, match="must hold 96 bytes; got 7"):
        table(spark, tokens=broken).selectExpr("token_stats(tokens)").collect()


def test_describe_function_shows_usage_and_example(spark: SparkSession):
    lines = spark.sql("DESCRIBE FUNCTION EXTENDED select_tokens").collect()
    text = "\n".join(line[0] for line in lines)
    assert "Usage: select_tokens(block, spec) - Returns" in text
    assert "> SELECT select_tokens(" in text


def test_spark_sql_runs_the_functions(udf_jar: Path, tmp_path: Path):
    """The spark-sql command of the distribution, on its own, in an empty folder."""
    query = (
        "SELECT select_tokens(named_struct('frames', 2, 'tokens_per_frame', 2, 'grid_height', 1,"
        " 'grid_width', 2, 'dim', 2, 'dtype', 'bf16', 'data', unhex(repeat('803F0040', 4))),"
        " 'uniform:retention=0.5')"
    )
    command = [
        launch.SPARK_HOME / "bin" / "spark-sql",
        *("--master", "local[1]", "--jars", udf_jar),
        *("--conf", f"spark.sql.extensions={EXTENSION}", "-e", query),
    ]
    done = launch.finished(command, launch.ENVIRONMENT, 0, tmp_path)
    assert done.stdout.splitlines()[-1] == "[0,2]", done.stdout
