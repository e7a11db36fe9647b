"""A custom resource → what it wants, as the domain's frozen values. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from workers_operator.domain import names, patterns
from workers_operator.domain.claims import Claim
from workers_operator.domain.desired import ObjectKey, Route, Worker, config_binding, var_bindings
from workers_operator.domain.handling import Stalled
from workers_operator.domain.plans import Limits
from workers_operator.reconcilers import references
from workers_operator.reconcilers.references import Reference
from workers_operator.resources import (
    CustomerWorker,
    EliteWorker,
    LimitsSpec,
    SourceSpec,
    parse_duration,
)
from workers_operator.sources.manifest import Kind

WorkerObject = EliteWorker | CustomerWorker


def parse(key: ObjectKey, body: Mapping[str, Any]) -> WorkerObject:
    """The object as its model. Raises pydantic.ValidationError for what the CRD would have refused."""
    model = EliteWorker if key.kind == "EliteWorker" else CustomerWorker
    return model.model_validate(body)


def invalid(error: ValidationError) -> Stalled:
    """What is wrong with an object that can't be read, by the name of its field."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return Stalled("InvalidSpec", f"{where}: {first['msg']}")


def template_kind(obj: WorkerObject) -> Kind:
    """Whose templates the object may use."""
    return "elite" if isinstance(obj, EliteWorker) else "customer"


def source(obj: WorkerObject) -> SourceSpec:
    """``spec.source``, or the kind's own template."""
    if obj.spec.source is not None:
        return obj.spec.source
    if isinstance(obj, EliteWorker):
        return SourceSpec(template=obj.spec.type)
    return SourceSpec(template=obj.spec.template)


def features(obj: WorkerObject) -> tuple[str, ...]:
    """The template's features that are on."""
    if isinstance(obj, EliteWorker) or obj.spec.configuration is None:
        return ()
    return obj.spec.configuration.features


def plan_name(obj: WorkerObject) -> str | None:
    """The customer's plan."""
    if isinstance(obj, EliteWorker) or obj.spec.configuration is None:
        return None
    return obj.spec.configuration.plan


def limits(spec: LimitsSpec) -> Limits:
    """Limits as the domain counts them: whole CPU milliseconds, at least one."""
    cpu = None if spec.cpu is None else max(1, round(parse_duration(spec.cpu) * 1000))
    return Limits(cpu, spec.sub_requests)


def script_name(key: ObjectKey, obj: WorkerObject) -> str:
    """``spec.scriptName`` or the kind's default."""
    if obj.spec.script_name is not None:
        return obj.spec.script_name
    if isinstance(obj, EliteWorker):
        return names.elite_script_name(obj.spec.type, obj.spec.customer_id)
    return names.customer_script_name(obj.spec.customer_id, key.name)


def routes(obj: WorkerObject, domain: str) -> tuple[Route, ...]:
    """The default route (a customer's worker has the whole host, an elite worker its path), then ``spec.routes``.

    Raises PatternRefused.
    """
    host = f"{obj.spec.subdomain}.{domain}"
    default = (
        Route(host, f"/elite/{obj.spec.type}") if isinstance(obj, EliteWorker) else Route(host)
    )
    more = (r for item in obj.spec.routes for r in patterns.parse_pattern(item.pattern))
    return tuple(dict.fromkeys((default, *more)))


def check_routes(found: Sequence[Route], domain: str, zones: Mapping[str, str]) -> None:
    """Raises Stalled where a route lies in none of the platform's zones, or takes the whole of its domain."""
    for route in found:
        if patterns.zone_of(route.host, zones) is None:
            message = f"route {route.zone_pattern} lies in none of the platform's zones"
            raise Stalled("RouteOutsideZones", f"{message}: {', '.join(sorted(zones))}")
        if patterns.takes_all(route.host, domain):
            message = f"route {route.zone_pattern} would take all workers' hosts of the platform"
            raise Stalled("RouteReserved", message)


def worker(key: ObjectKey, obj: WorkerObject, domain: str, effective: Limits) -> Worker:
    """The worker's identity and reach. Raises PatternRefused."""
    return Worker(
        key=key,
        uid=obj.metadata.uid,
        customer_id=obj.spec.customer_id,
        script_name=script_name(key, obj),
        routes=routes(obj, domain),
        instances=obj.spec.instances,
        domain=domain,
        limits=effective,
    )


def claim(key: ObjectKey, obj: WorkerObject, domain: str) -> Claim:
    """What the object wants for itself; routes that can't be served are no claim."""
    try:
        wanted = routes(obj, domain)
    except patterns.PatternRefused:
        wanted = routes(
            obj.model_copy(update={"spec": obj.spec.model_copy(update={"routes": ()})}), domain
        )
    return Claim(
        key=key,
        uid=obj.metadata.uid,
        created=obj.metadata.creation_timestamp,
        customer_id=obj.spec.customer_id,
        script_name=script_name(key, obj),
        routes=wanted,
    )


def all_references(key: ObjectKey, obj: WorkerObject) -> frozenset[Reference]:
    """What a change of would concern the object."""
    found = {references.secret(key.namespace, s.secret_key_ref.name) for s in obj.spec.secrets}
    for binding in obj.spec.bindings:
        if binding.worker is not None:
            named = ObjectKey(binding.worker.kind, key.namespace, binding.worker.name)
            found.add(references.worker(named))
    wanted = source(obj)
    if wanted.config_map is not None:
        found.add(references.config_map(key.namespace, wanted.config_map.name))
    if wanted.r2 is not None:
        found.add(references.r2(obj.spec.platform, wanted.r2.bucket, wanted.r2.key))
    if wanted.template is not None:
        for name in names.template_keys(template_kind(obj), wanted.template):
            found.add(references.r2(obj.spec.platform, None, name))
    return frozenset(found)


def own_bindings(obj: WorkerObject, environment: str) -> tuple[Mapping[str, Any], ...]:
    """What the object itself says: CONFIG and the vars."""
    config: dict[str, Any] = {
        "customerId": obj.spec.customer_id,
        "environment": environment,
        "parameters": obj.spec.parameters,
    }
    if isinstance(obj, EliteWorker):
        config["type"] = obj.spec.type
    elif obj.spec.configuration is not None:
        config["features"] = list(obj.spec.configuration.features)
        config["plan"] = obj.spec.configuration.plan
    return (config_binding(config), *var_bindings(obj.spec.vars))


def code24_metadata(
    obj: WorkerObject, *, environment: str, version_hash: str, deployed_at: str
) -> Mapping[str, Any]:
    """The value of ``worker:<scriptName>``: code24Metadata of the REST API."""
    kind = "elite-worker" if isinstance(obj, EliteWorker) else "customer-worker"
    metadata: dict[str, Any] = {"type": kind}
    if isinstance(obj, EliteWorker):
        metadata["eliteWorkerType"] = obj.spec.type
    return metadata | {
        "customerId": obj.spec.customer_id,
        "environment": environment,
        "deploymentInfo": {"version": version_hash, "lastDeployment": deployed_at},
    }


def tags(worker: Worker, version_hash: str) -> tuple[str, ...]:
    """The tags of an uploaded script: whose it is, and which version. Cloudflare allows eight."""
    return (
        names.MANAGED_BY_TAG,
        f"customer-{worker.customer_id}",
        f"worker-{worker.base}",
        f"version-{version_hash}",
    )
