"""Taking a worker away from a platform: zone routes and routing first, then scripts, then what was made for it."""

import logging
from dataclasses import replace

from workers_operator.cloudflare.budget import Urgency
from workers_operator.domain.desired import ObjectKey, Worker
from workers_operator.domain.observed import ObservedWorker
from workers_operator.domain.plan import plan_deletion
from workers_operator.domain.plans import NO_LIMITS
from workers_operator.engine.clock import Clock
from workers_operator.reconcilers import apply, desire
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.desire import WorkerObject
from workers_operator.reconcilers.inventory import created_name
from workers_operator.reconcilers.platforms import Platform

logger = logging.getLogger(__name__)


class Remover:
    """Takes workers away; what another object holds is not touched."""

    def __init__(self, claims: ClaimsIndex, clock: Clock) -> None:
        self._claims = claims
        self._clock = clock

    async def take_away(self, platform: Platform, key: ObjectKey, obj: WorkerObject) -> None:
        """Returns when nothing of the worker is left on the platform. Raises a CloudflareError."""
        if platform.account.doubtful:
            await platform.observe(self._clock, Urgency.EDIT, not_before=self._clock.monotonic())
        worker = self._identity(platform, key, obj)
        hosts = [r.host for r in worker.routes]
        observed = platform.account.worker(worker.script_name, hosts, platform.config.dispatcher)
        if not self._ours(platform, worker, observed):
            return
        for host in observed.hosts:
            await platform.observe_zone(host, Urgency.EDIT)
        # Deleting what may be there costs no more than looking for it.
        doubtful = platform.account.doubtful_scripts(worker.script_name)
        observed = replace(observed, scripts=observed.scripts | doubtful)
        todo = plan_deletion(worker, observed)
        await apply.detach(platform, todo.detach, Urgency.EDIT)
        if todo.publish is not None:
            done = apply.submit(platform, todo.publish, "", Urgency.EDIT)
            await apply.publish(platform, done)
        await apply.remove(platform, todo.removals, Urgency.EDIT)
        await self._remove_created(platform, key, obj)

    @staticmethod
    def _identity(platform: Platform, key: ObjectKey, obj: WorkerObject) -> Worker:
        """Without ``spec.routes``: what it really holds is observed, and they may be malformed by now."""
        plain = obj.model_copy(update={"spec": obj.spec.model_copy(update={"routes": ()})})
        return desire.worker(key, plain, platform.domain, NO_LIMITS)

    def _ours(self, platform: Platform, worker: Worker, observed: ObservedWorker) -> bool:
        """Where the script name bears no mark of ours, another object may have it: this one had lost its claim."""
        if observed.mark is not None:
            return observed.mark.uid == worker.uid
        known = self._claims.find(worker.key)
        if known is None or known[0] != platform.config.name:
            return False
        return not any(
            rival.script_name == worker.script_name for rival in self._claims.rivals(worker.key)
        )

    @staticmethod
    async def _remove_created(platform: Platform, key: ObjectKey, obj: WorkerObject) -> None:
        script, space = desire.script_name(key, obj), platform.config.dispatch_namespace
        for binding in obj.spec.bindings:
            if binding.deletion != "Delete" or not binding.create:
                continue
            if binding.type == "kvNamespace" or binding.type == "r2Bucket":
                name = created_name(binding.type, space, script, binding.name)
                inventory, api = platform.inventory, platform.api
                if not await inventory.delete(api, binding.type, name, Urgency.EDIT):
                    logger.warning("%s: %s %s is in use and stays", key, binding.type, name)
