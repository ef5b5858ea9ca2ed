"""Reads what two sides wrote of the same clips, and says on standard output, in JSON, how they differ.

    python written.py OURS [THEIRS]
"""

import argparse
import json
import pathlib

import numpy
import pyarrow
import pyarrow.parquet


def tables(folder: pathlib.Path) -> tuple[list[dict], int]:
    """Rows of a folder's Parquet files, and how many of these cannot be read."""
    rows, unreadable = [], 0
    for file in sorted(folder.glob("**/*.parquet")):
        try:
            rows += pyarrow.parquet.read_table(file).to_pylist()
        except (pyarrow.ArrowInvalid, OSError):
            unreadable += 1
    return rows, unreadable


def widened(data: bytes, rows: int) -> numpy.ndarray:
    """Bytes of bfloat16 as float32 [rows, channels]."""
    return (numpy.frombuffer(data, "<u2").astype("<u4") << 16).view("<f4").reshape(rows, -1)


def ours(row: dict) -> tuple[str, numpy.ndarray, numpy.ndarray]:
    """Name, indices [n] and tokens [n, channels] of a row of `tokens/`, without the separator at its end."""
    index = numpy.array(row["token_index"])
    tokens = widened(row["tokens"], len(index))
    return pathlib.PurePath(row["video_id"]).name, index[index >= 0], tokens[index >= 0]


def theirs(row: dict) -> tuple[str, numpy.ndarray, numpy.ndarray]:
    index = numpy.array(row["indices"])
    return pathlib.PurePath(row["video"]).name, index, widened(row["tokens"], len(index))


def agreement(mine: dict, other: dict) -> dict:
    """Of the clips that both have: the least share of indices in common, and the largest relative difference of tokens at these."""
    shares, differences = [1.0], [0.0]
    for name in mine.keys() & other.keys():
        (left, a), (right, b) = mine[name], other[name]
        _, at_left, at_right = numpy.intersect1d(left, right, return_indices=True)
        shares.append(len(at_left) / max(len(left), len(right)))
        differences.append(float(numpy.sqrt(numpy.square(a[at_left] - b[at_right]).mean() / numpy.square(a[at_left]).mean())))
    return {"clips": len(shares) - 1, "common": min(shares), "difference": max(differences)}


def read(folder: pathlib.Path, is_ours: bool) -> tuple[dict, dict]:
    """Of a side's folder: what it has, and its rows by name."""
    rows, unreadable = tables(folder / "tokens" if is_ours else folder)
    rows = [ours(row) if is_ours else theirs(row) for row in rows if is_ours or row["video"] is not None]
    outcomes = tables(folder / "outcomes")[0] if is_ours else []
    reported = [pathlib.PurePath(row["video_id"]).name for row in outcomes if row["outcome"] != "OK"]
    return {"names": [row[0] for row in rows], "unreadable": unreadable, "reported": reported}, {row[0]: row[1:] for row in rows}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("theirs", type=pathlib.Path, nargs="?")
    asked = parser.parse_args()
    said, mine = read(asked.ours, is_ours=True)
    result = {"ours": said}
    if asked.theirs is not None:
        said, other = read(asked.theirs, is_ours=False)
        result |= {"theirs": said, "agreement": agreement(mine, other)}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
