"""Probes: requests through the data plane, as visitors send them.

They use aiohttp, which needs a quarter of httpx's CPU time per probe; a fleet is probed all the time.
"""

import asyncio
import re
from contextlib import suppress
from typing import Final

import aiohttp
from yarl import URL

from workers_operator.cloudflare.paths import leads_elsewhere
from workers_operator.domain.health.probes import LATE, ProbeAnswer
from workers_operator.domain.health.selection import HEADER
from workers_operator.domain.rollout.smoke import SmokeAnswer
from workers_operator.domain.rollout.strategy import SmokeRequest

VERSION_HEADER: Final = "Code24-Version"
ERROR_HEADER: Final = "Code24-Error"
_TEXT_LIMIT: Final = 200
_BODY_LIMIT: Final = 65_536  # bytes; the connection of a longer response is not reused
_BODY_SECONDS: Final = 0.5  # nor that of one that takes longer
_KEEP_ALIVE_SECONDS: Final = 30.0
_HOST: Final = re.compile("[a-z0-9._-]+", re.ASCII)
_NUMBER: Final = re.compile("[0-9]{1,4}", re.ASCII)
_PATH: Final = re.compile("/[!-~]*", re.ASCII)
_IMPOSSIBLE: Final = ProbeAnswer(0, None, "no request can carry the host and path as they are")
_LATE: Final = ProbeAnswer(0, None, LATE)
_LOST: Final = ProbeAnswer(0, None, "no connection")


class DataPlane:
    """Probes one platform's hostnames, resolved by DNS or all at ``address`` with the hostname in the Host header."""

    def __init__(self, *, address: str | None) -> None:
        self._address = address.rstrip("/") if address else None
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def probe(self, host: str, path: str, timeout: float, selection: str = "") -> ProbeAnswer:
        """GET ``https://<host><path>``. ``timeout``: seconds. Network errors are answers with status 0.

        ``selection``: the value of the header that selects an instance, "" for any.
        """
        url = _url(self._address, host, path)
        if url is None:
            return _IMPOSSIBLE
        try:
            async with self._open().get(
                url,
                headers={"Host": host, **({HEADER: selection} if selection else {})},
                timeout=aiohttp.ClientTimeout(total=timeout),
                allow_redirects=False,
            ) as response:
                await _read_on(response)
                return _answer(response)
        except TimeoutError:
            return _LATE
        except (aiohttp.ClientError, OSError):
            return _LOST

    async def smoke(
        self, host: str, path: str, request: SmokeRequest, selection: str
    ) -> SmokeAnswer:
        """Send a request of a smoke test, as ``probe`` sends a GET. Redirects are not followed."""
        url = _url(self._address, host, path)
        if url is None:
            return SmokeAnswer(_IMPOSSIBLE)
        try:
            async with self._open().request(
                request.method,
                url,
                headers={**dict(request.headers), "Host": host, HEADER: selection},
                data=request.body,
                timeout=aiohttp.ClientTimeout(total=request.within),
                allow_redirects=False,
            ) as response:
                headers = {name.lower(): value for name, value in response.headers.items()}
                text = await _beginning(response, request.contains.encode())
                return SmokeAnswer(_answer(response), headers, text)
        except TimeoutError:
            return SmokeAnswer(_LATE)
        except (aiohttp.ClientError, OSError, ValueError):
            return SmokeAnswer(_LOST)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            # Who sends probes bounds them: one that waited for a connection here would wait within its timeout.
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector,
                # What a worker sets is not for the next probe, still less for the workers of others.
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "code24-workers-operator/probe"},
            )
        return self._session


def _answer(response: aiohttp.ClientResponse) -> ProbeAnswer:
    return ProbeAnswer(
        response.status,
        response.headers.get(VERSION_HEADER),
        response.headers.get(ERROR_HEADER, "")[:_TEXT_LIMIT],
        _instance(response.headers.get(HEADER)),
    )


async def _read_on(response: aiohttp.ClientResponse) -> None:
    """Read a short body to its end, so that the connection can be reused. What it is says nothing about the worker."""
    if response.content.is_eof():
        return
    read = 0
    with suppress(TimeoutError, aiohttp.ClientError):
        async with asyncio.timeout(_BODY_SECONDS):
            while read <= _BODY_LIMIT and (chunk := await response.content.readany()):
                read += len(chunk)


async def _beginning(response: aiohttp.ClientResponse, wanted: bytes) -> str:
    """Return the body up to what is looked for, and no more than is looked at: it may never end."""
    found = bytearray()
    async for chunk in response.content.iter_any():
        seen = max(0, len(found) - len(wanted))
        found += chunk
        if found.find(wanted, seen) >= 0 or len(found) >= _BODY_LIMIT:
            break
    return found[:_BODY_LIMIT].decode(errors="replace")


def _instance(text: str | None) -> int | None:
    return int(text) if text is not None and _NUMBER.fullmatch(text) else None


def _url(address: str | None, host: str, path: str) -> URL | None:
    """Return the URL of a path, exactly as it is written; None if a request would go elsewhere than it says."""
    if not _PATH.fullmatch(path) or leads_elsewhere(path) or not _HOST.fullmatch(host):
        return None
    try:
        origin = URL(address or f"https://{host}").origin()
    except ValueError:
        return None
    plain, _, query = path.partition("?")
    return URL.build(
        scheme=origin.scheme,
        authority=origin.raw_authority,
        path=plain,
        query_string=query,
        encoded=True,
    )
