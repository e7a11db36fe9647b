"""Prometheus metrics: controller-runtime's names for the generic ones, ``cloudflare_worker_*`` for our own."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

# Otherwise every counter and histogram is exposed with a second series that holds its creation time.
disable_created_metrics()  # type: ignore[no-untyped-call]

REPAIRS: Final = ("upload", "replace", "route", "balance", "content")
ROLLOUTS: Final = ("Succeeded", "Aborted", "RolledBack")
DIRECTIONS: Final = ("up", "down")
TEMPLATES: Final = ("WorkerTemplate", "ClusterWorkerTemplate")
TEMPLATE_ROLLOUTS: Final = ("Succeeded", "Stopped", "Aborted")
NOTIFIED: Final = ("Delivered", "Refused", "GivenUp")
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)


class Metrics:
    """All metrics of one process, on their own registry. The engine and the API client report to it."""

    def __init__(
        self, registry: CollectorRegistry, concurrency: int, controllers: tuple[str, ...]
    ) -> None:
        self.registry = registry
        self._passes = PassMetrics(registry)
        self._queue = QueueMetrics(registry)
        self._api = ApiMetrics(registry)
        self._traffic = TrafficMetrics(registry)
        self._workers = WorkerMetrics(registry)
        self._template_rollouts = Counter(
            "cloudflare_worker_template_rollouts",
            "Rollouts of templates that have ended: Succeeded, Stopped, Aborted",
            ("kind", "outcome"),
            registry=registry,
        )
        self._notifications = Counter(
            "cloudflare_worker_notifications",
            "Notifications of webhooks: Delivered, Refused, GivenUp",
            ("platform", "webhook", "outcome"),
            registry=registry,
        )
        self._leading = Gauge(
            "leader_election_master_status",
            "Whether this process holds the lease",
            ("name",),
            registry=registry,
        )
        for controller in controllers:
            self._passes.prepare(controller, concurrency)
            self._queue.prepare(controller)
        for kind, outcome in product(TEMPLATES, TEMPLATE_ROLLOUTS):
            self._template_rollouts.labels(kind, outcome)

    def leads(self, lease: str, *, is_leader: bool) -> None:
        """Note whether this process holds a lease."""
        self._leading.labels(lease).set(is_leader)

    def repaired(self, platform: str, action: str) -> None:
        """Count something that was mended without an edit."""
        self._workers.repairs.labels(platform, action).inc()

    def rollout_ended(self, platform: str, outcome: str) -> None:
        """Count a rollout."""
        self._workers.rollouts.labels(platform, outcome).inc()

    def template_rollout_ended(self, kind: str, outcome: str) -> None:
        """Count a rollout of a template."""
        self._template_rollouts.labels(kind, outcome).inc()

    def scaled(self, platform: str, direction: str) -> None:
        """Count a change of a worker's number of instances by its autoscaler."""
        self._workers.scalings.labels(platform, direction).inc()

    def notified(self, platform: str, webhook: str, outcome: str) -> None:
        """Count a notification of a webhook that was delivered, refused or given up."""
        for one in NOTIFIED:
            self._notifications.labels(platform, webhook, one)
        self._notifications.labels(platform, webhook, outcome).inc()

    # --- engine.runner.PassObserver -----------------------------------------------------------------------------------

    def added(self, controller: str) -> None:
        """Count a key that was added to the queue."""
        self._queue.adds.labels(controller).inc()

    def started(self, controller: str, waited: float) -> None:
        """Count a pass that starts. ``waited``: seconds since its key was due."""
        self._passes.active.labels(controller).inc()
        self._queue.waited.labels(controller).observe(waited)

    def finished(self, controller: str, outcome: str, seconds: float) -> None:
        """Count a pass that has ended."""
        self._passes.finished(controller, outcome, seconds)
        self._queue.worked.labels(controller).observe(seconds)

    def retried(self, controller: str) -> None:
        """Count a pass that failed and is retried."""
        self._passes.errors.labels(controller).inc()
        self._queue.retries.labels(controller).inc()

    def panicked(self, controller: str) -> None:
        """Count a pass that ended with an unexpected exception."""
        self._passes.panics.labels(controller).inc()

    # --- cloudflare.api.CallObserver --------------------------------------------------------------------------------

    def called(self, endpoint: str, code: str, seconds: float) -> None:
        """Count a call to Cloudflare."""
        self._api.calls.labels(endpoint, code).inc()
        self._api.seconds.observe(seconds)

    def waited(self, seconds: float) -> None:
        """Observe the seconds that a call waited for the budget."""
        self._api.budget_wait.observe(seconds)

    # --- scheduling.measuring.TrafficObserver -------------------------------------------------------------------------

    def served(self, platform: str, requests: int, errors: Mapping[str, int]) -> None:
        """Count the requests of all workers of a platform, and those that failed, by kind."""
        self._traffic.platform_requests.labels(platform).inc(requests)
        self._workers.prepare(platform)
        for kind, count in errors.items():
            self._traffic.platform_errors.labels(platform, kind).inc(count)

    def spent(self, platform: str, response_seconds: float, cpu_seconds: float) -> None:
        """Count the time that requests to all workers of a platform took."""
        self._traffic.response_seconds.labels(platform).inc(response_seconds)
        self._traffic.cpu_seconds.labels(platform).inc(cpu_seconds)

    def worker_served(
        self, worker: tuple[str, str, str], requests: int, errors: Mapping[str, int]
    ) -> None:
        """Count the requests of one worker: (platform, namespace, name)."""
        self._traffic.worker_requests.labels(*worker).inc(requests)
        for kind, count in errors.items():
            self._traffic.worker_errors.labels(*worker, kind).inc(count)


class WorkerMetrics:
    """What the operator has done about workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, about: str, label: str) -> Counter:
            labels = ("platform", label)
            return Counter(f"cloudflare_worker_{name}", about, labels, registry=registry)

        self.repairs = counter(
            "healing",
            "Repairs of workers that nobody asked for: upload, replace, route, balance, content",
            "action",
        )
        self.rollouts = counter(
            "rollouts",
            "Rollouts of new versions that have ended: Succeeded, Aborted, RolledBack",
            "outcome",
        )
        self.scalings = counter(
            "scalings", "Changes of a number of instances by autoscalers: up, down", "direction"
        )

    def prepare(self, platform: str) -> None:
        """Start a platform's series at 0: a rate knows of the first event only if it begins there."""
        for series, values in (
            (self.repairs, REPAIRS),
            (self.rollouts, ROLLOUTS),
            (self.scalings, DIRECTIONS),
        ):
            for value in values:
                series.labels(platform, value)


class TrafficMetrics:
    """Requests of visitors, as Cloudflare's analytics count them, some minutes late."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"cloudflare_worker_{name}", about, labels, registry=registry)

        worker = ("platform", "exported_namespace", "worker")
        self.platform_requests = counter(
            "requests", "Requests to all workers of a platform", "platform"
        )
        self.platform_errors = counter(
            "request_errors", "Requests to workers that failed", "platform", "kind"
        )
        self.response_seconds = counter(
            "response_seconds", "Time until the responses of all workers of a platform", "platform"
        )
        self.cpu_seconds = counter(
            "cpu_seconds", "CPU time of all workers of a platform", "platform"
        )
        self.worker_requests = counter(
            "single_requests", "Requests to a worker, where spec.metrics.perWorker is set", *worker
        )
        self.worker_errors = counter(
            "single_request_errors", "Requests to a worker that failed", *worker, "kind"
        )


class PassMetrics:
    """controller-runtime's metrics of passes."""

    def __init__(self, registry: CollectorRegistry) -> None:
        controller, prefix = ("controller",), "controller_runtime"

        def counter(name: str, about: str, *labels: str) -> Counter:
            return Counter(f"{prefix}_{name}", about, labels or controller, registry=registry)

        def gauge(name: str, about: str) -> Gauge:
            return Gauge(f"{prefix}_{name}", about, controller, registry=registry)

        self._reconciles = counter("reconcile", "Passes by their result", "controller", "result")
        self._terminal = counter("terminal_reconcile_errors", "Passes that failed for good")
        self._limit = gauge("max_concurrent_reconciles", "Maximum number of concurrent passes")
        self._seconds = Histogram(
            f"{prefix}_reconcile_time_seconds",
            "Duration of a pass",
            controller,
            buckets=_SECONDS,
            registry=registry,
        )
        self.errors = counter("reconcile_errors", "Passes that failed and are retried")
        self.panics = counter("reconcile_panics", "Passes that ended with an unexpected exception")
        self.active = gauge("active_workers", "Running passes")

    def prepare(self, controller: str, concurrency: int) -> None:
        """Start a controller's series at 0 instead of leaving them absent until the first event."""
        for series in (self.errors, self._terminal, self.panics):
            series.labels(controller)
        self._limit.labels(controller).set(concurrency)
        self.active.labels(controller).set(0)

    def finished(self, controller: str, outcome: str, seconds: float) -> None:
        """Count a pass that has ended."""
        self.active.labels(controller).dec()
        self._reconciles.labels(controller, outcome).inc()
        self._seconds.labels(controller).observe(seconds)
        if outcome == "terminal_error":
            self._terminal.labels(controller).inc()


class QueueMetrics:
    """controller-runtime's metrics of the work queue."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def histogram(name: str, about: str) -> Histogram:
            return Histogram(name, about, ("name",), buckets=_SECONDS, registry=registry)

        self.adds = Counter(
            "workqueue_adds", "Keys added to the queue", ("name",), registry=registry
        )
        self.retries = Counter(
            "workqueue_retries", "Keys requeued after a failure", ("name",), registry=registry
        )
        self.waited = histogram(
            "workqueue_queue_duration_seconds", "Time that a due key waited for its pass"
        )
        self.worked = histogram("workqueue_work_duration_seconds", "Time that a pass took")

    def prepare(self, controller: str) -> None:
        """Start a controller's series at 0."""
        for series in (self.adds, self.retries):
            series.labels(controller)


class ApiMetrics:
    """Metrics of the Cloudflare API."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def histogram(name: str, about: str) -> Histogram:
            return Histogram(name, about, (), buckets=_SECONDS, registry=registry)

        self.calls = Counter(
            "cloudflare_worker_api_requests",
            "Calls to Cloudflare's API",
            ("endpoint", "code"),
            registry=registry,
        )
        self.seconds = histogram("cloudflare_worker_api_request_seconds", "Duration of a call")
        self.budget_wait = histogram(
            "cloudflare_worker_api_budget_wait_seconds", "Time that a call waited for the budget"
        )


class Levels(Collector):
    """Gauges that are computed at every scrape. ``sources``: each returns some of them."""

    def __init__(self, *sources: Callable[[], Iterable[GaugeMetricFamily]]) -> None:
        self._sources = sources

    def collect(self) -> list[GaugeMetricFamily]:
        """Return one family per gauge."""
        return [family for source in self._sources for family in source()]


def level(
    name: str, about: str, labels: Sequence[str], values: Mapping[tuple[str, ...], float]
) -> GaugeMetricFamily:
    """Return a gauge. ``values``: by the values of ``labels``, which are never customers."""
    family = GaugeMetricFamily(name, about, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family
