"""What /metrics shows as it is at the moment of a scrape: the queue's depth, platforms, budgets, workers, orphans."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from prometheus_client.core import GaugeMetricFamily

from workers_operator.account.platforms import Account, Platforms
from workers_operator.desired.fleet.templates import TEMPLATE_KINDS
from workers_operator.domain.fleet.members import FleetTrial, count
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock
from workers_operator.engine.queue import WorkQueue
from workers_operator.index.index import Index
from workers_operator.index.objects import HEALTH_STATES, Readiness, Standing
from workers_operator.metrics import Levels, level
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.resources import KINDS

CONTROLLERS: Final = tuple(kind.lower() for kind in KINDS)
FLEET_STATES: Final = ("ready", "updating", "waiting", "failed")
_PLATFORM: Final = ("platform",)
_Values = Mapping[tuple[str, ...], float]


def levels(
    queue: WorkQueue[ObjectKey],
    platforms: Platforms,
    index: Index,
    leftovers: LeftoverRemover,
    clock: Clock,
) -> Levels:
    """Return the gauges of one process."""
    return Levels(
        lambda: _queue(queue),
        lambda: _workers(platforms, index),
        lambda: _fleets(index),
        lambda: _weights(platforms, index),
        lambda: _platforms(platforms),
        lambda: _accounts(platforms, leftovers),
        lambda: _tenancies(platforms),
        lambda: _analytics(platforms, clock.now().timestamp()),
    )


def _queue(queue: WorkQueue[ObjectKey]) -> Iterable[GaugeMetricFamily]:
    depths = Counter(dict.fromkeys(CONTROLLERS, 0))  # an empty queue is reported, too
    depths.update(controller_of(key) for key in queue.due())
    values: _Values = {(controller,): depth for controller, depth in depths.items()}
    yield level("workqueue_depth", "Due keys in the queue", ["name"], values)


def _workers(platforms: Platforms, index: Index) -> Iterable[GaugeMetricFamily]:
    found = {name: index.standings(name) for name in sorted(platforms.names())}

    def count(where: Callable[[Standing], bool]) -> _Values:
        return {
            (name,): sum(number for standing, number in standings.items() if where(standing))
            for name, standings in found.items()
        }

    def gauge(name: str, about: str, labels: Iterable[str], values: _Values) -> GaugeMetricFamily:
        return level(f"cloudflare_worker_{name}", about, [*_PLATFORM, *labels], values)

    yield gauge("count", "Workers of a platform", (), count(lambda _: True))
    yield gauge(
        "ready",
        "Workers of a platform that are Ready and not suspended",
        (),
        count(lambda standing: standing.readiness is Readiness.READY),
    )
    yield gauge(
        "suspended",
        "Workers of a platform that are suspended, or wait because their platform is",
        (),
        count(lambda standing: standing.readiness is Readiness.SUSPENDED),
    )
    yield gauge(
        "scaling_limited",
        "Workers of a platform whose load asks for more instances than they may have",
        (),
        count(lambda standing: standing.is_bounded),
    )
    reasons: Counter[tuple[str, ...]] = Counter()
    states: Counter[tuple[str, ...]] = Counter(
        {(name, state): 0 for name in found for state in HEALTH_STATES}
    )
    for name, standings in found.items():
        for standing, number in standings.items():
            states[name, standing.health] += number
            if standing.readiness is Readiness.NOT_READY:
                reasons[name, standing.reason] += number
    about = "Workers of a platform that are not Ready, by the reason of that condition"
    yield gauge("not_ready", about, ("reason",), reasons)
    yield gauge("health", "Workers of a platform by status.health.state", ("state",), states)


def _fleets(index: Index) -> Iterable[GaugeMetricFamily]:
    found: dict[tuple[str, ...], float] = {}
    for kind in TEMPLATE_KINDS:
        for key in index.objects.uids(kind):
            plan = index.fleets.plan(key)
            trial = FleetTrial(plan.version, plan.retry) if plan is not None else FleetTrial("")
            counts = count(index.followers(key), trial)
            under_way = counts.updated - counts.ready - counts.failed
            waiting = counts.total - counts.updated
            numbers = (counts.ready, under_way, waiting, counts.failed)
            states = zip(FLEET_STATES, numbers, strict=True)
            found |= {(kind, key.namespace, key.name, state): n for state, n in states}
    yield level(
        "cloudflare_worker_template_followers",
        "Workers that follow a template, by how far they are with the version that it gives them",
        ["kind", "exported_namespace", "name", "state"],
        found,
    )


def _weights(platforms: Platforms, index: Index) -> Iterable[GaugeMetricFamily]:
    found: _Values = {
        (account.config.name, claim.key.namespace, claim.key.name): mark.serving.canary.weight
        for account in platforms
        if account.config.observation.per_worker
        for script_name, mark in account.snapshot.routing.content.marks.items()
        if mark.serving.canary is not None
        for claim in index.claims.to_script(account.config.name, script_name)
    }
    yield level(
        "cloudflare_worker_rollout_weight",
        "Share of the requests, in percent, that the version on its way gets, where spec.metrics.perWorker is set",
        [*_PLATFORM, "exported_namespace", "worker"],
        found,
    )


def _platforms(platforms: Platforms) -> Iterable[GaugeMetricFamily]:
    names = sorted(platforms.names())
    problems = {name: platforms.problem(name) for name in names}
    yield level(
        "cloudflare_worker_platform_ready",
        "Whether workers can be deployed on a platform",
        _PLATFORM,
        {(name,): float(platforms.is_usable(name)) for name in names},
    )
    yield level(
        "cloudflare_worker_platform_not_ready",
        "1 while workers cannot be deployed on a platform, by the reason",
        [*_PLATFORM, "reason"],
        {(name, problem.reason): 1.0 for name, problem in problems.items() if problem is not None},
    )


def _accounts(platforms: Platforms, leftovers: LeftoverRemover) -> Iterable[GaugeMetricFamily]:
    def gauge(name: str, about: str, value: Callable[[Account], float]) -> GaugeMetricFamily:
        values: _Values = {(account.config.name,): value(account) for account in platforms}
        return level(f"cloudflare_worker_{name}", about, _PLATFORM, values)

    yield gauge(
        "api_budget_remaining",
        "Calls that are left in the token's window",
        lambda account: account.api.budget.left,
    )
    yield gauge(
        "api_budget_limit",
        "Calls that the token may make in a window",
        lambda account: account.api.budget.quota,
    )
    yield gauge(
        "scripts",
        "Scripts in a platform's dispatch namespace, as last listed",
        lambda account: account.snapshot.routing.content.script_count,
    )
    yield gauge(
        "orphans",
        "Workers of a platform that serve without an object",
        lambda account: leftovers.orphans(account.config.name),
    )


def _tenancies(platforms: Platforms) -> Iterable[GaugeMetricFamily]:
    yield level(
        "cloudflare_worker_platform_info",
        "Who may claim what on a platform",
        [*_PLATFORM, "tenancy"],
        {(account.config.name, account.config.tenancy.mode): 1.0 for account in platforms},
    )


def _analytics(platforms: Platforms, now: float) -> Iterable[GaugeMetricFamily]:
    known = {account.config.name: account.metrics for account in platforms}
    yield level(
        "cloudflare_worker_metrics_age_seconds",
        "Age of the newest analytics of a platform's workers",
        _PLATFORM,
        {(name,): now - m.until for name, m in known.items() if m.until is not None},
    )
    yield level(
        "cloudflare_worker_metrics_failing",
        "Whether the last query of a platform's analytics failed",
        _PLATFORM,
        {(name,): float(bool(m.failure)) for name, m in known.items()},
    )


def controller_of(key: ObjectKey) -> str:
    """Return the controller of a key: it is named after its kind, as in controller-runtime; one of CONTROLLERS."""
    return key.kind.lower()
