"""Wiring: builds the parts of one operator process, runs them, and ends them together."""

import asyncio
import gc
import logging
import random
import signal
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import kopf
from prometheus_client import CollectorRegistry

from workers_operator import handlers, heap
from workers_operator.cloudflare.connector import Connector
from workers_operator.domain.desired import ObjectKey
from workers_operator.engine.clock import SystemClock
from workers_operator.engine.queue import WorkQueue
from workers_operator.engine.retry import Backoff
from workers_operator.engine.runner import Runner, Slots
from workers_operator.kube import auth
from workers_operator.kube.cache import ObjectCache
from workers_operator.kube.client import PLURALS, KubeClient
from workers_operator.kube.errors import KubeUnavailable
from workers_operator.kube.events import EventRecorder
from workers_operator.kube.watch import MetadataWatch
from workers_operator.metrics import Levels, Metrics
from workers_operator.reconcilers.binding import BindingResolver
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.controller import Controller
from workers_operator.reconcilers.credentials import Credentials
from workers_operator.reconcilers.deletion import DeletionReconciler
from workers_operator.reconcilers.memory import Memories
from workers_operator.reconcilers.platform import PlatformReconciler
from workers_operator.reconcilers.platforms import Platforms
from workers_operator.reconcilers.references import References, config_map
from workers_operator.reconcilers.removal import Remover
from workers_operator.reconcilers.resolving import Resolver
from workers_operator.reconcilers.secrets import SecretReader
from workers_operator.reconcilers.service_router import ServiceRouter
from workers_operator.reconcilers.status_writer import StatusWriter
from workers_operator.reconcilers.worker import WorkerReconciler
from workers_operator.server import Server
from workers_operator.settings import Settings

logger = logging.getLogger(__name__)

CONTROLLERS: Final = tuple(kind.lower() for kind in PLURALS)
_LAG_LIMIT_SECONDS: Final = 10.0
_SEED_RETRY_SECONDS: Final = 1.0
# Memory is given back once a calm second follows at least so many passes.
_CALM_PASSES: Final = 20
_BUSY_PASSES: Final = 200


class _Interest:
    """What the objects on a platform are about, from what is indexed of them."""

    def __init__(self, claims: ClaimsIndex, references: References) -> None:
        self._claims = claims
        self._references = references

    def buckets(self, platform: str) -> Mapping[str, str]:
        return self._references.buckets(platform)

    def hosts(self, platform: str) -> Iterable[str]:
        return self._claims.hosts(platform)


class App:
    """One operator process."""

    def __init__(self, settings: Settings, access: auth.Access) -> None:
        self._settings = settings
        self._access = access
        self._clock = SystemClock()
        rng = random.Random()  # noqa: S311 - jitter, not secrets
        self._metrics = Metrics(CollectorRegistry(), settings.concurrency, CONTROLLERS)
        self._queue: WorkQueue[ObjectKey] = WorkQueue(
            self._clock, on_add=lambda key: self._metrics.added(_controller(key))
        )
        self._kube = KubeClient(access)
        self._recorder = EventRecorder(self._kube, self._clock.sleep)
        self._slots = Slots(settings.concurrency)
        self._controller = self._build_controller(rng)
        self._runner = Runner(
            self._queue,
            self._controller.reconcile,
            slots=self._slots,
            backoff=Backoff(),
            rng=rng,
            observer=self._metrics,
            name_of=_controller,
        )
        self._metrics.registry.register(Levels(self._due, self._budgets, self._workers))
        self._server = Server(self._metrics.registry, self._healthz, self._readyz)
        self._seeded = False
        self._beat = self._clock.monotonic()

    def _build_controller(self, rng: random.Random) -> Controller:
        cache, claims, memories = ObjectCache(), ClaimsIndex(), Memories()
        references, secrets = References(), SecretReader(self._kube)
        credentials = Credentials(self._kube, self._settings.api_token)
        writer = StatusWriter(self._kube, cache, self._recorder, self._clock)
        router = ServiceRouter(claims, references, self._clock)
        remover = Remover(claims, self._clock)
        self._platforms = Platforms(
            Connector(self._clock, self._metrics),
            self._clock,
            _Interest(claims, references),
            lambda platform, changed: controller.objects_changed(platform, changed),
        )
        controller = Controller(
            kube=self._kube,
            cache=cache,
            queue=self._queue,
            claims=claims,
            platforms=self._platforms,
            credentials=credentials,
            memories=memories,
            references=references,
            secrets=secrets,
            implied=self._settings.implied_platform,
        )
        bindings = BindingResolver(claims, references, router)
        controller.use(
            worker=WorkerReconciler(
                resolver=Resolver(self._kube, secrets, bindings, rng),
                claims=claims,
                platforms=self._platforms,
                memories=memories,
                remover=remover,
                writer=writer,
                clock=self._clock,
                rng=rng,
                kv_window=self._settings.kv_window,
                parked=self._slots.parked,
                on_platform_trouble=lambda troubled: controller.platform_lost(troubled.config.name),
                on_published=controller.published,
            ),
            deletion=DeletionReconciler(platforms=self._platforms, remover=remover, writer=writer),
            platform=PlatformReconciler(
                platforms=self._platforms,
                credentials=credentials,
                writer=writer,
                clock=self._clock,
                router=router,
                count_workers=controller.count_workers,
                on_domain=controller.learn_domain,
                on_ready=controller.platform_ready,
            ),
        )
        return controller

    async def run(self) -> None:
        """Runs until stopped by a signal. Raises what ended it otherwise."""
        await self._server.start(self._settings.host, self._settings.port)
        logger.info("serving /metrics, /healthz and /readyz on port %d", self._server.port)
        try:
            await self._seed()
            # What is here now stays: without this every full collection walks it again, 50 ms at a time.
            gc.collect()
            gc.freeze()
            registry = kopf.OperatorRegistry()
            handlers.register(registry, self._controller, self._access)
            await self._run_until_one_ends(registry)
        finally:
            await self._server.stop()
            await self._platforms.close()
            await self._kube.close()

    async def _seed(self) -> None:
        while True:
            try:
                await self._controller.seed()
            except KubeUnavailable as error:
                logger.warning("%s; trying again", error)
                await self._clock.sleep(_SEED_RETRY_SECONDS)
            else:
                self._seeded = True
                return

    async def _run_until_one_ends(self, registry: kopf.OperatorRegistry) -> None:
        loop = asyncio.get_running_loop()
        # Ours exist before kopf starts: at its end it cancels every task that came after it.
        ours = [
            loop.create_task(self._runner.run()),
            loop.create_task(self._controller.watch_credentials(self._clock.sleep)),
            loop.create_task(self._controller.watch_secrets(self._clock.sleep)),
            loop.create_task(
                self._controller.watch_config_maps(self._config_maps(), self._clock.sleep)
            ),
            loop.create_task(self._recorder.run()),
            loop.create_task(self._heartbeat()),
        ]
        others = asyncio.all_tasks()
        watchers = await kopf.spawn_tasks(
            registry=registry, settings=handlers.settings(), clusterwide=True, standalone=True
        )
        # After kopf's own signal handlers, which these replace.
        ours.append(loop.create_task(_signalled(_stop_event())))
        watch = loop.create_task(kopf.run_tasks(watchers, ignored={*others, *ours}))
        ended, _ = await asyncio.wait([watch, *ours], return_when=asyncio.FIRST_COMPLETED)
        for task in (watch, *ours):
            task.cancel()
        await asyncio.gather(watch, *ours, return_exceptions=True)
        for task in ended:
            task.result()  # raises what ended it

    def _config_maps(self) -> MetadataWatch:
        def changed(namespace: str, name: str) -> None:
            self._controller.changed(config_map(namespace, name))

        return MetadataWatch(
            self._access, "/api/v1/configmaps", changed, self._controller.config_maps
        )

    async def _heartbeat(self) -> None:
        passes = trimmed = 0
        while True:
            self._beat = self._clock.monotonic()
            await self._clock.sleep(1.0)
            busy, passes = self._runner.passes - passes, self._runner.passes
            if busy < _CALM_PASSES and passes - trimmed >= _BUSY_PASSES:
                trimmed = passes
                heap.give_back()

    def _healthz(self) -> str | None:
        lag = self._clock.monotonic() - self._beat
        return (
            f"the event loop has been busy for {lag:.0f} s\n"
            if self._seeded and lag > _LAG_LIMIT_SECONDS
            else None
        )

    def _readyz(self) -> str | None:
        return None if self._seeded else "the objects have not been listed yet\n"

    def _due(self) -> Counter[str]:
        depths = Counter(dict.fromkeys(CONTROLLERS, 0))  # none that is empty is left out
        depths.update(_controller(key) for key in self._queue.due())
        return depths

    def _budgets(self) -> dict[str, int]:
        return {p.config.name: p.api.budget.left for p in self._platforms}

    def _workers(self) -> dict[str, tuple[int, int]]:
        return {
            p.config.name: self._controller.count_workers(p.config.name) for p in self._platforms
        }


def _controller(key: ObjectKey) -> str:
    """A controller is named after its kind, as controller-runtime does: one of CONTROLLERS."""
    return key.kind.lower()


def _stop_event() -> asyncio.Event:
    """Set at SIGTERM or SIGINT.

    kopf's own handlers would wait 5 s for every task that is not its own. A call that is cut short is safe: the next
    start looks at what is there.
    """
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def _signalled(stop: asyncio.Event) -> None:
    await stop.wait()
    logger.info("stopping")


async def run(settings: Settings) -> None:
    """Runs the operator until a signal ends it."""
    access = await auth.load(settings.kubeconfig, settings.context)
    logger.info("using the Kubernetes API at %s", access.server)
    await App(settings, access).run()
