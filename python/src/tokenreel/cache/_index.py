"""The lookup index of a cache, as the Java classes SlotTable, Slot, IndexRecord and RowLocation write it.

`_index/slots-FIRST-LAST-BUCKETS.idx` is a hash table in buckets of 64 slots; a slot leads to a video's record in
`_index/records-WAVE.bin`; a record has the places of the rows that the wave wrote of the video, each with a Parquet
footer of its row group alone. So a lookup is three reads, whatever the size of the cache.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from tokenreel.cache._errors import CacheNotFoundError, DamagedCacheError
from tokenreel.cache._store import Store
from tokenreel.cache._xxhash import xxh64

FOLDER = "_index"
HOW_TO_REBUILD = "delete the folder _index, and the next `tokenreel precompute` or `compress` into this output makes it again"

_TABLE_NAME = re.compile(r"slots-([0-9]+)-([0-9]+)-([0-9]+)\.idx")
_SLOT = struct.Struct(">QiiqIi")  # hash, wave, length, position, crc, four bytes of zero
_BUCKET_BYTES = 64 * _SLOT.size
_ROWS, _CONTENT = 1, 2  # versions of a record: a wave's rows of a video, or its content alone


class Setting(NamedTuple):
    """How rows were computed: a video has at most one current row per setting."""

    encoder: str
    sampling: str
    compression: str

    def has(self, encoder: str | None = None, sampling: str | None = None, compression: str | None = None) -> bool:
        """Whether its parts are these; None stands for any."""
        return all(wanted in (None, part) for part, wanted in zip(self, (encoder, sampling, compression), strict=True))


class Slot(NamedTuple):
    """One entry of a slot table: the wave, and the place of the record in the wave's file."""

    wave: int
    hash: int
    position: int
    length: int
    crc: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where one row of `tokens/` lies, and the Parquet footer that decodes it."""

    video_id: str
    content_sha256: str
    setting: Setting
    file: str
    start: int
    length: int
    ordinal: int
    footer: bytes


@dataclass(frozen=True, slots=True)
class Record:
    """What one wave says of one video: its content as of then, and the rows that the wave wrote."""

    video_id: str
    content: str
    places: tuple[Place, ...]


def current(records: Iterable[Record]) -> list[Place]:
    """Of records of one video in the order of their waves, the rows of the content that the last one names."""
    known = list(records)
    return [place for record in known for place in record.places if place.content_sha256 == known[-1].content]


@dataclass(frozen=True, slots=True)
class SlotTable:
    """A table of slots of some waves; its name has all that finding a bucket needs."""

    name: str
    first_wave: int
    last_wave: int
    buckets: int

    @staticmethod
    def of(name: str) -> SlotTable | None:
        """The table of a file name, or None where it is not a table's."""
        match = _TABLE_NAME.fullmatch(name)
        return SlotTable(f"{FOLDER}/{name}", *map(int, match.groups())) if match else None

    def covers(self, other: SlotTable) -> bool:
        """Whether every wave of the other table is among this one's."""
        return self.first_wave <= other.first_wave and other.last_wave <= self.last_wave

    def probe(self, store: Store, hash_: int) -> Iterator[Slot]:
        """The slots with a hash: one read of a bucket, and in rare cases of the next."""
        bucket = (hash_ >> 1) * (self.buckets << 1) >> 64
        while bucket < self.buckets or (bucket + 1) * _BUCKET_BYTES <= store.size(self.name):
            data = store.read(self.name, bucket * _BUCKET_BYTES, _BUCKET_BYTES)
            if len(data) < _BUCKET_BYTES:
                raise DamagedCacheError(f"{store.place}/{self.name} is cut short; {HOW_TO_REBUILD}")
            slots, full = _slots(data)
            yield from (slot for slot in slots if slot.hash == hash_)
            if not full:
                return
            bucket += 1

    def all(self, store: Store) -> Iterator[Slot]:
        """All slots of the table: one read of the file."""
        data = store.whole(self.name)
        for start in range(0, len(data), _BUCKET_BYTES):
            yield from _slots(data[start : start + _BUCKET_BYTES])[0]


def _slots(bucket: bytes) -> tuple[list[Slot], bool]:
    """The slots of a bucket, and whether it is full."""
    slots: list[Slot] = []
    for hash_, wave, length, position, crc, _ in _SLOT.iter_unpack(bucket):
        if length == 0:
            return slots, False
        slots.append(Slot(wave, hash_, position, length, crc))
    return slots, True


class LookupIndex:
    """The slot tables of a cache as they were listed. Holds no file open, and remembers nothing but their names."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tables = _tables(store.names(FOLDER))
        if not self._tables:
            raise CacheNotFoundError(
                f"{store.place} has no lookup index; the next `tokenreel precompute` or `compress` into it makes one from tokens/"
            )

    def slots(self, video_id: str) -> list[Slot]:
        """The slots of a video, and of others with its hash, in the order of their waves."""
        try:
            hash_ = xxh64(video_id.encode())
        except UnicodeEncodeError:
            return []  # half a surrogate pair, as of a file's name that is not UTF-8, which no table has
        return sorted({slot for table in self._tables for slot in table.probe(self._store, hash_)})

    def waves(self) -> set[int]:
        """The waves that have records."""
        return {slot.wave for table in self._tables for slot in table.all(self._store)}

    def records(self, video_id: str) -> list[Record]:
        """What the waves say of a video, in their order."""
        records = (self._record(slot) for slot in self.slots(video_id))
        return [record for record in records if record.video_id == video_id]  # another id may have the same hash

    def all_records(self) -> Iterator[Record]:
        """What the waves say of all videos, in the order of the waves; every file of the index is read once."""
        slots = sorted({slot for table in self._tables for slot in table.all(self._store)})
        wave, data = -1, b""
        for slot in slots:
            if slot.wave != wave:
                wave, data = slot.wave, self._store.whole(_records_name(slot.wave))
            yield self._checked(slot, data[slot.position : slot.position + slot.length])

    def _record(self, slot: Slot) -> Record:
        return self._checked(slot, self._store.read(_records_name(slot.wave), slot.position, slot.length))

    def _checked(self, slot: Slot, data: bytes) -> Record:
        if zlib.crc32(data) != slot.crc:
            name = _records_name(slot.wave)
            raise DamagedCacheError(f"{self._store.place}/{name} is damaged at byte {slot.position}; {HOW_TO_REBUILD}")
        return record_of(data)


def _records_name(wave: int) -> str:
    return f"{FOLDER}/records-{wave:06d}.bin"


def _tables(names: Iterable[str]) -> list[SlotTable]:
    """The tables among sorted names, without those that another one covers."""
    tables: list[SlotTable] = []
    for table in filter(None, map(SlotTable.of, names)):
        tables = [known for known in tables if not table.covers(known)]
        if not any(known.covers(table) for known in tables):
            tables.append(table)
    return tables


class _Fields:
    """The fields of a record, as Java's DataOutputStream writes them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def _take(self, length: int) -> bytes:
        start, self._at = self._at, self._at + length
        if self._at > len(self._data):
            raise DamagedCacheError(f"an index record ends after {len(self._data)} bytes, within a field; {HOW_TO_REBUILD}")
        return self._data[start : self._at]

    def number(self, length: int) -> int:
        return int.from_bytes(self._take(length), "big", signed=True)

    def data(self) -> bytes:
        return self._take(self.number(4))

    def text(self) -> str:
        encoded = self._take(int.from_bytes(self._take(2), "big"))
        if encoded.isascii():
            return encoded.decode("ascii")
        # Modified UTF-8: U+0000 has two bytes, and what is above U+FFFF is a pair of surrogates.
        halves = encoded.replace(b"\xc0\x80", b"\0").decode("utf-8", "surrogatepass")
        return halves.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


def record_of(data: bytes) -> Record:
    """Reads a record."""
    version = data[0] if data else 0
    if version not in (_ROWS, _CONTENT):
        found = f"version {version}" if data else "nothing"
        raise DamagedCacheError(f"an index record of version {_ROWS} or {_CONTENT} was expected, found {found}; {HOW_TO_REBUILD}")
    fields = _Fields(zlib.decompress(data[1:]))
    if version == _CONTENT:
        return Record(fields.text(), fields.text(), ())
    places = tuple(_place(fields) for _ in range(fields.number(4)))
    return Record(places[-1].video_id, places[-1].content_sha256, places)


def _place(fields: _Fields) -> Place:
    video_id, content = fields.text(), fields.text()
    setting = Setting(fields.text(), fields.text(), fields.text())
    fields.number(8)  # created_at, which the row has as well
    return Place(video_id, content, setting, fields.text(), fields.number(8), fields.number(4), fields.number(4), fields.data())
