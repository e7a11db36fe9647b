"""Wiring: builds the parts of one operator process from top to bottom, runs them, and ends them together."""

import asyncio
import gc
import logging
import math
import random
import socket
import sys
import uuid
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry

from workers_operator import heap, wiring
from workers_operator.account.credentials import TokenReader
from workers_operator.account.platforms import Platforms, Surroundings
from workers_operator.cloudflare.connector import Connector
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import SystemClock
from workers_operator.engine.gate import ChangeGate
from workers_operator.engine.offload import Room
from workers_operator.engine.queue import WorkQueue
from workers_operator.engine.retry import Backoff
from workers_operator.engine.runner import Runner
from workers_operator.engine.slots import Slots
from workers_operator.engine.stopping import StopSignal
from workers_operator.index.index import Index
from workers_operator.index.objects import PLATFORM_KIND
from workers_operator.kube import auth
from workers_operator.kube.client import NAMESPACES, KubeClient
from workers_operator.kube.election import Elector
from workers_operator.kube.events import EventRecorder
from workers_operator.kube.leases import LeaseClient
from workers_operator.kube.watch import MetadataWatch
from workers_operator.metrics import Metrics
from workers_operator.notifications.sender import Post
from workers_operator.notifications.webhook import WebhookClient
from workers_operator.reconcilers.finalizer import Finalizer
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.reconcilers.platform.summaries import PlatformSummaries
from workers_operator.reconcilers.status_writer import StatusWriter
from workers_operator.reconcilers.template.analysing import FleetAnalyst
from workers_operator.reconcilers.worker.bindings import BindingResolver
from workers_operator.reconcilers.worker.following import TemplateFollower
from workers_operator.reconcilers.worker.resolving import Resolver
from workers_operator.reconcilers.worker.rollout.analysing import Analyst
from workers_operator.reconcilers.worker.rollout.rolling import Roller
from workers_operator.reconcilers.worker.rollout.smoking import SmokeTester
from workers_operator.reconcilers.worker.upkeep.probing import HealthProbe
from workers_operator.resources import KINDS
from workers_operator.scheduling.controller import Controller, Reconcilers
from workers_operator.scheduling.handlers import KopfWatch
from workers_operator.scheduling.kinds import KindSupervisor
from workers_operator.scheduling.levels import CONTROLLERS, controller_of, levels
from workers_operator.scheduling.measuring import MetricsCollector
from workers_operator.scheduling.namespaces import NamespaceFollower
from workers_operator.scheduling.notifying import following
from workers_operator.scheduling.scheduler import Scheduler
from workers_operator.scheduling.watchers import Watchers
from workers_operator.server import Server
from workers_operator.settings import Settings
from workers_operator.sources.loading import SourceLoader
from workers_operator.sources.revisions import TemplateVersions
from workers_operator.sources.secrets import SecretReader
from workers_operator.statistics.process import ExactTests
from workers_operator.wiring import Shared

logger = logging.getLogger(__name__)

LEASE: Final = "workers-operator"
_LAG_LIMIT_SECONDS: Final = 10.0
_RECURSION_LIMIT: Final = 12_000  # the API server takes objects that are nested 10,000 levels deep
_DRAIN_SECONDS: Final = 1.0
_TICK_SECONDS: Final = 0.5  # by which a pass may be late that is due in ten seconds or more
# Platforms first: their workers wait for their first pass.
_KINDS: Final = (PLATFORM_KIND, *(kind for kind in KINDS if kind != PLATFORM_KIND))


@dataclass(frozen=True)
class Parts:
    """What one operator process consists of. ``loops``: what runs besides ``runner`` while this process leads."""

    clock: SystemClock
    gate: ChangeGate
    metrics: Metrics
    kube: KubeClient
    platforms: Platforms
    controller: Controller
    watchers: Watchers
    runner: Runner[ObjectKey]
    loops: tuple[Callable[[], Coroutine[object, object, None]], ...]


def build(settings: Settings, access: auth.Access) -> Parts:
    """Wire the parts of one operator process."""
    clock, rng = SystemClock(), random.Random()  # noqa: S311 - jitter, not secrets
    metrics = Metrics(CollectorRegistry(), settings.concurrency, CONTROLLERS)
    gate = ChangeGate(clock)
    kube = KubeClient(access, gate)
    recorder, tests = EventRecorder(kube, clock.sleep), ExactTests(clock.monotonic)
    # Probes have as many slots of their own: a worker that hangs holds none of the passes'.
    slots, probe_slots = Slots(settings.concurrency), Slots(settings.concurrency)
    pacing = Pacing(clock, rng, settings.kv_window)

    # What is known, and what is due.
    index = Index()
    queue = _queue(clock, metrics)
    scheduler = Scheduler(queue, index)
    platforms = Platforms(
        Surroundings(Connector(clock, metrics, gate=gate), clock, index, scheduler, slots.unslotted)
    )
    credentials, secrets = settings.credentials, SecretReader(kube)
    tokens = TokenReader(kube, credentials.api_token, credentials.policy)
    post = Post(WebhookClient(), clock, rng, metrics)
    notifier = following(index, platforms, scheduler, kube, credentials.policy, post)
    writer = StatusWriter(kube, index.objects, recorder, notifier, clock)
    summaries = PlatformSummaries(index, writer, notifier)
    finalizer = Finalizer(kube, index.objects)
    bindings, room = BindingResolver(index, platforms), Room(slots.unslotted)
    loader = SourceLoader(kube, Room(slots.unslotted))
    versions = TemplateVersions(kube, settings.election.namespace)
    templates = TemplateFollower(index, versions)
    resolver = Resolver(
        loader, secrets, bindings, pacing, room, platforms, index.namespaces, templates
    )
    leftovers = LeftoverRemover(index, settings.kv_window)
    probe = HealthProbe(pacing, probe_slots, slots.unslotted, index.data_planes, scheduler)
    shared = Shared(index, scheduler, platforms, kube, writer, finalizer, pacing, metrics)
    platform = wiring.platforms(shared, tokens, summaries, leftovers)
    roller = _roller(pacing, slots, probe_slots, tests, scheduler)
    workers = wiring.workers(shared, resolver, roller, probe, templates)
    analyst = FleetAnalyst(tests, platforms, pacing, slots.unslotted)
    template = wiring.templates(shared, loader, versions, analyst)
    namespaces = NamespaceFollower(kube, index, scheduler)
    controller = Controller(
        client=kube,
        index=index,
        scheduler=scheduler,
        platforms=platforms,
        finalizer=finalizer,
        reconcilers=Reconcilers(*workers, platform, template, summaries),
        namespaces=namespaces,
        implied=settings.implied_platform,
        clock=clock,
    )
    metrics.registry.register(levels(queue, platforms, index, leftovers, clock))
    watchers = Watchers(index, scheduler, tokens, secrets, namespaces)
    measure = MetricsCollector(platforms, scheduler, clock, metrics).run
    loops = [partial(run, clock.sleep) for run in (measure, notifier.run, tests.run)]
    runner = _runner(queue, controller, slots, rng, metrics)
    parts = (clock, gate, metrics, kube, platforms, controller, watchers, runner)
    return Parts(*parts, loops=(recorder.run, *loops))


def _roller(
    pacing: Pacing, slots: Slots, probe_slots: Slots, tests: ExactTests, scheduler: Scheduler
) -> Roller:
    smoke = SmokeTester(pacing, probe_slots, slots.unslotted)
    return Roller(smoke, Analyst(tests, pacing, slots.unslotted), pacing, scheduler)


def _runner(
    queue: WorkQueue[ObjectKey],
    controller: Controller,
    slots: Slots,
    rng: random.Random,
    metrics: Metrics,
) -> Runner[ObjectKey]:
    return Runner(
        queue,
        controller.reconcile,
        slots=slots,
        backoff=Backoff(),
        rng=rng,
        observer=metrics,
        name_of=controller_of,
    )


def _queue(clock: SystemClock, metrics: Metrics) -> WorkQueue[ObjectKey]:
    def added(key: ObjectKey) -> None:
        metrics.added(controller_of(key))

    return WorkQueue(clock, on_add=added, tenant_of=lambda key: key.tenant, tick=_TICK_SECONDS)


class App:
    """One operator process."""

    def __init__(self, settings: Settings, access: auth.Access) -> None:
        self._settings = settings
        self._access = access
        self._parts = build(settings, access)
        self._server = Server(self._parts.metrics.registry, self._healthz, self._readyz)
        self._stop = StopSignal()
        watch = KopfWatch(access, self._parts.controller, self._stop.install)
        kube, clock = self._parts.kube, self._parts.clock
        self._kinds = [
            KindSupervisor(kind, kube, self._parts.controller, watch, clock) for kind in _KINDS
        ]
        self._elector = self._candidate()
        self._seeded = False
        self._beat = self._parts.clock.monotonic()

    async def run(self) -> None:
        """Run until stopped by a signal. Raises whatever else ends the process."""
        self._stop.install()
        await self._server.start(self._settings.host, self._settings.port)
        logger.info("serving /metrics, /healthz and /readyz on port %d", self._server.port)
        try:
            await self._run_until_one_ends(self._signalled(), self._work())
        finally:
            self._parts.gate.close()
            await self._server.stop()
            await self._parts.platforms.close()
            await self._parts.kube.close()
            if self._elector is not None:
                await self._elector.release()

    def _candidate(self) -> Elector | None:
        """Return who takes part in the election, None if this process works without one."""
        election, parts = self._settings.election, self._parts
        takes_part = (
            self._access.in_cluster if election.leader_elect is None else election.leader_elect
        )
        if not takes_part:
            return None
        leases = LeaseClient(self._access, election.namespace, LEASE)
        identity = election.identity or f"{socket.gethostname()}_{uuid.uuid4()}"

        def told(leads: bool) -> None:
            parts.metrics.leads(LEASE, is_leader=leads)

        return Elector(leases, parts.gate, parts.clock, identity, told)

    async def _work(self) -> None:
        await self._seed()
        # What exists now stays: otherwise every full collection walks it again, 50 ms at a time.
        gc.collect()
        gc.freeze()
        await self._run_until_one_ends(*self._watches(), self._lead())

    async def _lead(self) -> None:
        """Wait for the lease, then make changes as long as this process holds it."""
        loops = [self._parts.runner.run, *self._parts.loops]
        if self._elector is None:
            self._parts.gate.open_until(math.inf)
        else:
            await self._elector.acquire()
            loops.append(self._elector.hold)
        await self._run_until_one_ends(*(loop() for loop in loops))

    async def _seed(self) -> None:
        await asyncio.gather(*(kind.wait_served() for kind in self._kinds))
        self._parts.controller.see_implied()
        for kind in self._kinds:
            await kind.seed()
        self._seeded = True

    def _watches(self) -> list[Coroutine[object, object, None]]:
        """Return what runs in every process, whether it leads or not."""
        watchers, sleep = self._parts.watchers, self._parts.clock.sleep
        config_maps = MetadataWatch(
            self._access, "/api/v1/configmaps", watchers.config_map_changed, watchers.config_maps
        )
        follower = watchers.namespaces
        namespaces = MetadataWatch(
            self._access, NAMESPACES, follower.changed, denied=follower.denied
        )
        return [
            *(kind.run() for kind in self._kinds),
            watchers.watch_tokens(sleep),
            watchers.watch_secrets(sleep),
            watchers.watch_config_maps(config_maps, sleep),
            follower.watch(namespaces, sleep),
            self._heartbeat(),
        ]

    async def _run_until_one_ends(self, *coroutines: Coroutine[object, object, None]) -> None:
        tasks = [asyncio.get_running_loop().create_task(coroutine) for coroutine in coroutines]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in ended:
            task.result()  # raises what ended it

    async def _signalled(self) -> None:
        await self._stop.wait()
        logger.info("stopping")
        # A change that was sent gets its answer, so that a successor sees what came of it.
        self._parts.gate.close()
        await self._parts.gate.drain(_DRAIN_SECONDS)

    async def _heartbeat(self) -> None:
        runner, bursts = self._parts.runner, heap.Bursts()
        while True:
            self._beat = self._parts.clock.monotonic()
            await self._parts.clock.sleep(1.0)
            if bursts.is_over(runner.passes, runner.waiting):
                heap.give_back()

    def _healthz(self) -> str | None:
        lag = self._parts.clock.monotonic() - self._beat
        if self._seeded and lag > _LAG_LIMIT_SECONDS:
            return f"the event loop has been busy for {lag:.0f} s\n"
        return None

    def _readyz(self) -> str | None:
        problems = [f"{k.plural}: {k.problem}\n" for k in self._kinds if k.problem is not None]
        if problems:
            return "".join(problems)
        return None if self._seeded else "the objects have not been listed yet\n"


async def run(settings: Settings) -> None:
    """Run the operator until a signal ends it."""
    # A watch ends at an object that it cannot parse, and with it the watch of all others.
    sys.setrecursionlimit(max(sys.getrecursionlimit(), _RECURSION_LIMIT))
    access = await auth.load(settings.kubeconfig, settings.context)
    logger.info("using the Kubernetes API at %s", access.server)
    await App(settings, access).run()
