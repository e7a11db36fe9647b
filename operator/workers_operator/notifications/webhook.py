"""Requests to webhooks. Authors of WorkersPlatforms choose the address, so only public hosts are allowed."""

import socket
from typing import Final

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from workers_operator.domain.egress.addresses import is_private
from workers_operator.domain.notifications.attempts import WebhookAnswer
from workers_operator.domain.notifications.messages import CONTENT_TYPE

TIMEOUT_SECONDS: Final = 10.0
_PRIVATE: Final = (
    "its host has a private address; to allow it, add the URL to the operator's --allowed-webhooks"
)


class PrivateAddressRefused(OSError):
    """A host has an address that is not public."""


class PublicResolver(AbstractResolver):
    """Resolve names to public addresses only; the client connects to these very addresses."""

    def __init__(self, resolver: AbstractResolver | None = None) -> None:
        self._resolver = resolver if resolver is not None else ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return a host's addresses. Raises PrivateAddressRefused if any is private."""
        found = await self._resolver.resolve(host, port, family)
        if any(is_private(_host(entry["host"])) for entry in found):
            raise PrivateAddressRefused(host)
        return found

    async def close(self) -> None:
        """Close the underlying resolver."""
        await self._resolver.close()


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


class WebhookClient:
    """Posts notifications. ``resolver``: resolves public hosts; ``timeout``: seconds for a request."""

    def __init__(
        self, resolver: AbstractResolver | None = None, timeout: float = TIMEOUT_SECONDS
    ) -> None:
        self._resolver = resolver
        self._timeout = timeout
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def close(self) -> None:
        """Close the connections."""
        for session in self._sessions.values():
            await session.close()

    async def post(
        self, url: str, headers: dict[str, str], body: bytes, *, may_be_private: bool
    ) -> WebhookAnswer:
        """Post a notification. Redirects are not followed, and the answer's body is not read."""
        try:
            async with self._session(may_be_private).post(
                URL(url, encoded=True),
                data=body,
                headers={"Content-Type": CONTENT_TYPE, **headers},
                allow_redirects=False,
            ) as response:
                after = response.headers.get("Retry-After", "")
                return WebhookAnswer(response.status, retry_after=after)
        except TimeoutError:
            return WebhookAnswer(0, f"no answer within {self._timeout:.0f} s")
        except aiohttp.ClientConnectorError as error:
            is_refused = isinstance(error.os_error, PrivateAddressRefused)
            return WebhookAnswer(0, _PRIVATE if is_refused else "no connection")
        except (aiohttp.ClientError, OSError, ValueError):
            return WebhookAnswer(0, "the connection broke, or the answer is not HTTP")

    def _session(self, may_be_private: bool) -> aiohttp.ClientSession:
        if may_be_private not in self._sessions:
            resolver = None if may_be_private else PublicResolver(self._resolver)
            # A connection for each request: closing it discards the answer's body, whatever its length.
            connector = aiohttp.TCPConnector(resolver=resolver, force_close=True)
            self._sessions[may_be_private] = aiohttp.ClientSession(
                connector=connector,
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._sessions[may_be_private]
