"""Serves /metrics, /healthz and /readyz over plain HTTP."""

from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, exposition

# Returns None if the check passes, else a description of the problem.
Check = Callable[[], str | None]
_HEALTHY: Final = "ok\n"


class Server:
    """The HTTP server of the operator's own endpoints."""

    def __init__(self, registry: CollectorRegistry, healthz: Check, readyz: Check) -> None:
        self._registry = registry
        app = web.Application()
        app.router.add_get("/metrics", self._metrics)
        app.router.add_get("/healthz", _check(healthz))
        app.router.add_get("/readyz", _check(readyz))
        self._runner = web.AppRunner(app, access_log=None)
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        """Start listening. ``port`` 0 picks a free port; ``self.port`` is the port in use."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        self.port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    async def _metrics(self, request: web.Request) -> web.Response:
        body = exposition.generate_latest(self._registry)
        return web.Response(body=body, headers={"Content-Type": exposition.CONTENT_TYPE_LATEST})


def _check(check: Check) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def handler(request: web.Request) -> web.StreamResponse:
        problem = check()
        return web.Response(text=problem or _HEALTHY, status=503 if problem else 200)

    return handler
