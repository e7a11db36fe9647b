"""Removes a worker from a platform: when its object is deleted, and when it has moved elsewhere."""

from dataclasses import replace

from workers_operator.account.platforms import Platform
from workers_operator.desired import worker as desired
from workers_operator.desired.worker import WorkerObject
from workers_operator.domain import ownership
from workers_operator.domain.plan.actions import DeleteBucket, DeleteKVNamespace, Plan
from workers_operator.domain.plan.worker import ObservedWorker, plan_removal
from workers_operator.domain.routes import Route
from workers_operator.domain.worker import ObjectKey, Worker
from workers_operator.engine.clock import Clock
from workers_operator.engine.priority import Priority
from workers_operator.index.claims import ClaimsIndex
from workers_operator.reconcilers.worker.bindings import created_name

_URGENCY = Priority.EDIT


class Remover:
    """Removes workers; what another object owns is not touched."""

    def __init__(self, claims: ClaimsIndex, clock: Clock) -> None:
        self._claims = claims
        self._clock = clock

    async def remove(self, platform: Platform, key: ObjectKey, obj: WorkerObject) -> None:
        """Return when nothing of the worker is left on the platform. Raises a ReconcileError."""
        todo = await self.plan(platform, key, obj)
        execution = await platform.executor.execute(todo.actions, _URGENCY)
        if execution.failed is not None:
            raise execution.failed.error

    async def plan(self, platform: Platform, key: ObjectKey, obj: WorkerObject) -> Plan:
        """Return what leaves nothing of the worker on the platform. Raises a CloudflareError."""
        if platform.snapshot.routing.is_unconfirmed:
            now = self._clock.monotonic()
            await platform.observer.observe(platform.provisioned, _URGENCY, not_before=now)
        # Without ``spec.routes``: the routes that it has are observed, and the stated ones may be malformed by now.
        worker = desired.worker(key, desired.without_routes(obj), platform.provisioned.domain)
        snapshot, zones = platform.snapshot, platform.provisioned.zones
        hosts = [r.host for r in worker.routes]
        dispatcher = platform.config.dispatch.dispatcher
        observed = snapshot.worker(worker.script_name, hosts, dispatcher, zones)
        claimants = self._claims.to_script(platform.config.name, worker.script_name)
        rivals = [claim for claim in claimants if claim.key != key]
        claims = self._claims_on(platform, key, obj)
        if not ownership.of_remains(worker, observed.mark, rivals, claims=claims):
            return Plan()
        await self._look_at_zones(platform, obj, observed)
        # Deleting a script that may have been uploaded costs no more than looking for it.
        observed = replace(
            observed,
            scripts=observed.scripts | snapshot.unconfirmed_scripts(worker.script_name),
            zone_routes=snapshot.zone_routes,
        )
        return plan_removal(worker, observed, await self._storage(platform, worker, obj))

    async def _look_at_zones(
        self, platform: Platform, obj: WorkerObject, observed: ObservedWorker
    ) -> None:
        domain, hosts = platform.provisioned.domain, set(observed.hosts)
        await platform.observer.ensure_zones(platform.provisioned, hosts, _URGENCY)
        if obj.spec.platform != platform.config.name:
            # Zone routes may have been switched to the platform that the worker has moved to.
            others = [host for host in hosts if not Route(host).covered_by(domain)]
            now = self._clock.monotonic()
            await platform.observer.ensure_zones(
                platform.provisioned, others, _URGENCY, not_before=now
            )

    def _claims_on(self, platform: Platform, key: ObjectKey, obj: WorkerObject) -> bool:
        """Whether a worker is on the platform, or is moving from there."""
        known, name = self._claims.find(key), platform.config.name
        return obj.status.platform == name or (known is not None and known[0] == name)

    @staticmethod
    async def _storage(
        platform: Platform, worker: Worker, obj: WorkerObject
    ) -> list[DeleteKVNamespace | DeleteBucket]:
        """Return the deletion of what was created for the worker and does not outlive it."""
        found: list[DeleteKVNamespace | DeleteBucket] = []
        for binding in obj.spec.bindings:
            if binding.deletion != "Delete" or not binding.create:
                continue
            space = platform.config.dispatch.namespace
            name = created_name(space, worker.script_name, binding)
            if binding.type == "r2Bucket":
                found.append(DeleteBucket(name))
            elif binding.type == "kvNamespace":
                identifier = await platform.observer.kv_namespace(name, _URGENCY)
                if identifier is not None:
                    found.append(DeleteKVNamespace(name, identifier))
        return found
