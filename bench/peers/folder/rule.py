"""Holds the rule that the peers select by to TokenReel's own selection, on TokenReel's own tokens; least share in common, on standard output.

    python rule.py CACHE

The cache has every clip without compression and with VidCom2's.
"""

import argparse
import pathlib

import numpy
import torch
import vidcom2
import written


def least_common(cache: pathlib.Path) -> float:
    rows, _ = written.tables(cache / "tokens")
    whole = {row["video_id"]: row for row in rows if row["compression"] == "none"}
    shares = []
    for row in rows:
        if row["compression"] != "none":
            _, expected, _ = written.ours(row)
            _, _, tokens = written.ours(whole[row["video_id"]])
            retention = float(row["compression"].split("retention=")[1])
            found = vidcom2.kept(torch.from_numpy(tokens.copy()).unflatten(0, (row["frames"], -1)), retention).numpy()
            shares.append(len(numpy.intersect1d(expected, found)) / max(len(expected), len(found)))
    return min(shares)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cache", type=pathlib.Path)
    print(least_common(parser.parse_args().cache))
