"""What all parts of the plugin share within one process of a server: the model, the cache, its hot rows."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tokenreel.cache import TokenCache
from tokenreel.vllm._model import ENCODER, EncoderCheck, ServedModel
from tokenreel.vllm._reference import RefusedError
from tokenreel.vllm._videos import ServedVideos

CACHE = "TOKENREEL_CACHE"
THREADS = ThreadPoolExecutor(8, "tokenreel-references")
"""That look references up: the server's own would wait with a request for an unknown video."""

NAME = "tokenreel"
"""The media connector's."""


def is_wanted() -> bool:
    """Whether the server of this process is told to use the plugin; in others it does nothing."""
    return os.environ.get("VLLM_MEDIA_CONNECTOR") == NAME


class Serving:
    """The rows of the server that this process belongs to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._videos: ServedVideos | None = None

    def begin(self, config: Any) -> ServedVideos:
        """Says which model is served; the first call decides.

        Args:
            config: a `vllm.config.VllmConfig`.

        Raises:
            ValueError: the server has a setting under which it would look no row up.
        """
        import vllm

        with self._lock:
            if self._videos is None:
                model = ServedModel.of(config, vllm.__version__)
                if model.encoder_cache:
                    _check_uuids_are_kept(config)
                check = EncoderCheck(model, os.environ.get(ENCODER))
                self._videos = ServedVideos(_open, model, check)
            return self._videos

    def videos(self) -> ServedVideos:
        """The rows.

        Raises:
            RefusedError: this process has not learned which model is served.
        """
        if self._videos is None:
            raise RefusedError(
                "the plugin tokenreel does not know which model is served: references are for `vllm serve`, so in Python"
                " pass the rows of tokenreel.cache"
            )
        return self._videos


def _check_uuids_are_kept(config: Any) -> None:
    """Whether the name of a part's rows reaches the encoder cache as the client sent it."""
    media = getattr(config.model_config.multimodal_config, "media_io_kwargs", None) or {}
    set_of_parts = sorted(modality for modality in ("image", "video") if media.get(modality))
    if set_of_parts:
        raise ValueError(
            f"--media-io-kwargs has settings for {' and '.join(set_of_parts)}, and vLLM then looks rows of a cache up under another name:"
            " start the server without them, or without the encoder cache"
        )
    if getattr(config.lora_config, "enable_tower_connector_lora", False):
        raise ValueError(
            "--enable-tower-connector-lora has vLLM look rows of a cache up under the adapter's name, and they are of the tower without"
            " an adapter: start the server without it, or without the encoder cache"
        )


def _open() -> TokenCache:
    path = os.environ.get(CACHE)
    if not path:
        raise RefusedError(f"the server does not know its cache: start it with {CACHE} set to the cache's folder or URI")
    return TokenCache.open(path)


SERVING = Serving()
