"""Metrics of the gateway."""

from collections.abc import Callable
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)

# Otherwise every counter and histogram is exposed with a second series that holds its creation time.
disable_created_metrics()  # type: ignore[no-untyped-call]

_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 120)


class GatewayMetrics:
    """Requests by route, and the state of the cache."""

    def __init__(
        self, registry: CollectorRegistry, workers: Callable[[], int], stale: Callable[[], bool]
    ) -> None:
        self.registry = registry
        self._requests = Counter(
            "code24_gateway_requests",
            "Requests by method, route and status",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "code24_gateway_request_seconds",
            "Time until the whole answer was sent",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        Gauge("code24_gateway_workers", "Workers in the cache", registry=registry).set_function(
            workers
        )
        Gauge("code24_gateway_stale", "1 while a watch is broken", registry=registry).set_function(
            lambda: float(stale())
        )

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request. ``route``: of a route, never a path with names."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)
