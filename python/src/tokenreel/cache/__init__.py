"""Reads single videos from a TokenReel cache by their ids, without Spark or Java: pyarrow and numpy do.

    from tokenreel.cache import TokenCache, positions

    cache = TokenCache.open("/data/cache")
    row = cache.lookup("clips/a.mp4", compression="vidcom2:retention=0.25")
    row.tokens          # [n, D] in the stored dtype, float32 of int8 and fp8
    row.grid_places()   # [n, 3]: step, row, column
    row.seconds()       # [n]: when each token's frame is shown
    positions(row)      # what the row's language model is given as positions
    row.card            # what its encoder is; verify_checkpoint compares a checkpoint with it

A cache on an object store: `TokenCache.open("s3://bucket/cache")`, or a path with `filesystem=`, which takes file systems of
`pyarrow.fs` and of fsspec. What a current row is, docs/cache.md says. `prompt_embeds` is for models of Transformers.
"""

from tokenreel.cache._card import EncoderCard, verify_checkpoint
from tokenreel.cache._errors import (
    CacheError,
    CacheNotFoundError,
    CardNotFoundError,
    CheckpointError,
    DamagedCacheError,
    MissingPackageError,
    NewerCacheError,
    PromptError,
    SettingError,
    UnreadableCheckpointError,
    VideoNotFoundError,
)
from tokenreel.cache._index import Setting
from tokenreel.cache._lookup import TokenCache
from tokenreel.cache._positions import Positions, Rule, positions, step_texts
from tokenreel.cache._prompts import prompt_embeds
from tokenreel.cache._rows import VideoTokens

__all__ = [
    "CacheError",
    "CacheNotFoundError",
    "CardNotFoundError",
    "CheckpointError",
    "DamagedCacheError",
    "EncoderCard",
    "MissingPackageError",
    "NewerCacheError",
    "Positions",
    "PromptError",
    "Rule",
    "Setting",
    "SettingError",
    "TokenCache",
    "UnreadableCheckpointError",
    "VideoNotFoundError",
    "VideoTokens",
    "positions",
    "prompt_embeds",
    "step_texts",
    "verify_checkpoint",
]
