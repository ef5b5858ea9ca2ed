"""Rows that requests of the engine wait for, read by threads, and how many of them are in memory at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

Rows = TypeVar("Rows")


@dataclass(frozen=True, slots=True)
class _Read(Generic[Rows]):
    """Rows that are being read, and the bytes that they take in memory."""

    rows: Future[Rows]
    bytes: int


class Reads(Generic[Rows]):
    """Reads rows once for all requests that need them, and keeps them until the last of these lets go. Of one thread."""

    def __init__(self, read: Callable[[str], Rows], threads: int, most_bytes: int) -> None:
        """Reads nothing yet.

        Args:
            read: the rows of a uuid; called by threads.
            threads: how many read at a time.
            most_bytes: of rows in memory; a request that needs more reads them when there are none.
        """
        self._read = read
        self._threads = ThreadPoolExecutor(threads, "tokenreel-encoder-cache")
        self._most_bytes = most_bytes
        self._bytes = 0
        self._reads: dict[str, _Read[Rows]] = {}
        self._holders: Counter[str] = Counter()
        self._of_request: dict[str, set[str]] = {}
        self._waiting: dict[str, None] = {}  # requests that were told to wait, in their order

    def has_room(self, request: str, needed: Mapping[str, int]) -> bool:
        """Whether a request may read rows. One that has begun goes on, so that it comes to an end.

        Requests for which there was no room come first, in their order, so that each comes to its turn.

        Args:
            request: its id.
            needed: the bytes of the rows of each uuid that it needs.
        """
        if request in self._of_request or not needed:
            return True
        more = sum(row_bytes for uuid, row_bytes in needed.items() if uuid not in self._reads)
        fits = not self._bytes or self._bytes + more <= self._most_bytes
        if fits and next(iter(self._waiting), request) == request:
            self._waiting.pop(request, None)
            return True
        self._waiting[request] = None
        return False

    def held(self, request: str) -> frozenset[str]:
        """The uuids whose rows a request holds."""
        return frozenset(self._of_request.get(request, ()))

    def begin(self, request: str, uuid: str, row_bytes: int) -> Future[Rows]:
        """The rows of a uuid for a request, which holds them from now on; they are read unless another one holds them."""
        held = self._of_request.setdefault(request, set())
        if uuid not in held:
            held.add(uuid)
            self._holders[uuid] += 1
        read = self._reads.get(uuid)
        if read is None:
            read = self._reads[uuid] = _Read(self._threads.submit(self._read, uuid), row_bytes)
            self._bytes += row_bytes
        return read.rows

    def rows(self, uuid: str) -> Rows | None:
        """The rows of a uuid, where they have been read."""
        read = self._reads.get(uuid)
        if read is None or not read.rows.done() or read.rows.exception() is not None:
            return None
        return read.rows.result()

    def let_go(self, request: str, uuid: str) -> None:
        """A request needs the rows of a uuid no more; nothing where it holds none."""
        held = self._of_request.get(request, set())
        if uuid not in held:
            return
        held.remove(uuid)
        if not held:
            del self._of_request[request]
        self._holders[uuid] -= 1
        if not self._holders[uuid]:
            del self._holders[uuid]
            self._bytes -= self._reads.pop(uuid).bytes

    def end(self, request: str) -> None:
        """A request needs no rows any more."""
        self._waiting.pop(request, None)
        for uuid in tuple(self._of_request.get(request, ())):
            self.let_go(request, uuid)

    def shutdown(self) -> None:
        """Ends the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
