"""A plain script: a pool of processes, and a Parquet file for each clip that has none yet."""

import multiprocessing
import pathlib
import sys

import pyarrow
import pyarrow.parquet

from encoding import Encoder

clips, output, checkpoint, dtype, frames, retention, processes = sys.argv[1:]


def start():
    global encoder
    encoder = Encoder(checkpoint, dtype, int(frames), float(retention))


def work(file):
    target = pathlib.Path(output) / f"{file.stem}.parquet"
    if target.exists():
        return
    try:
        row = encoder(str(file))
    except Exception as error:
        print(f"failed: {file}: {error}", file=sys.stderr)
        return
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), target, compression="none")


if __name__ == "__main__":
    pathlib.Path(output).mkdir(exist_ok=True)
    with multiprocessing.Pool(int(processes), start) as pool:
        for _ in pool.imap_unordered(work, sorted(pathlib.Path(clips).glob("*.mp4"))):
            pass
