"""What /metrics shows as it is at the moment of a scrape: the queue's depth, budgets, workers, orphans, ages."""

from collections import Counter
from typing import Final

from workers_operator.account.platforms import Platforms
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock
from workers_operator.engine.queue import WorkQueue
from workers_operator.index.index import Index
from workers_operator.metrics import Levels
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.resources import KINDS

CONTROLLERS: Final = tuple(kind.lower() for kind in KINDS)


def levels(
    queue: WorkQueue[ObjectKey],
    platforms: Platforms,
    index: Index,
    leftovers: LeftoverRemover,
    clock: Clock,
) -> Levels:
    """Return the gauges of one process."""

    def due() -> Counter[str]:
        depths = Counter(dict.fromkeys(CONTROLLERS, 0))  # an empty queue is reported, too
        depths.update(controller_of(key) for key in queue.due())
        return depths

    def budgets() -> dict[str, int]:
        return {account.config.name: account.api.budget.left for account in platforms}

    def workers() -> dict[str, tuple[int, int, int]]:
        counts = {name: index.count_workers(name) for name in platforms.names()}
        return {name: (c.total, c.ready, c.suspended) for name, c in counts.items()}

    def orphans() -> dict[str, int]:
        names = [account.config.name for account in platforms]
        return {name: leftovers.orphans(name) for name in names}

    def metrics_ages() -> dict[str, float]:
        now = clock.now().timestamp()
        known = {a.config.name: a.metrics.until for a in platforms}
        return {name: now - until for name, until in known.items() if until is not None}

    def tenancies() -> dict[str, str]:
        return {account.config.name: account.config.tenancy.mode for account in platforms}

    return Levels(due, budgets, workers, orphans, metrics_ages, tenancies)


def controller_of(key: ObjectKey) -> str:
    """Return the controller of a key: it is named after its kind, as in controller-runtime; one of CONTROLLERS."""
    return key.kind.lower()
