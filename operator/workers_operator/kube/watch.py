"""A metadata-only watch that reports changed objects of one resource in all namespaces.

The API server sends the metadata of an object, never its content. kubernetes.io/docs/reference/using-api/api-concepts,
"Efficient detection of changes" and "Metadata-only fetches".
"""

import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp

from workers_operator.kube import decoding
from workers_operator.kube.auth import Access
from workers_operator.kube.client import METADATA_A_PAGE, METADATA_LIST, METADATA_ONLY
from workers_operator.kube.responses import lines

logger = logging.getLogger(__name__)

_SERVER_TIMEOUT: Final = 300
_PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_SHORT: Final = 1.0  # seconds; the shortest cycle of a watch that delivers nothing
_FORBIDDEN: Final = 403
Metadata = Mapping[str, Any]
Changed = Callable[[str, str, Metadata | None], None]
"""(namespace, name, metadata; None: the object is gone)"""


class MetadataWatch:
    """Reports every object below ``path`` (``/api/v1/configmaps``) once, then every change without a gap."""

    def __init__(
        self,
        access: Access,
        path: str,
        changed: Changed,
        expected: Callable[[], Iterable[tuple[str, str]]] = tuple,
        denied: Callable[[], None] = lambda: None,
    ) -> None:
        """``expected`` returns the objects in use; those that a listing lacks are reported, too.

        ``denied`` is called each time RBAC forbids a listing. Once it is allowed again, everything is reported anew.
        """
        self._access = access
        self._path = path
        self._changed = changed
        self._expected = expected
        self._denied = denied
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
                    while version:
                        began, before = time.monotonic(), version
                        version = await self._watch(session, version)
                        if version == before and time.monotonic() - began < _SHORT:
                            # The server closes watches at once: do not reconnect in a tight loop.
                            await sleep(_SHORT)
                except (aiohttp.ClientError, TimeoutError, OSError, ValueError, KeyError) as error:
                    logger.info("watching %s failed: %s; retrying", self._path, _shown(error))
                    await sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])
                    failures += 1

    async def _list(self, session: aiohttp.ClientSession) -> str:
        """List all objects, report the changed ones, and return the resource version to watch from."""
        found: set[tuple[str, str]] = set()
        token = version = ""
        while True:
            query = {"limit": str(METADATA_A_PAGE)} | ({"continue": token} if token else {})
            page = await self._get(session, query)
            for item in decoding.sound_items(page):
                metadata = item["metadata"]
                found.add(_key(metadata))
                if self._versions.get(_key(metadata)) != str(metadata["resourceVersion"]):
                    self._found(metadata)
            version = str(page["metadata"]["resourceVersion"])
            token = page["metadata"].get("continue") or ""
            if not token:
                break
        for key in (self._versions.keys() | set(self._expected())) - found:
            self._gone(key)
        return version

    def _found(self, metadata: Metadata) -> None:
        key = _key(metadata)
        self._versions[key] = str(metadata["resourceVersion"])
        self._changed(*key, metadata)

    def _gone(self, key: tuple[str, str]) -> None:
        self._versions.pop(key, None)
        self._changed(*key, None)

    async def _get(self, session: aiohttp.ClientSession, query: dict[str, str]) -> Any:
        headers = {"Accept": METADATA_LIST} | await self._access.headers()
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
        headers = {"Accept": METADATA_ONLY} | await self._access.headers()
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
            self._found(metadata)


def _key(metadata: Metadata) -> tuple[str, str]:
    return str(metadata.get("namespace") or ""), str(metadata["name"])


def _shown(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientResponseError) and error.status == _FORBIDDEN:
        return "RBAC forbids it; check the operator's ClusterRole"
    return type(error).__name__
