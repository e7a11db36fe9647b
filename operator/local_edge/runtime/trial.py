"""Starting each upload once, before it is accepted: syntax errors, errors at its start, its handlers."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import Any

import httpx

from local_edge.runtime.process import Workerd

PATIENCE = 15.0
"""Seconds of wall time that a script may take to start."""
_NO_DEFAULT = re.compile(r"Cannot initialize .*ExportedHandler")
_PREFIX = re.compile(r"^(?:Failed to start Worker:\s*)+")


@dataclass(frozen=True)
class Started:
    handlers: list[str]
    """Of the default export, e.g. ["fetch", "scheduled"]."""
    named: list[dict[str, Any]]
    """{name, handlers, entrypoint} of the other exports."""
    milliseconds: int


class StartFailed(Exception):
    """Its text is the compiler's or the script's own words."""


class NoDefaultExport(Exception):
    """The script has none: its generated main module must not have one either."""


class Trial:
    def __init__(self, process: Workerd) -> None:
        self._process = process
        self._one_at_a_time = asyncio.Lock()  # so that a death is the fault of exactly one

    async def start(self, version: str, *, known: bool = False) -> Started:
        """Raises StartFailed if the version does not start, NoDefaultExport if it has to be
        generated differently (and that is not known yet)."""
        async with self._one_at_a_time:
            await self._process.ready.wait()
            begun = time.perf_counter()
            try:
                answer = await self._ask(version)
            except httpx.TransportError:
                await self._process.kill()
                raise StartFailed("Script startup exceeded CPU time limit.") from None
            except TimeoutError:
                await self._process.kill()
                raise StartFailed("Script startup took too long.") from None
        if _NO_DEFAULT.search(answer.get("error", "")) and not known:
            raise NoDefaultExport
        if "error" in answer:
            raise StartFailed(_PREFIX.sub("", answer["error"]))
        milliseconds = round((time.perf_counter() - begun) * 1000)
        return Started(answer["handlers"], answer["named"], milliseconds)

    async def _ask(self, version: str) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    response = await self._process.order("/start", version=version)
                except httpx.ConnectError:
                    await asyncio.sleep(0.01)  # it died before; the supervisor is about to notice
                    continue
                answer: dict[str, Any] = response.json()
                return answer
