"""``spec.bindings`` → bindings of an upload: names become ids, what is to be made is made, services get entrypoints."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from workers_operator.domain import services
from workers_operator.domain.desired import ObjectKey
from workers_operator.domain.handling import Stalled, Waiting
from workers_operator.reconcilers import desire
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.inventory import created_name
from workers_operator.reconcilers.platforms import Platform
from workers_operator.reconcilers.references import References
from workers_operator.reconcilers.service_router import ServiceRouter
from workers_operator.reconcilers.worker_pass import Pass
from workers_operator.resources import BindingSpec
from workers_operator.sources import templates
from workers_operator.sources.templates import RequiredBinding, Template

RECHECK_SECONDS: Final = 30.0
_TITLE_RECHECK_SECONDS: Final = 10.0  # one listing serves all who wait for a title

# Kind → its type in the API, and the field that takes the id (openapi: WorkersBindingKind…).
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


class BindingResolver:
    """Resolves the bindings of one object at a time."""

    def __init__(self, claims: ClaimsIndex, references: References, router: ServiceRouter) -> None:
        self._claims = claims
        self._references = references
        self._router = router

    async def resolve(
        self, p: Pass, platform: Platform, template: Template | None
    ) -> tuple[Mapping[str, Any], ...]:
        """All bindings but secrets, sorted by name. Raises Stalled or Waiting, or a CloudflareError."""
        found = [await self._one(p, platform, binding) for binding in p.obj.spec.bindings]
        if template is not None:
            found += _required(p, platform, template)
        own = desire.own_bindings(p.obj, platform.config.environment)
        return tuple(sorted((*own, *found), key=lambda b: str(b["name"])))

    async def _one(self, p: Pass, platform: Platform, binding: BindingSpec) -> Mapping[str, Any]:
        match binding.type:
            case "kvNamespace":
                identifier = await self._kv_namespace(p, platform, binding)
                return {"type": "kv_namespace", "name": binding.name, "namespace_id": identifier}
            case "r2Bucket":
                bucket = await self._bucket(p, platform, binding)
                return {"type": "r2_bucket", "name": binding.name, "bucket_name": bucket}
            case "analyticsEngine":
                if binding.dataset == platform.config.analytics_dataset:
                    raise _not_allowed(binding, f"the platform's own dataset {binding.dataset!r}")
                return _analytics(binding.name, str(binding.dataset))
            case "service":
                return await self._service(p, platform, binding)
        kind, field = _BY_ID[binding.type]
        named = {field: binding.id} if field is not None else {}
        return {"type": kind, "name": binding.name, **named}

    async def _kv_namespace(self, p: Pass, platform: Platform, binding: BindingSpec) -> str:
        inventory, api = platform.inventory, platform.api
        if binding.create:
            title = created_name(
                "kvNamespace", platform.config.dispatch_namespace, _script(p), binding.name
            )
            return await inventory.create_kv_namespace(api, title, p.urgency)
        identifier = binding.id
        if binding.title is not None:
            identifier = await inventory.kv_namespace(api, binding.title, p.urgency)
            if identifier is None:
                message = f"binding {binding.name!r}: there is no KV namespace {binding.title!r}"
                raise Waiting("KVNamespaceNotFound", message, after=_TITLE_RECHECK_SECONDS)
        if identifier == platform.metadata_namespace:
            raise _not_allowed(binding, "the platform's own KV namespace")
        return str(identifier)

    async def _bucket(self, p: Pass, platform: Platform, binding: BindingSpec) -> str:
        if binding.create:
            name = created_name(
                "r2Bucket", platform.config.dispatch_namespace, _script(p), binding.name
            )
            await platform.inventory.create_bucket(platform.api, name, p.urgency)
            return name
        if binding.bucket == platform.config.data_bucket:
            raise _not_allowed(binding, f"the platform's own bucket {binding.bucket!r}")
        return str(binding.bucket)

    # --- services -----------------------------------------------------------------------------------------------

    async def _service(
        self, p: Pass, platform: Platform, binding: BindingSpec
    ) -> Mapping[str, Any]:
        assert binding.worker is not None  # noqa: S101 - the schema demands it
        callee = ObjectKey(binding.worker.kind, p.key.namespace, binding.worker.name)
        self._check_circle(p.key)
        known = self._claims.find(callee)
        if known is None:
            message = f"binding {binding.name!r}: there is no {callee}"
            raise Waiting("ServiceNotFound", message, after=RECHECK_SECONDS)
        scope, claim = known
        if scope != p.obj.spec.platform:
            message = f"binding {binding.name!r}: {callee} is on platform {scope!r}, not on {p.obj.spec.platform!r}"
            raise Waiting("ServiceNotFound", message, after=RECHECK_SECONDS)
        mark = platform.account.mark(claim.script_name)
        if mark is None or mark.uid != claim.uid:
            message = f"binding {binding.name!r}: {callee} is not deployed yet; it goes first"
            raise Waiting("ServiceNotReady", message, after=RECHECK_SECONDS)
        await self._router.ensure(platform, p.urgency)
        return services.binding(binding.name, platform.service_router, claim.script_name)

    def _check_circle(self, key: ObjectKey) -> None:
        circle = services.find_circle(key, self._references.callees)
        if circle is not None:
            way = " → ".join(k.name for k in circle)
            raise Stalled("ServiceCircle", f"service bindings form a circle: {way}")


def created(p: Pass, platform: Platform) -> list[dict[str, str]]:
    """``status.resources``: what the bindings have made."""
    space, script = platform.config.dispatch_namespace, _script(p)
    return [
        {
            "binding": b.name,
            "type": b.type,
            "name": created_name(b.type, space, script, b.name),
        }
        for b in p.obj.spec.bindings
        if b.create and (b.type == "kvNamespace" or b.type == "r2Bucket")
    ]


def _required(p: Pass, platform: Platform, template: Template) -> list[Mapping[str, Any]]:
    """What the template needs and the object does not say: a dataset is given, anything else is missed."""
    said = {b.name: b.type for b in p.obj.spec.bindings}
    given: list[Mapping[str, Any]] = []
    missing: list[RequiredBinding] = []
    for needed in templates.required_bindings(template, desire.features(p.obj)):
        if said.get(needed.name) == needed.type:
            continue
        if needed.name not in said and needed.type == "analyticsEngine":
            given.append(_analytics(needed.name, f"{platform.config.analytics_dataset}_events"))
        else:
            missing.append(needed)
    if missing:
        raise Stalled("BindingMissing", _missing(template, missing))
    return given


def _missing(template: Template, missing: Sequence[RequiredBinding]) -> str:
    names = ", ".join(f"{b.name} of type {b.type}" for b in missing)
    return f"template {template.name!r} needs spec.bindings: {names}"


def _analytics(name: str, dataset: str) -> Mapping[str, Any]:
    return {"type": "analytics_engine", "name": name, "dataset": dataset}


def _not_allowed(binding: BindingSpec, what: str) -> Stalled:
    return Stalled(
        "BindingNotAllowed", f"binding {binding.name!r}: {what} is not for workers to use"
    )


def _script(p: Pass) -> str:
    return desire.script_name(p.key, p.obj)
