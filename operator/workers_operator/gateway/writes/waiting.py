"""Wait for the outcome of a change, as reported by the watch."""

import asyncio

from workers_operator.desired.status import find
from workers_operator.desired.verdict import Verdict, verdict
from workers_operator.domain.conditions import READY
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.objects import WatchCache
from workers_operator.resources import ObjectMeta, WorkerStatus


def state_of(cache: WatchCache, key: ObjectKey) -> Verdict:
    """Return the outcome of a worker's current spec."""
    record = cache.get(key)
    if record is None:
        return "failed"
    body = record.body()
    metadata = ObjectMeta.model_validate(body["metadata"])
    status = WorkerStatus.tolerant(body.get("status"))
    return verdict(status, is_observed=status.observed_generation >= metadata.generation)


async def outcome_of(cache: WatchCache, key: ObjectKey, seconds: float) -> Verdict:
    """Return the outcome of a worker's current spec, once it is known or the time is over."""
    if not seconds:
        return state_of(cache, key)
    try:
        async with asyncio.timeout(seconds):
            while (state := state_of(cache, key)) == "under way":
                await cache.next_change(key)
            return state
    except TimeoutError:
        return state_of(cache, key)


def hindrance(cache: WatchCache, key: ObjectKey, uid: str) -> str:
    """Return what the object of a deletion says about itself, "" if it has not said anything since."""
    record = cache.get(key)
    if record is None or record.uid != uid or not record.deleting:
        return ""
    ready = find(WorkerStatus.tolerant(record.body().get("status")).conditions, READY)
    return ready.message if ready is not None and ready.status != "True" else ""


async def gone(cache: WatchCache, key: ObjectKey, uid: str, seconds: float) -> bool:
    """Wait until an object is gone; return False if the time is over before."""
    try:
        async with asyncio.timeout(seconds):
            while (record := cache.get(key)) is not None and record.uid == uid:
                await cache.next_change(key)
    except TimeoutError:
        return False
    return True
