"""What all parts of the plugin share within one process of a server: the model, the cache, its hot rows."""

from __future__ import annotations

import os
import threading
from typing import Any

from tokenreel.cache import TokenCache
from tokenreel.vllm._model import ENCODER, EncoderCheck, ServedModel
from tokenreel.vllm._reference import RefusedError
from tokenreel.vllm._videos import ServedVideos

CACHE = "TOKENREEL_CACHE"
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
        """
        import vllm

        with self._lock:
            if self._videos is None:
                model = ServedModel.of(config, vllm.__version__)
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


def _open() -> TokenCache:
    path = os.environ.get(CACHE)
    if not path:
        raise RefusedError(f"the server does not know its cache: start it with {CACHE} set to the cache's folder or URI")
    return TokenCache.open(path)


SERVING = Serving()
