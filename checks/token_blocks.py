"""Token blocks between numpy and Spark."""

import numpy as np
from pyspark.sql import DataFrame, Row, SparkSession

BLOCK = "struct<frames:int, tokens_per_frame:int, grid_height:int, grid_width:int, dim:int, dtype:string, data:binary>"
DTYPES = {"f32": np.dtype("<f4"), "f16": np.dtype("<f2")}


def block(tokens: np.ndarray, grid_height: int, grid_width: int, dtype: str = "f32") -> Row:
    """The block of tokens [frames, tokens_per_frame, dim]."""
    frames, tokens_per_frame, dim = tokens.shape
    return Row(
        frames=frames,
        tokens_per_frame=tokens_per_frame,
        grid_height=grid_height,
        grid_width=grid_width,
        dim=dim,
        dtype=dtype,
        data=bytearray(tokens.astype(DTYPES[dtype]).tobytes()),
    )


def square_block(tokens: np.ndarray, dtype: str = "f32") -> Row:
    """The block of tokens whose frames are square grids."""
    side = round(tokens.shape[1] ** 0.5)
    return block(tokens, side, side, dtype)


def table(spark: SparkSession, **columns: Row | None) -> DataFrame:
    """One row with a token block in each named column."""
    schema = ", ".join(f"{name} {BLOCK}" for name in columns)
    return spark.createDataFrame([tuple(columns.values())], schema)


def kept(compressed: Row) -> np.ndarray:
    """The tokens [index, dim] of a compress_tokens result."""
    dtype = DTYPES[compressed["dtype"]]
    return np.frombuffer(compressed["data"], dtype).reshape(-1, compressed["dim"])
