"""Create, change and delete workers on behalf of callers.

A write is made once, with the version that it is based on; its answer goes into the cache, so that whoever has written
something reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.access.callers import Caller, about
from workers_operator.gateway.cache.facets import IDEMPOTENCY_ANNOTATION
from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.preconditions import IdempotencyKey, check_match, etag
from workers_operator.gateway.http.problems import (
    ApiProblem,
    ErrorItem,
    forbidden,
    invalid,
    of_kubernetes,
    problem,
)
from workers_operator.gateway.services import Reading
from workers_operator.gateway.shapes.translation import WantedWorker, object_of, updated
from workers_operator.gateway.writes.client import GatewayObjects
from workers_operator.gateway.writes.fields import conflicts
from workers_operator.kube.decoding import sound
from workers_operator.kube.errors import KubeConflict, KubeError, KubeNotFound
from workers_operator.resources import KINDS

Body = dict[str, Any]
_ATTEMPTS: Final = 5


@dataclass(frozen=True)
class Intent:
    """Options of a change. ``match``: If-Match. ``force``: take fields over from other managers."""

    caller: Caller
    dry_run: bool = False
    match: str | None = None
    force: bool = False
    request: IdempotencyKey | None = None

    @property
    def annotations(self) -> Mapping[str, str]:
        """Annotations by which any process recognizes the same request, also after a restart."""
        return {IDEMPOTENCY_ANNOTATION: str(self.request)} if self.request is not None else {}


@dataclass(frozen=True)
class WorkerChange:
    """Outcome of a change. ``body``: the object as it is now, or would be after a dry run."""

    key: ObjectKey
    body: Body
    is_new: bool = False
    is_repeated: bool = False


class Changes:
    """Makes changes at the API server."""

    def __init__(self, reading: Reading, client: GatewayObjects) -> None:
        self._reading = reading
        self._client = client

    async def create(self, wanted: WantedWorker, namespace: str, intent: Intent) -> WorkerChange:
        """Create an object. Raises ApiProblem if its name is taken, unless by the same request."""
        key = ObjectKey(wanted.kind, namespace, wanted.name)
        caller = intent.caller
        if not await self._reading.may(caller, about(key.kind, "create", namespace)):
            raise forbidden(f"create {wanted.kind}s in namespace {namespace}")
        if intent.match is not None:
            message = f"there is no {key} yet; without If-Match it is created"
            raise problem(GatewayCode.PRECONDITION_FAILED, message, "If-Match")
        self._check_key(key, intent)
        body = object_of(wanted, namespace, intent.annotations)
        _validated(key, body, wanted)
        try:
            made = await self._client.create(key, body, caller.tenant, dry_run=intent.dry_run)
        except KubeConflict:
            return await self._repeated(key, intent)
        except KubeNotFound:
            raise forbidden(f"create {key}: there is no namespace {namespace}") from None
        except KubeError as error:
            raise _translated(error, f"create {key}", wanted) from None
        return WorkerChange(key, self._observed(key, made, intent), is_new=True)

    def _check_key(self, key: ObjectKey, intent: Intent) -> None:
        """Raise ApiProblem if this process knows another object with the idempotency key."""
        if intent.request is None:
            return
        known = self._reading.cache.directory.requested(key.namespace, intent.request.key)
        if known is not None and known != key:
            raise _key_reused()

    async def _repeated(self, key: ObjectKey, intent: Intent) -> WorkerChange:
        """Return the object that the same request created. Raises ApiProblem if another request created it."""
        body = await self._get(key, intent)
        if not is_repeated(body, intent):
            message = f"there is {key} already; PUT replaces it, PATCH changes it"
            raise problem(GatewayCode.ALREADY_EXISTS, message, "name")
        return WorkerChange(key, self._observed(key, body, intent), is_new=True, is_repeated=True)

    async def update(self, key: ObjectKey, wanted: WantedWorker, intent: Intent) -> WorkerChange:
        """Change an object; make no call if nothing changes. Raises ApiProblem."""
        for _ in range(_ATTEMPTS):
            body = await self._get(key, intent)
            if is_repeated(body, intent):
                return WorkerChange(key, self._observed(key, body, intent), is_repeated=True)
            metadata = body["metadata"]
            check_match(intent.match, etag(metadata["uid"], metadata["resourceVersion"]))
            new = updated(body, wanted, intent.annotations)
            if new == body:
                return WorkerChange(key, self._observed(key, body, intent))
            _validated(key, new, wanted)
            await self._check_managers(key, body, new, intent)
            try:
                made = await self._client.update(
                    key, new, intent.caller.tenant, dry_run=intent.dry_run
                )
            except KubeConflict:
                continue  # it has changed since it was read
            except KubeError as error:
                raise _translated(error, f"change {key}", wanted) from None
            return WorkerChange(key, self._observed(key, made, intent))
        raise problem(GatewayCode.PRECONDITION_FAILED, f"{key} keeps changing; try again")

    async def _check_managers(
        self, key: ObjectKey, before: Body, after: Body, intent: Intent
    ) -> None:
        managed = before["metadata"].get("managedFields")
        found = conflicts(managed, _comparable(key, before), _comparable(key, after))
        if not found:
            return
        if intent.force:
            await self._reading.check(intent.caller, key, "update", "force")
            return
        raise ApiProblem(
            409,
            [
                ErrorItem(
                    GatewayCode.FIELD_OWNED,
                    f"{conflict.path} of {key} is managed by {conflict.manager}: change it there, or take it over "
                    "with force=true",
                    conflict.path,
                )
                for conflict in found
            ],
        )

    async def annotate(
        self, key: ObjectKey, annotations: Mapping[str, str], intent: Intent
    ) -> WorkerChange:
        """Set annotations of an object, once for a request that is repeated. Raises ApiProblem."""
        if intent.request is not None:
            body = await self._get(key, intent)
            if is_repeated(body, intent):
                return WorkerChange(key, self._observed(key, body, intent), is_repeated=True)
        given = {**annotations, **intent.annotations}
        try:
            made = await self._client.annotate(
                key, given, intent.caller.tenant, dry_run=intent.dry_run
            )
        except KubeError as error:
            raise of_kubernetes(error, f"annotate {key}") from None
        return WorkerChange(key, self._observed(key, made, intent))

    async def delete(self, key: ObjectKey, intent: Intent) -> str:
        """Delete an object; return its uid. Raises ApiProblem."""
        body = await self._get(key, intent)
        metadata = body["metadata"]
        uid, version = str(metadata["uid"]), str(metadata["resourceVersion"])
        check_match(intent.match, etag(uid, version))
        try:
            await self._client.delete(
                key,
                uid,
                version if intent.match is not None else None,
                intent.caller.tenant,
                dry_run=intent.dry_run,
            )
        except KubeConflict:
            message = f"{key} has changed meanwhile"
            raise problem(GatewayCode.PRECONDITION_FAILED, message, "If-Match") from None
        except KubeNotFound:
            return uid  # it was deleted meanwhile
        except KubeError as error:
            raise of_kubernetes(error, f"delete {key}") from None
        return uid

    async def template(self, key: ObjectKey, caller: Caller) -> Body:
        """Return a template. Raises ApiProblem."""
        try:
            return await self._client.get(key, caller.tenant)
        except KubeNotFound:
            message = f"there is no {key}"
            raise ApiProblem(404, [ErrorItem(Reason.TEMPLATE_NOT_FOUND, message)]) from None
        except KubeError as error:
            raise of_kubernetes(error, f"read {key}") from None

    async def events(self, key: ObjectKey, uid: str, caller: Caller) -> list[Body]:
        """Return the Events about an object. Raises ApiProblem."""
        try:
            return await self._client.events(key, uid, caller.tenant)
        except KubeError as error:
            raise of_kubernetes(error, f"read the Events about {key}") from None

    async def _get(self, key: ObjectKey, intent: Intent) -> Body:
        try:
            return await self._client.get(key, intent.caller.tenant)
        except KubeError as error:
            raise of_kubernetes(error, f"read {key}") from None

    def _observed(self, key: ObjectKey, body: Body, intent: Intent) -> Body:
        """Return an object from an answer, and put it into the cache."""
        found = sound(body)
        if found is None:
            message = "the API server's answer is not an object"
            raise problem(GatewayCode.INTERNAL, message)
        if not intent.dry_run:
            self._reading.cache.observe(key, found)
        return found


def is_repeated(body: Body, intent: Intent) -> bool:
    """Whether the same request created or changed an object. Raises ApiProblem if another one used its key."""
    annotations = body["metadata"].get("annotations") or {}
    known = str(annotations.get(IDEMPOTENCY_ANNOTATION) or "")
    if intent.request is None or known.partition(".")[0] != intent.request.key:
        return False
    if known != str(intent.request):
        raise _key_reused()
    return True


def _key_reused() -> ApiProblem:
    message = "the key belongs to another request of yours; use a new one for each"
    return problem(GatewayCode.KEY_REUSED, message, "Idempotency-Key")


def _validated(key: ObjectKey, body: Body, wanted: WantedWorker) -> None:
    """Raise ApiProblem if an object breaks a rule of its schema."""
    try:
        KINDS[key.kind].model_validate(body)
    except ValidationError as error:
        raise invalid(error, wanted.fields) from None


def _comparable(key: ObjectKey, body: Body) -> Mapping[str, object]:
    """Return what a request can change of an object, with the defaults of its schema, which the API server sets.

    A spec that cannot be read is as it is.
    """
    labels = body["metadata"].get("labels") or {}
    try:
        spec = KINDS[key.kind].model_validate(body).spec
    except ValidationError:
        return {"metadata": {"labels": labels}, "spec": body.get("spec") or {}}
    found = spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"metadata": {"labels": labels}, "spec": found}


def _translated(error: KubeError, what: str, wanted: WantedWorker) -> ApiProblem:
    found = of_kubernetes(error, what)
    renamed = [
        ErrorItem(item.code, item.message, wanted.fields.get(item.field or "", item.field))
        for item in found.errors
    ]
    return ApiProblem(found.status_code, renamed, found.headers)
