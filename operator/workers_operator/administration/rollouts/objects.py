"""Read workers and templates, and give them orders by annotation, with the rights of the command's user."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from workers_operator.administration.errors import CommandError
from workers_operator.administration.platforms import PlatformsClient
from workers_operator.administration.requests import Requests, ask
from workers_operator.desired import worker as desired
from workers_operator.desired.fleet import rollout as fleets
from workers_operator.desired.fleet import templates
from workers_operator.desired.fleet.templates import TEMPLATE_KINDS, MalformedTemplate
from workers_operator.desired.rollout import settings_of, strategy_of
from workers_operator.desired.worker import Malformed
from workers_operator.domain.fleet.progress import FleetStrategy
from workers_operator.domain.rollout.strategy import Step
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import (
    API_VERSION,
    KINDS,
    ObjectMeta,
    RolloutSpec,
    TemplateStatus,
    WorkerStatus,
)

FIELD_MANAGER: Final = "workers-operator-rollout"


@dataclass(frozen=True)
class RolledWorker:
    """A worker as the API server has it. ``steps``: those that its spec asks for, none if it cannot be read.

    ``platform``: the name of the one that it is on.
    """

    key: ObjectKey
    metadata: ObjectMeta
    status: WorkerStatus
    steps: tuple[Step, ...]
    is_suspended: bool
    platform: str

    @property
    def is_observed(self) -> bool:
        """Whether the status is about the spec as it is now."""
        return self.status.observed_generation >= self.metadata.generation


@dataclass(frozen=True)
class RolledTemplate:
    """A template as the API server has it. ``strategy``: as its spec asks for it, None if it cannot be read."""

    key: ObjectKey
    metadata: ObjectMeta
    status: TemplateStatus
    strategy: FleetStrategy | None

    @property
    def is_observed(self) -> bool:
        """Whether the status is about the spec as it is now."""
        return self.status.observed_generation >= self.metadata.generation


Rolled = RolledWorker | RolledTemplate


class WorkersClient:
    """The workers and templates of one cluster. Raises CommandError in plain words."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests
        self._platforms = PlatformsClient(requests)

    async def get(self, key: ObjectKey) -> Rolled:
        """Return a worker or a template."""
        body = await self._send("GET", key, f"read {key}")
        if key.kind in TEMPLATE_KINDS:
            return _template(key, body)
        has_own = (body.get("spec") or {}).get("rollout") is not None
        return _worker(key, body, None if has_own else await self._default_rollout(body))

    async def annotate(self, key: ObjectKey, annotations: Mapping[str, str]) -> None:
        """Set annotations of an object."""
        await self._send(
            "PATCH", key, f"annotate {key}", {"metadata": {"annotations": annotations}}
        )

    async def is_held(self, worker: RolledWorker) -> bool:
        """Whether the worker's platform is suspended, as far as that can be known: not everybody may read platforms."""
        try:
            return (await self._platforms.get(worker.platform)).is_suspended
        except CommandError:
            return False

    async def _default_rollout(self, body: Mapping[str, Any]) -> RolloutSpec | None:
        """Return the platform's settings, as far as they can be known: not everybody may read platforms."""
        try:
            return (await self._platforms.get(desired.platform_of(body))).rollout
        except CommandError:
            return None

    async def _send(
        self, method: str, key: ObjectKey, what: str, body: Any = None
    ) -> dict[str, Any]:
        plural = KINDS[key.kind].definition.plural
        scope = f"/namespaces/{quote(key.namespace, safe='')}" if key.namespace else ""
        path = f"/apis/{API_VERSION}{scope}/{plural}/{quote(key.name, safe='')}"
        if body is not None:
            path += f"?fieldManager={FIELD_MANAGER}"
        return await ask(self._requests, method, path, what, body, missing="it does not exist")


def _template(key: ObjectKey, body: Mapping[str, Any]) -> RolledTemplate:
    obj = templates.read(key, body)
    strategy = None
    if not isinstance(obj, MalformedTemplate):
        strategy = fleets.strategy_of(obj.spec.rollout)
    return RolledTemplate(key, obj.metadata, obj.status, strategy)


def _worker(key: ObjectKey, body: Mapping[str, Any], default: RolloutSpec | None) -> RolledWorker:
    obj = desired.read(key, body)
    steps: tuple[Step, ...] = ()
    if not isinstance(obj, Malformed):
        steps = strategy_of(settings_of(obj.spec.rollout, default), obj.spec.health, "/").steps
    return RolledWorker(
        key,
        obj.metadata,
        obj.status,
        steps,
        is_suspended=bool((body.get("spec") or {}).get("suspend")),
        platform=desired.platform_of(body),
    )
