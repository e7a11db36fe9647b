"""Kubernetes Events of the operator's objects, as `kubectl describe` shows them."""

import asyncio
import logging
import uuid
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal, Protocol

from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.client import FIELD_MANAGER
from workers_operator.kube.errors import KubeError, KubeNotFound, KubeTerminating
from workers_operator.resources import API_VERSION

logger = logging.getLogger(__name__)

_PAUSE_SECONDS: Final = 0.05  # at most 20 per second
_MAX_WAITING: Final = 2000


def namespace_of(key: ObjectKey) -> str:
    """Return the namespace of the Events about an object; those about cluster-scoped ones belong to ``default``."""
    return key.namespace or "default"


def render(
    key: ObjectKey,
    uid: str,
    *,
    type: Literal["Normal", "Warning"],
    reason: str,
    message: str,
    now: str,
) -> Mapping[str, Any]:
    """Return an Event in the API's format."""
    namespace = namespace_of(key)
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{key.name[:200]}.{uuid.uuid4().hex[:16]}", "namespace": namespace},
        "involvedObject": {
            "apiVersion": API_VERSION,
            "kind": key.kind,
            "name": key.name,
            "namespace": namespace if key.namespace else "",
            "uid": uid,
        },
        "type": type,
        "reason": reason,
        "message": message[:1024],
        "source": {"component": FIELD_MANAGER},
        "reportingComponent": FIELD_MANAGER,
        "firstTimestamp": now,
        "lastTimestamp": now,
        "count": 1,
    }


class EventsClient(Protocol):
    """Posts Events: ``kube.client.KubeClient``."""

    async def create_event(self, namespace: str, event: Mapping[str, Any]) -> None:
        """Post an Event. Raises KubeError."""


class EventRecorder:
    """Posts events in the background at a limited rate, so that they do not delay the first pass over a fleet.

    Namespaces take turns.
    """

    def __init__(self, client: EventsClient, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._client = client
        self._sleep = sleep
        # Namespaces stand in the order of their turns.
        self._waiting: OrderedDict[str, deque[Mapping[str, Any]]] = OrderedDict()
        self._count = 0
        self._added = asyncio.Event()

    def record(self, event: Mapping[str, Any]) -> None:
        """Queue an event. If the queue is full, the oldest event of the namespace with most of them is dropped."""
        self._waiting.setdefault(event["metadata"]["namespace"], deque()).append(event)
        self._count += 1
        if self._count > _MAX_WAITING:
            self._take(max(self._waiting, key=lambda namespace: len(self._waiting[namespace])))
        self._added.set()

    async def run(self) -> None:
        """Post until cancelled."""
        while True:
            self._added.clear()
            while self._waiting:
                await self._post(self._next())
                await self._sleep(_PAUSE_SECONDS)
            await self._added.wait()

    def _next(self) -> Mapping[str, Any]:
        namespace = next(iter(self._waiting))
        self._waiting.move_to_end(namespace)
        return self._take(namespace)

    def _take(self, namespace: str) -> Mapping[str, Any]:
        """Remove the oldest event of a namespace."""
        line = self._waiting[namespace]
        if len(line) == 1:
            del self._waiting[namespace]
        self._count -= 1
        return line.popleft()

    async def _post(self, event: Mapping[str, Any]) -> None:
        """Post an event. A failure is logged, not raised."""
        try:
            await self._client.create_event(event["metadata"]["namespace"], event)
        except (KubeNotFound, KubeTerminating):
            logger.debug("the namespace of event %s is going or gone", event["metadata"]["name"])
        except KubeError as error:
            name = event["involvedObject"]["name"]
            logger.warning("event %s of %s was not posted: %s", event["reason"], name, error)
