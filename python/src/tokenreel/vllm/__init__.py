"""Rows of a cache in a vLLM server, by the video's id.

    pip install "tokenreel[vllm]"                # in the server's environment
    VLLM_MEDIA_CONNECTOR=tokenreel TOKENREEL_CACHE=DIR vllm serve MODEL --enable-mm-embeds

A chat request then has `{"type": "image_embeds", "image_embeds": "tokenreel:VIDEO_ID"}` among its parts, in a video's place. For
Qwen's families `request_part` makes the part. docs/serving.md has both ways, what is refused, and which versions were tried.

vLLM loads `register` in each of its processes, by the entry point `vllm.general_plugins`.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from tokenreel.cache import CardNotFoundError, TokenCache, VideoTokens
from tokenreel.vllm._reference import Reference, RefusedError
from tokenreel.vllm._serving import CACHE, NAME, is_wanted
from tokenreel.vllm.guard import Guard

__all__ = ["TRIED", "Guard", "Reference", "RefusedError", "register", "request_part"]

TRIED = ("0.32",)
"""Versions of vLLM, up to their second number, that the checks have served with."""

CONTENT_DIGITS = 16


def register() -> None:
    """Registers the media connector, and a model class that it needs, with a server that is told to use it; warns of a version
    that was not tried.

    Raises:
        ValueError: the server is not told which cache.
    """
    if not is_wanted():
        return
    if not os.environ.get(CACHE):
        raise ValueError(f"VLLM_MEDIA_CONNECTOR is {NAME}, and {CACHE} is not set: set it to the cache's folder or URI")
    import vllm
    from vllm import ModelRegistry
    from vllm.multimodal.media import MEDIA_CONNECTOR_REGISTRY

    from tokenreel.vllm.connector import TokenReelConnector

    MEDIA_CONNECTOR_REGISTRY.register(NAME)(TokenReelConnector)
    ModelRegistry.register_model("LlavaOnevisionForConditionalGeneration", "tokenreel.vllm.llava_onevision:LlavaOnevision")
    if not vllm.__version__.startswith(tuple(f"{version}." for version in TRIED)):
        logging.getLogger("vllm.tokenreel").warning(
            "tokenreel was tried with vLLM %s, and this is %s: compare answers by id with those of files before you rely on them",
            ", ".join(TRIED),
            vllm.__version__,
        )


def request_part(
    cache: TokenCache,
    video_id: str,
    *,
    compression: str | None = None,
    sampling: str | None = None,
    encoder: str | None = None,
) -> dict[str, Any]:
    """The part of a chat request that stands for a video: it names one row of the cache, and the content that the row is of.

    Args:
        cache: where the server finds the row.
        video_id: the video's id.
        compression: the compression spec; None where the video has rows of one only.
        sampling: the sampling spec; None likewise.
        encoder: the encoder's name; None likewise.

    Returns:
        A part of type `image_embeds`, or for Qwen's families one of type `video_embeds` with a `uuid`, under which the
        server keeps the rows.

    Raises:
        VideoNotFoundError: the cache has no tokens of the video.
        SettingError: it has no such row, or several.
    """
    row = cache.lookup(video_id, compression=compression, encoder=encoder, sampling=sampling)
    text = str(Reference(row.video_id, row.compression, row.sampling, row.encoder, row.content_sha256[:CONTENT_DIGITS]))
    if _three_axes(row):
        return {"type": "video_embeds", "video_embeds": text, "uuid": text}
    return {"type": "image_embeds", "image_embeds": text}


def _three_axes(row: VideoTokens) -> bool:
    try:
        return row.card.axes == 3
    except CardNotFoundError:
        return row.encoder.startswith("qwen")
