"""Requests through the data plane, as a visitor makes them: what the edge really answers.

aiohttp, not httpx: a fleet is probed all the time, and a probe costs a quarter as much this way.
"""

from dataclasses import dataclass
from typing import Final

import aiohttp

VERSION_HEADER: Final = "Code24-Version"
ERROR_HEADER: Final = "Code24-Error"
LATE: Final = "no answer in time"
_TEXT_LIMIT: Final = 200
_BODY_LIMIT: Final = 65_536  # bytes; a longer answer costs its connection instead
_MAX_CONNECTIONS: Final = 32
_KEEP_ALIVE_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What a probe saw. ``status`` 0: no answer, ``error`` says why. ``version``: hash that the dispatcher named."""

    status: int
    version: str | None
    error: str

    @property
    def is_late(self) -> bool:
        """Whether there was a connection to wait on, and nothing came in time."""
        return self.status == 0 and self.error == LATE


class DataPlane:
    """Probes one platform's hostnames: by DNS, or at ``address`` with the hostname in the Host header."""

    def __init__(self, *, address: str | None) -> None:
        self._address = address.rstrip("/") if address else None
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()

    async def probe(self, host: str, path: str, timeout: float) -> ProbeAnswer:
        """GETs ``https://<host><path>``; never raises for what the network does."""
        try:
            async with self._open().get(
                f"{self._address or f'https://{host}'}{path}",
                headers={"Host": host},
                timeout=aiohttp.ClientTimeout(total=timeout),
                allow_redirects=False,
            ) as response:
                # A short body is read to its end, so that the connection can be used again.
                await response.content.read(_BODY_LIMIT)
                return ProbeAnswer(
                    response.status,
                    response.headers.get(VERSION_HEADER),
                    response.headers.get(ERROR_HEADER, "")[:_TEXT_LIMIT],
                )
        except TimeoutError:
            return ProbeAnswer(0, None, LATE)
        except (aiohttp.ClientError, OSError):
            return ProbeAnswer(0, None, "no connection")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=_MAX_CONNECTIONS, keepalive_timeout=_KEEP_ALIVE_SECONDS
            )
            self._session = aiohttp.ClientSession(
                connector=connector, headers={"User-Agent": "code24-workers-operator/probe"}
            )
        return self._session
