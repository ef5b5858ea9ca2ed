"""The rotary positions of a row's tokens, as the language model of its family is given them.

The Java classes QwenPositions and TimeText are the specification; both follow `get_rope_index` of Transformers
(models/qwen2_vl, models/qwen2_5_vl, models/qwen3_vl).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

from tokenreel.cache._errors import DamagedCacheError, PromptError
from tokenreel.cache._rows import VideoTokens

Rule = Literal["max", "max_int_seconds", "merged_grid"]

STEP_FRAMES = 2
"""Frames of a step in Qwen's families."""


@dataclass(frozen=True, slots=True)
class Family:
    """What the rows of a family are to its language model.

    Attributes:
        name: its readable name.
        architectures: classes of models that take its rows; the first is what config.json names.
        placeholder: what a rendered chat template has in the place of the video.
        axes: of a position.
        block_per_step: whether each step stands between texts of its own, as a block of positions.
        has_speed: whether the time axis counts seconds.
    """

    name: str
    architectures: tuple[str, ...]
    placeholder: str
    axes: int = 3
    block_per_step: bool = False
    has_speed: bool = False


_QWEN_VIDEO = "<|video_pad|>"
_LLAVA_ONEVISION = Family("LLaVA-OneVision", ("LlavaOnevisionForConditionalGeneration",), "<video>", axes=1)
FAMILIES = {
    "llava_onevision": _LLAVA_ONEVISION,
    "llava_qwen": Family("LLaVA-Video", ("LlavaQwenForCausalLM", "Qwen2ForCausalLM"), "<image>", axes=1),
    "qwen2_vl": Family("Qwen2-VL", ("Qwen2VLForConditionalGeneration",), _QWEN_VIDEO),
    "qwen2_5_vl": Family("Qwen2.5-VL", ("Qwen2_5_VLForConditionalGeneration",), _QWEN_VIDEO, has_speed=True),
    "qwen3_vl": Family("Qwen3-VL", ("Qwen3VLForConditionalGeneration",), _QWEN_VIDEO, block_per_step=True),
}
"""By the name that encoders have before their revision."""

_LEGACY_DIGITS = 16  # of a revision in names that version 0.1.0 wrote, which knew LLaVA-OneVision alone


class Positions(NamedTuple):
    """Positions of a video's tokens in a prompt.

    Attributes:
        rows: int64 [n], or [3, n] with time, row and column for Qwen's families.
        starts: int64 [blocks], the position that a text token in the place of each block's first token would have. One block,
            or one per step of the video for Qwen3-VL, whose texts stand right before these.
        after: where the text after the video goes on.
    """

    rows: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    after: int


def family_of(row: VideoTokens) -> Family:
    """The family of the model that encoded a row.

    Raises:
        PromptError: an exported encoder made it, which has no language model, or a newer version's family.
    """
    name, _, revision = row.encoder.rpartition("@")
    family = FAMILIES.get(name)
    if family is None and len(revision) == _LEGACY_DIGITS:
        family = _LLAVA_ONEVISION
    if family is None:
        raise PromptError(
            f"video '{row.video_id}' was encoded by '{row.encoder}', which has no language model that this version of tokenreel knows;"
            f" it knows those of {', '.join(FAMILIES)}"
        )
    return family


def positions(row: VideoTokens, start: int = 0, *, rule: Rule = "max", between: Sequence[int] | None = None) -> Positions:
    """The positions that a row's tokens have in a prompt, as the model of its family computes them.

    LLaVA's families number tokens as they are fed, and a pruned token leaves no gap. In Qwen's a token keeps the place that it has
    in the whole video, and the text after the video does not move.

    Args:
        row: what a lookup gave.
        start: the position that a text token in the video's place would have; of Qwen3-VL, the first of `between`.
        rule: how positions go on after Qwen's videos, where versions differ. `max`: after the largest position of all axes, as
            Transformers 4.x and vLLM do. `max_int_seconds`: the same, with a step's seconds cut to a whole number first.
            `merged_grid`: after the longer side of the grid, as Transformers 5.23 does.
        between: of Qwen3-VL alone, text tokens right before each step's tokens, [steps]: those of its time and its marks, which
            `step_texts` gives as text.

    Raises:
        PromptError: the row lacks a column that its family's positions need, or `between` does not fit it.
        CardNotFoundError: Qwen2.5-VL's `tokens_per_second` is in the encoder's card, and the cache has none.
    """
    require_rule(rule)
    family = family_of(row)
    if family.block_per_step:
        return _block_per_step(row, start, between)
    if between is not None:
        raise PromptError(f"between is of families with a text before each step; {family.name}'s video is one block: leave it out")
    starts = np.array([start], np.int64)
    if family.axes == 1:
        count = len(row.token_index)
        return Positions(np.arange(start, start + count, dtype=np.int64), starts, start + count)
    times = np.arange(row.frames, dtype=np.int64)
    if family.has_speed:
        seconds = seconds_per_step(row)
        if rule == "max_int_seconds":
            seconds = np.floor(seconds)
        # The reference multiplies speed and seconds before the step, all in float32.
        times = (times.astype(np.float32) * (np.float32(_speed(row)) * seconds)).astype(np.int64)
    step, line, column = _places(row, family).T
    side = max(row.grid_height, row.grid_width)
    reach = side if rule == "merged_grid" else max(side, int(times[-1]) + 1)
    return Positions(start + np.stack([times[step], line, column]), starts, start + reach)


def require_rule(rule: str) -> None:
    """Raises ValueError for a word that is no rule of `positions`."""
    if rule not in get_args(Rule):
        raise ValueError(f"rule must be one of {', '.join(get_args(Rule))}; got {rule!r}")


def step_texts(row: VideoTokens) -> list[str]:
    """The text right before each step's tokens in a prompt of Qwen3-VL: the mark that ends the step before, the step's time, the
    mark that begins it. `<|vision_end|>` follows the last step.

    A time is the mean of its two frames' `frame_index / source_rate`, in tenths of a second. Source: processing_qwen3_vl.py of
    Transformers 4.57, whose form published weights were presumably trained with.

    Raises:
        PromptError: the row is of another family, or lacks `frame_index` or `source_rate`.
    """
    family = family_of(row)
    if not family.block_per_step:
        raise PromptError(f"texts among steps are Qwen3-VL's; the row of video '{row.video_id}' is of {family.name}")
    times = enumerate(step_times(row))
    return [f"{'<|vision_end|>' if step else ''}<{seconds:.1f} seconds><|vision_start|>" for step, seconds in times]


def step_times(row: VideoTokens) -> npt.NDArray[np.float64]:
    """Times of the steps, float64 [T], seconds: the mean of a step's two frames by their numbers over the average rate. An odd last
    frame is both frames of its step.

    Raises:
        PromptError: the row lacks `frame_index` or `source_rate`.
    """
    index, rate = required(row, "frame_index"), required(row, "source_rate")
    if len(index) % STEP_FRAMES:
        index = np.append(index, index[-1])
    seconds: npt.NDArray[np.float64] = np.asarray(index, np.float64) / float(rate)
    return (seconds[0::STEP_FRAMES] + seconds[1::STEP_FRAMES]) / 2


def _block_per_step(row: VideoTokens, start: int, between: Sequence[int] | None) -> Positions:
    family = family_of(row)
    if between is None or len(between) != row.frames:
        raise PromptError(
            f"{family.name} has a text before each step: between must count the tokens of each of the {row.frames} texts that"
            f" step_texts(row) gives; got {None if between is None else len(between)}"
        )
    side = max(row.grid_height, row.grid_width)
    starts = start + np.cumsum(np.asarray(between, np.int64)) + side * np.arange(row.frames, dtype=np.int64)
    step, line, column = _places(row, family).T
    return Positions(starts[step] + np.stack([np.zeros_like(line), line, column]), starts, int(starts[-1]) + side)


def _places(row: VideoTokens, family: Family) -> npt.NDArray[np.int64]:
    """Step, row and column of each token, [n, 3]."""
    if (row.token_index < 0).any():
        raise PromptError(
            f"every token of {family.name} has a place in the grid; video '{row.video_id}' has tokens without: precompute it again"
        )
    return row.grid_places().astype(np.int64)


def seconds_per_step(row: VideoTokens) -> np.float32:
    """`second_per_grid_ts`: frames of a step by the rate of sampled frames.

    Raises:
        PromptError: the row lacks `frame_index`, `source_frames` or `source_rate`.
    """
    index, frames, rate = required(row, "frame_index"), required(row, "source_frames"), required(row, "source_rate")
    return np.float32(STEP_FRAMES / (len(index) / frames * rate))


def _speed(row: VideoTokens) -> float:
    speed = row.card.tokens_per_second
    if speed is None:
        raise DamagedCacheError(f"the card of '{row.encoder}' must have tokens_per_second; got null: precompute into the cache again")
    return speed


def required(row: VideoTokens, column: str) -> Any:
    """A column that old rows have not.

    Raises:
        PromptError: this row is one of them.
    """
    value = getattr(row, column)
    if value is None:
        raise PromptError(
            f"the row of video '{row.video_id}' has no {column}, which the prompt of {family_of(row).name} needs: version"
            f" {row.writer_version} of TokenReel wrote it without; precompute the video into a new cache"
        )
    return value
