"""Reads WorkersPlatforms, and gives them orders by annotation, with the rights of whoever runs the command."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import quote

from pydantic import ValidationError

from workers_operator.administration.errors import CommandError, OrderRefused
from workers_operator.administration.requests import ObjectChanged, Requests, ask
from workers_operator.desired.status import find
from workers_operator.domain.conditions import READY
from workers_operator.domain.plan.orders import ADOPT, REMOVE
from workers_operator.resources import API_VERSION, ObjectMeta, PlatformStatus, RolloutSpec

_PATH: Final = f"/apis/{API_VERSION}/workersplatforms"
_ATTEMPTS: Final = 10
FIELD_MANAGER: Final = "workers-operator-orphans"


class PlatformState:
    """A WorkersPlatform as the API server has it."""

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.metadata = ObjectMeta.model_validate(body.get("metadata") or {})
        self.status = PlatformStatus.tolerant(body.get("status"))
        spec = body.get("spec") or {}
        self.is_suspended = bool(spec.get("suspend"))
        self.rollout = _rollout(spec.get("rollout"))

    @property
    def name(self) -> str:
        """The platform's name."""
        return self.metadata.name

    @property
    def problem(self) -> str:
        """Why the platform is not Ready; "" if it is."""
        ready = find(self.status.conditions, READY)
        return "" if ready is None or ready.status == "True" else ready.message


def _rollout(value: object) -> RolloutSpec | None:
    """Return how new versions take over, None if nothing that can be read is said."""
    try:
        return RolloutSpec.model_validate(value)
    except ValidationError:
        return None


Change = Callable[[PlatformState], Mapping[str, str | None]]


class PlatformsClient:
    """WorkersPlatforms in one cluster. Raises CommandError in plain words."""

    def __init__(self, requests: Requests) -> None:
        self._requests = requests

    async def list(self) -> Sequence[PlatformState]:
        """Return all platforms, by name."""
        found = await self._send("GET", _PATH, "list WorkersPlatforms")
        return sorted(map(PlatformState, found.get("items") or ()), key=lambda p: p.name)

    async def get(self, name: str) -> PlatformState:
        """Return a platform."""
        return PlatformState(await self._send("GET", _one(name), f"read WorkersPlatform {name!r}"))

    async def annotate(self, name: str, annotations: Mapping[str, str]) -> None:
        """Give orders to a platform that has none. Raises OrderRefused if it is suspended, or has some."""

        def change(platform: PlatformState) -> Mapping[str, str | None]:
            _check_free(platform)
            return annotations

        await self._change(name, change)

    async def take_back(self, name: str, annotations: Mapping[str, str]) -> None:
        """Remove annotations, unless somebody has given them other values."""

        def change(platform: PlatformState) -> Mapping[str, str | None]:
            known = platform.metadata.annotations
            return {a: None for a, value in annotations.items() if known.get(a) == value}

        await self._change(name, change)

    async def _change(self, name: str, change: Change) -> None:
        """Change annotations of exactly that state of a platform from which ``change`` has told how."""
        for _ in range(_ATTEMPTS):
            platform = await self.get(name)
            if not (annotations := change(platform)):
                return
            version = platform.metadata.resource_version
            metadata = {"annotations": dict(annotations), "resourceVersion": version}
            try:
                await self._send(
                    "PATCH",
                    f"{_one(name)}?fieldManager={FIELD_MANAGER}",
                    f"annotate WorkersPlatform {name!r}",
                    {"metadata": metadata},
                )
            except ObjectChanged:
                continue
            return
        raise CommandError(f"WorkersPlatform {name!r} changes all the time; try again")

    async def _send(self, method: str, path: str, what: str, body: Any = None) -> dict[str, Any]:
        missing = "the cluster does not have it" + (
            "; is the CRD installed?" if path == _PATH else ""
        )
        return await ask(self._requests, method, path, what, body, missing=missing)


def _check_free(platform: PlatformState) -> None:
    if platform.is_suspended:
        message = f"WorkersPlatform {platform.name!r} is suspended: nothing is changed there"
        raise OrderRefused(message)
    for annotation in (REMOVE, ADOPT):
        if annotation in platform.metadata.annotations:
            message = f"WorkersPlatform {platform.name!r} has the annotation {annotation}"
            raise OrderRefused(f"{message}: another order is under way; wait, or remove it")


def _one(name: str) -> str:
    return f"{_PATH}/{quote(name, safe='')}"
