"""Writes what lmms-eval's own functions give for drawn questions, responses, replies and subtitles; UpstreamVectorsTest holds
this project against it.

    python checks/upstream/vectors.py --out FOLDER [--source VERSION=FOLDER ...] [--responses N] [--seed N]

A source is an unpacked package or a checkout; without one, the package of 0.7.2 is downloaded. Of 0.3.4 there is no package:
its source is a checkout of the tag v0.3.4.
"""

import argparse
import hashlib
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import warnings
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import functions
import hostile

TASKS = ["videomme", "videomme_w_subtitle", "mvbench", "mlvu_dev", "mlvu_test", "longvideobench_val_v", "egoschema_subset", "nextqa_mc_test",
         "perceptiontest_val_mc", "activitynetqa"]
ALONE = {"mlvu_test": ["0.7.2"]}  # 0.3.4 cannot run it
PER_QUESTION = 10


def downloaded(version):
    folder = pathlib.Path(tempfile.mkdtemp())
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", str(folder), f"lmms-eval=={version}"]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder


def questions(upstream, version, task, count, draw):
    """Lines of one task: a question with its prompt and what its responses are worth."""
    for number in range(max(1, count // PER_QUESTION)):
        doc = hostile.annotation(draw, task, number)
        line = {"task": task, "version": f"lmms-eval-{version}", "doc": doc, "prompt": upstream.prompt(task, doc)}
        texts = [hostile.response(draw, hostile.choices(task, doc)) for _ in range(min(count, PER_QUESTION))]
        if task == "activitynetqa":
            digest = lambda text: hashlib.sha256("\n".join(upstream.asked(doc, text)).encode()).hexdigest()[:16]
            line["asked"] = [[text, digest(text)] for text in texts]
        else:
            line["responses"] = [[text, *upstream.scored(task, doc, text)] for text in texts]
        yield line


def metrics(upstream, version, task, draw):
    """A metric's value over a few questions, each with one response."""
    docs = [hostile.annotation(draw, task, number) for number in range(25)]
    texts = [hostile.clean(draw, hostile.choices(task, doc)) for doc in docs]
    return {"task": task, "version": f"lmms-eval-{version}", "docs": docs, "responses": texts, "value": upstream.value(task, docs, texts)}


def write(path, lines):
    """A line of JSON for each; a half of a surrogate pair, which a judge's escape may give, stays an escape."""
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        for line in lines:
            text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
            out.write((json.dumps(line) if any("\ud800" <= each <= "\udfff" for each in text) else text) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--source", action="append", default=[], metavar="VERSION=FOLDER")
    parser.add_argument("--responses", type=int, default=80_000, help="in all, of every version")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    asked = parser.parse_args()
    warnings.simplefilter("ignore")  # unknown escapes of replies
    print("seed", asked.seed)
    sources = dict(source.split("=", 1) for source in asked.source) or {"0.7.2": downloaded("0.7.2")}
    asked.out.mkdir(parents=True, exist_ok=True)
    scores, values, verdicts, texts = [], [], [], []
    for version, folder in sorted(sources.items()):
        upstream = functions.load(folder)
        for task in TASKS:
            if version in ALONE.get(task, [version]):
                draw = random.Random(f"{asked.seed} {version} {task}")
                scores += questions(upstream, version, task, asked.responses // len(TASKS), draw)
                if task != "activitynetqa":
                    values.append(metrics(upstream, version, task, draw))
        if version == max(sources):  # versions read replies and subtitles alike
            draw = random.Random(f"{asked.seed} {version}")
            replies = [hostile.reply(draw) for _ in range(asked.responses // 4)]
            verdicts += [[reply, upstream.verdict(reply)] for reply in replies]
            files = [hostile.subtitles(draw) for _ in range(max(24, asked.responses // 400))]
            texts += [[*each, upstream.subtitles(*each)] for each in files]
    write(asked.out / "scores.jsonl", scores)
    write(asked.out / "metrics.jsonl", values)
    write(asked.out / "verdicts.jsonl", verdicts)
    write(asked.out / "subtitles.jsonl", texts)


if __name__ == "__main__":
    main()
