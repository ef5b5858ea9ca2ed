"""Functions of the task that tasks/scenes.yaml describes to lmms-eval."""

import os
import pathlib


def visual(doc):
    return [str(pathlib.Path(os.environ["SCENES"]) / "videos" / doc["video_id"])]


def text(doc, lmms_eval_specific_kwargs=None):
    return doc["question"]


def results(doc, responses):
    return {"accuracy": float(responses[0].strip() == doc["answer"])}
