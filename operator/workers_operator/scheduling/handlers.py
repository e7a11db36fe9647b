"""The only module with kopf decorators: watch events go to the controller, which decides.

kopf keeps list and watch, and the connection. Nothing else of it is used: no change handlers, no finalizers, no timers,
no stored progress (docs/adr/0001).
"""

import logging
from collections.abc import Iterable
from typing import Any

import kopf

from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.auth import Access
from workers_operator.resources import GROUP, KINDS, VERSION
from workers_operator.scheduling.controller import Controller

# Of the operator as a kopf program. It must not be our finalizer: kopf removes its own from objects without handlers
# that demand it.
_KOPF_FINALIZER = f"kopf.{GROUP}/finalizer"


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
    s = kopf.OperatorSettings()
    s.persistence.finalizer = _KOPF_FINALIZER
    s.persistence.diffbase_storage = NoDiffBase()
    s.persistence.progress_storage = kopf.AnnotationsProgressStorage(
        prefix=f"kopf.{GROUP}", v1=False
    )
    s.posting.enabled = False
    s.queueing.worker_limit = None  # the engine bounds passes
    s.queueing.idle_timeout = 1
    s.queueing.error_delays = (1, 2, 5, 10, 30, 60, 120)
    s.watching.server_timeout = 300
    s.watching.client_timeout = 330
    s.watching.connect_timeout = 15
    s.watching.chunk_size = 250
    s.networking.request_timeout = 30
    s.networking.connect_timeout = 10
    s.networking.error_backoffs = (0.5, 1, 1, 2, 3, 5, 8, 13, 21, 30, 30, 30, 30, 30, 30)
    s.networking.enforce_retry_after = True
    s.scanning.disabled = True
    s.peering.standalone = True
    s.process.ultimate_exiting_timeout = 25
    return s


def register(registry: kopf.OperatorRegistry, controller: Controller, access: Access) -> None:
    """Connect kopf's watch to the controller."""
    logging.getLogger("kopf.objects").setLevel(logging.WARNING)

    @kopf.on.login(registry=registry)
    async def login(**_: Any) -> kopf.AiohttpSession:
        return kopf.AiohttpSession(server=access.server, aiohttp_session=await access.session())

    for kind, model in KINDS.items():
        _register_kind(registry, controller, kind, model.definition.plural)


def _register_kind(
    registry: kopf.OperatorRegistry, controller: Controller, kind: str, plural: str
) -> None:
    @kopf.on.event(GROUP, VERSION, plural, registry=registry)
    async def observe(event: Any, body: kopf.Body, **_: Any) -> None:
        key = ObjectKey(kind, body.metadata.namespace or "", str(body.metadata.name))
        if event["type"] == "DELETED":
            controller.deleted(key, str(body.metadata.uid))
        else:
            controller.observed(key, dict(body))
