"""Writes MODEL_CARD.md into a trained folder: how it was made, and its accuracy on videos that training never saw.

    python card.py --model out/model --log out/log.jsonl --scenes data/test
"""

import argparse
import json
import os
from pathlib import Path

import checkpoint
from evaluate import FRAMES, SPECS, accuracy, markdown
from packing import Texts
from scenes import SceneFolder
from train import FIRST_BACKGROUND, GROWTH_FROM, GROWTH_UNTIL, PHASES, SEED

CARD = """# TokenReel's default model

A LLaVA-OneVision in miniature ({parameters:.2f} million parameters, {megabytes:.1f} MB in float16): SigLIP with 2 layers of width 96 on 80 x 80 pixels in
patches of 8, pooled to 5 x 5 tokens a frame; Qwen2 with 4 layers of width 128, tied embeddings. It answers five kinds of question about videos that
`tokenreel scenes` renders, and knows nothing else. It is there so that the first command a newcomer types gives answers that are right because of what is in
the video, and to show what a compression keeps.

## How it was made

`jobs/src/main/python/default_model/train.py`, seed {seed}, weights from scratch, on two cores that were shared with other work: {steps} steps, {minutes:.0f}
minutes. {train} videos, H.264 files, read through the same sampling, colour conversion and resize as TokenReel's decoder.

Videos of training, validation and test come from disjoint ranges of seeds. In the first phase ({names} steps of {frames} frames) the vision side alone learned
that a token which shows an object lies near the object's words and tells its row and column, and that other tokens lie near nothing. In the second
({answers} steps of {videos_a_step} videos) the language side alone learned to answer from these tokens, for {first:.0%} of the steps from those that show objects and
{background:.0%} of the others, then from ever more of these, and from {last:.0%} of the steps on from all; the worse it did a kind of question, the more that kind counted.
Halfway through its layers a token also told what the tokens before it say of its object (which way it has moved, how many objects were seen, whether it is
the first or the newest). The heads for what was learned beside the answers are not in the checkpoint. Training asks every question that a scene decides,
the benchmark one of each kind.

Dropout of tokens: in the second phase a random share of the tokens was kept (all, 75, 50, 35, 25 or 15%), drawn evenly or at a rate of its own per
frame, and never by a score that a compression method computes. Answers that the kept tokens no longer decide were not taught. So the model can read compressed
videos and favours no method by its training, unless it be the random one.

The prompt is the question and its options, a line each, in the checkpoint's chat template; the answer is an option's text (`prompt.py`).

## Accuracy

{videos} unseen test videos, decoded from files, 16 uniform frames, the option with the greatest log-likelihood; chance is 25%. `evaluate.py` gives this table.
Random tokens are numpy's here, so their row differs a little from what `random` keeps in TokenReel.

{table}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--scenes", type=Path, required=True)
    parser.add_argument("--train-videos", type=int, default=10000, help="how many training had")
    arguments = parser.parse_args()
    model, tokenizer = checkpoint.load(arguments.model)
    folder = SceneFolder(arguments.scenes, FRAMES, checkpoint.IMAGE_SIZE)
    table = accuracy(model, Texts(tokenizer), folder, SPECS)
    rows = [json.loads(line) for line in arguments.log.open(encoding="utf-8")]
    last = rows[-1]
    card = CARD.format(
        parameters=sum(parameter.numel() for parameter in model.parameters()) / 1e6,
        megabytes=sum(os.path.getsize(file) for file in arguments.model.iterdir()) / 1e6,
        seed=SEED,
        steps=last["step"],
        train=arguments.train_videos,
        minutes=last["minutes"],
        names=PHASES[0].steps,
        frames=PHASES[0].batch,
        answers=last["step"] - PHASES[0].steps,
        videos_a_step=PHASES[1].batch,
        first=GROWTH_FROM,
        last=GROWTH_UNTIL,
        background=FIRST_BACKGROUND,
        videos=len(folder.names),
        table=markdown(table),
    )
    (arguments.model / "MODEL_CARD.md").write_text(card, encoding="utf-8")
    print(card)


if __name__ == "__main__":
    main()
