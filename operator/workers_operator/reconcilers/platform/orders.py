"""Carries out what an administrator asks of a platform about orphans (``domain.plan.orders``)."""

import logging
from collections.abc import Mapping
from typing import Final

from workers_operator.account.platforms import Platform
from workers_operator.cloudflare import kv
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.domain import names
from workers_operator.domain.errors import ReconcileError
from workers_operator.domain.plan import leftovers
from workers_operator.domain.plan.actions import Plan
from workers_operator.domain.plan.leftovers import Orphan, plan_leftover
from workers_operator.domain.plan.orders import OrphanOrders, Outcome, plan_adoption
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index
from workers_operator.reconcilers.platform.leftovers import inventory_of, observe
from workers_operator.reconcilers.platform.setup import PRIORITY

logger = logging.getLogger(__name__)

_NO_ORPHAN: Final = "no worker of this name serves without an object"


async def carry_out(orders: OrphanOrders, platform: Platform, index: Index) -> tuple[Outcome, ...]:
    """Carry out orders, each by itself; return what has become of them, in their order."""
    found = [await _remove(name, platform, index) for name in orders.remove]
    found += [
        await _adopt(name, owner, platform, index) for name, owner in sorted(orders.adopt.items())
    ]
    for outcome in found:
        level = logging.INFO if outcome.done else logging.WARNING
        text = "WorkersPlatform %s: orphan %s: %s"
        logger.log(level, text, platform.config.name, outcome.script_name, outcome.message)
    return tuple(found)


async def _remove(name: str, platform: Platform, index: Index) -> Outcome:
    orphan = _orphans(platform, index).get(name)
    if orphan is None:
        return Outcome(name, False, _NO_ORPHAN)
    try:
        observed = await observe(platform, orphan, PRIORITY)
    except ReconcileError as error:
        return Outcome(name, False, error.message)
    if name not in _orphans(platform, index):  # calls take their time
        return Outcome(name, False, _NO_ORPHAN)
    plan = plan_leftover(orphan, observed, platform.provisioned.domain)
    return await _executed(name, plan, platform, "it is removed")


async def _adopt(name: str, owner: ObjectKey, platform: Platform, index: Index) -> Outcome:
    if (problem := _why_not(name, owner, platform, index)) is not None:
        return Outcome(name, False, problem)
    namespace, key = platform.provisioned.metadata_namespace, names.worker_key(name)
    try:
        value = await kv.get_value(platform.api, namespace, key, PRIORITY)
    except CloudflareError as error:
        return Outcome(name, False, error.message)
    if (problem := _why_not(name, owner, platform, index)) is not None:
        return Outcome(name, False, problem)
    mark = platform.snapshot.mark(name)
    assert mark is not None  # noqa: S101 - _why_not tells of a missing one
    plan = plan_adoption(name, mark, owner, (value or b"").decode(errors="replace"))
    what = f"{owner} takes it over once it exists with spec.scriptName: {name}"
    return await _executed(name, plan, platform, what)


def _why_not(name: str, owner: ObjectKey, platform: Platform, index: Index) -> str | None:
    """Return why an object cannot take a worker over; None if it can."""
    mark, claim = platform.snapshot.mark(name), index.claims.find(owner)
    if mark is None and name in _orphans(platform, index):
        return "it does not say whose it was, so that any object with its script name takes it over"
    if mark is None or not leftovers.is_left(mark, index.owners()):
        return _NO_ORPHAN
    if claim is not None and claim[1].script_name != name:
        return f"{owner} exists and has another script name, {claim[1].script_name!r}, for good"
    return None


async def _executed(name: str, plan: Plan, platform: Platform, done: str) -> Outcome:
    execution = await platform.executor.execute(plan.actions, PRIORITY)
    if execution.failed is not None:
        return Outcome(name, False, execution.failed.error.message)
    return Outcome(name, True, done)


def _orphans(platform: Platform, index: Index) -> Mapping[str, Orphan]:
    found = leftovers.orphans(inventory_of(platform), index.owners())
    return {orphan.script_name: orphan for orphan in found}
