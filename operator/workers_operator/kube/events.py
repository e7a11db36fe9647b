"""Kubernetes Events about our objects; what `kubectl describe` shows at its end."""

import asyncio
import logging
import uuid
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, Literal

from workers_operator.domain.desired import ObjectKey
from workers_operator.kube.client import FIELD_MANAGER, GROUP, VERSION, KubeClient
from workers_operator.kube.errors import KubeError

logger = logging.getLogger(__name__)

_PAUSE_SECONDS: Final = 0.05  # 20 a second at most
_MAX_WAITING: Final = 2000


def render(
    key: ObjectKey,
    uid: str,
    *,
    type: Literal["Normal", "Warning"],
    reason: str,
    message: str,
    now: str,
) -> Mapping[str, Any]:
    """An Event as the API wants it. Cluster-scoped objects' events live in ``default``."""
    namespace = key.namespace or "default"
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": f"{key.name[:200]}.{uuid.uuid4().hex[:16]}", "namespace": namespace},
        "involvedObject": {
            "apiVersion": f"{GROUP}/{VERSION}",
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


class EventRecorder:
    """Posts events behind the passes, a few at a time: a fleet that comes up is not slowed down by telling of it."""

    def __init__(self, client: KubeClient, sleep: Callable[[float], Awaitable[None]]) -> None:
        self._client = client
        self._sleep = sleep
        self._waiting: deque[Mapping[str, Any]] = deque(maxlen=_MAX_WAITING)
        self._added = asyncio.Event()

    def record(self, event: Mapping[str, Any]) -> None:
        """Has an event posted soon. Of too many that wait, the oldest are dropped."""
        self._waiting.append(event)
        self._added.set()

    async def run(self) -> None:
        """Posts until cancelled."""
        while True:
            self._added.clear()
            while self._waiting:
                await self._post(self._waiting.popleft())
                await self._sleep(_PAUSE_SECONDS)
            await self._added.wait()

    async def _post(self, event: Mapping[str, Any]) -> None:
        """A lost event is only logged: it must never fail anything."""
        try:
            await self._client.create_event(event["metadata"]["namespace"], event)
        except KubeError as error:
            name = event["involvedObject"]["name"]
            logger.warning("event %s of %s was not posted: %s", event["reason"], name, error)
