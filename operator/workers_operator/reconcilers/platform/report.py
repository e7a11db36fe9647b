"""What the status of a platform says after a pass. Pure."""

import math
from collections.abc import Sequence
from typing import Final

from workers_operator.account.platforms import Account, Platform
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.domain import names
from workers_operator.domain.conditions import (
    AUTHENTICATED,
    DISPATCHER,
    NOTIFIED,
    PROVISIONED,
    RECONCILING,
    Fact,
)
from workers_operator.domain.notifications.reasons import NotificationReason
from workers_operator.domain.plan import orders
from workers_operator.domain.plan.leftovers import Orphan
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import one_line
from workers_operator.reconcilers.platform import setup
from workers_operator.reconcilers.platform.attempt import (
    Leftovers,
    PlatformAttempt,
    PlatformProgress,
)
from workers_operator.resources import (
    BudgetStatus,
    LeftoversStatus,
    NotificationStatus,
    OrdersStatus,
    OrderStatus,
    OrphansStatus,
    OrphanStatus,
    PlatformMetricsStatus,
    PlatformStatus,
    TemplatesStatus,
    WorkerCounts,
    ZoneStatus,
)

_BUDGET_STEPS: Final = 10
_MOST_ORPHANS: Final = 50  # in status, and hosts of each
_MOST_HOSTS: Final = 5
_MOST_LEFTOVERS: Final = 20


def reported(
    attempt: PlatformAttempt,
    account: Account,
    progress: PlatformProgress,
    status: PlatformStatus,
    workers: WorkerCounts,
) -> PlatformStatus:
    """Return the status with everything that is known of the account."""
    config, budget = account.config, account.api.budget
    known = progress.platform.provisioned if progress.platform is not None else None
    edited = progress.edited
    if edited is None:
        edited = status.templates.edited if status.templates is not None else ()
    return status.model_copy(
        update={
            # The former one stands here until its route is gone.
            "domain": known.domain
            if known is not None and progress.edited is not None
            else status.domain or config.domain.name,
            "account_name": (known.account_name or None) if known else status.account_name,
            "dispatch_namespace": config.dispatch.namespace,
            "dispatcher": config.dispatch.dispatcher,
            "metadata_namespace_id": known.metadata_namespace
            if known
            else status.metadata_namespace_id,
            "templates": TemplatesStatus(edited=edited) if edited else None,
            "workers": workers,
            "zones": _zones(attempt, progress),
            "scripts": status.scripts if progress.scripts is None else progress.scripts,
            **({} if progress.leftovers is None else _leftovers(progress.leftovers)),
            "metrics": PlatformMetricsStatus(failure=one_line(account.metrics.failure)[:1024])
            if account.metrics.failure
            else None,
            "orphan_orders": progress.orders or _still(attempt, status.orphan_orders),
            "budget": budget_status(budget, status.budget),
        }
    )


def budget_status(budget: Budget, former: BudgetStatus | None) -> BudgetStatus:
    """Return what status says of a budget. It changes with what matters, not with each call."""
    limit, left, waiting = budget.quota, budget.left, budget.waiting
    step = max(1, limit // _BUDGET_STEPS)
    shown = min(limit, math.ceil(left / step) * step)
    known = former.left if former is not None and former.limit == limit else None
    return BudgetStatus(
        limit=limit,
        window_seconds=int(budget.window_seconds),
        left=shown if known is None or abs(shown - known) >= 2 * step else known,
        waiting=1 << (waiting - 1).bit_length() if waiting else 0,
        seconds_per_call=f"{budget.seconds_per_call():.3g}",
    )


def ordered(
    identity: str, outcomes: Sequence[orders.Outcome], problem: str | None = None
) -> OrdersStatus:
    """Return what status says of orders about orphans. ``problem``: why none of them is carried out."""
    results = tuple(
        OrderStatus(name=o.script_name, done=o.done, message=one_line(o.message)) for o in outcomes
    )
    return OrdersStatus(id=identity, problem=problem, results=results)


def _still(attempt: PlatformAttempt, known: OrdersStatus | None) -> OrdersStatus | None:
    """Return what has become of former orders, as long as they stand in the annotations."""
    if attempt.obj is None or known is None:
        return None
    return known if known.id == orders.identity(attempt.obj.metadata.annotations) else None


def _leftovers(found: Leftovers) -> dict[str, OrphansStatus | LeftoversStatus | None]:
    """Return what status says of what no object answers for."""
    first = found.scripts[:_MOST_LEFTOVERS]
    left = LeftoversStatus(total=len(found.scripts), scripts=first) if first else None
    return {"orphans": _orphans(found.orphans), "leftovers": left}


def _orphans(orphans: Sequence[Orphan]) -> OrphansStatus | None:
    if not orphans:
        return None
    first = tuple(
        OrphanStatus(
            name=orphan.script_name,
            owner=orphan.owner or None,
            hosts=orphan.hosts[:_MOST_HOSTS],
        )
        for orphan in orphans[:_MOST_ORPHANS]
    )
    return OrphansStatus(total=len(orphans), workers=first)


def _zones(attempt: PlatformAttempt, progress: PlatformProgress) -> tuple[ZoneStatus, ...]:
    """Return the zones of the spec, and the former ones that may still hold routes of the platform."""
    former, spec = progress.former_zones, attempt.obj.spec.zones if attempt.obj else ()
    wanted = (ZoneStatus(name=zone.name, id=zone.id) for zone in spec)
    return (*wanted, *(attempt.former_zones if former is None else former))


def in_use(users: int | None, *, is_suspended: bool = False) -> Fact | None:
    """Return what a platform says that is being deleted and has workers."""
    if not users:
        return None
    count = "1 worker" if users == 1 else f"{users} workers"
    message = f"it is being deleted, and waits for {count}; delete them, or set their spec.platform to another one"
    if is_suspended:
        message += "; spec.suspend is set, and no worker is removed until it is unset"
    return Fact(RECONCILING, "True", Reason.IN_USE, message)


def notified(webhooks: Sequence[NotificationStatus]) -> dict[str, Fact]:
    """Return what a platform with webhooks says of them."""
    if not webhooks:
        return {}
    failing = [f"webhook {w.name!r}: {w.failure}" for w in webhooks if w.failure is not None]
    if failing:
        message = "; ".join(failing)
        return {NOTIFIED: Fact(NOTIFIED, "False", NotificationReason.NOT_DELIVERED, message)}
    message = "all webhooks accept what they are sent"
    return {NOTIFIED: Fact(NOTIFIED, "True", NotificationReason.DELIVERED, message)}


def all_well(platform: Platform, status: PlatformStatus, unreachable: str) -> dict[str, Fact]:
    """Return what a pass without a failure reports. ``unreachable``: why no worker can be probed, "" if any can."""
    there = "dispatch namespace, KV namespace and bucket exist"
    if status.templates is not None:
        there += f"; edited templates are left alone: {', '.join(status.templates.edited)}"
    for left in filter(None, (setup.trust_left(platform), setup.zones_left(platform))):
        there += f"; {left}"
    dispatcher = platform.config.dispatch.dispatcher
    serves = f"{dispatcher} serves {names.dispatcher_pattern(platform.provisioned.domain)}"
    serving = Fact(DISPATCHER, "True", Reason.DEPLOYED, serves)
    if unreachable:
        message = f"{unreachable}; all workers keep the health that they had"
        serving = Fact(DISPATCHER, "False", Reason.DATA_PLANE_UNREACHABLE, message)
    facts = (
        Fact(AUTHENTICATED, "True", Reason.TOKEN_ACCEPTED, "Cloudflare accepts the API token"),
        Fact(PROVISIONED, "True", Reason.PROVISIONED, there),
        serving,
    )
    return {fact.type: fact for fact in facts}
