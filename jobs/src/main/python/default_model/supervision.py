"""What training knows beside the answers: which token shows which object, and which questions the kept tokens still decide."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from scenes import KINDS, SceneFolder, Truth
from wordpieces import COLOURS, SHAPES

SHOWS = 0.06  # share of a token's cell that an object covers, from which on the token shows it
TOUCHES = 0.01  # from here to SHOWS a token is neither asked to show the object nor to show nothing


def coverage(boxes: np.ndarray, grid: int) -> np.ndarray:
    """Share of every cell that every object's box covers: (..., 4) to (..., grid * grid)."""
    edges = np.arange(grid, dtype=np.float32) / grid

    def along(low: np.ndarray, high: np.ndarray) -> np.ndarray:
        overlap = np.minimum(high[..., None], edges + 1 / grid) - np.maximum(low[..., None], edges)
        return np.maximum(0, overlap) * grid

    across = along(boxes[..., 0], boxes[..., 2])
    down = along(boxes[..., 1], boxes[..., 3])
    return (down[..., :, None] * across[..., None, :]).reshape(*boxes.shape[:-1], grid * grid)


def shown(cover: np.ndarray) -> np.ndarray:
    """Tokens that show an object: those it covers enough of, and the one it covers most of."""
    return (cover >= SHOWS) | ((cover > 0) & (cover == cover.max(-1, keepdims=True)))


@dataclass(frozen=True)
class Asked:
    """Per question its kind and, but for counts, the object that it is about; -1 where a video has fewer. Both (videos, 5)."""

    kinds: np.ndarray
    objects: np.ndarray

    @staticmethod
    def of(folder: SceneFolder) -> "Asked":
        kinds = np.full((len(folder.names), len(KINDS)), -1, np.int64)
        objects = np.full((len(folder.names), len(KINDS)), -1, np.int64)
        for v, questions in enumerate(folder.questions):
            for s, q in enumerate(questions):
                kinds[v, s] = KINDS.index(q.kind)
                # An order's answer names its object, the others name it in the question.
                words = (q.answer if q.kind == "order" else q.question).strip("?").split()
                for word in words:
                    if word in COLOURS:
                        objects[v, s] = folder.truth.colours[v].tolist().index(COLOURS.index(word))
                    elif word in SHAPES and q.kind == "colour":
                        objects[v, s] = folder.truth.shapes[v].tolist().index(SHAPES.index(word))
        return Asked(kinds, objects)


def decided(asked_kinds: np.ndarray, asked_objects: np.ndarray, truth: Truth, cover: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Which questions the kept tokens decide, (videos, 5) of 0 and 1.

    Colour, shape and order need a token of the object; a motion needs tokens at least half its way apart; a count needs a token of every
    object. cover: (videos, objects, frames, tokens per frame); kept: (videos, frames, tokens per frame).
    """
    seen = (shown(cover) & kept[:, None]).any(-1)  # (videos, objects, frames)
    on_screen = truth.boxes[..., 2] > 0
    places = np.arange(seen.shape[2])

    def span(frames: np.ndarray) -> np.ndarray:
        first = np.where(frames, places, places.size).min(-1)
        last = np.where(frames, places, -1).max(-1)
        return last - first

    alive = seen.any(-1)
    far = span(seen) * 2 >= span(on_screen)
    every = (alive | (truth.colours < 0)).all(-1)
    rows = np.arange(len(kept))[:, None]
    of_object = alive[rows, asked_objects]
    of_motion = of_object & far[rows, asked_objects]
    answer = np.where(asked_kinds == KINDS.index("motion"), of_motion, of_object)
    answer = np.where(asked_kinds == KINDS.index("count"), every[:, None], answer)
    return (answer & (asked_kinds >= 0)).astype(np.float32)


class Naming(nn.Module):
    """Auxiliary loss: a token that shows an object lies near the object's words, and tells its row and column; others lie near nothing.

    Nearness is the cosine with the word embeddings that the language model shares with its head. Only training has this module.
    """

    def __init__(self, channels: int, grid: int, colour_ids: Tensor, shape_ids: Tensor):
        super().__init__()
        self.grid = grid
        self.nothing = nn.Parameter(torch.randn(1, channels) * 0.1)
        self.row = nn.Linear(channels, grid)
        self.column = nn.Linear(channels, grid)
        self.register_buffer("colour_ids", colour_ids)  # (6, 2): with and without a space before the word
        self.register_buffer("shape_ids", shape_ids)

    def forward(self, tokens: Tensor, embedding: Tensor, truth: Truth, cover: np.ndarray) -> tuple[Tensor, Tensor]:
        """Loss of names, loss of places. tokens: (videos, frames, tokens per frame, channels)."""
        share = torch.from_numpy(np.where(shown(cover), cover, 0)).permute(0, 2, 3, 1)  # (videos, frames, tokens, objects)
        total = share.sum(-1)
        objects = total > 0
        nothing = torch.from_numpy(cover.sum(1) < TOUCHES)
        share = (share / total.clamp(min=1e-6)[..., None])[objects]  # (n, objects)
        directions = F.normalize(tokens, dim=-1)
        colour_words = F.normalize(torch.cat([embedding[self.colour_ids].mean(1), self.nothing]), dim=-1)
        shape_words = F.normalize(embedding[self.shape_ids].mean(1), dim=-1)

        def target(classes: np.ndarray, count: int) -> Tensor:
            one_hot = F.one_hot(torch.from_numpy(classes).clamp(min=0), count).float()  # (videos, objects, classes)
            spread = one_hot[:, None, None].expand(*objects.shape, -1, -1)[objects]
            return (spread * share[..., None]).sum(1)

        shown_directions = directions[objects]
        names = F.cross_entropy(12 * shown_directions @ colour_words.T, target(truth.colours, len(COLOURS) + 1))
        names = names + F.cross_entropy(12 * shown_directions @ shape_words.T, target(truth.shapes, len(SHAPES)))
        empty = directions[nothing]
        names = names + F.cross_entropy(12 * empty @ colour_words.T, torch.full((len(empty),), len(COLOURS)))
        cell = torch.arange(self.grid * self.grid).expand(objects.shape)[objects]
        values = tokens[objects]
        places = F.cross_entropy(self.row(values), cell // self.grid) + F.cross_entropy(self.column(values), cell % self.grid)
        return names, places


def dropped(rng: np.random.Generator, videos: int, frames: int, per_frame: int, share: float) -> np.ndarray:
    """Random tokens to keep, ascending flat indices (videos, kept): half the time evenly, half the time at a rate of its own per frame."""
    score = rng.random((videos, frames, per_frame))
    if rng.random() < 0.5:
        score = score + 0.35 * rng.standard_normal((videos, frames, 1))
    count = max(1, round(share * frames * per_frame))
    return np.sort(np.argpartition(score.reshape(videos, -1), count - 1, axis=1)[:, :count], axis=1)
