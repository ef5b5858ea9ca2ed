"""How a request names a row of a cache: `tokenreel:VIDEO_ID?compression=SPEC&sampling=SPEC&encoder=NAME&content=DIGEST`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

SCHEME = "tokenreel:"

_AS_THEY_STAND = "/:@!$'()*,;=+"
_FIELDS = ("compression", "sampling", "encoder", "content")
_DIGEST = re.compile(r"[0-9a-f]{8,64}")
_NO_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SYNTAX = "write tokenreel:VIDEO_ID?compression=SPEC, with %3F for a question mark of an id, %26 for &, %23 for # and %25 for %"


class RefusedError(ValueError):
    """A request cannot be answered from the cache; the message is one sentence that says how to fix it."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One row of a cache, as a request names it. What it leaves out, the video must have only one of.

    Attributes:
        video_id: the video's id.
        compression: the compression spec.
        sampling: the sampling spec.
        encoder: the encoder's name.
        content: the first digits, 8 at least, of the `content_sha256` that the row must have.
    """

    video_id: str
    compression: str | None = None
    sampling: str | None = None
    encoder: str | None = None
    content: str | None = None

    def __str__(self) -> str:
        fields = [(name, getattr(self, name)) for name in _FIELDS]
        query = "&".join(f"{name}={quote(value, safe=_AS_THEY_STAND)}" for name, value in fields if value is not None)
        return SCHEME + quote(self.video_id, safe=_AS_THEY_STAND) + (f"?{query}" if query else "")

    def check_names_one_row(self) -> None:
        """Raises RefusedError unless all parts are there, as in a uuid: under it the server keeps rows, and must never mean others."""
        lacking = [name for name in _FIELDS if getattr(self, name) is None]
        if lacking:
            raise RefusedError(
                f"the uuid {_short(str(self))} does not name the {', '.join(lacking)} of its row, under which the server keeps it:"
                " take the part that tokenreel.vllm.request_part makes"
            )

    @staticmethod
    def parse(text: str) -> Reference:
        """Reads a reference.

        Raises:
            RefusedError: it is malformed.
        """
        if not text.startswith(SCHEME):
            raise RefusedError(f"expected a reference that begins with {SCHEME}, got {_short(text)}: {_SYNTAX}")
        path, question, query = text.removeprefix(SCHEME).partition("?")
        fields: dict[str, str] = {}
        for pair in query.split("&") if question else []:
            name, equals, value = pair.partition("=")
            if name not in _FIELDS or not equals or not value:
                raise RefusedError(
                    f"{_short(text)} has {pair!r} after its question mark, where {', '.join(_FIELDS)} with a value are known: {_SYNTAX}"
                )
            if name in fields:
                raise RefusedError(f"{_short(text)} has {name} twice: name it once")
            fields[name] = _decoded(value, text)
        if not path:
            raise RefusedError(f"{_short(text)} names no video: {_SYNTAX}")
        if "content" in fields and not _DIGEST.fullmatch(fields["content"]):
            raise RefusedError(
                f"{_short(text)} must have 8 to 64 lower-case hexadecimal digits as its content: take the part that request_part makes"
            )
        return Reference(_decoded(path, text), **fields)


def _decoded(part: str, text: str) -> str:
    if "#" in part or _NO_ESCAPE.search(part):
        raise RefusedError(f"{_short(text)} is not percent-encoded: {_SYNTAX}")
    try:
        decoded = unquote(part, errors="strict")
        decoded.encode()
    except UnicodeDecodeError as error:
        raise RefusedError(f"{_short(text)} is not UTF-8 where it is percent-encoded: {_SYNTAX}") from error
    except UnicodeEncodeError as error:
        raise RefusedError(f"{_short(text)} has half of a surrogate pair, which is no character: {_SYNTAX}") from error
    return decoded


def _short(text: str) -> str:
    return repr(text if len(text) <= 200 else text[:200] + "...")
