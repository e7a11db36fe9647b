"""Removes workers whose objects are deleted or have moved, and what a worker that serves has superseded."""

import logging
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from workers_operator.account.platforms import Account, Platform, Platforms
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.desired import worker as desired
from workers_operator.desired.report import Report
from workers_operator.desired.worker import WorkerObject
from workers_operator.domain import names
from workers_operator.domain.plan.actions import (
    Action,
    DeleteBucket,
    DeleteKVNamespace,
    Plan,
    Remove,
    ScriptId,
    ordered,
)
from workers_operator.domain.plan.worker import ObservedWorker, plan_removal
from workers_operator.domain.routes import Route
from workers_operator.domain.tenancy import ownership, reach
from workers_operator.domain.worker import ObjectKey, Worker
from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority, Urgency
from workers_operator.index.index import Index
from workers_operator.reconcilers import zone_access
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.bindings import created_name, is_made_by, released
from workers_operator.resources import CreatedResource, Versions

logger = logging.getLogger(__name__)

CLEAN_UP_RETRY_SECONDS: Final = 30.0


class Remover:
    """Removes workers; what another object owns is not touched."""

    def __init__(self, index: Index, platforms: Platforms, clock: Clock) -> None:
        self._claims = index.claims
        self._labels_of = index.namespaces.labels
        self._platforms = platforms
        self._clock = clock

    async def remove(self, platform: Platform, key: ObjectKey, obj: WorkerObject) -> None:
        """Return when nothing of the worker is left on the platform. Raises a ReconcileError."""
        todo = await self.plan(platform, key, obj)
        execution = await platform.executor.execute(todo.actions, _priority(key))
        if execution.failed is not None:
            raise execution.failed.error

    async def served_by(
        self, platform: Platform, key: ObjectKey, obj: WorkerObject, routes: Sequence[Route]
    ) -> Route | None:
        """Return the first of ``routes`` whose requests reach the worker on a platform. Raises a CloudflareError."""
        snapshot, domain = platform.snapshot, platform.provisioned.domain
        script, dispatcher = desired.script_name(key, obj), platform.config.dispatch.dispatcher
        mark = snapshot.mark(script)
        if mark is None or mark.uid != obj.metadata.uid:
            return None
        for route in routes:
            target = snapshot.paths(route.host).get(route.path)
            if target is None or target.script_name != script:
                continue
            if not route.covered_by(domain):
                # The zone's routes may have gone elsewhere since they were listed for this platform.
                now = self._clock.monotonic()
                await platform.observer.ensure_zones(
                    platform.provisioned, [route.host], _priority(key), not_before=now
                )
            if reach.is_reached(route, domain, snapshot.zone_routes, dispatcher):
                return route
        return None

    def also_on(self, key: ObjectKey, obj: WorkerObject, known: Collection[str]) -> list[str]:
        """Return the platforms besides ``known``, and other places than theirs, that hold something of the worker."""
        places = [a.config for a in self._platforms if a.config.name in known]
        return [
            account.config.name
            for account in self._platforms
            if account.config.name not in known
            and self._platforms.is_usable(account.config.name)
            and not any(account.config.is_same_place(place) for place in places)
            and _has_remains(account, key, obj)
        ]

    async def plan(self, platform: Platform, key: ObjectKey, obj: WorkerObject) -> Plan:
        """Return the plan that removes the worker from the platform completely. Raises a CloudflareError."""
        if platform.snapshot.routing.is_unconfirmed:
            now = self._clock.monotonic()
            await platform.observer.observe(platform.provisioned, _priority(key), not_before=now)
        # Without ``spec.routes``: the routes that it has are observed, and the stated ones may be malformed by now.
        worker = desired.worker(key, desired.without_routes(obj), platform.provisioned.domain)
        snapshot, zones = platform.snapshot, platform.provisioned.zones
        hosts = [r.host for r in worker.routes]
        dispatcher = platform.config.dispatch.dispatcher
        observed = snapshot.worker(worker.script_name, hosts, dispatcher, zones)
        mine = desired.claim(key, obj, platform.provisioned.domain)
        claimants = self._claims.to_script(platform.config.name, worker.script_name)
        granted = platform.config.tenancy.granted([mine, *claimants], self._labels_of)
        claims = any(claim.uid == mine.uid for claim in granted)
        rivals = [claim for claim in granted if claim.key != key]
        if not ownership.of_remains(worker, observed.mark, rivals, claims=claims):
            return Plan()
        await self._look_at_zones(platform, key, obj, observed)
        # Deleting a script that may have been uploaded costs no more than looking for it.
        observed = replace(
            observed,
            scripts=observed.scripts | snapshot.unconfirmed_scripts(worker.script_name),
            zone_routes=snapshot.zone_routes,
        )
        return plan_removal(worker, observed, await self._storage(platform, worker, obj))

    async def _look_at_zones(
        self, platform: Platform, key: ObjectKey, obj: WorkerObject, observed: ObservedWorker
    ) -> None:
        domain, hosts = platform.provisioned.domain, set(observed.hosts)
        priority = _priority(key)
        await zone_access.look(platform, hosts, priority)
        if obj.spec.platform != platform.config.name:
            # Zone routes may have been switched to the platform that the worker has moved to.
            others = [host for host in hosts if not Route(host).covered_by(domain)]
            now = self._clock.monotonic()
            await platform.observer.ensure_zones(
                platform.provisioned, others, priority, not_before=now
            )

    @staticmethod
    async def _storage(
        platform: Platform, worker: Worker, obj: WorkerObject
    ) -> list[DeleteKVNamespace | DeleteBucket]:
        """Return the deletion of what was created for the worker and does not outlive it."""
        creator = desired.creator(worker.key, obj, platform.config.dispatch.namespace)
        kinds = {
            r.name: r.type
            for r in obj.status.resources
            if r.deletion == "Delete" and is_made_by(creator, r)
        }
        for binding in obj.spec.bindings:
            name = created_name(creator, binding.type, binding.name)
            if binding.create and binding.deletion == "Delete":
                kinds[name] = binding.type
            else:
                kinds.pop(name, None)
        priority = _priority(worker.key)
        found = [await deletion_of(platform, kind, name, priority) for name, kind in kinds.items()]
        return [deletion for deletion in found if deletion is not None]


def _priority(key: ObjectKey) -> Priority:
    return Priority(Urgency.EDIT, key.tenant)


def _has_remains(account: Account, key: ObjectKey, obj: WorkerObject) -> bool:
    """Whether an account is known to hold something that is this worker's and no other one's."""
    script, table = desired.script_name(key, obj), account.snapshot.routing.content
    mark = table.marks.get(script)
    if mark is not None:
        return mark.uid == obj.metadata.uid
    creator = desired.creator(key, obj, account.config.dispatch.namespace)
    return (
        script in table.hosts_of
        or names.base_name(script) in table.scripts
        or bool(account.snapshot.unconfirmed_scripts(script))
        or any(r.deletion == "Delete" and is_made_by(creator, r) for r in obj.status.resources)
    )


async def deletion_of(
    platform: Platform, kind: str, name: str, priority: Priority
) -> DeleteKVNamespace | DeleteBucket | None:
    """Return what deletes a KV namespace or bucket; None if there is none. Raises a CloudflareError."""
    if kind == "r2Bucket":
        is_there = await platform.observer.has_bucket(name, priority)
        return DeleteBucket(name) if is_there else None
    identifier = await platform.observer.kv_namespace(name, priority)
    return DeleteKVNamespace(name, identifier) if identifier is not None else None


# --- what is superseded -----------------------------------------------------------------------------------------------


async def clean_up(
    attempt: Attempt, platform: Platform, todo: Plan, kept: frozenset[ScriptId], report: Report
) -> Report:
    """Remove what nothing leads to, and then nothing is bound to, any more; a failure concerns nobody.

    ``kept``: superseded scripts that stay.
    """
    actions: list[Action] = [*todo.removals]
    resources: list[CreatedResource] = []
    unhurried = attempt.priority.at(Urgency.RESYNC)
    if todo.publish is None and len(todo.removals) == len(todo.superseded - kept):
        resources = released(attempt, platform, report.status)
    try:
        for resource in resources:
            deletion = await deletion_of(platform, resource.type, resource.name, unhurried)
            if deletion is None:
                report = report.without({resource.name})
            else:
                actions.append(deletion)
    except CloudflareError as error:
        logger.info("%s: what was created for it is not listed yet: %s", attempt.key, error)
        report = report.again_in(CLEAN_UP_RETRY_SECONDS)
    if not actions:
        return report
    execution = await platform.executor.execute(ordered(actions), unhurried)
    report = report.without(execution.deleted)
    if execution.failed is None:
        return report
    logger.info(
        "%s: what is superseded is not removed yet: %s", attempt.key, execution.failed.error
    )
    return report.again_in(CLEAN_UP_RETRY_SECONDS)


async def clean_up_beside(
    attempt: Attempt, platform: Platform, worker: Worker, observed: ObservedWorker, window: float
) -> None:
    """Remove what the serving version has superseded, ``window`` seconds after it did. A failure concerns nobody."""
    assert observed.mark is not None  # noqa: S101 - otherwise nothing serves
    version = observed.mark.serving.hash
    superseded = frozenset(script for script in observed.scripts if script[0] != version)
    expired, _ = attempt.memory.track_superseded(superseded, attempt.started, window)
    versions = attempt.status.versions or Versions()
    unused = sorted(s for s in expired if s[0] not in (versions.previous, versions.canary))
    todo = [Remove(names.versioned_name(worker.base, h, i), "superseded") for h, i in unused]
    await platform.executor.execute(todo, attempt.priority.at(Urgency.RESYNC))
