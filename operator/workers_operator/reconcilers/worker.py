"""One pass over an EliteWorker or a CustomerWorker: source → plan → apply → probe → status."""

import asyncio
import json
import logging
import random
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Final

from pydantic import ValidationError

from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import CloudflareError, ScriptRejected, Unauthorized
from workers_operator.domain import conditions as c
from workers_operator.domain.claims import check_routes, check_script_name, check_zone_routes
from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import ObjectKey, Worker
from workers_operator.domain.handling import Handled, Stalled
from workers_operator.domain.observed import ObservedWorker
from workers_operator.domain.plan import Plan, plan, settle
from workers_operator.engine.clock import Clock, stamp
from workers_operator.engine.queue import Priority
from workers_operator.engine.runner import Result
from workers_operator.kube.cache import check_requested
from workers_operator.reconcilers import apply, binding, desire, report
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.health import HealthStep
from workers_operator.reconcilers.memory import Memories, Resolved
from workers_operator.reconcilers.outcome import Failure, merge
from workers_operator.reconcilers.platforms import Platform, Platforms, PlatformUnusable
from workers_operator.reconcilers.probing import PARKED_MESSAGE
from workers_operator.reconcilers.removal import Remover
from workers_operator.reconcilers.resolving import Resolver, jittered
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.reconcilers.worker_pass import (
    DEPLOYED,
    ROUTED,
    SOURCE,
    TYPES,
    Pass,
    kept_fields,
)

logger = logging.getLogger(__name__)

CLEAN_UP_RETRY_SECONDS: Final = 30.0
_URGENCIES: Final = {
    Priority.EDIT: Urgency.EDIT,
    Priority.CREATE: Urgency.CREATE,
    Priority.RETRY: Urgency.CREATE,
    Priority.RESYNC: Urgency.RESYNC,
}


class WorkerReconciler:
    """Reconciles workers that are not being deleted."""

    def __init__(
        self,
        *,
        resolver: Resolver,
        claims: ClaimsIndex,
        platforms: Platforms,
        memories: Memories,
        remover: Remover,
        writer: StatusWriter,
        clock: Clock,
        rng: random.Random,
        kv_window: float,
        parked: Callable[[], AbstractAsyncContextManager[None]],
        on_platform_trouble: Callable[[Platform], None],
        on_published: Callable[[ObjectKey], None],
    ) -> None:
        self._resolver = resolver
        self._claims = claims
        self._platforms = platforms
        self._memories = memories
        self._remover = remover
        self._writer = writer
        self._clock = clock
        self._rng = rng
        self._kv_window = kv_window
        self._parked = parked
        self._on_platform_trouble = on_platform_trouble
        self._on_published = on_published
        self._health = HealthStep(clock, rng)

    async def reconcile(
        self, key: ObjectKey, body: Mapping[str, Any], priority: Priority
    ) -> Result:
        """One pass. Raises KubeError where the status could not be written."""
        memory = self._memories.of(key)
        try:
            obj = desire.parse(key, body)
        except ValidationError as error:
            return await self._invalid(key, body, error)
        p = Pass(
            key=key,
            body=body,
            obj=obj,
            memory=memory,
            urgency=_URGENCIES[priority],
            started=self._clock.monotonic(),
            forced=check_requested(body),
        )
        if obj.spec.suspended:
            return await self._suspended(p)
        failure = await self._steps(p)
        return await self._finish(p, failure)

    async def _steps(self, p: Pass) -> Failure | None:
        platform: Platform | None = None
        try:
            p.step = DEPLOYED
            platform = self._platforms.usable(p.obj.spec.platform)
            resolved = await self._resolver.resolve(p, platform)
            p.step = ROUTED
            worker = desire.worker(p.key, p.obj, platform.domain, resolved.limits)
            desire.check_routes(worker.routes, platform.domain, platform.zones)
            p.step = DEPLOYED
            observed = await self._observe(p, platform, worker)
            todo = self._plan(p, worker, resolved, observed)
            await self._apply(p, platform, worker, resolved, todo)
            await self._health.probe(p, platform, worker, resolved)
            if todo.removals:
                await self._clean_up(p, platform, todo)
            if p.settled:
                await self._leave_former(p, platform)
        except (apply.InfrastructureLost, Unauthorized) as error:
            # It concerns all workers of the platform: its own pass finds out, and wakes them when it is mended.
            if platform is not None:
                platform.problem = error
                self._on_platform_trouble(platform)
            return Failure(p.step, error)
        except Handled as error:
            return Failure(p.step, error)
        return None

    # --- observe and plan ---------------------------------------------------------------------------------------

    async def _observe(self, p: Pass, platform: Platform, worker: Worker) -> ObservedWorker:
        if p.forced or platform.account.doubtful:
            # A lost answer is settled by any listing that begins from now on; a request for a check wants a new one.
            await platform.observe(self._clock, p.urgency, not_before=p.started)
        for route in worker.routes:
            await platform.observe_zone(route.host, p.urgency)
        hosts = [r.host for r in worker.routes]
        held = platform.account.worker(worker.script_name, hosts, platform.config.dispatcher).hosts
        for host in held:  # a route that was given up may lie in a zone of its own
            await platform.observe_zone(host, p.urgency)
        observed = platform.account.worker(worker.script_name, hosts, platform.config.dispatcher)
        mine, rivals = (
            desire.claim(p.key, p.obj, platform.domain),
            self._claims.rivals(p.key),
        )
        check_script_name(mine, rivals, observed.mark)
        p.step = ROUTED
        check_routes(mine, rivals, observed.hosts)
        check_zone_routes(worker.zone_patterns, observed)
        p.step = DEPLOYED
        return observed

    def _plan(self, p: Pass, worker: Worker, resolved: Resolved, observed: ObservedWorker) -> Plan:
        todo = plan(worker, resolved.version, observed)
        # The window runs from when nothing leads to a script any more, not from when it was first unwanted.
        superseded = todo.superseded if todo.publish is None else frozenset()
        p.memory.superseded, expired, next_due = settle(
            p.memory.superseded, superseded, p.started, self._kv_window
        )
        if next_due is not None:
            p.again_in(next_due)
        if expired:
            todo = plan(worker, resolved.version, observed, expired)
        if not todo.empty:
            logger.debug("%s: %s", p.key, "; ".join(todo.reasons))
        if todo.uploads and not p.forced:
            self._refuse_known_failure(p, resolved)
        return todo

    @staticmethod
    def _refuse_known_failure(p: Pass, resolved: Resolved) -> None:
        """The same version was rejected before: not uploaded again. After a restart status remembers its source."""
        deployed = c.find(p.status.get("conditions") or (), DEPLOYED)
        stalled = c.find(p.status.get("conditions") or (), c.STALLED)
        rejected = p.memory.rejected
        if rejected is None and p.observed_generation:
            source = p.status.get("source") or {}
            same = source.get("revision") == resolved.source.revision
            rejected = resolved.version if same else None
        if (
            rejected == resolved.version
            and stalled
            and deployed
            and deployed["status"] == "False"
            and stalled["reason"] == ScriptRejected.__name__
        ):
            raise Stalled(str(deployed["reason"]), str(deployed["message"]))

    # --- apply --------------------------------------------------------------------------------------------------

    async def _apply(
        self, p: Pass, platform: Platform, worker: Worker, resolved: Resolved, todo: Plan
    ) -> None:
        done = None
        if todo.uploads:
            with apply.joining(platform):
                await self._upload(p, platform, worker, resolved, todo)
                await apply.detach(platform, todo.detach, p.urgency)
                done = self._submit(p, platform, resolved, todo)
        else:
            await apply.detach(platform, todo.detach, p.urgency)
            done = self._submit(p, platform, resolved, todo)
        p.facts[DEPLOYED] = report.deployed(worker, resolved)
        p.content = None
        p.step = ROUTED
        if done is not None:
            async with self._parked():
                await apply.publish(platform, done)
            p.memory.next_probe = 0.0
            p.memory.unseen = True
            p.memory.looks = 0
            if todo.superseded:
                p.memory.superseded = dict.fromkeys(todo.superseded, self._clock.monotonic())
                p.again_in(self._kv_window)
        await apply.attach(platform, todo.attach, p.urgency)
        # One that it has moved from stays, until nothing is left there.
        place = p.status.get("platform") or platform.config.name
        p.fields |= report.published(p, worker, resolved, place, binding.created(p, platform))
        if done is not None:
            self._on_published(p.key)

    async def _upload(
        self, p: Pass, platform: Platform, worker: Worker, resolved: Resolved, todo: Plan
    ) -> None:
        content = await self._resolver.content(p, platform, resolved)
        p.step = DEPLOYED
        p.memory.rejected = None
        tags = desire.tags(worker, resolved.version)
        try:
            await apply.upload(platform, content, todo.uploads, tags, p.urgency)
        except ScriptRejected:
            p.memory.rejected = resolved.version
            raise
        except CloudflareError as error:
            if error.code in apply.BINDING_CODES:
                p.memory.stale = True  # what a binding leads to may be another by now
            raise

    @staticmethod
    async def _clean_up(p: Pass, platform: Platform, todo: Plan) -> None:
        """What nothing leads to any more is removed; failing at that says nothing about the worker."""
        try:
            await apply.remove(platform, todo.removals, Urgency.RESYNC)
        except Handled as error:
            logger.info("%s: superseded scripts are still there: %s", p.key, error)
            p.again_in(CLEAN_UP_RETRY_SECONDS)

    async def _leave_former(self, p: Pass, platform: Platform) -> None:
        """A worker that has moved here is taken away from where it was, now that it answers here."""
        former = p.status.get("platform")
        if former is None or former == platform.config.name:
            return
        try:
            left = self._platforms.usable(former)
            if not left.is_same_place(platform):
                await self._remover.take_away(left, p.key, p.obj)
        except Handled as error:
            if error.reason != "PlatformNotFound":
                raise
            logger.warning("%s: its former platform %s is gone: left as it is", p.key, former)
        p.fields["platform"] = platform.config.name

    def _submit(
        self, p: Pass, platform: Platform, resolved: Resolved, todo: Plan
    ) -> "asyncio.Future[None] | None":
        if todo.publish is None:
            return None
        metadata = desire.code24_metadata(
            p.obj,
            environment=platform.config.environment,
            version_hash=resolved.version,
            deployed_at=stamp(self._clock.now()),
        )
        value = json.dumps(metadata, separators=(",", ":"))
        return apply.submit(platform, todo.publish, value, p.urgency)

    # --- the end of a pass --------------------------------------------------------------------------------------

    async def _finish(self, p: Pass, failure: Failure | None) -> Result:
        p.content = None
        if failure is not None and self._keep_quiet(p, failure):
            return failure.result()
        progress = failure.progress() if failure else None
        if failure is None and not p.settled:
            progress = Fact(
                c.RECONCILING, "True", "Progressing", "waiting for the new version to answer well"
            )
        stable = (p.fields.get("versions") or {}).get("stable", "")
        parked = p.obj.spec.instances == 0
        summary = Summary(
            types=TYPES,
            facts=merge(p.facts, failure),
            progress=progress,
            fields=kept_fields(p.status) | p.fields,
            ready_message=PARKED_MESSAGE if parked else f"version {stable} answers and is healthy",
            ready_reason="Parked" if parked else "Succeeded",
        )
        await self._writer.write(p.key, p.body, summary)
        if failure is not None:
            # Nothing may announce that it would succeed by now (a Secret without the label): look at the interval.
            return failure.result(again=jittered(p.obj.spec.interval_seconds, self._rng))
        if p.memory.resolved is not None:
            p.again_in(p.memory.resolved.until - p.started)
        p.again_in(jittered(p.obj.spec.interval_seconds, self._rng))
        return Result(requeue_after=p.requeue)

    @staticmethod
    def _keep_quiet(p: Pass, failure: Failure) -> bool:
        """A platform that can't be reached just now says nothing about a worker that serves what it should."""
        ready = c.find(p.status.get("conditions") or (), c.READY)
        serving = p.observed_generation and ready is not None and ready["status"] == "True"
        return serving and isinstance(failure.error, PlatformUnusable)

    async def _suspended(self, p: Pass) -> Result:
        """Nothing is done and nothing said, except on an object about which nothing has been said yet."""
        if not p.status.get("conditions"):
            message = "spec.suspend is set: nothing is done until it is removed"
            facts = {kind: Fact(kind, "Unknown", "Suspended", message) for kind in TYPES}
            await self._writer.write(p.key, p.body, Summary(TYPES, facts, None, {}, ""))
        return Result()

    async def _invalid(
        self, key: ObjectKey, body: Mapping[str, Any], error: ValidationError
    ) -> Result:
        """Stored before a stricter schema, or by an API server without CEL: said as kubectl would have said it."""
        failure = Failure(SOURCE, desire.invalid(error))
        kept = kept_fields(body.get("status") or {})
        await self._writer.write(
            key, body, Summary(TYPES, merge({}, failure), failure.progress(), kept, "")
        )
        return failure.result()
