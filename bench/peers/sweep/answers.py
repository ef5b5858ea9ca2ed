"""Reads the answers that two sides gave, and says on standard output, in JSON, which are not the same.

    python answers.py OURS THEIRS QUESTIONS
"""

import argparse
import json
import pathlib

import pyarrow.parquet


def of_sweep(folder: pathlib.Path) -> dict[tuple[str, int], str]:
    """Responses of `samples/` by compression and the question's line."""
    rows = pyarrow.parquet.read_table(folder / "samples", columns=["compression", "doc_id", "response"]).to_pylist()
    return {(row["compression"], int(row["doc_id"])): row["response"].strip() for row in rows}


def of_loop(folder: pathlib.Path) -> dict[tuple[str, int], str]:
    """Responses of lmms-eval's logs; a setting is a folder that is named by its retention."""
    found = {}
    for file in folder.glob("*/**/*_samples_scenes.jsonl"):
        retention = file.relative_to(folder).parts[0]
        compression = "none" if retention == "1" else f"vidcom2:retention={retention}"
        for line in file.read_text(encoding="utf-8").splitlines():
            sample = json.loads(line)
            found[compression, int(sample["doc_id"])] = sample["filtered_resps"].strip()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ours", type=pathlib.Path)
    parser.add_argument("theirs", type=pathlib.Path)
    parser.add_argument("questions", type=pathlib.Path)
    asked = parser.parse_args()
    right = [json.loads(line)["answer"] for line in asked.questions.read_text(encoding="utf-8").splitlines()]
    ours, theirs = of_sweep(asked.ours), of_loop(asked.theirs)
    unlike = [[*key, ours.get(key), theirs.get(key)] for key in sorted(ours.keys() | theirs.keys()) if ours.get(key) != theirs.get(key)]
    said = {"answers": len(ours), "right": sum(response == right[line] for (_, line), response in ours.items()), "unlike": unlike}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
