"""The finalizer: put on an object before the first call to Cloudflare, taken off when nothing of it is left."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.runner import Result
from workers_operator.index.objects import Body, ObjectCache
from workers_operator.kube.errors import KubeNotFound
from workers_operator.resources import FINALIZER


class FinalizersClient(Protocol):
    """Writes finalizers: ``kube.client.KubeClient``."""

    async def set_finalizers(
        self, key: ObjectKey, uid: str, resource_version: str, finalizers: Sequence[str]
    ) -> dict[str, Any]:
        """Replace an object's finalizers unless it has changed. Raises KubeConflict if it has."""


class ObjectGone(KubeNotFound):
    """The object is not there any more, although it is known."""


# After the finalizer was removed, the watch tells of the object's end within milliseconds, or the next pass finds out.
AWAITING_END: Final = Result(requeue_after=10.0)


class Finalizer:
    """Adds and removes the operator's finalizer. Raises KubeError; a conflict is resolved by the next pass."""

    def __init__(self, client: FinalizersClient, objects: ObjectCache) -> None:
        self._client = client
        self._objects = objects

    async def add(self, key: ObjectKey, body: Body) -> Body:
        """Return the object with the finalizer."""
        return await self._set(key, body, [*_finalizers(body), FINALIZER])

    async def remove(self, key: ObjectKey, body: Body) -> None:
        """Let an object go, as it is after this pass's own writes."""
        record = self._objects.get(key)
        if record is not None and record.uid == body["metadata"]["uid"]:
            body = record.body()
        others = [name for name in _finalizers(body) if name != FINALIZER]
        await self._set(key, body, others)

    async def _set(self, key: ObjectKey, body: Body, finalizers: Sequence[str]) -> Body:
        metadata = body["metadata"]
        uid, version = str(metadata["uid"]), str(metadata["resourceVersion"])
        try:
            written = await self._client.set_finalizers(key, uid, version, finalizers)
        except KubeNotFound as error:
            raise ObjectGone(error.reason, error.message) from error
        self._objects.observe_own_write(key, written)
        return written


def is_held_by_others(body: Body) -> bool:
    """Return whether an object that is being deleted stays without our finalizer."""
    return any(name != FINALIZER for name in _finalizers(body))


def _finalizers(body: Body) -> Sequence[str]:
    return body["metadata"].get("finalizers") or ()
