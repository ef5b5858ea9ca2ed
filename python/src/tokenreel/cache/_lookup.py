"""Single videos of a cache, without Spark or Java."""

from __future__ import annotations

import os
import re
import struct
import zlib
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from tokenreel.cache._card import Cards, EncoderCard
from tokenreel.cache._errors import (
    CacheError,
    CacheNotFoundError,
    DamagedCacheError,
    NewerCacheError,
    SettingError,
    VideoNotFoundError,
)
from tokenreel.cache._index import HOW_TO_REBUILD, LookupIndex, Place, Setting, current
from tokenreel.cache._rows import VideoTokens, decode, rows_of
from tokenreel.cache._store import Store, store_of

NEWEST_SCHEMA = 1
"""The newest version of a cache's tables that this package reads."""

_SCHEMA_NAME = re.compile(r"_schema-([0-9]+)")
_UNREADABLE = (OSError, ValueError, pa.ArrowException, struct.error, zlib.error)


class TokenCache:
    """Reads single videos from a cache: a bucket of its index, the video's record, then exactly the bytes of its row.

    Only rows of a video's current content are given, one per encoder, sampling and compression (see docs/cache.md).
    Threads may share a cache, and it may be read while it is written: waves that were committed after it was opened
    are seen after `refresh()`.

        cache = TokenCache.open("s3://bucket/cache")
        row = cache.lookup("clips/a.mp4", compression="vidcom2:retention=0.25")
        row.tokens, row.grid_places(), row.frame_seconds
    """

    def __init__(self, store: Store) -> None:
        """Not for callers, who take `open`."""
        self._store = store
        self._cards = Cards(store)
        self.refresh()

    @classmethod
    def open(cls, path: str | os.PathLike[str], filesystem: Any = None) -> TokenCache:
        """Opens a cache.

        Args:
            path: the folder that holds `tokens/`: a local path or a URI; with `filesystem`, a path in it.
            filesystem: a `pyarrow.fs.FileSystem` or an fsspec file system, for credentials and endpoints.

        Raises:
            CacheNotFoundError: there is no cache, it has no lookup index, or a catalog has its tables.
            NewerCacheError: a newer version of TokenReel wrote it.
        """
        return cls(store_of(path, filesystem))

    def refresh(self) -> None:
        """Lists the cache again, so that waves are seen that were committed since."""
        try:
            self._list()
        except CacheError:
            raise
        except (OSError, pa.ArrowException) as error:
            raise CacheNotFoundError(
                f"{self._store.place} cannot be listed: {error}; see that it is a cache's folder, and who may read it"
            ) from error

    def _list(self) -> None:
        names = self._store.names("")
        if not names:
            raise CacheNotFoundError(f"{self._store.place} is no cache: there is no such folder, or it is empty")
        for match in filter(None, map(_SCHEMA_NAME.fullmatch, names)):
            if int(match[1]) > NEWEST_SCHEMA:
                raise NewerCacheError(
                    f"{self._store.place} has tables of version {match[1]}, and this package knows versions up to"
                    f" {NEWEST_SCHEMA}: use a newer tokenreel"
                )
        if "_table" in names:
            raise CacheNotFoundError(f"{self._store.place} has its tables in a catalog, which its file _table names: read them with Spark")
        self._index = LookupIndex(self._store)

    def __repr__(self) -> str:
        return f"TokenCache({self._store.place!r})"

    def lookup(self, video_id: str, compression: str | None = None, encoder: str | None = None, sampling: str | None = None) -> VideoTokens:
        """The row of a video for one setting; a part of the setting that the video has only one of may be left out.

        Args:
            video_id: the video's id, as the manifest has it.
            compression: the compression spec, such as `vidcom2:retention=0.25`.
            encoder: the encoder's name, `family@revision`.
            sampling: the sampling spec, such as `uniform:frames=32`.

        Raises:
            VideoNotFoundError: the cache has no tokens of the video.
            SettingError: the video has no such row, or several; the message lists the settings that it has.
        """
        [row] = self._read(video_id, (encoder, sampling, compression), single=True)
        return row

    def rows(
        self, video_id: str, compression: str | None = None, encoder: str | None = None, sampling: str | None = None
    ) -> list[VideoTokens]:
        """All current rows of a video, or those of a setting, in the order of their commits; none for an unknown video."""
        return self._read(video_id, (encoder, sampling, compression), single=False)

    def lookup_many(
        self,
        video_ids: Iterable[str],
        compression: str | None = None,
        encoder: str | None = None,
        sampling: str | None = None,
        *,
        missing: Literal["raise", "skip"] = "raise",
        threads: int = 8,
    ) -> Iterator[VideoTokens]:
        """The rows of many videos for one setting, in the order of the ids.

        Videos are read ahead by `threads` threads, which pays for an object store; at most two per thread wait.

        Args:
            video_ids: the ids.
            compression: as in `lookup`.
            encoder: as in `lookup`.
            sampling: as in `lookup`.
            missing: what to do about an id that the cache has no tokens of: `raise` VideoNotFoundError, or `skip` it.
            threads: how many videos are read at a time.
        """
        if missing not in ("raise", "skip"):
            raise ValueError(f"missing must be 'raise' or 'skip'; got {missing!r}")
        if threads < 1:
            raise ValueError(f"threads must be at least 1; got {threads}")
        wanted = (encoder, sampling, compression)
        return self._many(video_ids, wanted, missing == "skip", threads)

    def _many(self, video_ids: Iterable[str], wanted: _Wanted, skip: bool, threads: int) -> Iterator[VideoTokens]:
        def taken(future: Future[list[VideoTokens]]) -> Iterator[VideoTokens]:
            try:
                yield from future.result()
            except VideoNotFoundError:
                if not skip:
                    raise

        with ThreadPoolExecutor(threads, "tokenreel-cache") as pool:
            ahead: deque[Future[list[VideoTokens]]] = deque()
            try:
                for video_id in video_ids:
                    ahead.append(pool.submit(self._read, video_id, wanted, single=True))
                    if len(ahead) > 2 * threads:
                        yield from taken(ahead.popleft())
                while ahead:
                    yield from taken(ahead.popleft())
            finally:
                for future in ahead:
                    future.cancel()

    def __contains__(self, video_id: object) -> bool:
        """Whether the cache has current tokens of a video."""
        return isinstance(video_id, str) and bool(self.settings_of(video_id))

    def settings_of(self, video_id: str) -> list[Setting]:
        """The settings that a video has current rows of, without reading a row; none for an unknown video."""
        try:
            places = current(self._index.records(video_id))
        except _UNREADABLE:
            return [Setting(row.encoder, row.sampling, row.compression) for row in self.rows(video_id)]
        return [place.setting for place in places]

    def all_settings(self) -> dict[str, list[Setting]]:
        """By id, the settings that each video has current rows of, for videos that have any. Reads the whole index."""
        return {video: settings for video, settings in self._all_current() if settings}

    def ids(self, compression: str | None = None, encoder: str | None = None, sampling: str | None = None) -> list[str]:
        """The ids of all videos that have current tokens of a setting, sorted. Reads the whole index."""
        wanted = (encoder, sampling, compression)
        return sorted(video for video, settings in self._all_current() if any(setting.has(*wanted) for setting in settings))

    def settings(self) -> dict[Setting, int]:
        """The settings of the cache, and of how many videos each has current rows. Reads the whole index."""
        return dict(sorted(Counter(setting for _, settings in self._all_current() for setting in settings).items()))

    def encoder_card(self, encoder: str) -> EncoderCard:
        """What an encoder of the cache is, which `_encoders/` says; `verify_checkpoint` compares a checkpoint with it.

        Args:
            encoder: its name, as a row's `encoder` has it.

        Raises:
            CardNotFoundError: the cache has no card of it, as caches that an older version wrote.
            NewerCacheError: a newer version of TokenReel wrote it.
        """
        return self._cards.of(encoder)

    def _all_current(self) -> list[tuple[str, list[Setting]]]:
        """Each video, and the settings that it has current rows of."""
        try:
            return self._scan_index()
        except _UNREADABLE:
            self.refresh()  # a writer has merged the slot tables, or removed rows, since the index was listed
        try:
            return self._scan_index()
        except _UNREADABLE:
            if not self._store.names("_journal"):
                self.refresh()  # unless the index is damaged, the writer has ended its work in the meantime
                return self._scan_index()
        return self._scan_tables()  # a writer is removing rows, and has replaced files that the index still describes

    def _scan_index(self) -> list[tuple[str, list[Setting]]]:
        found = _Currents()
        for record in self._index.all_records():
            found.add(record.video_id, record.content, [(place.content_sha256, place.setting) for place in record.places])
        return found.all()

    def _scan_tables(self) -> list[tuple[str, list[Setting]]]:
        """The same by the columns of all rows of the waves that the index names."""
        waves = self._index.waves()
        said: dict[int, list[tuple[str, str, Setting | None]]] = {wave: [] for wave in waves}
        for wave, table in self._tables_of("contents", waves, columns=["video_id", "content_sha256", "wave"]):
            said[wave] += [(row["video_id"], row["content_sha256"], None) for row in table.to_pylist() if row["wave"] == wave]
        for wave, table in self._tables_of("tokens", waves, columns=["video_id", "content_sha256", *Setting._fields]):
            for row in table.to_pylist():
                said[wave].append((row["video_id"], row["content_sha256"], Setting(*(row[name] for name in Setting._fields))))
        found = _Currents()
        for wave in sorted(said):
            for video, content, setting in said[wave]:
                found.add(video, content, [] if setting is None else [(content, setting)])
        return found.all()

    def _read(self, video_id: str, wanted: _Wanted, single: bool) -> list[VideoTokens]:
        if not isinstance(video_id, str):
            raise TypeError(f"a video's id is a str; got {type(video_id).__name__}")
        try:
            rows = self._current(video_id, wanted, single)
        except CacheError:
            raise
        except _UNREADABLE as error:
            raise DamagedCacheError(
                f"{self._store.place}: the row of video '{video_id}' cannot be read ({type(error).__name__}: {error});"
                " see that files of the cache may be read; `tokenreel verify` says which are damaged"
            ) from error
        return [replace(row, cards=self._cards) for row in rows]

    def _current(self, video_id: str, wanted: _Wanted, single: bool) -> list[VideoTokens]:
        try:
            return self._from_index(video_id, wanted, single)
        except _UNREADABLE as error:
            if isinstance(error, SettingError):
                raise
            self.refresh()  # a writer has merged the slot tables, or removed rows, since the index was listed
        try:
            return self._from_index(video_id, wanted, single)
        except _UNREADABLE as error:
            if isinstance(error, SettingError):
                raise
            if not self._store.names("_journal"):
                self.refresh()  # unless the index is damaged, the writer has ended its work in the meantime
                return self._from_index(video_id, wanted, single)
        # A writer is removing rows, and has replaced files that the index still describes.
        rows = {Setting(row.encoder, row.sampling, row.compression): row for row in self._from_tables(video_id)}
        return [rows[setting] for setting in self._chosen(video_id, list(rows), wanted, single)]

    def _from_index(self, video_id: str, wanted: _Wanted, single: bool) -> list[VideoTokens]:
        places = {place.setting: place for place in current(self._index.records(video_id))}
        return [self._row(places[setting]) for setting in self._chosen(video_id, list(places), wanted, single)]

    def _chosen(self, video_id: str, known: list[Setting], wanted: _Wanted, single: bool) -> list[Setting]:
        """Of the settings that a video has, those that are wanted."""
        chosen = [setting for setting in known if setting.has(*wanted)]
        if single and not known:
            raise VideoNotFoundError(f"{self._store.place} has no tokens of video '{video_id}'; ids() lists those that it has")
        if single and len(chosen) != 1:
            parts = [f"{name}={value!r}" for name, value in zip(Setting._fields, wanted, strict=True) if value is not None]
            count = f"{len(chosen)} rows" if chosen else "no row"
            of = f" of {', '.join(parts)}" if parts else ""
            listed = "".join(f"\n  {_text(setting)}" for setting in (chosen or known))
            raise SettingError(f"video '{video_id}' has {count}{of}; name one of these:{listed}")
        return chosen

    def _row(self, place: Place) -> VideoTokens:
        name = f"tokens/{place.file}"
        row_group = self._store.read(name, place.start, place.length)
        row = decode(place.start, row_group, place.footer, place.ordinal)
        # A file that took this one's place may have another row there.
        found = (row.video_id, row.content_sha256, Setting(row.encoder, row.sampling, row.compression))
        if found != (place.video_id, place.content_sha256, place.setting):
            raise DamagedCacheError(
                f"{self._store.place}/{name} has no row of video '{place.video_id}' at byte {place.start}, where the index says;"
                f" {HOW_TO_REBUILD}"
            )
        return row

    def _from_tables(self, video_id: str) -> list[VideoTokens]:
        """The current rows by looking at all rows of the files of the waves that the index names for the video."""
        waves = {slot.wave for slot in self._index.slots(video_id)}
        of_video = [("video_id", "=", video_id)]
        contents = self._tables_of("contents", waves, filters=of_video)
        tokens = [(wave, row) for wave, table in self._tables_of("tokens", waves, filters=of_video) for row in rows_of(table)]
        said = [(wave, row["content_sha256"]) for wave, table in contents for row in table.to_pylist() if row["wave"] == wave]
        said += [(wave, row.content_sha256) for wave, row in tokens]
        if not said:
            return []
        last = max(said, key=lambda pair: pair[0])[1]
        return [row for _, row in tokens if row.content_sha256 == last]

    def _tables_of(self, table: str, waves: set[int], **read: Any) -> Iterator[tuple[int, pa.Table]]:
        """Each file of a table that is of one of the waves, with the wave.

        Args:
            table: its folder.
            waves: numbers of waves.
            read: what `pyarrow.parquet.read_table` takes.
        """
        for name in self._store.names(table):
            wave = int(name.split("-")[0]) if re.fullmatch(r"[0-9]+-[0-9]+\.parquet", name) else -1
            if wave in waves:
                with self._store.open(f"{table}/{name}") as file:
                    yield wave, pq.read_table(file, **read)


class _Currents:
    """Of videos, of which waves are told in their order, the settings of the rows of their current content.

    Of a large cache no more than this fits into memory: settings are few, and footers are not kept.
    """

    def __init__(self) -> None:
        self._contents: dict[str, str] = {}
        self._rows: dict[str, list[tuple[str, Setting]]] = {}
        self._known: dict[Setting, Setting] = {}

    def add(self, video_id: str, content: str, rows: list[tuple[str, Setting]]) -> None:
        """What a wave says of a video: its content as of then, and content and setting of rows."""
        self._contents[video_id] = content
        kept = self._rows.setdefault(video_id, [])
        kept.extend((of, self._known.setdefault(setting, setting)) for of, setting in rows)

    def all(self) -> list[tuple[str, list[Setting]]]:
        """Each video with its settings."""
        return [(video, [setting for of, setting in self._rows[video] if of == last]) for video, last in self._contents.items()]


_Wanted = tuple[str | None, str | None, str | None]


def _text(setting: Setting) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in zip(Setting._fields, setting, strict=True))
