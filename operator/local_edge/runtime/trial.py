"""Start each upload once before accepting it, to find syntax errors, startup errors and its handlers."""

import asyncio
import hashlib
import json
import re
import time
from dataclasses import dataclass
from typing import NotRequired, TypedDict, cast

from local_edge.runtime.orders import NotListening, OrderLost
from local_edge.runtime.versions import Code
from local_edge.runtime.workerd import Workerd

PATIENCE = 15.0
"""Time limit for starting a script, in seconds of wall time."""
_KNOWN = 1000
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
    readsBindings: bool
    """Whether the script has read a binding while it started."""


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
        self._known: dict[str, Started] = {}
        """By fingerprint: the code that starts in the same way whatever the values of its bindings."""
        self._one_at_a_time = asyncio.Lock()  # so that the cause of a crash is unambiguous

    async def start(self, version: str, code: Code, *, known: bool = False) -> Started:
        """Start a version once, unless the same code has started before without reading a binding.

        Raises StartFailed if it does not start. Raises NoDefaultExport if it has no default export; `known` means that
        its code was generated accordingly already.
        """
        fingerprint = _fingerprint(code)
        if fingerprint in self._known:
            return self._known[fingerprint]
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
        started = Started(answer["handlers"], answer["named"], milliseconds)
        if not answer["readsBindings"] and not _populates_process(code):
            self._remember(fingerprint, started)
        return started

    def _remember(self, fingerprint: str, started: Started) -> None:
        self._known[fingerprint] = started
        if len(self._known) > _KNOWN:
            self._known.pop(next(iter(self._known)))

    async def _ask(self, version: str, code: Code) -> TrialAnswer:
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    answer = await self._process.order("/start", code, version=version)
                except NotListening:
                    await asyncio.sleep(0.01)  # it has died before; the supervisor will notice soon
                    continue
                return cast(TrialAnswer, answer)


def _fingerprint(code: Code) -> str:
    """Hash a version's code with the names of its bindings, but without their values."""
    named = [
        sorted(b["name"] for b in cast(list[dict[str, str]], code[k]))
        for k in ("services", "resources")
    ]
    unvalued = {
        **code,
        "variables": sorted(cast(dict[str, object], code["variables"])),
        "services": named[0],
        "resources": named[1],
    }
    return hashlib.sha256(json.dumps(unvalued, sort_keys=True).encode()).hexdigest()


def _populates_process(code: Code) -> bool:
    """Return whether workerd may copy the variables to `process.env` before the script starts."""
    flags = cast(list[str], code["compatibilityFlags"])
    return bool(code["variables"]) and any(flag.startswith("nodejs_") for flag in flags)
