"""What can go wrong with a lookup; every message says what was expected, what was found, and how to fix it."""


class CacheError(Exception):
    """Base class of the errors of `tokenreel.cache`."""


class CacheNotFoundError(CacheError, FileNotFoundError):
    """There is no cache, or none that can be read without Spark."""


class NewerCacheError(CacheError):
    """A newer version of TokenReel wrote the cache."""


class DamagedCacheError(CacheError, OSError):
    """The index or a table of the cache is not what a writer leaves."""


class VideoNotFoundError(CacheError, LookupError):
    """The cache has no tokens of a video."""


class SettingError(CacheError, ValueError):
    """A video has no row of the named setting, or rows of several and none was named."""


class MissingPackageError(CacheError, ImportError):
    """An optional package is not installed."""


class CardNotFoundError(CacheError, LookupError):
    """The cache has no card of an encoder."""


class CheckpointError(CacheError, ValueError):
    """A model's checkpoint is not the one that rows were computed with, or that cannot be found out."""


class UnreadableCheckpointError(CheckpointError):
    """A model's checkpoint cannot be read, so that nothing is known of it; later it may be."""


class PromptError(CacheError, ValueError):
    """A row cannot be fed to a model, or its prompt cannot be made."""
