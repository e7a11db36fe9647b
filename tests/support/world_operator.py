"""An operator without kopf, servers and sockets: the real parts, wired as ``app.build`` wires them."""

import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from support.apiserver import ApiServer
from support.clock import ManualClock
from support.cloudflare import Cloudflare
from support.objects import key_of
from support.platforms import slotless
from support.webhooks import Receivers
from support.world_bodies import OPERATOR_NAMESPACE
from workers_operator.account.credentials import TokenReader
from workers_operator.account.platforms import Platforms, Surroundings
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.connector import Connector
from workers_operator.desired.platform import PlatformConfig
from workers_operator.desired.policy import Address, PlatformPolicy
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.health.selection import BINDING, ProbeSigner
from workers_operator.domain.rollout.smoke import SmokeAnswer
from workers_operator.domain.rollout.strategy import SmokeRequest
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.offload import Room
from workers_operator.engine.queue import WorkQueue
from workers_operator.engine.slots import Slots
from workers_operator.index.index import Index
from workers_operator.notifications.sender import Post
from workers_operator.reconcilers.finalizer import Finalizer
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.reconcilers.platform.reconcile import PlatformReconciler
from workers_operator.reconcilers.platform.summaries import PlatformSummaries
from workers_operator.reconcilers.platform.upkeep import PlatformUpkeep
from workers_operator.reconcilers.status_writer import StatusWriter
from workers_operator.reconcilers.template.analysing import FleetAnalyst
from workers_operator.reconcilers.template.keeping import RevisionKeeper
from workers_operator.reconcilers.template.reconcile import TemplateReconciler
from workers_operator.reconcilers.template.reporting import TemplateReporter
from workers_operator.reconcilers.template.resolving import TemplateResolver
from workers_operator.reconcilers.worker.bindings import BindingResolver
from workers_operator.reconcilers.worker.claims.beside import OtherPlatforms
from workers_operator.reconcilers.worker.claims.granting import RouteGranter
from workers_operator.reconcilers.worker.deletion import DeletionReconciler
from workers_operator.reconcilers.worker.deploying import WorkerDeployer
from workers_operator.reconcilers.worker.following import TemplateFollower
from workers_operator.reconcilers.worker.reconcile import WorkerReconciler
from workers_operator.reconcilers.worker.removal import Remover
from workers_operator.reconcilers.worker.resolving import Resolver
from workers_operator.reconcilers.worker.rollout.analysing import Analyst
from workers_operator.reconcilers.worker.rollout.rolling import Roller
from workers_operator.reconcilers.worker.rollout.smoking import SmokeTester
from workers_operator.reconcilers.worker.upkeep.probing import HealthProbe
from workers_operator.reconcilers.worker.upkeep.resting import RestKeeper
from workers_operator.reconcilers.worker.upkeep.routine import RoutineProbes
from workers_operator.reconcilers.worker.upkeep.scaling import Autoscaler
from workers_operator.scheduling.controller import Controller, Reconcilers
from workers_operator.scheduling.namespaces import NamespaceFollower
from workers_operator.scheduling.notifying import following
from workers_operator.scheduling.scheduler import Scheduler
from workers_operator.scheduling.watchers import Watchers
from workers_operator.sources.loading import SourceLoader
from workers_operator.sources.revisions import TemplateVersions
from workers_operator.sources.secrets import SecretReader
from workers_operator.statistics.exact import p_value
from workers_operator.statistics.process import Counts, TestsUnavailable

KV_WINDOW: Final = 90.0
_KEYS: Final = itertools.count(1)  # no two platforms get the same fingerprint key


@dataclass
class EdgeProber:
    """Probes the edge in memory. ``asked``: the URLs, ``smoked``: those of smoke tests, with the method.

    ``override`` may answer probes in the edge's place, ``instances`` in a selected instance's. ``texts``: what a smoke
    test reads; ``unreachable``: none gets through.
    """

    cloudflare: Cloudflare
    asked: list[str] = field(default_factory=list)
    smoked: list[str] = field(default_factory=list)
    texts: Callable[[str, str], str] = lambda host, path: ""
    unreachable: bool = False
    override: Callable[[str, str], ProbeAnswer | None] = lambda host, path: None
    instances: Callable[[str, int], ProbeAnswer | None] = lambda host, instance: None

    async def probe(self, host: str, path: str, timeout: float, selection: str = "") -> ProbeAnswer:
        self.asked.append(f"{host}{path}")
        found = self.override(host, path)
        if found is None and (instance := self._selected(host, selection)) is not None:
            found = self.instances(host, instance)
        return found or ProbeAnswer(*self.cloudflare.answer(host, path))

    async def smoke(
        self, host: str, path: str, request: SmokeRequest, selection: str
    ) -> SmokeAnswer:
        self.smoked.append(f"{request.method} {host}{path}")
        if self.unreachable:
            return SmokeAnswer(ProbeAnswer(0, None, "no connection"))
        instance = self._selected(host, selection)
        version, *_ = selection.split(".")
        answer = self.instances(host, instance) if instance is not None else None
        found = ProbeAnswer(*self.cloudflare.answer(host, path, version))
        if answer is not None:
            found = replace(
                answer, version=version
            )  # a request that names a version meets no other
        return SmokeAnswer(found, {}, self.texts(host, path))

    def _selected(self, host: str, selection: str) -> int | None:
        """The instance that is selected by a key that a dispatcher has."""
        if not selection:
            return None
        version, instance, expiry, _ = selection.split(".")
        scripts = self.cloudflare.account_scripts.values()
        keys = [s.bindings[BINDING]["text"] for s in scripts if BINDING in s.bindings]
        signed = {
            ProbeSigner(bytes.fromhex(key)).select(host, int(instance), int(expiry) - 1200, version)
            for key in keys
        }
        assert selection in signed, "the selection is not signed with the dispatcher's key"
        return int(instance)

    async def close(self) -> None:
        return None


class Connections:
    """Connects to the account in memory, and counts nothing."""

    def __init__(self, clock: ManualClock, cloudflare: Cloudflare, prober: EdgeProber) -> None:
        self._connector = Connector(clock, self, lambda: cloudflare.transport)
        self._prober = prober

    def api(
        self, *, token: str, account_id: str, base_url: str | None, quota: int, reserve_percent: int
    ) -> Api:
        return self._connector.api(
            token=token,
            account_id=account_id,
            base_url=base_url,
            quota=quota,
            reserve_percent=reserve_percent,
        )

    def data_plane(self, address: str | None) -> EdgeProber:
        return self._prober

    def called(self, endpoint: str, code: str, seconds: float) -> None:
        return None

    def waited(self, seconds: float) -> None:
        return None


class SameProcessTests:
    """The tests of the child process, without one. ``broken``: why they cannot be made."""

    def __init__(self) -> None:
        self.broken = ""

    async def p_values(self, counts: Sequence[Counts]) -> Sequence[float]:
        if self.broken:
            raise TestsUnavailable(self.broken)
        return [p_value(one) for one in counts]


@dataclass
class Events:
    """The Events that were posted."""

    posted: list[Mapping[str, Any]] = field(default_factory=list)

    def record(self, event: Mapping[str, Any]) -> None:
        self.posted.append(event)

    def about(self, key: ObjectKey) -> list[str]:
        """``<type> <reason>: <message>`` of those about an object, in order."""
        return [
            f"{e['type']} {e['reason']}: {e['message']}"
            for e in self.posted
            if _about(e["involvedObject"]) == key
        ]


def _about(reference: Mapping[str, Any]) -> ObjectKey:
    return key_of({"kind": reference["kind"], "metadata": reference})


class Operator:
    """One operator process. ``implied``: the platform of the environment variables; ``token``: theirs."""

    def __init__(
        self,
        clock: ManualClock,
        api: ApiServer,
        connections: Connections,
        events: Events,
        receivers: Receivers,
        *,
        implied: PlatformConfig | None,
        token: str | None,
    ) -> None:
        self.repairs: list[str] = []
        self.rollouts: list[str] = []
        self.scalings: list[str] = []
        self.probe_slots = Slots(32)
        self.tests = SameProcessTests()
        self.pacing = Pacing(clock, random.Random(1), KV_WINDOW)
        self.index = Index()
        self.queue: WorkQueue[ObjectKey] = WorkQueue(clock, tenant_of=lambda key: key.tenant)
        self.scheduler = Scheduler(self.queue, self.index)
        around = Surroundings(connections, clock, self.index, self.scheduler, slotless)
        self.platforms = Platforms(around)
        policy = PlatformPolicy(
            OPERATOR_NAMESPACE, webhooks=(Address("http", "receiver.internal", 80),)
        )
        self.tokens, self.secrets = TokenReader(api, token, policy), SecretReader(api)
        self.namespaces = NamespaceFollower(api, self.index, self.scheduler)
        self.watchers = Watchers(
            self.index, self.scheduler, self.tokens, self.secrets, self.namespaces
        )

        post = Post(receivers, clock, random.Random(1), receivers)
        self.notifier = following(self.index, self.platforms, self.scheduler, api, policy, post)
        self.writer = StatusWriter(api, self.index.objects, events, self.notifier, clock)
        self.summaries = PlatformSummaries(self.index, self.writer, self.notifier)
        self.remover = Remover(self.index, self.platforms, clock)
        self.loader = SourceLoader(api, Room(slotless))
        self.versions = TemplateVersions(api, OPERATOR_NAMESPACE)
        self.api = api
        self.resolver = self._resolver()
        finalizer = Finalizer(api, self.index.objects)
        self.controller = Controller(
            client=api,
            index=self.index,
            scheduler=self.scheduler,
            platforms=self.platforms,
            finalizer=finalizer,
            reconcilers=self._reconcilers(finalizer, clock),
            namespaces=self.namespaces,
            implied=implied,
            clock=clock,
        )

    def repaired(self, platform: str, action: str) -> None:
        self.repairs.append(f"{platform} {action}")

    def rollout_ended(self, platform: str, outcome: str) -> None:
        self.rollouts.append(f"{platform} {outcome}")

    def scaled(self, platform: str, direction: str) -> None:
        self.scalings.append(f"{platform} {direction}")

    def template_rollout_ended(self, kind: str, outcome: str) -> None:
        self.rollouts.append(f"{kind} {outcome}")

    def _resolver(self) -> Resolver:
        return Resolver(
            self.loader,
            self.secrets,
            BindingResolver(self.index, self.platforms),
            self.pacing,
            Room(slotless),
            self.platforms,
            self.index.namespaces,
            TemplateFollower(self.index, self.versions),
        )

    def _reconcilers(self, finalizer: Finalizer, clock: ManualClock) -> Reconcilers:
        platforms = self.platforms
        beside = OtherPlatforms(self.index, platforms)
        probe = HealthProbe(
            self.pacing, self.probe_slots, slotless, self.index.data_planes, self.scheduler
        )
        rests = RestKeeper(platforms, self.index.namespaces)
        deployer = WorkerDeployer(
            index=self.index,
            granter=RouteGranter(self.index, platforms, beside, clock),
            autoscaler=Autoscaler(self.pacing),
            resolver=self.resolver,
            roller=Roller(
                SmokeTester(self.pacing, self.probe_slots, slotless),
                Analyst(self.tests, self.pacing, slotless),
                self.pacing,
                self.scheduler,
            ),
            probe=probe,
            rests=rests,
            pacing=self.pacing,
        )
        worker = WorkerReconciler(
            memories=self.index.memories,
            platforms=platforms,
            deployer=deployer,
            remover=self.remover,
            writer=self.writer,
            pacing=self.pacing,
            requeuer=self.scheduler,
            repairs=self,
        )
        deletion = DeletionReconciler(
            platforms=platforms,
            remover=self.remover,
            writer=self.writer,
            finalizer=finalizer,
            requeuer=self.scheduler,
        )
        upkeep = PlatformUpkeep(
            self.index,
            self.writer,
            clock,
            self.scheduler,
            self,
            new_key=lambda: f"{next(_KEYS):064x}",
        )
        platform = PlatformReconciler(
            index=self.index,
            platforms=platforms,
            tokens=self.tokens,
            summaries=self.summaries,
            clock=clock,
            requeuer=self.scheduler,
            leftovers=LeftoverRemover(self.index, KV_WINDOW),
            upkeep=upkeep,
        )
        follower = TemplateFollower(self.index, self.versions)
        routine = RoutineProbes(self.index.memories, platforms, follower, rests, probe, self.pacing)
        return Reconcilers(routine, worker, deletion, platform, self._template(), self.summaries)

    def _template(self) -> TemplateReconciler:
        return TemplateReconciler(
            index=self.index,
            platforms=self.platforms,
            resolver=TemplateResolver(
                self.loader, self.platforms, self.index.namespaces, self.pacing
            ),
            keeper=RevisionKeeper(self.api, self.versions),
            analyst=FleetAnalyst(self.tests, self.platforms, self.pacing, slotless),
            reporter=TemplateReporter(self.writer, self.pacing, self),
            requeuer=self.scheduler,
            pacing=self.pacing,
        )
