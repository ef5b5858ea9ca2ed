"""Accuracy per kind of question on a folder of `tokenreel scenes`, with all tokens and with fewer.

    python evaluate.py --model DIR --scenes DIR [--videos 300] [--spec SPEC ...]

Frames come from the files. An answer is the option with the greatest log-likelihood, summed over its tokens.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from transformers import LlavaOnevisionForConditionalGeneration

import checkpoint
import compression
from packing import Texts, read, visual_tokens
from questions import KINDS
from scenes import SceneFolder

FRAMES = 16
SPECS = ["none"] + [
    f"{name}:retention={retention}" for retention in ("0.5", "0.25", "0.15", "0.1") for name in ("vidcom2", "uniform", "random")
]


@torch.inference_mode()
def accuracy(
    model: LlavaOnevisionForConditionalGeneration, texts: Texts, folder: SceneFolder, specs: list[str], batch: int = 10
) -> dict[str, dict[str, float]]:
    """Per spec the accuracy of each kind, of `all` questions, and the `share` of tokens that was kept."""
    rng = np.random.default_rng(0)
    right = {spec: {kind: [] for kind in KINDS} for spec in specs}
    share = {spec: [] for spec in specs}
    for start in range(0, len(folder.names), batch):
        pixels = torch.from_numpy(np.array(folder.pixels[start : start + batch]))
        tokens = visual_tokens(model, pixels)
        for video, block in enumerate(tokens):
            questions = folder.questions[start + video]
            slots = texts.slots([[(q.question, q.options, option) for q in questions for option in q.options]], end=False)
            for spec in specs:
                kept = compression.select(spec, block.numpy(), rng)
                share[spec].append(len(kept) / (block.shape[0] * block.shape[1]))
                scores = read(model, texts.prefix, block.flatten(0, 1)[kept][None], slots).log_likelihoods.sum(-1)[0]
                best = scores.unflatten(0, (len(questions), -1)).argmax(1)
                for q, option in zip(questions, best.tolist()):
                    right[spec][q.kind].append(q.options[option] == q.answer)
    table = {}
    for spec in specs:
        rows = {kind: float(np.mean(hits)) for kind, hits in right[spec].items() if hits}
        rows["all"] = float(np.mean(sum(right[spec].values(), [])))
        rows["mean"] = float(np.mean([rows[kind] for kind in rows if kind != "all"]))
        rows["share"] = float(np.mean(share[spec]))
        table[spec] = rows
    return table


def markdown(table: dict[str, dict[str, float]]) -> str:
    lines = ["| tokens | share | " + " | ".join(KINDS) + " | mean | all questions |", "|---" * (len(KINDS) + 4) + "|"]
    for spec, rows in table.items():
        cells = [f"{100 * rows[kind]:.1f}" for kind in KINDS] + [f"{100 * rows['mean']:.1f}", f"{100 * rows['all']:.1f}"]
        lines.append(f"| `{spec}` | {100 * rows['share']:.1f}% | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--videos", type=int)
    parser.add_argument("--spec", nargs="+", default=SPECS)
    arguments = parser.parse_args()
    model, tokenizer = checkpoint.load(arguments.model)
    folder = SceneFolder(arguments.scenes, FRAMES, checkpoint.IMAGE_SIZE, most=arguments.videos)
    print(markdown(accuracy(model, Texts(tokenizer), folder, arguments.spec)))


if __name__ == "__main__":
    main()
