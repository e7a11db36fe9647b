"""A watch that reports changed objects of one resource in all namespaces: whole, or their metadata only.

kubernetes.io/docs/reference/using-api/api-concepts, "Efficient detection of changes" and "Metadata-only fetches".
"""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlencode

import aiohttp

from workers_operator.kube import decoding
from workers_operator.kube.client import (
    METADATA_A_PAGE,
    METADATA_LIST,
    METADATA_ONLY,
    OBJECTS_A_PAGE,
)
from workers_operator.kube.responses import lines

logger = logging.getLogger(__name__)

_SERVER_TIMEOUT: Final = 100  # a network that is cut without a word shows 30 seconds after it
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_SHORT: Final = 1.0  # seconds; the shortest cycle of a watch that delivers nothing
_FORBIDDEN: Final = 403
Metadata = Mapping[str, Any]
Changed = Callable[[str, str, Metadata | None], None]
"""(namespace, name, the metadata or the whole object; None: it is gone)"""


@dataclass(frozen=True, slots=True)
class WatchContent:
    """What is sent of each object. ``listed``, ``watched``: media types; ``page``: objects of a listing."""

    listed: str
    watched: str
    page: int


METADATA: Final = WatchContent(METADATA_LIST, METADATA_ONLY, METADATA_A_PAGE)
OBJECTS: Final = WatchContent("application/json", "application/json", OBJECTS_A_PAGE)


class WatchAccess(Protocol):
    """Leads to the API server: ``kube.auth.Access``."""

    @property
    def server(self) -> str:
        """The API server's URL."""

    async def headers(self) -> dict[str, str]:
        """Return the current authorization header."""

    async def session(self) -> aiohttp.ClientSession:
        """Return a session with a bounded pool."""


class ResourceWatch:
    """Reports every object below ``path`` (``/api/v1/configmaps``) once, then every change without a gap."""

    def __init__(
        self,
        access: WatchAccess,
        path: str,
        content: WatchContent,
        changed: Changed,
        expected: Callable[[], Iterable[tuple[str, str]]] = tuple,
        denied: Callable[[], None] = lambda: None,
        connected: Callable[[bool], None] = lambda _: None,
    ) -> None:
        """``expected`` returns the objects in use; those that a listing lacks are reported, too.

        ``denied`` is called each time RBAC forbids a listing. Once it is allowed again, everything is reported anew.
        ``connected`` is told whether what was reported is complete: True after each listing, False after a failure.
        """
        self._access = access
        self._path = path
        self._content = content
        self._changed = changed
        self._expected = expected
        self._denied = denied
        self._connected = connected
        self._versions: dict[tuple[str, str], str] = {}

    async def run(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Run until cancelled."""
        failures = 0
        self._versions = {}
        async with await self._access.session() as session:
            while True:
                try:
                    version = await self._list(session)
                    failures = 0
                    self._connected(True)
                    while version:
                        began, before = time.monotonic(), version
                        version = await self._watch(session, version)
                        if version == before and time.monotonic() - began < _SHORT:
                            # The server closes watches at once: do not reconnect in a tight loop.
                            await sleep(_SHORT)
                except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
                    self._connected(False)
                    logger.info("watching %s failed: %s; retrying", self._path, _shown(error))
                    await sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                    failures += 1

    async def _list(self, session: aiohttp.ClientSession) -> str:
        """List all objects, report the changed ones, and return the resource version to watch from."""
        found: set[tuple[str, str]] = set()
        token = version = ""
        while True:
            query = {"limit": str(self._content.page)} | ({"continue": token} if token else {})
            page = await self._get(session, query)
            for item in decoding.sound_items(page):
                metadata = item["metadata"]
                found.add(_key(metadata))
                if self._versions.get(_key(metadata)) != str(metadata["resourceVersion"]):
                    self._found(item)
            version = str(page["metadata"]["resourceVersion"])
            token = page["metadata"].get("continue") or ""
            if not token:
                break
        for key in (self._versions.keys() | set(self._expected())) - found:
            self._gone(key)
        return version

    def _found(self, item: Metadata) -> None:
        metadata = item["metadata"]
        key = _key(metadata)
        self._versions[key] = str(metadata["resourceVersion"])
        self._changed(*key, metadata if self._content is METADATA else item)

    def _gone(self, key: tuple[str, str]) -> None:
        self._versions.pop(key, None)
        self._changed(*key, None)

    async def _get(self, session: aiohttp.ClientSession, query: dict[str, str]) -> Any:
        headers = {"Accept": self._content.listed} | await self._access.headers()
        url = f"{self._access.server}{self._path}?{urlencode(query)}"
        async with session.get(url, headers=headers, timeout=aiohttp.ClientTimeout(30)) as answer:
            if answer.status == _FORBIDDEN:
                self._versions = {}
                self._denied()
            answer.raise_for_status()
            return decoding.decode(await answer.read())

    async def _watch(self, session: aiohttp.ClientSession, version: str) -> str:
        """Read one connection to its end; return the version to continue from, or "" if a new listing is required."""
        query = {
            "watch": "1",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(_SERVER_TIMEOUT),
        }
        headers = {"Accept": self._content.watched} | await self._access.headers()
        url = f"{self._access.server}{self._path}?{urlencode(query)}"
        timeout = aiohttp.ClientTimeout(None, sock_connect=10, sock_read=_SERVER_TIMEOUT + 30)
        async with session.get(url, headers=headers, timeout=timeout) as answer:
            answer.raise_for_status()
            async for line in lines(answer.content):
                event = decoding.event_of(line)
                if event is None:
                    continue
                if event["type"] == "ERROR":
                    return ""  # 410 Gone: events were missed
                version = str(event["object"]["metadata"]["resourceVersion"])
                self._take(event)
        return version

    def _take(self, event: Any) -> None:
        if event["type"] == "BOOKMARK":
            return
        metadata = event["object"]["metadata"]
        if event["type"] == "DELETED":
            self._gone(_key(metadata))
        else:
            self._found(event["object"])


class MetadataWatch(ResourceWatch):
    """Reports the metadata of objects, never their content."""

    def __init__(
        self,
        access: WatchAccess,
        path: str,
        changed: Changed,
        expected: Callable[[], Iterable[tuple[str, str]]] = tuple,
        denied: Callable[[], None] = lambda: None,
    ) -> None:
        """See ``ResourceWatch``."""
        super().__init__(access, path, METADATA, changed, expected, denied)


def _key(metadata: Metadata) -> tuple[str, str]:
    return str(metadata.get("namespace") or ""), str(metadata["name"])


def _shown(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientResponseError) and error.status == _FORBIDDEN:
        return "RBAC forbids it; check the ClusterRole of this process"
    return type(error).__name__
