"""Every question that a scene decides, in the words of `tokenreel scenes`, which itself asks one of each kind."""

from dataclasses import dataclass

import numpy as np

from wordpieces import COLOURS, COUNTS, SHAPES, WAYS

KINDS = ["colour", "shape", "motion", "order", "count"]
OPTIONS = 4
NO_OBJECT = -1
_NAMES = [f"{colour} {shape}" for colour in COLOURS for shape in SHAPES]


@dataclass(frozen=True)
class Asked:
    """A question, and the place of the object in the scene that decides it; a count has none."""

    kind: str
    object: int
    question: str
    options: list[str]
    answer: str


def every(objects: list[dict], rng: np.random.Generator) -> list[Asked]:
    """All questions about a scene, wrong options and their order drawn again.

    objects: a row of scenes.jsonl, in the order in which they appear. Wrong options name what else is in the scene first.
    """
    asked = []

    def ask(kind: str, place: int, question: str, answer: str, present: list[str], possible: list[str]) -> None:
        options = dict.fromkeys([answer, *present, *rng.permutation(possible).tolist()])
        options = rng.permutation(list(options)[:OPTIONS]).tolist()
        asked.append(Asked(kind, place, question, options, answer))

    names = [f"{thing['colour']} {thing['shape']}" for thing in objects]
    for place, thing in enumerate(objects):
        colours = [other["colour"] for other in objects]
        ask("colour", place, f"What colour is the {thing['shape']}?", thing["colour"], colours, COLOURS)
        ask("shape", place, f"What shape is the {thing['colour']} object?", thing["shape"], [], SHAPES)
        if thing["motion"] in WAYS:
            ask("motion", place, f"Which way does the {thing['colour']} object move?", thing["motion"], [], WAYS)
    if len(objects) > 1:
        ask("order", 0, "Which object is the first to appear?", names[0], names, _NAMES)
        ask("order", len(objects) - 1, "Which object is the last to appear?", names[-1], names, _NAMES)
    ask("count", NO_OBJECT, "How many coloured objects appear?", str(len(objects)), [], COUNTS)
    return asked
