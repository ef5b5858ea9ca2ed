"""One row of `tokens/`, and decoding it from the bytes of its row group."""

from __future__ import annotations

import functools
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tokenreel.cache._card import Cards, EncoderCard
from tokenreel.cache._errors import CardNotFoundError, DamagedCacheError, MissingPackageError

_DTYPE_BYTES = {"f32": 4, "f16": 2, "bf16": 2, "int8": 1, "fp8": 1}
_SCALED = ("int8", "fp8")


@dataclass(frozen=True, eq=False)
class VideoTokens:
    """What a language model is fed for one video: one row of `tokens/`.

    Attributes:
        video_id: the video's id.
        video_uri: where the video was read from.
        content_sha256: digest of the video's bytes, lower-case hex.
        encoder: the vision tower, `family@revision`.
        sampling: the frame sampling spec.
        compression: the compression spec.
        frames: T, steps of the video's grid: sampled frames, or temporal patches of several.
        grid_height: rows of a frame's grid.
        grid_width: columns of a frame's grid, newline tokens not counted.
        tokens_per_frame: M, tokens of a frame's grid; `grid_height * grid_width`, or
            `grid_height * (grid_width + 1)` where every row of the grid ends in a newline token.
        dim: D, channels of a token.
        dtype: how a channel is stored: `f32`, `f16`, `bf16`, `int8` or `fp8` (E4M3, torch's `float8_e4m3fn`).
        token_index: int32 [n], each token's place `t * M + m` in the grid; -1 for a separator row that the model adds.
        data: the tokens as stored, [n][planes][D], little-endian, row-major; of `int8` and `fp8` the codes, without their scales.
        frame_seconds: float64 [T], of each step's first frame, seconds from the video's first frame.
        outcome: `OK`, or `DEGRADED` when the video was damaged.
        writer_version: the version of TokenReel that wrote the row.
        created_at: when the row was computed, UTC.
        model_name: the checkpoint's readable name; None in rows that were written without it.
        planes: planes of a token, each of dim channels; more than 1 for models that add levels to their layers.
        layout: where the model's own rows stand among the tokens: `plain`, `closing`, `line-ends` or `line-ends-in-place`; None as above.
        source_frames: frames of the video before sampling; None as above.
        source_rate: the video's average rate, frames per second; None as above.
        frame_index: int32, the number in the video of each sampled frame; None as above.
        scales: of `int8` and `fp8`, float32 [n], or [n, planes] where there are more planes than 1: a channel is its code in `data` times
            the scale. None for other dtypes.
        columns: the manifest's own columns, NULLs left out.
        cards: the cards of the row's cache, for `card`.
    """

    video_id: str
    video_uri: str
    content_sha256: str
    encoder: str
    sampling: str
    compression: str
    frames: int
    grid_height: int
    grid_width: int
    tokens_per_frame: int
    dim: int
    dtype: str
    token_index: npt.NDArray[np.int32] = field(repr=False)
    data: memoryview = field(repr=False)
    frame_seconds: npt.NDArray[np.float64] = field(repr=False)
    outcome: str
    writer_version: str
    created_at: datetime
    model_name: str | None = None
    planes: int = 1
    layout: str | None = None
    source_frames: int | None = None
    source_rate: float | None = None
    frame_index: npt.NDArray[np.int32] | None = field(default=None, repr=False)
    scales: npt.NDArray[np.float32] | None = field(default=None, repr=False)
    columns: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    cards: Cards | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Checks that the parts fit each other."""
        if self.dtype not in _DTYPE_BYTES:
            raise DamagedCacheError(
                f"video '{self.video_id}' is stored as '{self.dtype}'; this version of tokenreel knows {', '.join(_DTYPE_BYTES)}"
            )
        expected = len(self.token_index) * self.planes * self.dim * _DTYPE_BYTES[self.dtype]
        if len(self.data) != expected:
            raise DamagedCacheError(
                f"{len(self.token_index)} tokens of {self.planes} planes of {self.dim} {self.dtype} channels"
                f" must hold {expected} bytes; got {len(self.data)}"
            )
        scales = len(self.token_index) * self.planes if self.dtype in _SCALED else None
        found = None if self.scales is None else self.scales.size
        if found != scales:
            raise DamagedCacheError(
                f"{len(self.token_index)} tokens of {self.planes} planes of {self.dtype} must have {scales or 'no'} scales;"
                f" got {found or 'none'}"
            )

    def __getstate__(self) -> dict[str, Any]:
        """What can be pickled: views are copied."""
        return {**self.__dict__, "data": bytes(self.data), "columns": dict(self.columns)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, data=memoryview(state["data"]), columns=MappingProxyType(state["columns"]))

    @property
    def tokens(self) -> npt.NDArray[Any]:
        """The tokens [n, D] in the stored dtype, read-only, sharing memory with `data`; [n, planes, D] where there are more planes than 1.

        Of `int8` and `fp8` they are float32 of their own, as `float32()` gives them; the codes are `data`.

        Raises:
            MissingPackageError: they are bf16, which numpy has not, and ml_dtypes is not installed.
        """
        if self.dtype in _SCALED:
            return self.float32()
        dtype = _bfloat16(self.video_id) if self.dtype == "bf16" else np.dtype({"f32": "<f4", "f16": "<f2"}[self.dtype])
        return np.frombuffer(self.data, dtype).reshape(self._shape())

    def float32(self) -> npt.NDArray[np.float32]:
        """The tokens as float32, of the shape of `tokens`; needs no package but numpy.

        It is exact for `f32`, `f16` and `bf16`; of `int8` and `fp8` each is the code times the scale, rounded to float32.
        """
        if self.scales is not None:
            codes = (
                np.frombuffer(self.data, np.int8).astype(np.float32) if self.dtype == "int8" else _E4M3[np.frombuffer(self.data, np.uint8)]
            )
            return codes.reshape(self._shape()) * self.scales[..., None]
        if self.dtype == "bf16":
            words = np.frombuffer(self.data, "<u2").astype(np.uint32) << 16
            return words.view(np.float32).reshape(self._shape())
        return self.tokens.astype(np.float32)

    @property
    def card(self) -> EncoderCard:
        """What the row's encoder is; read from the cache when it is first asked for.

        Raises:
            CardNotFoundError: the cache has no card of it, as caches that an older version wrote.
        """
        if self.cards is None:
            raise CardNotFoundError(f"the row of video '{self.video_id}' was not read from a cache: take rows that TokenCache.lookup gives")
        return self.cards.of(self.encoder)

    def _shape(self) -> tuple[int, ...]:
        tokens = len(self.token_index)
        return (tokens, self.dim) if self.planes == 1 else (tokens, self.planes, self.dim)

    @property
    def has_newlines(self) -> bool:
        """Whether every row of the grid ends in a newline token."""
        return self.tokens_per_frame != self.grid_height * self.grid_width

    def grid_places(self) -> npt.NDArray[np.int32]:
        """Step, row and column of each token in the video's grid, int32 [n, 3].

        A newline token has the column `grid_width`; a separator row, which has no place in the grid, is -1, -1, -1.
        """
        frame, cell = np.divmod(self.token_index, np.int32(self.tokens_per_frame))
        row, column = np.divmod(cell, np.int32(self.grid_width + self.has_newlines))
        places = np.stack([frame, row, column], axis=1)
        places[self.token_index < 0] = -1
        return places

    def seconds(self) -> npt.NDArray[np.float64]:
        """The time of each token's frame, float64 [n]; NaN for a separator row."""
        frame = np.maximum(self.token_index, 0) // self.tokens_per_frame
        return np.where(self.token_index < 0, np.nan, self.frame_seconds[frame])


_ARRAYS = ("tokens", "token_index", "frame_seconds", "frame_index", "scales")
_COLUMNS = frozenset(VideoTokens.__dataclass_fields__) - {"data", "columns", "cards"} | {"tokens", "token_count"}


def _e4m3() -> npt.NDArray[np.float32]:
    """The values of the 256 codes of E4M3: a sign, four bits of an exponent with bias 7 and three of a fraction; 127 and 255 are NaN."""
    code = np.arange(128)
    exponent, fraction = code >> 3, code & 7
    values = np.where(exponent == 0, np.ldexp(fraction, -9), np.ldexp(8.0 + fraction, exponent - 10)).astype(np.float32)
    values[127] = np.nan
    return np.concatenate([values, -values])


_E4M3 = _e4m3()


def _bfloat16(video_id: str) -> np.dtype[Any]:
    try:
        import ml_dtypes
    except ImportError as error:
        raise MissingPackageError(
            f"video '{video_id}' is stored as bf16, a type that numpy gets from ml_dtypes:"
            " pip install 'tokenreel[bf16]', or take .float32(), which is exact"
        ) from error
    dtype: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return dtype


def _scales(stored: bytes, planes: int | None) -> npt.NDArray[np.float32]:
    scales = np.frombuffer(stored, "<f4")
    return scales if planes in (None, 1) else scales.reshape(-1, planes)


def rows_of(table: pa.Table) -> list[VideoTokens]:
    """The rows of a table with the columns of `tokens/`; columns that it does not have are NULL."""
    return [_row(table, number) for number in range(table.num_rows)]


def _row(table: pa.Table, number: int) -> VideoTokens:
    cells = {name: table.column(name)[number] for name in table.column_names}
    values = {name: cell.as_py() for name, cell in cells.items() if name not in _ARRAYS}
    frame_index = cells.get("frame_index")
    scales = cells.get("scales")
    columns = {name: value for name, value in values.items() if name not in _COLUMNS and value is not None}
    return VideoTokens(
        token_index=np.asarray(cells["token_index"].values, np.int32),
        data=memoryview(cells["tokens"].as_buffer()).cast("B").toreadonly(),
        frame_seconds=np.asarray(cells["frame_seconds"].values, np.float64),
        frame_index=None if frame_index is None or not frame_index.is_valid else np.asarray(frame_index.values, np.int32),
        scales=None if scales is None or not scales.is_valid else _scales(scales.as_py(), values.get("planes")),
        columns=MappingProxyType(columns),
        **{name: value for name, value in values.items() if name in _COLUMNS and name != "token_count" and value is not None},
    )


class _RowGroupFile:
    """A Parquet file of which only one row group is there: its bytes at the place that they have in the real file,
    and after them a footer that describes nothing else. pyarrow's own reader decodes it.
    """

    def __init__(self, start: int, row_group: bytes, footer: bytes) -> None:
        self._start = start
        self._bytes = b"".join((row_group, footer, struct.pack("<I", len(footer)), b"PAR1"))
        self._at = 0
        self.closed = False

    def seek(self, offset: int, whence: int = 0) -> int:
        self._at = offset + (0, self._at, self._start + len(self._bytes))[whence]
        return self._at

    def tell(self) -> int:
        return self._at

    def read(self, length: int = -1) -> bytes:
        at = self._at - self._start
        end = len(self._bytes) if length < 0 else at + length
        # Where a footer is sought, bytes before the row group may be read and are not looked at.
        found = bytes(max(0, min(end, 0) - at)) + self._bytes[max(at, 0) : max(end, 0)]
        self._at += len(found)
        return found

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return True

    def flush(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


_open = functools.partial(pq.ParquetFile, pre_buffer=False)


def decode(start: int, row_group: bytes, footer: bytes, ordinal: int) -> VideoTokens:
    """The row at `ordinal` of a row group.

    Args:
        start: place of the row group in its file.
        row_group: its bytes.
        footer: Thrift of a file's metadata with this row group alone.
        ordinal: rows of the row group before the one that is wanted.
    """
    with _open(pa.PythonFile(_RowGroupFile(start, row_group, footer), mode="r")) as file:
        return _row(file.read_row_group(0, use_threads=False), ordinal)
