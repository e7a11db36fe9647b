"""Collects the metrics of all platforms, each in its interval, and requeues the workers whose status shows them."""

import asyncio
import logging
import zlib
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol

from workers_operator.account.metrics.collecting import (
    collect,
    collect_peaks,
    collect_seasons,
)
from workers_operator.account.platforms import Platform, Platforms
from workers_operator.cloudflare.analytics import DataPoints
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.desired.metrics import RENEW_SECONDS
from workers_operator.domain import names
from workers_operator.domain.metrics.window import ERROR_KINDS, MINUTE, Traffic
from workers_operator.engine.clock import Clock
from workers_operator.scheduling.scheduler import Scheduler
from workers_operator.scheduling.watching import Sleep

logger = logging.getLogger(__name__)

_TICK_SECONDS: Final = 1.0
_AT_ONCE: Final = 50  # workers whose passes need not be spread


class TrafficObserver(Protocol):
    """Receives what new minutes came to: ``metrics.Metrics``."""

    def served(self, platform: str, requests: int, errors: Mapping[str, int]) -> None:
        """Count the requests of all workers of a platform, and those that failed, by kind."""

    def spent(self, platform: str, response_seconds: float, cpu_seconds: float) -> None:
        """Count the time that requests to all workers of a platform took."""

    def worker_served(
        self, worker: tuple[str, str, str], requests: int, errors: Mapping[str, int]
    ) -> None:
        """Count the requests of one worker: (platform, namespace, name)."""


class MetricsCollector:
    """Collects metrics in a loop. ``observer``: counts what is new."""

    def __init__(
        self, platforms: Platforms, scheduler: Scheduler, clock: Clock, observer: TrafficObserver
    ) -> None:
        self._platforms = platforms
        self._scheduler = scheduler
        self._clock = clock
        self._observer = observer
        self._next: dict[str, float] = {}  # platform -> monotonic second
        self._told: dict[tuple[str, str], int] = {}  # (platform, script name) -> Unix time

    async def run(self, sleep: Sleep) -> None:
        """Run until cancelled."""
        while True:
            await sleep(_TICK_SECONDS)
            due = [platform for platform in self._usable() if self._is_due(platform)]
            await asyncio.gather(*(self.collect(platform) for platform in due))

    def _usable(self) -> Iterable[Platform]:
        for account in self._platforms:
            platform = self._platforms.provisioned(account.config.name)
            if platform is not None and self._platforms.is_usable(account.config.name):
                yield platform

    def _is_due(self, platform: Platform) -> bool:
        name, now = platform.config.name, self._clock.monotonic()
        if now < self._next.get(name, 0.0):
            return False
        self._next[name] = now + platform.config.observation.metrics_interval
        return True

    async def collect(self, platform: Platform) -> None:
        """Ask for the minutes that a platform's metrics lack. What cannot be had now is asked for the next time."""
        config, recent, before = platform.config, platform.metrics, platform.metrics.until
        points = DataPoints(config.storage.analytics_dataset, config.environment)
        now = self._clock.now().timestamp()
        marks, had_failed = platform.snapshot.routing.content.marks, bool(recent.failure)
        try:
            is_new = await collect(
                platform.api,
                recent,
                points=points,
                dispatch_namespace=config.dispatch.namespace,
                script_names={names.base_name(script): script for script in marks},
                now=now,
                delay=config.observation.metrics_delay,
            )
            await collect_seasons(platform.api, recent, points)
            is_followed = await collect_peaks(platform.api, recent, points, now)
        except CloudflareError as error:
            if not recent.failure:
                logger.warning("WorkersPlatform %s: no metrics: %s", config.name, error.message)
                self._scheduler.status_changed(config.name)
            recent.fail(error.message)
            return
        if had_failed:
            self._scheduler.status_changed(config.name)
        if is_new and recent.until is not None:
            if before is None:
                # What was there when the process started has been counted by the one before it. Counters begin
                # at 0: the rate of one that begins at its first error would not know of that error.
                self._observer.served(config.name, 0, dict.fromkeys(ERROR_KINDS, 0))
            else:
                self._count(platform, before)
            due = self._due(config.name, recent.workers(), recent.until)
            self._scheduler.measured(config.name, due)
        elif is_followed:
            self._scheduler.measured(config.name, ())

    def _count(self, platform: Platform, since: int) -> None:
        """Count the minutes from a Unix time on."""
        name, traffic = platform.config.name, platform.metrics.traffic(since)
        total = sum(traffic.values(), Traffic())
        self._observer.served(name, total.requests, total.errors)
        cpu_seconds = platform.metrics.cpu_seconds(since)
        self._observer.spent(name, total.total_ms / 1000, cpu_seconds)
        if not platform.config.observation.per_worker:
            return
        for script_name, one in traffic.items():
            for key in self._scheduler.owners(name, script_name):
                worker = (name, key.namespace, key.name)
                self._observer.worker_served(worker, one.requests, one.errors)

    def _due(self, platform: str, workers: Collection[str], until: int) -> list[str]:
        """Return the workers whose metrics were told long enough ago, those without traffic any more included."""
        is_crowded = len(workers) > _AT_ONCE and all(name != platform for name, _ in self._told)
        for script_name in workers:
            # At the start of the process, they are spread over the minutes until all would be due together.
            early = zlib.crc32(script_name.encode()) % (RENEW_SECONDS // MINUTE) * MINUTE
            since = until - RENEW_SECONDS + (early if is_crowded else 0)
            self._told.setdefault((platform, script_name), since)
        due = [
            script_name
            for (name, script_name), at in self._told.items()
            if name == platform and until - at >= RENEW_SECONDS
        ]
        active = set(workers)
        for script_name in due:
            if script_name in active:
                self._told[platform, script_name] = until
            else:
                del self._told[platform, script_name]
        return sorted(due)
