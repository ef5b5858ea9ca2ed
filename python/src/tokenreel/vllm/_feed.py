"""What of a row a served model is fed: how many places it has, positions on three axes, and the fields that size its places."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tokenreel.cache import PromptError, VideoTokens
from tokenreel.cache._positions import seconds_per_step, step_times
from tokenreel.vllm._model import THREE_AXES, ServedModel
from tokenreel.vllm._reference import RefusedError


def evs_count(frames: int, tokens_per_frame: int, rate: float) -> int:
    """How many tokens vLLM keeps of a video by `--video-pruning-rate` and `evs`: `compute_retained_tokens_count` of its
    `multimodal/video_prune/evs.py`, with the same arithmetic.
    """
    return max(tokens_per_frame, int(frames * tokens_per_frame * (1 - rate)))


def evs_rate(frames: int, tokens_per_frame: int, kept: int) -> float | None:
    """The shortest rate by which `evs_count` gives `kept` of a video's tokens, and not all; None where no rate does."""
    whole = frames * tokens_per_frame
    if not tokens_per_frame <= kept < whole:
        return None
    exact, middle = 1 - kept / whole, 1 - (kept + 0.5) / whole  # the count is rounded down
    rates = (round(rate, digits) for digits in range(1, 18) for rate in (exact, middle))
    return next((rate for rate in rates if 0 < rate < 1 and evs_count(frames, tokens_per_frame, rate) == kept), None)


def check_one_axis(row: VideoTokens, model: ServedModel) -> None:
    """Raises RefusedError unless the row may be fed in an image's place."""
    if model.three_axes:
        raise RefusedError(
            f"{THREE_AXES[model.architecture]} has positions on three axes, which an image's place does not carry:"
            f" send the part of type video_embeds that tokenreel.vllm.request_part makes of video {row.video_id!r}"
        )


def check_three_axes(row: VideoTokens, model: ServedModel) -> None:
    """Raises RefusedError unless the row fits the places that the server makes for its video."""
    if not model.three_axes:
        raise RefusedError(
            f"rows of {model.architecture} stand in an image's place: send video {row.video_id!r} as a part of type image_embeds"
        )
    if not model.encoder_cache:
        raise RefusedError(
            "this server does not read encoder outputs from a cache: start it with --ec-transfer-config and"
            " ec_connector_module_path tokenreel.vllm.encoder_cache, as docs/serving.md shows"
        )
    name, tokens, whole = THREE_AXES[model.architecture], len(row.token_index), row.frames * row.tokens_per_frame
    if model.pruning is None:
        if tokens != whole:
            raise RefusedError(
                f"video {row.video_id!r} has {tokens} of {whole} tokens, and this server makes places for all:"
                f" {_pruned_instead(name, model.server, row)}"
            )
        return
    method, rate = model.pruning
    if model.tokens_per_second is None:
        raise RefusedError(
            f"rows cannot be fed to {name} by {model.server} with its own pruning of videos:"
            " start the server without --video-pruning-rate, and ask for compression none"
        )
    if method != "evs":
        raise RefusedError(
            f"rows cannot be fed to {name} by {model.server} with --video-pruning-method {method}:"
            " start the server with --video-pruning-method evs, which makes places for rows of any compression by their number"
        )
    expected = evs_count(row.frames, row.tokens_per_frame, rate)
    if tokens != expected:
        raise RefusedError(
            f"video {row.video_id!r} has {tokens} of {whole} tokens, and --video-pruning-rate {rate} of the server makes"
            f" {expected} places: ask for a row of compression evs:prune={rate}{_or_rate(row)}"
        )


def _or_rate(row: VideoTokens) -> str:
    rate = evs_rate(row.frames, row.tokens_per_frame, len(row.token_index))
    return "" if rate is None else f", or start the server with --video-pruning-rate {rate}"


def _pruned_instead(name: str, server: str, row: VideoTokens) -> str:
    if name == "Qwen2.5-VL":
        return f"ask for compression none{_or_rate(row)}"
    return f"ask for compression none, since {server} takes no pruned rows of {name}"


def places(row: VideoTokens, model: ServedModel) -> dict[str, npt.NDArray[Any]]:
    """What the server needs in order to make the places of a video's rows.

    Returns:
        `video_grid_thw`, int64 [3], patches before merging; of Qwen2.5-VL also `second_per_grid_ts`, float32 [1]; of Qwen3-VL also
        `timestamps`, float64 [T], seconds of each step.

    Raises:
        RefusedError: the row does not say which frames it has, since an older version wrote it.
    """
    grid: dict[str, npt.NDArray[Any]] = {
        "video_grid_thw": np.array([row.frames, row.grid_height * model.merge, row.grid_width * model.merge], np.int64)
    }
    try:
        if model.architecture == "Qwen2_5_VLForConditionalGeneration":
            grid["second_per_grid_ts"] = np.array([seconds_per_step(row)], np.float32)
        if model.architecture == "Qwen3VLForConditionalGeneration":
            grid["timestamps"] = step_times(row)
    except PromptError as error:
        raise RefusedError(str(error)) from error
    return grid


def evs_rows(row: VideoTokens, model: ServedModel) -> npt.NDArray[np.float32]:
    """Rows of Qwen2.5-VL with their positions, float32 [n, D + 4], as a server with a pruning rate keeps them.

    The last channels are time, row and column, counted from the video's start, and where the text after the video goes on: after
    the largest position of the whole grid, as the same server does with a video that is not pruned.
    """
    step, line, column = row.grid_places().T
    speed = float(seconds_per_step(row)) * (model.tokens_per_second or 0.0)
    times = (np.arange(row.frames) * speed).astype(np.int64)
    after = max(int(times[-1]), row.grid_height - 1, row.grid_width - 1) + 1
    channels = np.stack([times[step], line, column, np.full_like(step, after)], axis=1).astype(np.float32)
    return np.concatenate([row.float32(), channels], axis=1)
