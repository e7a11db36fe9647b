"""``spec.bindings`` → the bindings of an upload: names become ids, services become entrypoints. Changes nothing.

What ``create: true`` asks for and does not exist yet is returned as actions: the worker's version is known once they
are carried out, since a KV namespace has no id before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from workers_operator.account.platforms import Platform, Platforms
from workers_operator.desired import worker as desired
from workers_operator.domain import names, services
from workers_operator.domain.content import Binding, Code
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.names import Creator
from workers_operator.domain.plan.actions import EnsureBucket, EnsureKVNamespace
from workers_operator.domain.reasons import Reason
from workers_operator.domain.tenancy.grants import STORAGE, Rights
from workers_operator.domain.text.lines import short
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.resources import (
    BindingSpec,
    CreatedResource,
    Versions,
    WorkerSpec,
    WorkerStatus,
)
from workers_operator.resources.configuration import RESERVED
from workers_operator.sources import templates
from workers_operator.sources.templates import RequiredBinding, Template

RECHECK_SECONDS: Final = 30.0
_TITLE_RECHECK_SECONDS: Final = 10.0  # one listing serves all who wait for a title

# Type of binding → its type in the API, and the field that takes the id (openapi: WorkersBindingKind…).
_BY_ID: Final[Mapping[str, tuple[str, str | None]]] = {
    "versionMetadata": ("version_metadata", None),
    "ai": ("ai", None),
    "browser": ("browser", None),
    "images": ("images", None),
    "d1": ("d1", "database_id"),
    "hyperdrive": ("hyperdrive", "id"),
    "mtlsCertificate": ("mtls_certificate", "certificate_id"),
    "pipeline": ("pipelines", "pipeline"),
    "queue": ("queue", "queue_name"),
    "vectorize": ("vectorize", "index_name"),
    "vpcService": ("vpc_service", "service_id"),
}

# Type of binding → the list in grants that names its resources.
_GRANTED: Final[Mapping[str, str]] = {
    "kvNamespace": "kvNamespaces",
    "r2Bucket": "buckets",
    "analyticsEngine": "datasets",
    "d1": "d1",
    "hyperdrive": "hyperdrive",
    "mtlsCertificate": "mtlsCertificates",
    "pipeline": "pipelines",
    "queue": "queues",
    "vectorize": "vectorize",
    "vpcService": "vpcServices",
}

_TYPES: Final[Mapping[str, str]] = {
    "kv_namespace": "kvNamespace",
    "r2_bucket": "r2Bucket",
    "analytics_engine": "analyticsEngine",
    "service": "service",
    **{kind: name for name, (kind, _) in _BY_ID.items()},
}
_MAX_LACKING: Final = 10  # bindings that a message names
_VARIABLES: Final = ("plain_text", "json", "secret_text")

Need = EnsureKVNamespace | EnsureBucket


@dataclass(frozen=True)
class Bound:
    """All bindings but secrets, sorted by name. ``needs``: what has to be created before ``bindings`` is complete."""

    bindings: tuple[Binding, ...]
    needs: tuple[Need, ...]


class BindingResolver:
    """Resolves the bindings of one object at a time."""

    def __init__(self, index: Index, platforms: Platforms) -> None:
        self._index = index
        self._platforms = platforms

    async def resolve(
        self, attempt: Attempt, platform: Platform, template: Template | None, rights: Rights
    ) -> Bound:
        """Resolve all bindings. Raises Stalled or Waiting, or a CloudflareError."""
        for binding in attempt.obj.spec.bindings:
            await self._check(attempt, platform, binding, rights)
        found = [
            await self._one(attempt, platform, binding) for binding in attempt.obj.spec.bindings
        ]
        given = _required(attempt, platform, template) if template is not None else []
        own = desired.own_bindings(attempt.obj, platform.config.environment)
        resolved = [one for one in found if not isinstance(one, Need)]
        needs = tuple(one for one in found if isinstance(one, Need))
        bindings = sorted((*own, *resolved, *given), key=lambda b: str(b["name"]))
        return Bound(tuple(bindings), needs)

    async def _one(
        self, attempt: Attempt, platform: Platform, binding: BindingSpec
    ) -> Binding | Need:
        match binding.type:
            case "kvNamespace":
                return await self._kv_namespace(attempt, platform, binding)
            case "r2Bucket":
                return await self._bucket(attempt, platform, binding)
            case "analyticsEngine":
                return _analytics(binding.name, str(binding.dataset))
            case "service":
                return self._service(attempt, platform, binding)
        kind, field = _BY_ID[binding.type]
        named = {field: binding.id} if field is not None else {}
        return {"type": kind, "name": binding.name, **named}

    @staticmethod
    async def _kv_namespace(
        attempt: Attempt, platform: Platform, binding: BindingSpec
    ) -> Binding | Need:
        observer, identifier = platform.observer, binding.id
        if binding.create:
            title = _created_name(attempt, platform, binding)
            identifier = await observer.kv_namespace(title, attempt.priority)
            if identifier is None:
                return EnsureKVNamespace(title)
        elif binding.title is not None:
            identifier = await observer.kv_namespace(binding.title, attempt.priority)
            if identifier is None:
                raise _no_namespace(binding, binding.title)
        return {"type": "kv_namespace", "name": binding.name, "namespace_id": str(identifier)}

    @staticmethod
    async def _bucket(attempt: Attempt, platform: Platform, binding: BindingSpec) -> Binding | Need:
        bucket = str(binding.bucket)
        if binding.create:
            bucket = _created_name(attempt, platform, binding)
            if not await platform.observer.has_bucket(bucket, attempt.priority):
                return EnsureBucket(bucket)
        return {"type": "r2_bucket", "name": binding.name, "bucket_name": bucket}

    # --- rights -------------------------------------------------------------------------------------------------

    async def _check(
        self, attempt: Attempt, platform: Platform, binding: BindingSpec, rights: Rights
    ) -> None:
        """Raise Stalled unless a binding leads to what the worker creates itself, or to what a grant names.

        What platforms have for themselves is out of reach; what was created for a worker is granted by its name only.
        """
        kind, name = _GRANTED.get(binding.type), _named(binding)
        if kind is None or name is None:
            return
        field = f"{STORAGE}{kind}"
        what = f"{binding.type} resource"
        rights.check(field, name, where=f"binding {binding.name!r}", what=what)
        estates = self._platforms.estates(platform.config)
        title = binding.title or ""
        if binding.type == "kvNamespace" and binding.id is not None:
            if estates.holds_kv(identifier=binding.id):
                raise _not_allowed(binding)
            if not rights.allows_exactly(field, binding.id):
                title = await platform.observer.kv_title(binding.id, attempt.priority) or ""
                if not title:
                    raise _no_namespace(binding, binding.id)
                if not rights.allows(field, title):  # the beginning of a title is none of an id
                    raise _id_not_granted(binding)
        bucket, dataset = binding.bucket or "", binding.dataset or ""
        if estates.holds_kv(title=title) or estates.holds_bucket(bucket):
            raise _not_allowed(binding)
        if dataset and estates.holds_dataset(dataset):
            raise _not_allowed(binding)
        is_created = estates.created_for_a_worker(title=title, bucket=bucket)
        if is_created and not rights.allows_exactly(field, name, title or name):
            raise _not_allowed(binding)

    # --- services -----------------------------------------------------------------------------------------------

    def _service(self, attempt: Attempt, platform: Platform, binding: BindingSpec) -> Binding:
        assert binding.worker is not None  # noqa: S101 - the schema requires it
        callee = ObjectKey(binding.worker.kind, attempt.key.namespace, binding.worker.name)
        self._check_cycle(attempt.key)
        known = self._index.claims.find(callee)
        if known is None:
            message = f"binding {binding.name!r}: there is no {callee}"
            raise Waiting(Reason.SERVICE_NOT_FOUND, message, after=RECHECK_SECONDS)
        scope, claim = known
        own = attempt.obj.spec.platform
        if scope != own:
            message = f"binding {binding.name!r}: {callee} is on platform {scope!r}, not on {own!r}"
            raise Waiting(Reason.SERVICE_NOT_FOUND, message, after=RECHECK_SECONDS)
        mark = platform.snapshot.mark(claim.script_name)
        if mark is None or mark.uid != claim.uid:
            message = f"binding {binding.name!r}: {callee} is not deployed yet; it goes first"
            raise Waiting(Reason.SERVICE_NOT_READY, message, after=RECHECK_SECONDS)
        router = platform.config.dispatch.service_router
        return services.binding(binding.name, router, claim.uid)

    def _check_cycle(self, key: ObjectKey) -> None:
        cycle = services.find_cycle(key, self._index.references.callees)
        if cycle is not None:
            path = " → ".join(k.name for k in cycle)
            raise Stalled(Reason.SERVICE_CYCLE, f"service bindings form a cycle: {path}")


def _named(binding: BindingSpec) -> str | None:
    """Return the name by which a binding refers to something that exists."""
    return binding.id or binding.title or binding.bucket or binding.dataset


def check_asked(spec: WorkerSpec, code: Code) -> None:
    """Raise Stalled if the spec lacks bindings that a bundle's metadata ask for: it would find them undefined."""
    variables = {*spec.vars, *(secret.name for secret in spec.secrets)}
    stated = {binding.name: binding.type for binding in spec.bindings}
    lacking = []
    for name, kind in code.asks:
        if kind in _VARIABLES and name not in variables:
            place = "spec.secrets" if kind == "secret_text" else "spec.vars"
            reserved = "is reserved by the operator: rename it"
            advice = reserved if name == RESERVED else f"has to be in {place}"
        elif kind in _TYPES and stated.get(name) != _TYPES[kind]:
            advice = f"has to be in spec.bindings, with the type {_TYPES[kind]}"
        elif kind not in _TYPES and kind not in _VARIABLES:
            advice = "is of a type that the operator does not support"
        else:
            continue
        lacking.append(f"{short(name)} ({short(kind)}) {advice}")
    if lacking:
        named = "; ".join(lacking[:_MAX_LACKING])
        more = len(lacking) - _MAX_LACKING
        rest = f"; and {more} more" if more > 0 else ""
        message = f"{code.origin}: the bundle's metadata ask for bindings: {named}{rest}"
        raise Stalled(Reason.BUNDLE_NOT_SUPPORTED, message)


def created(attempt: Attempt, platform: Platform) -> tuple[CreatedResource, ...]:
    """Return ``status.resources``: what the bindings have created."""
    return tuple(
        CreatedResource(
            binding=b.name,
            type=b.type,
            name=_created_name(attempt, platform, b),
            deletion=b.deletion or "Retain",
        )
        for b in attempt.obj.spec.bindings
        if b.create and b.type in ("kvNamespace", "r2Bucket")
    )


def released(attempt: Attempt, platform: Platform, status: WorkerStatus) -> list[CreatedResource]:
    """Return what was created on the platform, and no version that could serve asks for any more."""
    creator = desired.creator(attempt.key, attempt.obj, platform.config.dispatch.namespace)
    wanted = {resource.name for resource in created(attempt, platform)}
    versions = status.versions or Versions()
    needed = {versions.stable, versions.canary, versions.previous} - {None}
    return [
        r
        for r in status.resources
        if r.name not in wanted and r.version not in needed and is_made_by(creator, r)
    ]


def created_name(creator: Creator, kind: str, binding: str) -> str:
    """Return the title or name of what ``create: true`` makes for a binding of a type."""
    if kind == "kvNamespace":
        return names.created_kv_title(creator, binding)
    return names.created_bucket_name(creator, binding)


def is_made_by(creator: Creator, resource: CreatedResource) -> bool:
    """Whether a resource was created for a worker on the creator's platform."""
    return resource.name == created_name(creator, resource.type, resource.binding)


def _created_name(attempt: Attempt, platform: Platform, binding: BindingSpec) -> str:
    space = platform.config.dispatch.namespace
    creator = desired.creator(attempt.key, attempt.obj, space)
    return created_name(creator, binding.type, binding.name)


def _required(attempt: Attempt, platform: Platform, template: Template) -> list[Binding]:
    """Return what the template requires and the object omits: datasets are given, anything else is missing."""
    stated = {b.name: b.type for b in attempt.obj.spec.bindings}
    given: list[Binding] = []
    missing: list[RequiredBinding] = []
    for required in templates.required_bindings(template, desired.features(attempt.obj)):
        if stated.get(required.name) == required.type:
            continue
        if required.name not in stated and required.type == "analyticsEngine":
            storage, customer = platform.config.storage, attempt.obj.spec.customer_id
            dataset = names.events_dataset(storage.analytics_dataset, customer)
            given.append(_analytics(required.name, dataset))
        else:
            missing.append(required)
    if missing:
        raise Stalled(Reason.BINDING_MISSING, _missing(template, missing))
    return given


def _missing(template: Template, missing: Sequence[RequiredBinding]) -> str:
    listed = ", ".join(f"{b.name} of type {b.type}" for b in missing)
    return f"template {template.name!r} needs spec.bindings: {listed}"


def _analytics(name: str, dataset: str) -> Binding:
    return {"type": "analytics_engine", "name": name, "dataset": dataset}


def _not_allowed(binding: BindingSpec) -> Stalled:
    message = (
        f"binding {binding.name!r}: {_named(binding)!r} belongs to a platform or to another worker"
    )
    return Stalled(Reason.BINDING_NOT_ALLOWED, message)


def _id_not_granted(binding: BindingSpec) -> Stalled:
    message = f"binding {binding.name!r}: a grant has to name {binding.id!r} as it is, or the namespace's title"
    return Stalled(Reason.NOT_GRANTED, message)


def _no_namespace(binding: BindingSpec, name: str) -> Waiting:
    message = f"binding {binding.name!r}: there is no KV namespace {name!r}"
    return Waiting(Reason.KV_NAMESPACE_NOT_FOUND, message, after=_TITLE_RECHECK_SECONDS)
