"""Rows of a cache for a server: looked up by reference, checked, kept while they are hot, and read again while the cache grows."""

from __future__ import annotations

import struct
import threading
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import pyarrow as pa

from tokenreel.cache import (
    CacheError,
    CacheNotFoundError,
    DamagedCacheError,
    NewerCacheError,
    Setting,
    SettingError,
    TokenCache,
    VideoNotFoundError,
    VideoTokens,
)
from tokenreel.vllm._model import EncoderCheck, ServedModel
from tokenreel.vllm._reference import Reference, RefusedError

REFRESH_SECONDS = 10.0
"""After this time at most a newer row of a known video is served."""

LISTING_SHARE = 0.1
"""Of the time that listings for unknown videos and settings may take."""

LONGEST_PAUSE = 1.0
"""Seconds from the end of a listing to the start of the next one, at most."""

MOST_UNREADABLE = 1000
"""Rows that are remembered as unreadable; more are forgotten when their time is over."""

HOT_BYTES = 256 << 20
"""Of rows that are kept in memory."""

_BROKEN = (DamagedCacheError, OSError, ValueError, pa.ArrowException, struct.error, zlib.error)


class ServedVideos:
    """The rows of a cache that a server may feed to its model. Threads may share it."""

    def __init__(
        self,
        open_cache: Callable[[], TokenCache],
        model: ServedModel,
        check: EncoderCheck,
        *,
        hot_bytes: int = HOT_BYTES,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Reads nothing yet.

        Args:
            open_cache: opens the cache; called again until it succeeds.
            model: what the server serves.
            check: whether an encoder's rows are of that model.
            hot_bytes: bytes of rows to keep in memory.
            clock: seconds, for tests.
            sleep: waits so many seconds, for tests.
        """
        self.model = model
        self._open = open_cache
        self._check = check
        self._clock = clock
        self._sleep = sleep
        self._cache: TokenCache | None = None
        self._listed = 0.0
        self._took = 0.0
        self._no_cache: tuple[float, CacheError | None] = (0.0, None)  # until when a failed listing holds
        self._listing = threading.Lock()
        self._pausing = threading.Lock()
        self._hot = _Hot(hot_bytes)
        self._remembering = threading.Lock()
        self._unreadable: dict[Reference, tuple[float, str]] = {}  # guarded by the lock before

    def row(self, reference: Reference, asked: float | None = None) -> VideoTokens:
        """The one row that a reference names, of the served model and with finite numbers.

        Args:
            reference: of a request.
            asked: by the clock, when the request came; None for now. What was listed after that is new enough to say that a video is
                unknown, so that many such requests in a queue wait for one listing.

        Raises:
            RefusedError: there is no such row, there are several, or it must not be fed to the model.
        """
        row = self._hot.get(reference, self._clock() - REFRESH_SECONDS)
        if row is None:
            begun = self._clock()
            said = self._unreadable_still(reference, begun)
            if said is not None:
                raise RefusedError(said)
            try:
                row, listed = self._read(reference, begun if asked is None else asked)
            except RefusedError:
                raise
            except (CacheNotFoundError, NewerCacheError) as error:
                raise RefusedError(_one_line(error)) from error
            except _BROKEN as error:
                said = (
                    f"video {reference.video_id!r} cannot be read just now, as when a writer is replacing files ({_one_line(error)}):"
                    " ask again; if it stays so, see that the server may read the cache, and run `tokenreel verify` over it"
                )
                self._remember(reference, self._clock() - begun, said)
                raise RefusedError(said) from error
            except CacheError as error:
                raise RefusedError(_one_line(error)) from error
            self._hot.put(reference, row, listed)
        return row

    def _read(self, reference: Reference, asked: float) -> tuple[VideoTokens, float]:
        """The row, and when the cache was listed that it was found in."""
        cache, listed = self._listed_after(self._clock() - REFRESH_SECONDS)
        try:
            row = self._found(cache, reference)
        except RefusedError:
            if listed >= asked:
                raise
            cache, listed = self._listed_after_a_pause(asked)
            row = self._found(cache, reference)
        self._checked(row)
        return row, listed

    def _listed_after_a_pause(self, asked: float) -> tuple[TokenCache, float]:
        """The same as _listed_after, at a pace at which requests for unknown videos do not burden the store. They share a listing."""
        with self._pausing:
            since_then = self._clock() - self._listed - self._took
            pause = _pause_after(self._took) - since_then
            if self._listed <= asked and pause > 0:
                self._sleep(pause)
            return self._listed_after(asked)

    def _remember(self, reference: Reference, took: float, said: str) -> None:
        """A read that failed has listed the store too: the same row is refused at once for a while, so that it is not burdened."""
        now = self._clock()
        with self._remembering:
            if len(self._unreadable) >= MOST_UNREADABLE:
                self._unreadable = {each: kept for each, kept in self._unreadable.items() if kept[0] > now}
            self._unreadable[reference] = now + _pause_after(took), said

    def _unreadable_still(self, reference: Reference, now: float) -> str | None:
        """Why a row could not be read just now."""
        with self._remembering:
            until, said = self._unreadable.get(reference, (now, ""))
        return said if now < until else None

    def _listed_after(self, since: float) -> tuple[TokenCache, float]:
        """The cache, listed after a time, and when it was."""
        with self._listing:
            if self._cache is None or self._listed <= since:
                start = self._clock()
                until, refused = self._no_cache
                if start < until and refused is not None:
                    raise refused
                try:
                    if self._cache is None:
                        self._cache = self._open()
                    else:
                        self._cache.refresh()
                except (CacheNotFoundError, NewerCacheError) as error:
                    now = self._clock()
                    self._no_cache = now + _pause_after(now - start), error
                    raise
                self._listed, self._took = start, self._clock() - start
            return self._cache, self._listed

    def _found(self, cache: TokenCache, reference: Reference) -> VideoTokens:
        try:
            row = cache.lookup(
                reference.video_id,
                compression=reference.compression,
                encoder=reference.encoder,
                sampling=reference.sampling,
            )
        except VideoNotFoundError as error:
            raise RefusedError(f"{_one_line(error)}: check the id, or precompute the video into the cache") from error
        except SettingError:
            setting = self._chosen(cache, reference)
            row = cache.lookup(reference.video_id, **setting._asdict())
        if reference.content is not None and not row.content_sha256.startswith(reference.content):
            raise RefusedError(
                f"video {reference.video_id!r} has changed: its bytes have the digest {row.content_sha256[:16]}, and the request names"
                f" {reference.content[:16]}: take the part that request_part makes now"
            )
        reason = self._refusal(cache, row.encoder)
        if reason is not None:
            raise RefusedError(f"video {reference.video_id!r}: {reason}")
        return row

    def _chosen(self, cache: TokenCache, reference: Reference) -> Setting:
        """Of the settings that a video has rows of, the one that is asked for and of the served model."""
        known = cache.settings_of(reference.video_id)
        asked = [setting for setting in known if setting.has(reference.encoder, reference.sampling, reference.compression)]
        if not asked:
            raise RefusedError(
                f"video {reference.video_id!r} has no row of {_described(reference)}: ask for one that it has,"
                f" which are {_listed(known)}, or precompute it"
            )
        refusals = {encoder: self._refusal(cache, encoder) for encoder in dict.fromkeys(setting.encoder for setting in asked)}
        usable = [setting for setting in asked if refusals[setting.encoder] is None]
        if not usable:
            raise RefusedError(f"video {reference.video_id!r}: {next(iter(refusals.values()))}")
        if len(usable) > 1:
            names = reversed(Setting._fields)  # the compression is what differs most often
            differing = [name for name in names if len({getattr(setting, name) for setting in usable}) > 1]
            raise RefusedError(
                f"video {reference.video_id!r} has {len(usable)} rows for this model: name one by ?{'=&'.join(differing)}=,"
                f" of {_listed(usable)}"
            )
        return usable[0]

    def _refusal(self, cache: TokenCache, encoder: str) -> str | None:
        return self._check.refusal(encoder, lambda: cache.encoder_card(encoder))

    def _checked(self, row: VideoTokens) -> None:
        model = self.model
        if (row.dim, row.planes) != (model.hidden_size, model.planes):
            raise RefusedError(
                f"rows of video {row.video_id!r} have {row.planes} planes of {row.dim} channels, and the served model reads"
                f" {model.planes} of {model.hidden_size}: precompute the video with the served model"
            )
        if not np.isfinite(row.float32()).all():
            raise RefusedError(f"rows of video {row.video_id!r} are not finite: precompute the video again")


class _Hot:
    """Rows in memory up to a number of bytes; those that were not asked for longest go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._bytes = 0
        self._rows: OrderedDict[Reference, tuple[VideoTokens, float]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, reference: Reference, since: float) -> VideoTokens | None:
        """A row that was read under a listing of a time or later."""
        with self._lock:
            row, listed = self._rows.get(reference, (None, 0.0))
            if row is None or listed <= since:
                return None
            self._rows.move_to_end(reference)
            return row

    def put(self, reference: Reference, row: VideoTokens, listed: float) -> None:
        with self._lock:
            self._drop(reference)
            if len(row.data) > self._limit:
                return
            self._rows[reference] = (row, listed)
            self._bytes += len(row.data)
            while self._bytes > self._limit:
                self._drop(next(iter(self._rows)))

    def _drop(self, reference: Reference) -> None:
        row, _ = self._rows.pop(reference, (None, 0.0))
        if row is not None:
            self._bytes -= len(row.data)


def _pause_after(took: float) -> float:
    """Seconds to wait after listings that took some."""
    return min(LONGEST_PAUSE, took / LISTING_SHARE - took)


def _described(reference: Reference) -> str:
    return ", ".join(f"{name} {getattr(reference, name)}" for name in Setting._fields if getattr(reference, name) is not None)


def _listed(settings: list[Setting]) -> str:
    return "; ".join(f"compression {setting.compression}, sampling {setting.sampling}, encoder {setting.encoder}" for setting in settings)


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
