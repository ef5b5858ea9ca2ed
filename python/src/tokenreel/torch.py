"""A cache as a data set of PyTorch: training loops that read tokens in the place of videos.

    from torch.utils.data import DataLoader
    from tokenreel.torch import TokenDataset, pad

    data = TokenDataset("s3://bucket/cache", compression="vidcom2:retention=0.25", rank=rank, world_size=world_size)
    for batch in DataLoader(data, batch_size=8, num_workers=4, shuffle=True, collate_fn=pad):
        batch["tokens"], batch["mask"], batch["positions"]

Needs `tokenreel[torch]`.
"""

from __future__ import annotations

import os
import pickle
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from tokenreel.cache import (
    CacheNotFoundError,
    MissingPackageError,
    PromptError,
    Setting,
    SettingError,
    TokenCache,
    VideoNotFoundError,
    VideoTokens,
    positions,
    step_texts,
)
from tokenreel.cache._positions import Family, family_of
from tokenreel.cache._tensors import tensor_of

try:
    import torch
    from torch.utils.data import Dataset
except ImportError as missing:
    raise MissingPackageError("tokenreel.torch needs PyTorch: pip install 'tokenreel[torch]'") from missing

__all__ = ["TokenDataset", "pack", "pad"]

_ID = "video_id"
_EXPORTED = "djl@"
_FEW = 100
"""Videos that are looked up one by one, each by two reads."""


class TokenDataset(Dataset):
    """Videos of a cache, or samples about them, by number: a map-style data set.

    A sample is a dict:

    - `id`: the video's id;
    - `encoder`: the encoder's name, `family@revision`, the same for all samples of a data set;
    - `tokens`: [n, D], and [n, planes, D] where there are more planes than 1, in the stored dtype, float32 of int8 and
      fp8, of memory that is the sample's own;
    - `index`: int32 [n], each token's place in the grid, -1 for a row that the model adds;
    - `positions`: int64 [n] or [3, n], as `tokenreel.cache.positions` counts them from the video's beginning; not there for an
      exported encoder, which has no language model;
    - `columns`: the manifest's own columns, and those of `samples`, which go before.

    It may be pickled, and each process opens the cache for itself: workers may be forked or spawned. The parent looks samples up, and a
    client of an object store that a parent has used may not survive a fork in its own library; there take
    `multiprocessing_context="spawn"`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        samples: pa.Table | Iterable[str | Mapping[str, Any]] | None = None,
        *,
        compression: str | None = None,
        encoder: str | None = None,
        sampling: str | None = None,
        rank: int = 0,
        world_size: int = 1,
        filesystem: Any = None,
        tokenizer: Any = None,
    ) -> None:
        """Lists the samples and looks each up in the index, which is read whole unless they are few; no row is read.

        Args:
            path: the cache, as `TokenCache.open` takes it.
            samples: ids of videos; or a table, a data frame of pandas or Polars, or dicts, with `video_id` and columns of the user's own,
                such as a question and its answer, and any number of rows about one video; None for each video of the setting once.
            compression: as `TokenCache.lookup` takes it.
            encoder: as `TokenCache.lookup` takes it.
            sampling: as `TokenCache.lookup` takes it.
            rank: of this process among `world_size`. It has every `world_size`-th sample. All ranks have equally many: where samples are
                left over, the first ones are had twice. Each rank lists the cache for itself: where it may grow meanwhile, give all ranks
                the same `samples`.
            world_size: how many processes share the samples.
            filesystem: as `TokenCache.open` takes it; must be picklable.
            tokenizer: of Qwen3-VL alone: counts the tokens of its texts among steps, which positions depend on.

        Raises:
            TypeError: `samples` is one id or one dict.
            ValueError: the rank is not one of the world's, there are no samples, or some lack `video_id`.
            CacheNotFoundError: there is no cache, or it has no video of the setting.
            VideoNotFoundError: the cache has no tokens of a sample's video.
            SettingError: a sample's video has no row of the setting, or several, or the samples' rows are of several encoders.
        """
        super().__init__()
        if not 0 <= rank < world_size:
            raise ValueError(f"rank must be from 0 to world_size - 1; got rank {rank} of {world_size}")
        self._path = os.fspath(path)
        self._filesystem = pickle.dumps(filesystem)
        self._setting = {"compression": compression, "encoder": encoder, "sampling": sampling}
        self._tokenizer = tokenizer
        self._opened: tuple[int, TokenCache] | None = None
        self._ids, self._columns = ([], []) if samples is None else _listed(samples)
        known = self._known()
        if samples is None:
            self._ids = sorted(video for video, settings in known.items() if settings)
            if not self._ids:
                raise CacheNotFoundError(f"{self._path} has no video of {self._setting}: TokenCache.settings() lists what the cache has")
        self._check_each(known)
        each = -(-len(self._ids) // world_size)
        self._numbers = [(rank + place * world_size) % len(self._ids) for place in range(each)]

    def _known(self) -> dict[str, list[Setting]]:
        """The settings that are asked for of each video, of all or of the few that the samples are about."""
        asked, cache = set(self._ids), self._cache()
        found = {video: cache.settings_of(video) for video in asked} if 0 < len(asked) <= _FEW else cache.all_settings()
        return {video: [setting for setting in settings if setting.has(**self._setting)] for video, settings in found.items() if settings}

    def _check_each(self, known: Mapping[str, list[Setting]]) -> None:
        """Refuses samples that could only fail when they are drawn, which may be hours later."""
        for video in self._ids:
            if video not in known:
                raise VideoNotFoundError(
                    f"{self._path} has no tokens of video {video!r}, which is among the samples: TokenCache.ids() lists those that it has"
                )
            if len(known[video]) != 1:
                found = "; ".join(map(str, known[video])) or "none"
                raise SettingError(
                    f"video {video!r} must have one row of {self._setting}; got {found}: name compression=, encoder= or sampling="
                )
        encoders = Counter(known[video][0].encoder for video in dict.fromkeys(self._ids))
        if len(encoders) > 1:
            listed = ", ".join(f"{encoder} of {videos}" for encoder, videos in sorted(encoders.items()))
            raise SettingError(f"rows of the samples must be of one encoder; got {listed} videos: name encoder=")

    def _cache(self) -> TokenCache:
        """The cache, opened by this process."""
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = os.getpid(), TokenCache.open(self._path, pickle.loads(self._filesystem))  # noqa: S301, what __init__ pickled
        return self._opened[1]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": None}

    def __len__(self) -> int:
        return len(self._numbers)

    def __getitem__(self, place: int) -> dict[str, Any]:
        number = self._numbers[place]
        row = self._cache().lookup(self._ids[number], **self._setting)
        own = self._columns[number] if self._columns else {}
        sample = {
            "id": row.video_id,
            "encoder": row.encoder,
            "tokens": tensor_of(row),
            "index": torch.tensor(row.token_index.tolist(), dtype=torch.int32),
            "columns": {**row.columns, **own},
        }
        if not row.encoder.startswith(_EXPORTED):
            sample["positions"] = torch.from_numpy(positions(row, between=self._between(row, family_of(row))).rows)
        return sample

    def _between(self, row: VideoTokens, family: Family) -> list[int] | None:
        if not family.block_per_step:
            return None
        if self._tokenizer is None:
            raise PromptError(
                f"positions of {family.name} depend on the texts among a video's steps: give the model's tokenizer as tokenizer="
            )
        return [len(self._tokenizer.encode(text, add_special_tokens=False)) for text in step_texts(row)]


def _listed(samples: Any) -> tuple[list[str], list[dict[str, Any]]]:
    """Ids of the samples, and their other columns; none where they have ids alone."""
    if hasattr(samples, "to_arrow") and hasattr(samples, "columns"):  # a data frame of Polars
        samples = samples.to_arrow()
    elif hasattr(samples, "to_dict") and hasattr(samples, "columns"):  # of pandas
        samples = pa.Table.from_pandas(samples, preserve_index=False)
    if isinstance(samples, str | bytes | Mapping):
        raise TypeError(f"samples must be a list of ids, a table or dicts; got {samples!r} alone: put it into a list")
    rows = samples.to_pylist() if isinstance(samples, pa.Table) else list(samples)
    if not rows:
        raise ValueError("samples must have one sample at least; got none")
    if all(isinstance(row, str) for row in rows):
        return rows, []
    lacking = next((row for row in rows if not isinstance(row, Mapping) or not isinstance(row.get(_ID), str)), None)
    if lacking is not None:
        raise ValueError(f"samples must all be ids, or all have a text in {_ID}; got {lacking!r}")
    return [row[_ID] for row in rows], [{name: value for name, value in row.items() if name != _ID} for row in rows]


def pad(samples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A batch of samples filled up at the end to the longest, for `DataLoader(collate_fn=pad)`.

    Returns:
        `id` and `columns`, lists of B; `tokens` [B, N, D] or [B, N, planes, D], 0 where there is no token; `mask` bool [B, N], whether
        there is one; `index` int32 [B, N], -1 where there is none; `positions` int64 [B, N] or [3, B, N], 0 where there is none.

    Raises:
        ValueError: the samples are of several models.
    """
    _check(samples)
    lengths = torch.tensor([len(sample["index"]) for sample in samples])
    fill = torch.nn.utils.rnn.pad_sequence
    batch = {
        "id": [sample["id"] for sample in samples],
        "tokens": fill([sample["tokens"] for sample in samples], batch_first=True),
        "mask": torch.arange(int(lengths.max()))[None] < lengths[:, None],
        "index": fill([sample["index"] for sample in samples], batch_first=True, padding_value=-1),
        "columns": [sample["columns"] for sample in samples],
    }
    if "positions" in samples[0]:
        rows = fill([sample["positions"].movedim(-1, 0) for sample in samples], batch_first=True)  # [B, N] or [B, N, 3]
        batch["positions"] = rows if rows.ndim == 2 else rows.permute(2, 0, 1)
    return batch


def pack(samples: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A batch of samples one after the other, without filling, for `DataLoader(collate_fn=pack)`.

    Returns:
        `id` and `columns`, lists of B; `tokens` [sum, D] or [sum, planes, D]; `index` int32 [sum]; `positions` int64 [sum] or [3, sum];
        `ends` int32 [B + 1], 0 and then where each sample ends, which kernels of attention call cu_seqlens.

    Raises:
        ValueError: the samples are of several models.
    """
    _check(samples)
    lengths = torch.tensor([0, *(len(sample["index"]) for sample in samples)])
    batch = {
        "id": [sample["id"] for sample in samples],
        "tokens": torch.cat([sample["tokens"] for sample in samples]),
        "index": torch.cat([sample["index"] for sample in samples]),
        "ends": lengths.cumsum(0).to(torch.int32),
        "columns": [sample["columns"] for sample in samples],
    }
    if "positions" in samples[0]:
        batch["positions"] = torch.cat([sample["positions"] for sample in samples], dim=-1)
    return batch


def _check(samples: Sequence[Mapping[str, Any]]) -> None:
    kinds = {
        (str(sample.get("encoder")), str(sample["tokens"].dtype), *sample["tokens"].shape[1:], "positions" in sample) for sample in samples
    }
    if len(kinds) != 1:
        listed = ", ".join(map(str, sorted(kinds)))
        raise ValueError(
            f"a batch must have one encoder, one dtype and one width of tokens; got {listed}: name the encoder of the data set"
        )
