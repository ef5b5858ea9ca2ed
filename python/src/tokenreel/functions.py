"""TokenReel's SQL functions as functions of columns: one per SQL function, by the same name, with the same arguments.

    from tokenreel import functions as T

    features.select("video_id", T.select_tokens("block", "vidcom2:retention=0.25").alias("places"))

A column may be given by its name or as a `Column`. What is text or a number in SQL (a compression spec, a share, a dtype) may be
given as such or as a `Column` whose values are read row by row; a plain value is checked when the query is analysed.
NULL in any argument gives NULL. The functions need a session that has them: `tokenreel.session()`, or any with the jar and
`spark.sql.extensions=io.tokenreel.sql.TokenReelExtensions`. They work over Spark Connect, where the server has these.

A token block is a `struct<frames:int, tokens_per_frame:int, grid_height:int, grid_width:int, dim:int, dtype:string, data:binary>`;
its fields are found by name, and `data` is little-endian, row-major, [frames][tokens_per_frame][dim]. Tokens of `int8` and `fp8` also
have a field `scales:binary` with a float32 per token: a channel is its code times the scale. Of rows of `features/`, whose scales are a
column of their own, a block is `struct(block.*, planes, scales)`.
"""

from __future__ import annotations

from typing import TypeAlias

from pyspark.sql import Column
from pyspark.sql import functions as F

__all__ = [
    "compress_tokens",
    "dycoke",
    "frame_budgets",
    "make_block",
    "select_tokens",
    "token_stats",
    "token_values",
    "vidcom2",
]

ColumnOrName: TypeAlias = Column | str
"""A column, or the name of one."""


def select_tokens(block: ColumnOrName, spec: str | Column) -> Column:
    """The indices of the tokens that a compression keeps.

    Args:
        block: a token block.
        spec: a compression spec, `name[:key=value[,key=value]*]`, such as `vidcom2:retention=0.25`.

    Returns:
        `array<int>`: places in the flattened [frames * tokens_per_frame] grid, ascending.
    """
    return _call("select_tokens", _column("block", block), _value("spec", spec, str))


def compress_tokens(block: ColumnOrName, spec: str | Column, dtype: str | Column | None = None) -> Column:
    """The tokens that a compression keeps.

    Args:
        block: a token block.
        spec: a compression spec, `name[:key=value[,key=value]*]`, such as `vidcom2:retention=0.25`.
        dtype: how they are stored: `same` (the block's, which copies the bytes; the default), `f32`, `f16`, `bf16`, `int8` or `fp8`.
            A number too large for it is an error.

    Returns:
        `struct<dim:int, dtype:string, index:array<int>, data:binary, scales:binary>`: `index` holds each token's place in the grid,
        `data` is little-endian, row-major, [size(index)][dim], and `scales` is NULL, or of `int8` and `fp8` float32, one per token
        and plane.
    """
    more = [] if dtype is None else [_value("dtype", dtype, str)]
    return _call("compress_tokens", _column("block", block), _value("spec", spec, str), *more)


def vidcom2(block: ColumnOrName, retention: float | Column) -> Column:
    """The tokens that VidCom2 (arXiv 2505.14454) keeps: `compress_tokens` with `vidcom2:retention=...`.

    Args:
        block: a token block.
        retention: the share of the tokens to keep, above 0 and at most 1.

    Returns:
        The struct that `compress_tokens` returns.
    """
    return _call("vidcom2", _column("block", block), _value("retention", retention, float))


def dycoke(block: ColumnOrName, prune: float | Column) -> Column:
    """The tokens that DyCoke's temporal merging (arXiv 2411.15024) keeps: `compress_tokens` with `dycoke:prune=...`.

    Args:
        block: a token block.
        prune: the share of tokens to drop from each pruned frame, from 0 to 1.

    Returns:
        The struct that `compress_tokens` returns.
    """
    return _call("dycoke", _column("block", block), _value("prune", prune, float))


def frame_budgets(block: ColumnOrName, spec: str | Column) -> Column:
    """The share of each frame's tokens that a compression sets out to keep.

    Args:
        block: a token block.
        spec: a compression spec, `name[:key=value[,key=value]*]`, such as `vidcom2:retention=0.25`.

    Returns:
        `array<double>`, one per frame, before rounding to whole tokens; for vidcom2 after its frame compression adjustment.
    """
    return _call("frame_budgets", _column("block", block), _value("spec", spec, str))


def token_stats(block: ColumnOrName) -> Column:
    """How unlike its video, and how like the frame before it, each frame is.

    Args:
        block: a token block.

    Returns:
        An array with one struct per frame: `uniqueness`, the mean of -cos(x, g) over the frame's tokens x, where g is the
        mean of all tokens of the video; `previous_similarity`, the mean cosine to the tokens at the same positions of the
        previous frame, NULL for the first.
    """
    return _call("token_stats", _column("block", block))


def make_block(
    values: ColumnOrName,
    frames: int | Column,
    grid_height: int | Column,
    grid_width: int | Column,
    dtype: str | Column | None = None,
) -> Column:
    """A token block, for the other functions; `dim` follows from the number of values.

    Args:
        values: the channels, frame by frame and row by row of a frame's grid: `array<float>`; `array<array<float>>` with one
            array per token; or `binary`, the stored form, little-endian.
        frames: how many frames, at least 1.
        grid_height: rows of tokens in a frame.
        grid_width: tokens in such a row.
        dtype: how the block stores the numbers, or how binary values store them: `f32` (the default), `f16`, `bf16`, `int8`, `fp8`, or
            numpy's names `float32`, `float16`, `bfloat16`, `int8`, `float8_e4m3fn`. A number too large for it is an error, and so are
            binary values of `int8` and `fp8`, which are without their scales.

    Returns:
        A token block.
    """
    more = [] if dtype is None else [_value("dtype", dtype, str)]
    sizes = [_value("frames", frames, int), _value("grid_height", grid_height, int), _value("grid_width", grid_width, int)]
    return _call("make_block", _column("values", values), *sizes, *more)


def token_values(compressed: ColumnOrName) -> Column:
    """The tokens as numbers: exact, and of `int8` and `fp8` each code times its scale in float32.

    Args:
        compressed: what `compress_tokens` returns, a token block, or any struct with `dim` int, `dtype` string and `data` binary, and
            of `int8` and `fp8` `scales` binary.

    Returns:
        `array<array<float>>`, one array of `dim` channels per token, in their order.
    """
    return _call("token_values", _column("compressed", compressed))


def _call(name: str, *arguments: Column) -> Column:
    return F.call_function(name, *arguments)


def _column(name: str, value: ColumnOrName) -> Column:
    if isinstance(value, str):
        return F.col(value)
    if isinstance(value, Column):
        return value
    raise TypeError(f"{name} must be a Column or the name of one; got {type(value).__name__}")


def _value(name: str, value: str | float | Column, kind: type[str | int | float]) -> Column:
    """A plain value as a literal. A name cannot be meant: text is text."""
    if isinstance(value, Column):
        return value
    numbers = (int, float) if kind is float else (int,)
    if isinstance(value, bool) or not isinstance(value, str if kind is str else numbers):
        expected = {str: "text", int: "a whole number", float: "a number"}[kind]
        raise TypeError(f"{name} must be {expected} or a Column; got {type(value).__name__} {value!r}")
    return F.lit(value)
