"""vLLM's media connector `tokenreel`: an embedding that is a reference is read from the cache, everything else as vLLM does."""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable
from typing import Any

import torch
from vllm.exceptions import VLLMValidationError
from vllm.multimodal.media.connector import MediaConnector

from tokenreel.vllm._feed import check_one_axis, check_three_axes, places
from tokenreel.vllm._reference import SCHEME, Reference, RefusedError
from tokenreel.vllm._serving import SERVING, THREADS
from tokenreel.vllm._tensors import rows


class TokenReelConnector(MediaConnector):
    """Answers `tokenreel:` references. What is refused becomes HTTP 400 with one sentence."""

    def fetch_image_embedding(self, data: str) -> torch.Tensor:
        """The rows [n, D] that a reference names, in an image's place."""
        return _answer(data, _rows) if data.startswith(SCHEME) else super().fetch_image_embedding(data)

    async def fetch_image_embedding_async(self, data: str) -> torch.Tensor:
        if not data.startswith(SCHEME):
            return await super().fetch_image_embedding_async(data)
        return await _answer_async(data, _rows)

    def fetch_video_embedding(self, data: str) -> Any:
        """The fields that size the places of a reference's rows; the rows come by the encoder cache."""
        return _answer(data, _places) if data.startswith(SCHEME) else super().fetch_video_embedding(data)

    async def fetch_video_embedding_async(self, data: str) -> Any:
        if not data.startswith(SCHEME):
            return await super().fetch_video_embedding_async(data)
        return await _answer_async(data, _places)


async def _answer_async(data: str, made: Callable[[Reference, float], Any]) -> Any:
    answer = functools.partial(_answer, data, made, time.monotonic())
    return await asyncio.get_running_loop().run_in_executor(THREADS, answer)


def _answer(data: str, made: Callable[[Reference, float], Any], asked: float | None = None) -> Any:
    """What is made of a reference's row, for a request that came at a time of `time.monotonic`."""
    try:
        return made(Reference.parse(data), time.monotonic() if asked is None else asked)
    except RefusedError as error:
        raise VLLMValidationError(str(error)) from error


def _rows(reference: Reference, asked: float) -> torch.Tensor:
    videos = SERVING.videos()
    row = videos.row(reference, asked)
    check_one_axis(row, videos.model)
    return rows(row)


def _places(reference: Reference, asked: float) -> dict[str, torch.Tensor]:
    videos = SERVING.videos()
    row = videos.row(reference, asked)
    check_three_axes(row, videos.model)
    reference.check_names_one_row()
    return {name: torch.from_numpy(values) for name, values in places(row, videos.model).items()}
