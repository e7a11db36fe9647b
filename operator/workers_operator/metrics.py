"""Prometheus metrics: controller-runtime's names for the generic part, ``cloudflare_worker_*`` for our own."""

from collections import Counter as Counting
from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """All metrics of one process, on a registry of its own; the engine and the client tell it what they do."""

    def __init__(
        self, registry: CollectorRegistry, concurrency: int, controllers: tuple[str, ...]
    ) -> None:
        self.registry = registry
        self._reconciles = self._counter(
            "controller_runtime_reconcile", "Passes by their result", "controller", "result"
        )
        self._errors = self._counter(
            "controller_runtime_reconcile_errors",
            "Passes that failed and are retried",
            "controller",
        )
        self._terminal = self._counter(
            "controller_runtime_terminal_reconcile_errors",
            "Passes whose failure is final",
            "controller",
        )
        self._panics = self._counter(
            "controller_runtime_reconcile_panics", "Passes that a defect ended", "controller"
        )
        self._time = self._histogram(
            "controller_runtime_reconcile_time_seconds", "Length of a pass", "controller"
        )
        self._active = self._gauge(
            "controller_runtime_active_workers", "Passes under way", "controller"
        )
        self._limit = self._gauge(
            "controller_runtime_max_concurrent_reconciles", "Passes at once, at most", "controller"
        )
        self._adds = self._counter("workqueue_adds", "Keys added to the queue", "name")
        self._waited = self._histogram(
            "workqueue_queue_duration_seconds", "Time a due key waited", "name"
        )
        self._worked = self._histogram(
            "workqueue_work_duration_seconds", "Time a key was worked on", "name"
        )
        self._retries = self._counter(
            "workqueue_retries", "Keys queued again after a failure", "name"
        )
        self._calls = self._counter(
            "cloudflare_worker_api_requests", "Calls to Cloudflare's API", "endpoint", "code"
        )
        self._call_time = self._histogram(
            "cloudflare_worker_api_request_seconds", "Length of a call"
        )
        self._budget_wait = self._histogram(
            "cloudflare_worker_api_budget_wait_seconds", "Time a call waited for the budget"
        )
        for controller in controllers:
            for series in (self._errors, self._terminal, self._panics, self._retries, self._adds):
                series.labels(controller)  # starts at 0 instead of being absent until the first one
            self._limit.labels(controller).set(concurrency)
            self._active.labels(controller).set(0)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(name, about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(name, about, labels, registry=self.registry)

    def _histogram(self, name: str, about: str, *labels: str) -> Histogram:
        return Histogram(name, about, labels, buckets=_SECONDS, registry=self.registry)

    # --- engine.runner.Observer -----------------------------------------------------------------------------------

    def added(self, controller: str) -> None:
        self._adds.labels(controller).inc()

    def started(self, controller: str, waited: float) -> None:
        self._active.labels(controller).inc()
        self._waited.labels(controller).observe(waited)

    def finished(self, controller: str, outcome: str, seconds: float) -> None:
        self._active.labels(controller).dec()
        self._reconciles.labels(controller, outcome).inc()
        self._time.labels(controller).observe(seconds)
        self._worked.labels(controller).observe(seconds)
        if outcome == "terminal_error":
            self._terminal.labels(controller).inc()

    def retried(self, controller: str) -> None:
        self._errors.labels(controller).inc()
        self._retries.labels(controller).inc()

    def panicked(self, controller: str) -> None:
        self._panics.labels(controller).inc()

    # --- cloudflare.api.CallObserver --------------------------------------------------------------------------------

    def called(self, endpoint: str, code: str, seconds: float) -> None:
        self._calls.labels(endpoint, code).inc()
        self._call_time.observe(seconds)

    def waited(self, seconds: float) -> None:
        self._budget_wait.observe(seconds)


class Levels(Collector):
    """Values that are read when somebody asks: queue depth, budget, counts of workers."""

    def __init__(
        self,
        due: Callable[[], Counting[str]],
        budgets: Callable[[], dict[str, int]],
        workers: Callable[[], dict[str, tuple[int, int]]],
    ) -> None:
        self._due = due
        self._budgets = budgets
        self._workers = workers

    def collect(self) -> list[GaugeMetricFamily]:
        """One family each; labelled by platform, never by customer."""
        depth = GaugeMetricFamily("workqueue_depth", "Due keys that wait", labels=["name"])
        for controller, value in self._due().items():
            depth.add_metric([controller], value)
        left = GaugeMetricFamily(
            "cloudflare_worker_api_budget_remaining",
            "Calls left in the token's window",
            labels=["platform"],
        )
        for platform, value in self._budgets().items():
            left.add_metric([platform], value)
        info = GaugeMetricFamily(
            "cloudflare_worker_count", "Workers of a platform", labels=["platform"]
        )
        ready = GaugeMetricFamily(
            "cloudflare_worker_ready", "Workers of a platform that are Ready", labels=["platform"]
        )
        for platform, (total, are_ready) in self._workers().items():
            info.add_metric([platform], total)
            ready.add_metric([platform], are_ready)
        return [depth, left, info, ready]
