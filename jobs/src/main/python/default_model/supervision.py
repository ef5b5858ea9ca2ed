"""What training knows beside the answers: which token shows which object, and which questions the kept tokens still decide."""

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from questions import KINDS
from scenes import MOST_OBJECTS, STILL, Truth
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


def decided(kinds: np.ndarray, objects: np.ndarray, truth: Truth, cover: np.ndarray, kept: np.ndarray) -> np.ndarray:
    """Which questions the kept tokens decide, (videos, questions) of 0 and 1.

    Colour, shape and order need a token of the object; a motion needs tokens at least half its way apart; a count needs a token of every
    object. kinds, objects: (videos, questions), -1 where a video has fewer; cover: (videos, objects, frames, tokens per frame); kept:
    (videos, frames, tokens per frame).
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
    of_object = alive[rows, objects]
    answer = np.where(kinds == KINDS.index("motion"), of_object & far[rows, objects], of_object)
    answer = np.where(kinds == KINDS.index("count"), every[:, None], answer)
    return (answer & (kinds >= 0)).astype(np.float32)


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


class Past(nn.Module):
    """Auxiliary loss: halfway through the language model a token that shows an object tells what the tokens before it say of that object.

    Which way it has moved since it was first seen, how many objects were seen so far, whether it is the first of them, and whether it is
    the newest so far. Answers about motion and order read that; by answers alone it takes a hundred times as many to learn it.
    """

    LAYERS = 2  # of the language model, after which tokens tell
    _LEAST_FRAMES = 2  # since an object was first seen, from which on its way can be told

    def __init__(self, channels: int):
        super().__init__()
        self.way = nn.Linear(channels, STILL + 1)
        self.count = nn.Linear(channels, MOST_OBJECTS)
        self.order = nn.Linear(channels, 2)

    def forward(self, states: Tensor, kept: np.ndarray, truth: Truth, cover: np.ndarray) -> Tensor:
        """states: (videos, k, channels) of the kept tokens; kept: (videos, k) flat indices, ascending."""
        videos, objects, frames, per_frame = cover.shape
        rows = np.arange(videos)[:, None]
        mask = np.zeros((videos, frames * per_frame), bool)
        mask[rows, kept] = True
        showing = shown(cover)
        seen = (showing & mask.reshape(videos, 1, frames, per_frame)).any(-1)
        first = np.where(seen.any(-1), seen.argmax(-1), frames)  # (videos, objects): the frame in which each is first seen
        own = cover.argmax(1).reshape(videos, -1)[rows, kept]
        of_object = showing.any(1).reshape(videos, -1)[rows, kept]
        frame = kept // per_frame
        begun = first[rows, own]
        so_far = first[:, None, :] <= frame[:, :, None]
        told = of_object & (frame - begun >= self._LEAST_FRAMES)
        ways = np.where(told, truth.ways[rows, own], 0)[told]
        counts = (so_far.sum(-1) - 1)[of_object]
        order = np.stack([begun == first.min(1, keepdims=True), begun == np.where(so_far, first[:, None, :], -1).max(-1)], -1)[of_object]
        known = states[torch.from_numpy(of_object)]
        return (
            F.cross_entropy(self.way(states[torch.from_numpy(told)]), torch.from_numpy(ways), reduction="sum") / max(1, len(ways))
            + F.cross_entropy(self.count(known), torch.from_numpy(counts))
            + 2 * F.binary_cross_entropy_with_logits(self.order(known), torch.from_numpy(order).float())
        )


def dropped(rng: np.random.Generator, videos: int, frames: int, per_frame: int, share: float) -> np.ndarray:
    """Random tokens to keep, a mask (videos, frames, tokens per frame): half the time evenly, half the time at a rate of its own per frame."""
    score = rng.random((videos, frames, per_frame))
    if rng.random() < 0.5:
        score = score + 0.35 * rng.standard_normal((videos, frames, 1))
    count = max(1, round(share * frames * per_frame))
    kept = np.zeros((videos, frames * per_frame), bool)
    np.put_along_axis(kept, np.argpartition(score.reshape(videos, -1), count - 1, axis=1)[:, :count], True, axis=1)
    return kept.reshape(score.shape)


def filled_up(rng: np.random.Generator, kept: np.ndarray) -> np.ndarray:
    """Flat indices (videos, k), ascending, of what a mask keeps; videos that keep fewer than others keep random ones more."""
    flat = kept.reshape(len(kept), -1)
    count = max(1, int(flat.sum(1).max()))
    score = flat + 0.5 * rng.random(flat.shape)
    return np.sort(np.argpartition(-score, count - 1, axis=1)[:, :count], axis=1)
