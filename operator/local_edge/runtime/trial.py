"""Start each upload once before accepting it, to find syntax errors, startup errors and its handlers."""

import asyncio
import re
import time
from dataclasses import dataclass
from typing import NotRequired, TypedDict, cast

from local_edge.runtime.orders import NotListening, OrderLost
from local_edge.runtime.versions import Code
from local_edge.runtime.workerd import Workerd

PATIENCE = 15.0
"""Time limit for starting a script, in seconds of wall time."""
_NO_DEFAULT = re.compile(r"Cannot initialize .*ExportedHandler")
_PREFIX = re.compile(r"^(?:Failed to start Worker:\s*)+")


class NamedExport(TypedDict):
    name: str
    handlers: list[str]
    entrypoint: bool
    """Whether the export is a class."""


class TrialAnswer(TypedDict):
    error: NotRequired[str]
    handlers: list[str]
    named: list[NamedExport]


@dataclass(frozen=True)
class Started:
    handlers: list[str]
    """Handlers of the default export, e.g. ["fetch", "scheduled"]."""
    named: list[NamedExport]
    """All other exports."""
    milliseconds: int


class StartFailed(Exception):
    """The script does not start; the text is the message of the compiler or of the script."""


class NoDefaultExport(Exception):
    """The script has no default export, so its generated main module must not have one either."""


class Trial:
    def __init__(self, process: Workerd) -> None:
        self._process = process
        self._one_at_a_time = asyncio.Lock()  # so that the cause of a crash is unambiguous

    async def start(self, version: str, code: Code, *, known: bool = False) -> Started:
        """Start a version once, in an isolate of its own.

        Raises StartFailed if it does not start. Raises NoDefaultExport if it has no default export; `known` means that
        its code was generated accordingly already.
        """
        async with self._one_at_a_time:
            await self._process.ready.wait()
            begun = time.perf_counter()
            try:
                answer = await self._ask(version, code)
            except OrderLost:
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

    async def _ask(self, version: str, code: Code) -> TrialAnswer:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    answer = await self._process.order("/start", code, version=version)
                except NotListening:
                    await asyncio.sleep(0.01)  # it has died before; the supervisor will notice soon
                    continue
                return cast(TrialAnswer, answer)
