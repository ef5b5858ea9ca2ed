"""Where a cache lies: byte ranges, whole files and listings of a local folder or of an object store.

`pyarrow.fs` and `fsspec` file systems are both taken. A range of an fsspec file system is one request; pyarrow's object
stores ask for a file's size first.
"""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import quote

import pyarrow as pa
import pyarrow.fs

from tokenreel.cache._errors import CacheNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable


_OF_A_URI = "%/:?#[]@!$&'()*+,;=~"
"""Characters that a URI has as they stand; a blank, say, must be encoded."""


class Store(Protocol):
    """A folder of a file system. Names are relative to it, with `/` between their parts."""

    @property
    def place(self) -> str:
        """The folder, for messages."""

    def names(self, folder: str) -> list[str]:
        """Names of what a folder holds, sorted; empty where there is no such folder."""

    def read(self, name: str, start: int, length: int) -> bytes:
        """Bytes of a file from `start`; fewer than `length` where the file ends."""

    def whole(self, name: str) -> bytes:
        """All bytes of a file."""

    def size(self, name: str) -> int:
        """Bytes of a file."""

    def open(self, name: str) -> pa.NativeFile:
        """A file to seek and read in; the caller closes it."""


class ArrowStore:
    """A folder of a `pyarrow.fs.FileSystem`."""

    def __init__(self, filesystem: pa.fs.FileSystem, root: str) -> None:
        self._fs = filesystem
        self._root = root.rstrip("/")
        self._folder = self._root or "/"

    @property
    def place(self) -> str:
        return self._folder

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._folder

    def names(self, folder: str) -> list[str]:
        found = self._fs.get_file_info(pa.fs.FileSelector(self._path(folder), allow_not_found=True))
        return sorted(info.base_name for info in found)

    def read(self, name: str, start: int, length: int) -> bytes:
        with self.open(name) as file:
            return bytes(file.read_at(length, start))

    def whole(self, name: str) -> bytes:
        with self.open(name) as file:
            return bytes(file.read())

    def size(self, name: str) -> int:
        size = self._fs.get_file_info(self._path(name)).size
        if size is None:
            raise FileNotFoundError(f"{self._path(name)} is no file")
        return int(size)

    def open(self, name: str) -> pa.NativeFile:
        return self._fs.open_input_file(self._path(name))


_Read = TypeVar("_Read")


class FsspecStore:
    """A folder of an fsspec file system.

    Whatever error a store's own package has, as for missing credentials or a connection, is an OSError here, as pyarrow's are.
    """

    def __init__(self, filesystem: Any, root: str) -> None:
        self._fs = filesystem
        self._root = root.rstrip("/")

    @property
    def place(self) -> str:
        return str(self._fs.unstrip_protocol(self._root))

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    def names(self, folder: str) -> list[str]:
        # A writer adds files: what a file system remembers of a listing may be old.
        self._fs.invalidate_cache()
        try:
            found = self._asked(lambda: self._fs.ls(self._path(folder), detail=False))
        except FileNotFoundError:
            return []
        return sorted(posixpath.basename(str(path).rstrip("/")) for path in found)

    def read(self, name: str, start: int, length: int) -> bytes:
        return self._asked(lambda: bytes(self._fs.cat_file(self._path(name), start=start, end=start + length)))

    def whole(self, name: str) -> bytes:
        return self._asked(lambda: bytes(self._fs.cat_file(self._path(name))))

    def size(self, name: str) -> int:
        return self._asked(lambda: int(self._fs.size(self._path(name))))

    def open(self, name: str) -> pa.NativeFile:
        return pa.PythonFile(self._asked(lambda: self._fs.open(self._path(name), "rb")), mode="r")

    @staticmethod
    def _asked(read: Callable[[], _Read]) -> _Read:
        try:
            return read()
        except OSError:
            raise
        except Exception as error:
            raise OSError(f"{type(error).__module__}.{type(error).__qualname__}: {error}") from error


def store_of(path: str | os.PathLike[str], filesystem: Any = None) -> Store:
    """The folder at a path.

    Args:
        path: a local path, a URI such as `s3://bucket/cache`, or, with `filesystem`, a path in it. In a URI `%25`, `%3F` and `%23`
            stand for `%`, `?` and `#`; other characters may stand as they are.
        filesystem: a `pyarrow.fs.FileSystem` or an fsspec file system.

    Raises:
        TypeError: `filesystem` is neither.
        CacheNotFoundError: nothing that is installed reads such a URI.
    """
    text = os.fspath(path)
    if isinstance(filesystem, pa.fs.FileSystem):
        return ArrowStore(filesystem, filesystem.normalize_path(text))
    if filesystem is not None:
        if not hasattr(filesystem, "cat_file"):
            raise TypeError(
                "filesystem must be a pyarrow.fs.FileSystem or an fsspec file system;"
                f" got {type(filesystem).__module__}.{type(filesystem).__qualname__}"
            )
        return FsspecStore(filesystem, str(filesystem._strip_protocol(text)))
    if "://" not in text and not text.startswith("file:"):
        return ArrowStore(pa.fs.LocalFileSystem(), os.path.abspath(text).replace(os.sep, "/"))
    return _of_uri(text)


def _of_uri(uri: str) -> Store:
    # Hadoop and Spark spell S3 s3a, and local files file:/path.
    plain = "s3://" + uri.split("://", 1)[1] if uri.startswith(("s3a://", "s3n://")) else uri
    if plain.startswith("file:/") and not plain.startswith("file://"):
        plain = "file://" + plain.removeprefix("file:")
    try:
        return ArrowStore(*pa.fs.FileSystem.from_uri(quote(plain, safe=_OF_A_URI)))
    except (pa.ArrowException, OSError) as arrow:
        open_url = _fsspec_opener()
        if open_url is None:
            raise CacheNotFoundError(
                f"{uri}: pyarrow {pa.__version__} cannot open it ({arrow});"
                " install fsspec and the package that has this scheme, or pass filesystem="
            ) from arrow
        try:
            return FsspecStore(*open_url(plain))
        except (ImportError, ValueError, OSError) as error:
            raise CacheNotFoundError(f"{uri}: neither pyarrow ({arrow}) nor fsspec ({error}) can open it; pass filesystem=") from error


def _fsspec_opener() -> Callable[[str], tuple[Any, str]] | None:
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        return None
    opener: Callable[[str], tuple[Any, str]] = url_to_fs
    return opener
