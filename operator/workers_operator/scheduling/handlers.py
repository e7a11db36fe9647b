"""The only module with kopf: one kopf operator per kind, whose watch events go to the controller, which decides.

kopf keeps list and watch, and the connection. Nothing else of it is used: no change handlers, no finalizers, no timers,
no stored progress (docs/adr/0001). It ends at the first answer that it does not expect, such as 404, so each kind has
an operator of its own, which ``scheduling.kinds`` starts again (docs/adr/0022), and gets no object that it could not
decode (docs/adr/0025).
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

import aiohttp
import kopf

from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.auth import Access
from workers_operator.kube.client import OBJECTS_A_PAGE
from workers_operator.kube.responses import SoundResponse
from workers_operator.resources import GROUP, KINDS, VERSION
from workers_operator.scheduling.kinds import Intake, WatchEnded, WatchState

# Of the operator as a kopf program. It must not be our finalizer: kopf removes its own from objects without handlers
# that demand it.
_KOPF_FINALIZER: Final = f"kopf.{GROUP}/finalizer"
# Seconds in which kopf must ask for the kind; it does not if the API server's discovery does not name the kind yet.
_DISCOVERY_SECONDS: Final = 5.0
# They tell in several lines and tracebacks what `WatchState` is told; the second one tells of kinds that are missing.
_TOLD: Final = ("kopf._cogs.clients", "kopf._core.reactor.observation")
_FAILED: Final = ("kopf._core.reactor.running", "kopf._core.reactor.orchestration")


class NoDiffBase(kopf.DiffBaseStorage):
    """Keep no copy of the last handled spec: the plan compares with the account instead."""

    def build(
        self, *, body: kopf.Body, extra_fields: Iterable[Any] | None = None
    ) -> kopf.BodyEssence:
        return kopf.BodyEssence({})  # the default copies the whole object at every event

    def fetch(self, *, body: kopf.Body) -> kopf.BodyEssence | None:
        return None

    def store(self, *, body: kopf.Body, patch: kopf.Patch, essence: kopf.BodyEssence) -> None:
        return None


def settings() -> kopf.OperatorSettings:
    """Return kopf's settings, each for a measured reason (docs/adr/0001)."""
    kopf_settings = kopf.OperatorSettings()
    kopf_settings.persistence.finalizer = _KOPF_FINALIZER
    kopf_settings.persistence.diffbase_storage = NoDiffBase()
    kopf_settings.persistence.progress_storage = kopf.AnnotationsProgressStorage(
        prefix=f"kopf.{GROUP}", v1=False
    )
    kopf_settings.posting.enabled = False
    kopf_settings.queueing.worker_limit = None  # the engine bounds passes
    kopf_settings.queueing.idle_timeout = 1
    kopf_settings.queueing.error_delays = (1, 2, 5, 10, 30, 60, 120)
    kopf_settings.watching.server_timeout = 300
    kopf_settings.watching.client_timeout = 330
    kopf_settings.watching.connect_timeout = 15
    kopf_settings.watching.chunk_size = OBJECTS_A_PAGE
    kopf_settings.networking.request_timeout = 30
    kopf_settings.networking.connect_timeout = 10
    kopf_settings.networking.error_backoffs = (0.5, 1, 1, 2, 3, 5, 8, 13, 21, *[30] * 6)
    kopf_settings.networking.enforce_retry_after = True
    kopf_settings.scanning.disabled = True
    kopf_settings.peering.standalone = True
    # Otherwise the process is killed so many seconds after one of its kopf operators has ended.
    kopf_settings.process.ultimate_exiting_timeout = None
    return kopf_settings


class KopfWatch:
    """Runs kopf for one kind at a time. ``spawned`` is called after kopf has set its own signal handlers."""

    def __init__(self, access: Access, intake: Intake, spawned: Callable[[], None]) -> None:
        self._access = access
        self._intake = intake
        self._spawned = spawned
        for name in ("kopf.objects", "kopf._core.engines.activities"):
            logging.getLogger(name).setLevel(logging.WARNING)
        for name in (*_TOLD, *_FAILED):
            logging.getLogger(name).setLevel(logging.CRITICAL)

    async def run(self, kind: str, state: WatchState) -> None:
        """Watch a kind until kopf ends. Raises WatchEnded."""
        plural = KINDS[kind].definition.plural
        asked = asyncio.Event()
        registry = kopf.OperatorRegistry()
        self._register(registry, kind, plural, _trace(plural, state, asked))
        tasks = await kopf.spawn_tasks(
            registry=registry, settings=settings(), clusterwide=True, standalone=True
        )
        self._spawned()
        try:
            ended, _ = await asyncio.wait(
                tasks, timeout=_DISCOVERY_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
            if not ended and asked.is_set():
                ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Not kopf.run_tasks: at its end it cancels every task that was created after kopf's, such as passes.
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        raise WatchEnded(_why(ended))

    def _register(
        self, registry: kopf.OperatorRegistry, kind: str, plural: str, trace: aiohttp.TraceConfig
    ) -> None:
        access, intake = self._access, self._intake

        @kopf.on.login(registry=registry)
        async def login(**_: Any) -> kopf.AiohttpSession:
            response_class = SoundResponse.without(intake.is_echo)
            session = await access.session(trace, response_class=response_class)
            return kopf.AiohttpSession(server=access.server, aiohttp_session=session)

        @kopf.on.event(GROUP, VERSION, plural, registry=registry)
        async def observe(event: Any, body: kopf.Body, **_: Any) -> None:
            key = ObjectKey(kind, body.metadata.namespace or "", str(body.metadata.name))
            if event["type"] == "DELETED":
                intake.deleted(key, str(body.metadata.uid))
            else:
                intake.observed(key, dict(body))


def _trace(plural: str, state: WatchState, asked: asyncio.Event) -> aiohttp.TraceConfig:
    """Return hooks that tell ``state`` what becomes of kopf's requests for a kind."""
    trace = aiohttp.TraceConfig()
    ours = f"/{VERSION}/{plural}"

    async def answered(_: object, __: object, params: aiohttp.TraceRequestEndParams) -> None:
        if not params.url.path.endswith(ours):
            return
        asked.set()
        if params.response.status >= 400:
            state.failing(f"HTTP {params.response.status}")
        elif params.url.query.get("watch") == "true":
            state.watching()
        else:
            state.listing()

    async def failed(_: object, __: object, params: aiohttp.TraceRequestExceptionParams) -> None:
        if params.url.path.endswith(ours):
            asked.set()
            state.failing("the API server did not respond")

    trace.on_request_end.append(answered)
    trace.on_request_exception.append(failed)
    return trace


def _why(ended: Iterable[asyncio.Task[object]]) -> str:
    errors = [error for task in ended if not task.cancelled() and (error := task.exception())]
    if not errors:
        return "the API server does not announce it"
    return " ".join(
        f"{type(errors[0]).__name__}: {errors[0].args[0] if errors[0].args else ''}".split()
    )
