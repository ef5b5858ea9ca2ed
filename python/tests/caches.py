"""Small caches for tests, written without Spark in the format that docs/cache.md and the reader's module describe.

Each row is a file of its own, whose footer serves as the footer of its one row group.
"""

import datetime as dt
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tokenreel.cache._xxhash import xxh64

ENCODER, SAMPLING, COMPRESSION = "tower@1", "uniform:frames=2", "vidcom2:retention=0.5"
BUCKET_SLOTS = 64
CARD = {
    "encoder": ENCODER,
    "family": "Tower",
    "architecture": None,
    "dim": 3,
    "planes": 1,
    "layout": "closing",
    "axes": 1,
    "tokens_per_second": None,
    "merge_size": None,
    "settings": "",
    "tensors": (),
}


def row(video_id, content="A", dim=3, **more):
    """A row of tokens/: two frames of 1 x 2 tokens, of which three are kept, and a separator row."""
    values = more.pop("values", np.arange(4 * dim, dtype="<f4").reshape(4, dim))
    return {
        "video_id": video_id,
        "video_uri": f"file:/videos/{video_id}",
        "content_sha256": content,
        "encoder": ENCODER,
        "sampling": SAMPLING,
        "compression": COMPRESSION,
        "frames": 2,
        "grid_height": 1,
        "grid_width": 2,
        "tokens_per_frame": 2,
        "dim": dim,
        "dtype": "f32",
        "token_count": 4,
        "token_index": [0, 2, 3, -1],
        "tokens": values.tobytes(),
        "frame_seconds": [0.0, 1.5],
        "outcome": "OK",
        "writer_version": "test",
        "created_at": dt.datetime(2026, 1, 2, 3, 4, 5, 6, dt.UTC),
        "model_name": "tower",
        "layout": "closing",
        "planes": 1,
        "source_frames": 100,
        "source_rate": 25.0,
        "frame_index": [0, 99],
        **more,
    }


def columns(rows):
    integers = pa.list_(pa.int32())
    types = {
        "token_index": integers,
        "frame_index": integers,
        "frame_seconds": pa.list_(pa.float64()),
        "tokens": pa.binary(),
        "scales": pa.binary(),
    }
    counts = ["frames", "grid_height", "grid_width", "tokens_per_frame", "dim", "token_count", "planes", "source_frames"]
    types |= dict.fromkeys(counts, pa.int32())
    return pa.table({name: pa.array([each[name] for each in rows], types.get(name)) for name in rows[0]})


class CacheWriter:
    """Writes waves into a folder, each with its own slot table."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.slots = {}
        (folder / "_index").mkdir(parents=True)
        (folder / "tokens").mkdir()
        (folder / "contents").mkdir()
        (folder / "_schema-1").touch()

    def wave(self, number, rows=(), contents=None):
        """Commits rows, and what the wave says of videos whose rows are there already (id to content)."""
        records, slots = bytearray(), []
        by_video = {}
        for each, made in enumerate(rows):
            place = self.write_row(f"{number:06d}-{each:05d}.parquet", made)
            by_video.setdefault(made["video_id"], []).append((made, place))
        said = {video: places[-1][0]["content_sha256"] for video, places in by_video.items()} | (contents or {})
        for video in sorted(said):
            body = rows_record(by_video[video]) if video in by_video else content_record(video, said[video])
            slots.append((xxh64(video.encode()), number, len(body), len(records), zlib.crc32(body)))
            records += body
        (self.folder / "_index" / f"records-{number:06d}.bin").write_bytes(records)
        table = pa.table({"video_id": list(said), "content_sha256": list(said.values()), "wave": [number] * len(said)})
        pq.write_table(table, self.folder / "contents" / f"{number:06d}-00000.parquet")
        self.slots[number] = slots
        self.table(number, number)
        return self

    def write_row(self, name, made):
        """Writes a file with one row, and gives its place: name, first byte, length and footer."""
        path = self.folder / "tokens" / name
        pq.write_table(columns([made]), path, compression="zstd", write_page_index=False)
        data = path.read_bytes()
        (length,) = struct.unpack("<I", data[-8:-4])
        return name, 4, len(data) - 8 - length - 4, data[-8 - length : -8]

    def card(self, **more):
        """Writes the card of an encoder."""
        card = {"schema": 1, **CARD, **more}
        (self.folder / "_encoders").mkdir(exist_ok=True)
        (self.folder / "_encoders" / f"{card['encoder']}.json").write_text(json.dumps(card), encoding="utf-8")
        return self

    def table(self, first, last, buckets=1):
        """Writes the slot table of some waves in place of those that it covers."""
        slots = sorted(slot for wave in range(first, last + 1) for slot in self.slots.get(wave, []))
        waiting = sorted(slots, key=lambda slot: slot[0])
        out, bucket = bytearray(), 0
        while bucket < buckets or waiting:
            home = [slot for slot in waiting if (slot[0] >> 1) * (buckets << 1) >> 64 <= bucket][:BUCKET_SLOTS]
            waiting = [slot for slot in waiting if slot not in home]
            out += b"".join(struct.pack(">QiiqIi", *slot, 0) for slot in home).ljust(BUCKET_SLOTS * 32, b"\0")
            bucket += 1
        for old in (self.folder / "_index").glob("slots-*"):
            begin, end = map(int, old.stem.split("-")[1:3])
            if first <= begin and end <= last:
                old.unlink()
        (self.folder / "_index" / f"slots-{first:06d}-{last:06d}-{buckets}.idx").write_bytes(out)


def text(value):
    """As Java's DataOutputStream writes it."""
    encoded = bytearray()
    for (unit,) in struct.iter_unpack("<H", value.encode("utf-16-le")):
        if 0 < unit < 0x80:
            encoded.append(unit)
        elif unit < 0x800:
            encoded += bytes([0xC0 | unit >> 6, 0x80 | unit & 0x3F])
        else:
            encoded += bytes([0xE0 | unit >> 12, 0x80 | unit >> 6 & 0x3F, 0x80 | unit & 0x3F])
    return struct.pack(">H", len(encoded)) + encoded


def rows_record(rows):
    body = struct.pack(">i", len(rows))
    for made, (file, start, length, footer) in rows:
        body += b"".join(text(made[name]) for name in ("video_id", "content_sha256", "encoder", "sampling", "compression"))
        body += struct.pack(">q", 0) + text(file) + struct.pack(">qii", start, length, 0) + struct.pack(">i", len(footer)) + footer
    return b"\1" + zlib.compress(body)


def content_record(video, content):
    return b"\2" + zlib.compress(text(video) + text(content))
