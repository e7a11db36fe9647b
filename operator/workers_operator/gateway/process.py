"""Run one gateway process: watches and cache, endpoints, server."""

import asyncio
import logging
import sys
from typing import Final

from prometheus_client import CollectorRegistry
from starlette.types import ASGIApp

from workers_operator import heap
from workers_operator.account.credentials import TokenReader
from workers_operator.cloudflare.api import Unobserved
from workers_operator.cloudflare.connector import Connector
from workers_operator.engine.clock import Clock, SystemClock
from workers_operator.engine.gate import ChangeGate, open_gate
from workers_operator.gateway.access.audit import AuditRecord
from workers_operator.gateway.access.limits import RequestLimiter
from workers_operator.gateway.access.reviews import Reviewer
from workers_operator.gateway.application import application, serving
from workers_operator.gateway.cache.feeding import watch_of
from workers_operator.gateway.cache.objects import KINDS_WATCHED, WatchCache
from workers_operator.gateway.cache.platforms import KnownPlatforms
from workers_operator.gateway.cache.rendering import Renderer
from workers_operator.gateway.http.guard import Doorkeeper, RequestGuard
from workers_operator.gateway.http.measuring import GatewayMetrics
from workers_operator.gateway.http.origins import open_to
from workers_operator.gateway.options import GUESS_RATE, LOGS_RATE, GatewayOptions
from workers_operator.gateway.services import Reading
from workers_operator.gateway.serving import renew_certificates, server_of
from workers_operator.gateway.telemetry.reading import LogReader
from workers_operator.gateway.writes.changing import Changes
from workers_operator.gateway.writes.client import GatewayObjects
from workers_operator.kube import auth
from workers_operator.kube.auth import Access
from workers_operator.kube.client import KubeClient
from workers_operator.kube.rest import Rest
from workers_operator.server import Server
from workers_operator.settings import Settings

logger = logging.getLogger(__name__)

_REQUEST_SECONDS: Final = 30.0
_FILLED_SECONDS: Final = 1.0  # between two looks whether everything has been listed


async def run(options: GatewayOptions, settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT. Raises AccessError."""
    clock = SystemClock()
    access = await auth.load(settings.kubeconfig, settings.context)
    rest = Rest(access, open_gate(), _REQUEST_SECONDS)
    cache = WatchCache()
    registry = CollectorRegistry()
    metrics = GatewayMetrics(registry, lambda: len(cache), lambda: cache.is_stale)
    reading = _reading(cache, Reviewer(rest, options.audience, clock), settings, clock)
    kube = KubeClient(access, ChangeGate(clock))  # changes nothing
    app = serving(
        application(),
        reading,
        Changes(reading, GatewayObjects(rest)),
        _log_reader(kube, settings, clock),
    )
    keeper = _doorkeeper(reading, options, clock, metrics)
    guard = RequestGuard(app, keeper, is_secure=options.tls is not None)
    health = Server(registry, lambda: None, lambda: None if cache.is_filled else "not ready\n")
    try:
        await _serve(open_to(guard, options.origins), options, access, cache, health, clock)
    finally:
        await health.stop()
        await kube.close()
        await rest.close()


def _reading(cache: WatchCache, reviewer: Reviewer, settings: Settings, clock: Clock) -> Reading:
    platforms = KnownPlatforms(cache, settings.implied_platform)
    return Reading(cache, platforms, Renderer(cache, platforms), reviewer, clock)


def _log_reader(kube: KubeClient, settings: Settings, clock: Clock) -> LogReader:
    credentials = settings.credentials
    tokens = TokenReader(kube, credentials.api_token, credentials.policy)
    connector = Connector(clock, Unobserved(), gate=ChangeGate(clock))
    return LogReader(
        kube, tokens, settings.implied_platform, connector, clock, RequestLimiter(LOGS_RATE)
    )


def _doorkeeper(
    reading: Reading, options: GatewayOptions, clock: Clock, metrics: GatewayMetrics
) -> Doorkeeper:
    return Doorkeeper(
        reviewer=reading.reviewer,
        callers=RequestLimiter(options.caller_rate),
        addresses=RequestLimiter(options.address_rate),
        guesses=RequestLimiter(GUESS_RATE),
        bounds=options.bounds,
        clock=clock,
        audit=write_audit,
        metrics=metrics,
    )


def write_audit(record: AuditRecord) -> None:
    """Write a record to standard output; the log of the process goes to standard error."""
    sys.stdout.write(f"{record.line()}\n")
    sys.stdout.flush()


async def _serve(
    app: ASGIApp,
    options: GatewayOptions,
    access: Access,
    cache: WatchCache,
    health: Server,
    clock: Clock,
) -> None:
    server = server_of(app, options)
    host, _, port = options.health_address.rpartition(":")
    await health.start(host or "0.0.0.0", int(port))  # noqa: S104
    logger.info("serving /metrics, /healthz and /readyz on port %d", health.port)
    tasks = [
        asyncio.create_task(watch_of(access, kind, cache).run(clock.sleep))
        for kind in KINDS_WATCHED
    ]
    if options.tls is not None:
        tasks.append(asyncio.create_task(renew_certificates(server, options.tls, clock.sleep)))
    socket = server.config.bind_socket()
    scheme = "https" if options.tls is not None else "http"
    name, number = socket.getsockname()[:2]
    logger.info("serving the REST API at %s://%s:%d", scheme, name, number)
    settling = asyncio.create_task(_settle(cache, clock))
    main = asyncio.create_task(server.serve(sockets=[socket]))
    try:
        done, _ = await asyncio.wait([main, *tasks], return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in (*tasks, settling):
            task.cancel()


async def _settle(cache: WatchCache, clock: Clock) -> None:
    """Tidy the heap up once everything has been listed."""
    while not cache.is_filled:
        await clock.sleep(_FILLED_SECONDS)
    heap.settle()
