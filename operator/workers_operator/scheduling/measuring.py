"""Collect the metrics of all platforms, each in its interval, and requeue the workers that show them in status."""

import asyncio
import logging
import zlib
from collections.abc import Collection, Iterable, Mapping
from typing import Final, Protocol

from workers_operator.account.metrics.collecting import (
    collect,
    collect_comparisons,
    collect_peaks,
    collect_seasons,
)
from workers_operator.account.platforms import Platform, Platforms
from workers_operator.cloudflare.analytics import DataPoints
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.desired.metrics import RENEW_SECONDS
from workers_operator.domain import names
from workers_operator.domain.metrics.growth import Growth
from workers_operator.domain.metrics.window import ERROR_KINDS, MINUTE, Traffic
from workers_operator.engine.clock import Clock
from workers_operator.scheduling.scheduler import Scheduler
from workers_operator.scheduling.watching import Sleep

logger = logging.getLogger(__name__)

_TICK_SECONDS: Final = 1.0
_AT_ONCE: Final = 50  # workers whose passes need not be spread


class TrafficObserver(Protocol):
    """Receive the metrics of new minutes: ``metrics.Metrics``."""

    def served(self, platform: str, requests: int, errors: Mapping[str, int]) -> None:
        """Count the requests of all workers of a platform, and those that failed, by kind."""

    def spent(self, platform: str, response_seconds: float, cpu_seconds: float) -> None:
        """Count the time that requests to all workers of a platform took."""

    def worker_served(
        self, worker: tuple[str, str, str], requests: int, errors: Mapping[str, int]
    ) -> None:
        """Count the requests of one worker: (platform, namespace, name)."""


class MetricsCollector:
    """Collect metrics in a loop. ``observer``: counts new ones."""

    def __init__(
        self, platforms: Platforms, scheduler: Scheduler, clock: Clock, observer: TrafficObserver
    ) -> None:
        self._platforms = platforms
        self._scheduler = scheduler
        self._clock = clock
        self._observer = observer
        self._next: dict[str, float] = {}  # platform -> monotonic second
        self._running: dict[str, asyncio.Task[None]] = {}  # by platform
        self._told: dict[tuple[str, str], int] = {}  # (platform, script name) -> Unix time

    async def run(self, sleep: Sleep) -> None:
        """Run until cancelled. A platform whose queries wait for its budget keeps no other one waiting."""
        async with asyncio.TaskGroup() as group:
            while True:
                await sleep(_TICK_SECONDS)
                for platform in self._usable():
                    if self._is_due(platform):
                        collecting = group.create_task(self.collect(platform))
                        self._running[platform.config.name] = collecting

    def _usable(self) -> Iterable[Platform]:
        for account in self._platforms:
            platform = self._platforms.provisioned(account.config.name)
            if platform is not None and self._platforms.is_usable(account.config.name):
                yield platform

    def _is_due(self, platform: Platform) -> bool:
        name, now = platform.config.name, self._clock.monotonic()
        running = self._running.get(name)
        if now < self._next.get(name, 0.0) or (running is not None and not running.done()):
            return False
        self._next[name] = now + platform.config.observation.metrics_interval
        return True

    async def collect(self, platform: Platform) -> None:
        """Collect the minutes that a platform's metrics lack; retry failed queries in the next round."""
        config, recent = platform.config, platform.metrics
        points = DataPoints(config.storage.analytics_dataset, config.environment)
        now, delay = self._clock.now().timestamp(), config.observation.metrics_delay
        marks = platform.snapshot.routing.content.marks
        had_failed, is_first = bool(recent.failure), recent.until is None
        try:
            growth = await collect(
                platform.api,
                recent,
                points=points,
                dispatch_namespace=config.dispatch.namespace,
                script_names={names.base_name(script): script for script in marks},
                now=now,
                delay=delay,
            )
        except CloudflareError as error:
            self._failed(platform, error, had_failed=had_failed)
            return
        if growth is not None:
            # What was there when the process started has been counted by the one before it. Counters begin
            # at 0: the rate of one that begins at its first error would not know of that error.
            self._count(platform, Growth() if is_first else growth)
        is_followed, compared = False, list[str]()
        try:
            await collect_seasons(platform.api, recent, points)
            is_followed = await collect_peaks(platform.api, recent, points, now)
            compared = await collect_comparisons(platform.api, recent, points, now, delay)
        except CloudflareError as error:
            self._failed(platform, error, had_failed=had_failed)
        else:
            if had_failed:
                self._scheduler.status_changed(config.name)
        self._scheduler.compared(config.name, compared, recent.comparisons.uneven(compared))
        if growth is not None and recent.until is not None:
            due = self._due(config.name, recent.workers(), recent.until)
            self._scheduler.measured(config.name, due)
        elif is_followed:
            self._scheduler.measured(config.name, ())

    def _failed(self, platform: Platform, error: CloudflareError, *, had_failed: bool) -> None:
        name = platform.config.name
        platform.metrics.fail(error.message)
        if not had_failed:
            logger.warning("WorkersPlatform %s: metrics are missing: %s", name, error.message)
            self._scheduler.status_changed(name)

    def _count(self, platform: Platform, growth: Growth) -> None:
        """Count what is new."""
        name = platform.config.name
        total = sum(growth.traffic.values(), Traffic())
        self._observer.served(
            name, total.requests, {**dict.fromkeys(ERROR_KINDS, 0), **total.errors}
        )
        self._observer.spent(name, total.total_ms / 1000, growth.cpu_us / 1e6)
        if not platform.config.observation.per_worker:
            return
        for script_name, one in growth.traffic.items():
            for key in self._scheduler.owners(name, script_name):
                worker = (name, key.namespace, key.name)
                self._observer.worker_served(worker, one.requests, one.errors)

    def _due(self, platform: str, workers: Collection[str], until: int) -> list[str]:
        """Return the workers whose metrics in status are old enough, including those without traffic by now."""
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
