"""A middleware that refuses, with HTTP 400, parts of a chat request that name encoder outputs which the cache does not have.

    vllm serve ... --middleware tokenreel.vllm.Guard

vLLM takes a part without a tensor when it reads encoder outputs from a cache, and looks for its uuid only in the engine.
There it can no longer say what is wrong: without this class such a request is answered with HTTP 500.
"""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any

from tokenreel.vllm._feed import check_three_axes, places
from tokenreel.vllm._reference import SCHEME, Reference, RefusedError
from tokenreel.vllm._serving import SERVING, THREADS
from tokenreel.vllm._videos import ServedVideos

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_Application = Callable[[_Message, _Receive, _Send], Awaitable[None]]

_TAKE = "take the part that tokenreel.vllm.request_part makes"
_KINDS = ("image_embeds", "video_embeds")
_OF_PARTS = (b"_embeds", b"\\u", b"\0")
"""What a body with a part of one of these kinds has: the name, or a spelling of it in JSON's escapes or in UTF-16 or UTF-32."""

_TIME_TOLERANCE = 1e-6
"""Of seconds that a client sends, relative: it may have them as float32."""


class Guard:
    """An ASGI middleware.

    It looks at a body when the application asks for it, so that a server's own middlewares, which vLLM puts behind this one, come first:
    what a client without an API key may not ask is answered with 401, and nothing is read for it.
    """

    def __init__(self, app: _Application) -> None:
        """Stands before an application.

        Args:
            app: the application.
        """
        self._app = app

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST":
            await self._app(scope, receive, send)
            return
        request = _Request(receive, send)
        try:
            await self._app(scope, request.receive, request.send)
        except Exception:
            if request.refusal is None:
                raise
        if request.refusal is not None:
            await _refuse(send, request.refusal)


class _Request:
    """A request as the application sees it; once its body is refused, the application's answer goes nowhere."""

    def __init__(self, receive: _Receive, send: _Send) -> None:
        self.refusal: str | None = None
        self._receive = receive
        self._send = send
        self._checked: Iterator[_Message] | None = None
        self._checking = asyncio.Lock()

    async def receive(self) -> _Message:
        async with self._checking:
            if self._checked is None:
                messages = await _whole(self._receive)
                self.refusal = await _refusal(b"".join(message.get("body", b"") for message in messages))
                self._checked = iter(messages)
        if self.refusal is not None:
            return {"type": "http.disconnect"}  # after which an application reads no further
        return next(self._checked, None) or await self._receive()

    async def send(self, message: _Message) -> None:
        if self.refusal is None:
            await self._send(message)


async def _whole(receive: _Receive) -> list[_Message]:
    """The messages of a request's body."""
    messages = [await receive()]
    while messages[-1]["type"] == "http.request" and messages[-1].get("more_body", False):
        messages.append(await receive())
    return messages


async def _refusal(body: bytes) -> str | None:
    try:
        if any(mark in body for mark in _OF_PARTS):
            await asyncio.get_running_loop().run_in_executor(THREADS, check, body, time.monotonic())
    except RefusedError as error:
        return str(error)
    return None


async def _refuse(send: _Send, sentence: str) -> None:
    body = json.dumps({"error": {"message": sentence, "type": "BadRequestError", "param": None, "code": 400}}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 400, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def check(body: bytes, asked: float | None = None) -> None:
    """Checks the parts of a request's body.

    Args:
        body: JSON.
        asked: by `time.monotonic`, when the request came; None for now.

    Raises:
        RefusedError: one of them names rows that the engine would not find.
    """
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return  # the server says what is wrong with it
    for kind, part in _parts(request):
        checked = _check_part(kind, part, SERVING.videos, asked)
        if checked and (request.get("mm_processor_kwargs") or request.get("media_io_kwargs")):
            raise RefusedError(
                "mm_processor_kwargs and media_io_kwargs change the name under which the server looks rows up:"
                " leave them out of a request that has rows of a cache"
            )


def _parts(request: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """The parts that have embeddings, with their kind: vLLM goes by the keys of a part that has a uuid or no type."""
    for message in _messages(request.get("messages") if isinstance(request, dict) else None):
        content = message.get("content")
        for part in content if isinstance(content, list) else ():
            if isinstance(part, dict):
                by_keys = part.get("type") is None or part.get("uuid") is not None
                yield from ((kind, part) for kind in _KINDS if kind == part.get("type") or (by_keys and kind in part))


def _messages(messages: Any) -> Iterator[dict[str, Any]]:
    """Those of one conversation, or of several, as a batch has them."""
    for message in messages if isinstance(messages, list) else ():
        if isinstance(message, dict):
            yield message
        elif isinstance(message, list):
            yield from (each for each in message if isinstance(each, dict))


def _check_part(kind: str, part: dict[str, Any], videos: Callable[[], ServedVideos], asked: float | None) -> bool:
    """Whether a part's rows are to come by the encoder cache, where its uuid leads to them."""
    uuid = part.get("uuid")
    value = part.get(kind)
    if isinstance(value, dict) and any(isinstance(each, str) and each.startswith(SCHEME) for each in value.values()):
        raise RefusedError(f"a reference stands in the place of the whole value of {kind}, not in a field of it: {_TAKE}")
    if isinstance(value, str) and value.startswith(SCHEME):
        if kind == "video_embeds" and uuid != value:
            raise RefusedError(f"the uuid of a part of type video_embeds must be its reference: {_TAKE}")
        return bool(kind == "video_embeds")
    if value and not (isinstance(value, dict) and not value.get(kind)):
        return False  # it brings its tensor
    if not isinstance(uuid, str) or not uuid.startswith(SCHEME):
        raise RefusedError(f"a part of type {kind} has no tensor, and its uuid {uuid!r} names no row of a cache: {_TAKE}")
    reference = Reference.parse(uuid)
    reference.check_names_one_row()
    served = videos()
    row = served.row(reference, asked)
    check_three_axes(row, served.model)
    expected = {name: values.tolist() for name, values in places(row, served.model).items()}
    if not isinstance(value, dict) or not all(_is_close(value.get(name), values) for name, values in expected.items()):
        listed = ", ".join(f"{name} {values}" for name, values in expected.items())
        raise RefusedError(f"the part with uuid {uuid!r} must have {listed}: {_TAKE}")
    return True


def _is_close(given: Any, expected: list[float]) -> bool:
    """Whether a field of a part says what the row does; without it the server would take a default."""
    if not isinstance(given, list) or len(given) != len(expected):
        return False
    return all(
        one == other if isinstance(other, int) else isinstance(one, int | float) and _is_time(one, other)
        for one, other in zip(given, expected, strict=True)
    )


def _is_time(given: float, expected: float) -> bool:
    try:
        return math.isclose(given, expected, rel_tol=_TIME_TOLERANCE)
    except OverflowError:
        return False  # JSON's integers have any number of digits
