"""Finds the worker whose logs are wanted, as far as the rights of whoever asks go."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from workers_operator.account.credentials import TokenReader
from workers_operator.desired import worker as desired
from workers_operator.desired.platform import PlatformConfig, config_of
from workers_operator.desired.status import find
from workers_operator.desired.worker import Malformed
from workers_operator.domain import names
from workers_operator.domain.conditions import READY
from workers_operator.domain.content import Sealed
from workers_operator.domain.telemetry.entries import LogScope
from workers_operator.domain.timestamps import parse_timestamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.client import Secret
from workers_operator.kube.errors import KubeError, KubeForbidden, KubeNotFound
from workers_operator.resources import KINDS, SecretBinding, WorkersPlatform, WorkerStatus


class TargetError(Exception):
    """The logs of a worker cannot be read; the message says why, for people."""


class MissingObject(TargetError):
    """There is no such object."""


class Objects(Protocol):
    """Reads objects and Secrets: ``kube.client.KubeClient``. Raises KubeError."""

    async def get_object(self, key: ObjectKey) -> dict[str, Any]:
        """Return an object."""

    async def get_secret(self, namespace: str, name: str) -> Secret:
        """Return a Secret."""


@dataclass(frozen=True)
class LoggedWorker:
    """A worker, and what is needed to read its logs.

    ``since``: Unix time; logs from before it are not those of this object. ``secrets``: what no line may show.
    ``notices``: what whoever reads them has to know.
    """

    key: ObjectKey
    scope: LogScope
    platform: PlatformConfig
    token: str = field(repr=False)
    since: int = 0
    secrets: Sequence[Sealed] = ()
    notices: Sequence[str] = ()

    @property
    def hidden(self) -> tuple[str, ...]:
        """The values of all secrets that are known."""
        return (self.token, *(secret.reveal() for secret in self.secrets))


async def find_worker(
    objects: Objects, tokens: TokenReader, implied: PlatformConfig | None, key: ObjectKey
) -> LoggedWorker:
    """Return a worker that is or was deployed. ``implied``: the platform that variables describe.

    Raises TargetError, ReconcileError.
    """
    body = await _get(objects, key)
    obj = desired.read(key, body)
    status = obj.status
    check_deployed(key, status)
    assert status.script_name is not None  # noqa: S101 - it was deployed
    bindings = () if isinstance(obj, Malformed) else obj.spec.secrets
    secrets, unread = await _secrets(objects, key.namespace, bindings)
    notices = [f"what Secret {name!r} holds cannot be read, and is not hidden" for name in unread]
    if isinstance(obj, Malformed):
        notices.append(f"{key}: {obj.error.message}; what its Secrets hold is not hidden")
    if status.instances == 0:
        notices.append(f"{key} is parked: without an instance nothing is logged")
    name = status.platform or desired.platform_of(body)
    config, token = await _platform(objects, tokens, implied, name)
    scope = LogScope(config.dispatch.namespace, names.base_name(status.script_name))
    created = parse_timestamp(obj.metadata.creation_timestamp) or 0
    return LoggedWorker(key, scope, config, token, created, secrets, notices)


def check_deployed(key: ObjectKey, status: WorkerStatus) -> None:
    """Raise TargetError if a worker has never been deployed, and so has never logged anything."""
    if status.script_name is not None and status.stable is not None:
        return
    ready = find(status.conditions, READY)
    why = f": {ready.reason}: {ready.message}" if ready is not None and ready.message else ""
    raise TargetError(f"{key} has never been deployed, so there are no logs{why}")


async def _get(objects: Objects, key: ObjectKey) -> dict[str, Any]:
    try:
        return await objects.get_object(key)
    except KubeNotFound:
        raise MissingObject(f"{key} does not exist") from None
    except KubeForbidden:
        scope = f" -n {key.namespace}" if key.namespace else ""
        what = f"{KINDS[key.kind].definition.plural}/{key.name}{scope}"
        raise TargetError(f"you may not read {key}; see kubectl auth can-i get {what}") from None


async def _platform(
    objects: Objects, tokens: TokenReader, implied: PlatformConfig | None, name: str
) -> tuple[PlatformConfig, str]:
    """Return a platform with its token; the variables describe one only where there is no such object."""
    key = ObjectKey("WorkersPlatform", "", name)
    try:
        body = await _get(objects, key)
    except MissingObject:
        if implied is None or implied.name != name:
            raise
        return implied, await tokens.token(name, None)
    try:
        platform = WorkersPlatform.model_validate(body)
    except ValidationError as error:
        raise TargetError(f"{key}: {desired.invalid(error).message}") from None
    return config_of(platform), await tokens.token(name, platform.spec)


async def _secrets(
    objects: Objects, namespace: str, bindings: Sequence[SecretBinding]
) -> tuple[list[Sealed], list[str]]:
    """Return the values that the bindings name, and the names of the Secrets that cannot be read."""
    values: list[Sealed] = []
    unread: list[str] = []
    for name in dict.fromkeys(binding.secret_key_ref.name for binding in bindings):
        try:
            data = (await objects.get_secret(namespace, name)).data
        except KubeError:
            unread.append(name)
            continue
        keys = {b.secret_key_ref.key for b in bindings if b.secret_key_ref.name == name}
        values += (Sealed(data[key].decode(errors="replace")) for key in keys if key in data)
    return values, unread
