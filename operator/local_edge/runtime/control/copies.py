"""The copies of KV pairs and R2 objects that the pool holds in memory; see js/copies.js.

A copy is known by the path of its binding and its key. The pool drops it before the write that outdates it is
acknowledged, so reads are as strongly consistent as those of the database.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_FOREVER = 1 << 52  # milliseconds since the epoch
_READS = ("GET", "HEAD")


class Copies:
    """`written` returns the ids that have changed since its last call; `forget` makes the pool drop copies."""

    def __init__(
        self, written: Callable[[], set[str]], forget: Callable[[list[str]], Awaitable[None]]
    ) -> None:
        self._written = written
        self._forget = forget
        self._held: set[str] = set()
        """What the pool may have: all that it has read since the last change."""
        self._dropping = asyncio.Lock()

    def lend(self, path: str, key: str, expires: int | None = None) -> dict[str, str]:
        """Note that the pool is given a copy; return the header that allows it to keep it until `expires`."""
        self._held.add(f"{path}/{key}")
        return {"x-edge-keep": str(_FOREVER if expires is None else expires)}

    async def drop_outdated(self) -> None:
        """Wait until the pool has no outdated copy of what was written before."""
        async with self._dropping:
            outdated = self._written() & self._held
            self._held -= outdated
            if outdated:
                await self._forget(sorted(outdated))

    def after_dropping(self, app: ASGIApp) -> ASGIApp:
        """Let an application respond only when the pool has no outdated copy of what the application has written."""

        async def respond(scope: Scope, receive: Receive, send: Send) -> None:
            async def drop_first(message: Message) -> None:
                if message["type"] == "http.response.start" and scope["method"] not in _READS:
                    await self.drop_outdated()
                await send(message)

            await app(scope, receive, drop_first)

        return respond
