"""Responses for clients that end at the first object that they cannot decode, such as kopf: all of these can be."""

import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any, cast

import aiohttp

from workers_operator.kube import decoding

if TYPE_CHECKING:
    from aiohttp.connector import Connection


IsEcho = Callable[[str, int], bool]
"""Whether a watch tells only what is known: takes an object's uid and resourceVersion."""


class SoundResponse(aiohttp.ClientResponse):
    """A response of the API server whose lists and watches consist of sound objects (``kube.decoding``)."""

    _is_echo: IsEcho | None = None

    @classmethod
    def without(cls, is_echo: IsEcho) -> type["SoundResponse"]:
        """Return a class of responses whose watches leave out echoes: most events echo a write of ours.

        To take one in costs as much as to decode it twice and to have kopf start a task for it.
        """
        return type(cls.__name__, (cls,), {"_is_echo": staticmethod(is_echo)})

    async def start(self, connection: "Connection") -> aiohttp.ClientResponse:
        """Receive the headers."""
        await super().start(connection)
        if self.ok and self.url.query.get("watch") == "true":
            self.content = cast(aiohttp.StreamReader, _SoundEvents(self.content, self._is_echo))
        return self

    async def json(self, **options: Any) -> Any:
        """Return the body. Raises json.JSONDecodeError."""
        found = decoding.decode(await self.read())
        if isinstance(found, dict) and isinstance(found.get("items"), list):
            found["items"] = list(decoding.sound_items(found))
        return found


class _SoundEvents:
    """The content of a watch, line by line; everything else is the stream's own."""

    def __init__(self, content: aiohttp.StreamReader, is_echo: IsEcho | None) -> None:
        self._content = content
        self._is_echo = is_echo

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        """Yield events, one at a time, whatever their size."""
        async for line in lines(self._content):
            event = None if self._is_known(line) else decoding.event_of(line)
            if event is not None:
                yield json.dumps(event).encode() + b"\n"

    def _is_known(self, line: bytes) -> bool:
        if self._is_echo is None:
            return False
        state = decoding.modified(line)
        return state is not None and self._is_echo(*state)


async def lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of a watch, of any length. Raises ClientPayloadError if the last one is cut short."""
    rest = b""
    async for piece in content.iter_any():
        *whole, rest = (rest + piece).split(b"\n")
        for line in filter(None, whole):
            yield line
    if rest:
        raise aiohttp.ClientPayloadError("the stream has ended within a line")
