"""One pass over an EliteWorker or a CustomerWorker: source → plan → apply → probe → status."""

import json
import logging
import math
import random
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import Unauthorized
from workers_operator.domain import conditions as c
from workers_operator.domain.claims import check_routes, check_script_name
from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import ObjectKey, Worker
from workers_operator.domain.handling import Handled, Stalled
from workers_operator.domain.observed import ObservedWorker
from workers_operator.domain.plan import Plan, plan, settle
from workers_operator.engine.clock import Clock, stamp
from workers_operator.engine.queue import Priority
from workers_operator.engine.runner import Result
from workers_operator.kube.cache import check_requested
from workers_operator.kube.client import KubeClient
from workers_operator.reconcilers import apply, desire, probing
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.memory import Memories, Resolved
from workers_operator.reconcilers.outcome import Failure, merge
from workers_operator.reconcilers.platforms import Platform, Platforms, PlatformUnusable
from workers_operator.reconcilers.resolving import SourceResolver, jittered
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.reconcilers.worker_pass import (
    DEPLOYED,
    HEALTHY,
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
        kube: KubeClient,
        claims: ClaimsIndex,
        platforms: Platforms,
        memories: Memories,
        writer: StatusWriter,
        clock: Clock,
        rng: random.Random,
        kv_window: float,
        on_platform_trouble: Callable[[Platform], None],
    ) -> None:
        self._sources = SourceResolver(kube, rng)
        self._claims = claims
        self._platforms = platforms
        self._memories = memories
        self._writer = writer
        self._clock = clock
        self._rng = rng
        self._kv_window = kv_window
        self._on_platform_trouble = on_platform_trouble

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
        try:
            await self._sources.resolve(p)
            p.step = DEPLOYED
            platform = self._platforms.usable(p.obj.spec.platform)
            worker = desire.worker(p.key, p.obj, platform.domain)
            resolved = self._sources.remember(p, platform)
            observed = await self._observe(p, platform, worker)
            todo = self._plan(p, worker, resolved, observed)
            await self._apply(p, platform, worker, resolved, todo)
            await self._probe(p, platform, worker, resolved)
            if todo.removals:
                await self._clean_up(p, platform, todo)
        except (apply.InfrastructureLost, Unauthorized) as error:
            # It concerns all workers of the platform: its own pass finds out, and wakes them when it is mended.
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
        observed = platform.account.worker(worker.script_name, [r.host for r in worker.routes])
        mine, rivals = (
            desire.claim(p.key, p.obj, platform.domain),
            self._claims.rivals(p.key, platform.domain),
        )
        check_script_name(mine, rivals, observed.mark)
        p.step = ROUTED
        check_routes(mine, rivals, observed.hosts)
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
        if todo.uploads and not p.forced:
            self._refuse_known_failure(p, resolved)
        return todo

    @staticmethod
    def _refuse_known_failure(p: Pass, resolved: Resolved) -> None:
        """The same content of the same generation was rejected before: not uploaded again. Status remembers it."""
        conditions = p.status.get("conditions") or ()
        deployed = c.find(conditions, DEPLOYED)
        same = (
            p.observed_generation
            and (p.status.get("source") or {}).get("digest") == resolved.digest
        )
        if same and c.find(conditions, c.STALLED) and deployed and deployed["status"] == "False":
            raise Stalled(str(deployed["reason"]), str(deployed["message"]))

    # --- apply --------------------------------------------------------------------------------------------------

    async def _apply(
        self, p: Pass, platform: Platform, worker: Worker, resolved: Resolved, todo: Plan
    ) -> None:
        done = None
        if todo.uploads:
            version = await self._sources.content(p, platform)
            with apply.joining(platform):
                tags = desire.tags(worker, resolved.version)
                await apply.upload(platform, version, todo.uploads, tags, p.urgency)
                self._deployed(p, worker, resolved)
                done = self._submit(p, platform, resolved, todo)
        else:
            self._deployed(p, worker, resolved)
            done = self._submit(p, platform, resolved, todo)
        p.step = ROUTED
        if done is not None:
            await apply.publish(platform, done)
            p.memory.next_probe = 0.0
            p.memory.looks = 0
            if todo.superseded:
                p.memory.superseded = dict.fromkeys(todo.superseded, self._clock.monotonic())
                p.again_in(self._kv_window)
        self._published(p, worker, resolved)

    @staticmethod
    async def _clean_up(p: Pass, platform: Platform, todo: Plan) -> None:
        """What nothing leads to any more is removed; failing at that says nothing about the worker."""
        try:
            await apply.remove(platform, todo.removals, Urgency.RESYNC)
        except Handled as error:
            logger.info("%s: superseded scripts are still there: %s", p.key, error)
            p.again_in(CLEAN_UP_RETRY_SECONDS)

    def _submit(self, p: Pass, platform: Platform, resolved: Resolved, todo: Plan) -> Any:
        if todo.publish is None:
            return None
        metadata = desire.code24_metadata(
            p.obj,
            environment=platform.config.environment,
            version_hash=resolved.version,
            deployed_at=stamp(self._clock.now()),
        )
        return apply.submit(platform, todo.publish, json.dumps(metadata, separators=(",", ":")))

    def _deployed(self, p: Pass, worker: Worker, resolved: Resolved) -> None:
        count = "1 instance" if worker.instances == 1 else f"{worker.instances} instances"
        p.facts[DEPLOYED] = Fact(
            DEPLOYED, "True", "Uploaded", f"version {resolved.version} is uploaded, {count}"
        )

    def _published(self, p: Pass, worker: Worker, resolved: Resolved) -> None:
        known = p.status.get("versions") or {}
        if known.get("stable") != resolved.version:
            p.fields["health"] = probing.Health(
                "Unknown", 0
            ).field()  # what was known is the former version's
        versions = {"stable": resolved.version}
        previous = (
            known.get("stable")
            if known.get("stable") != resolved.version
            else known.get("previous")
        )
        if previous:
            versions["previous"] = previous
        p.fields |= {
            "scriptName": worker.script_name,
            "urls": [r.url for r in worker.routes],
            "url": worker.routes[0].url,
            "versions": versions,
            "instances": worker.instances,
            "selector": f"workers.code24.dev/script-name={worker.script_name}",
        }

    # --- health -------------------------------------------------------------------------------------------------

    async def _probe(self, p: Pass, platform: Platform, worker: Worker, resolved: Resolved) -> None:
        health, before = p.obj.spec.health, probing.Health.of(p.status)
        known_good = (p.status.get("versions") or {}).get(
            "stable"
        ) == resolved.version and before.state == "Healthy"
        if worker.instances == 0:
            result = probing.parked()
        elif not self._probe_due(p, known_good):
            p.again_in(p.memory.next_probe - p.started)
            return
        else:
            path = health.path or resolved.health_path
            ask = probing.probe if known_good else probing.wait_for_version
            answer = await ask(
                platform.data_plane,
                worker,
                resolved.version,
                path,
                health.timeout_seconds,
                self._clock,
            )
            strict = health.path is not None
            result = probing.judge(
                answer,
                resolved.version,
                before,
                health.failure_threshold,
                known_good=known_good,
                strict=strict,
            )
        p.facts[ROUTED], p.facts[HEALTHY] = result.routed, result.healthy
        p.fields["health"] = result.health.field()
        p.settled = result.settled
        p.memory.looks = 0 if result.settled else p.memory.looks + 1
        pause = probing.pause(p.memory.looks, health.interval_seconds)
        p.memory.next_probe = self._clock.monotonic() + jittered(pause, self._rng)
        p.again_in(p.memory.next_probe - self._clock.monotonic())

    def _probe_due(self, p: Pass, known_good: bool) -> bool:
        if p.memory.next_probe == 0.0 and known_good and p.observed_generation and not p.forced:
            # First look after a restart: what was healthy is asked some time within its interval, not all at once.
            spread = self._rng.uniform(0.0, p.obj.spec.health.interval_seconds)
            p.memory.next_probe = p.started + spread
        # A version that has not been asked for yet: the write that routed it may have been an earlier pass's.
        unseen = not known_good and p.memory.looks == 0
        return p.forced or unseen or p.started >= p.memory.next_probe

    # --- the end of a pass --------------------------------------------------------------------------------------

    async def _finish(self, p: Pass, failure: Failure | None) -> Result:
        if failure is not None and self._keep_quiet(p, failure):
            return failure.result()
        progress = failure.progress() if failure else None
        if failure is None and not p.settled:
            progress = Fact(
                c.RECONCILING, "True", "Progressing", "waiting for the new version to answer well"
            )
        summary = Summary(
            types=TYPES,
            facts=merge(p.facts, failure),
            progress=progress,
            fields=kept_fields(p.status) | p.fields,
            ready_message=f"version {(p.fields.get('versions') or {}).get('stable', '')} answers and is healthy",
        )
        await self._writer.write(p.key, p.body, summary)
        if failure is not None:
            return self._after_failure(p, failure)
        until = p.memory.resolved.until if p.memory.resolved is not None else math.inf
        p.again_in(until - p.started)
        p.again_in(jittered(p.obj.spec.interval_seconds, self._rng))
        return Result(requeue_after=p.requeue)

    @staticmethod
    def _keep_quiet(p: Pass, failure: Failure) -> bool:
        """A platform that can't be reached just now says nothing about a worker that serves what it should."""
        ready = c.find(p.status.get("conditions") or (), c.READY)
        serving = p.observed_generation and ready is not None and ready["status"] == "True"
        return serving and isinstance(failure.error, PlatformUnusable)

    def _after_failure(self, p: Pass, failure: Failure) -> Result:
        result = failure.result()
        if result.terminal and desire.source(p.obj).config_map is not None:
            # Nothing announces a changed ConfigMap: look for it at the interval.
            return Result(
                requeue_after=jittered(p.obj.spec.interval_seconds, self._rng), terminal=True
            )
        return result

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
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        failure = Failure(SOURCE, Stalled("InvalidSpec", f"{where}: {first['msg']}"))
        kept = kept_fields(body.get("status") or {})
        await self._writer.write(
            key, body, Summary(TYPES, merge({}, failure), failure.progress(), kept, "")
        )
        return failure.result()
