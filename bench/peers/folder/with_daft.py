"""Daft on this machine: a class with a method per row, whose instances are processes."""

import sys

import daft
from daft import DataType, col

from encoding import Encoder

clips, output, checkpoint, dtype, frames, retention, processes = sys.argv[1:]
ROW = {"video": DataType.string(), "indices": DataType.list(DataType.int64()), "dim": DataType.int64(), "tokens": DataType.binary()}


@daft.cls(max_concurrency=int(processes), use_process=True)
class Encode:
    def __init__(self):
        self.encoder = Encoder(checkpoint, dtype, int(frames), float(retention))

    @daft.method(return_dtype=DataType.struct(ROW), unnest=True, on_error="log")
    def row(self, path):
        row = self.encoder(path.removeprefix("file://"))
        return row | {"indices": row["indices"].tolist()}


if __name__ == "__main__":
    found = daft.from_glob_path(f"{clips}/*.mp4").select("path").into_batches(1)
    found.select(Encode().row(col("path"))).write_parquet(output, compression="none", write_mode="overwrite")
