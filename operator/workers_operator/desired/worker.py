"""An EliteWorker or a CustomerWorker as domain values. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import ValidationError

from workers_operator.domain import names, routes
from workers_operator.domain.conditions import ROUTED
from workers_operator.domain.content import Binding, config_binding, var_bindings
from workers_operator.domain.egress.policy import Egress
from workers_operator.domain.errors import Stalled
from workers_operator.domain.names import Creator
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import PatternRefused, Refusal, Route, WantedRoutes
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS, Limits
from workers_operator.domain.tenancy.ownership import Claim
from workers_operator.domain.text.lines import short
from workers_operator.domain.worker import ObjectKey, TrafficRules, Worker
from workers_operator.resources import (
    CustomerWorker,
    EliteWorker,
    LimitsSpec,
    ObjectMeta,
    SourceSpec,
    WorkerStatus,
    parse_duration,
)
from workers_operator.resources.configuration import MAX_VARIABLE_BYTES

WorkerObject = EliteWorker | CustomerWorker


PackageKind = Literal["elite", "customer"]
"""Of the templates that are packages of a script and a manifest."""
_MAX_SHOWN: Final = 100  # characters of the name of a field


@dataclass(frozen=True)
class Malformed:
    """An object that the current CRD would reject: stored before a rule existed, or by a server without CEL."""

    metadata: ObjectMeta
    status: WorkerStatus
    orphaned: bool
    error: Stalled


def read(key: ObjectKey, body: Mapping[str, Any]) -> WorkerObject | Malformed:
    """Return the object as its model, or what is wrong with it. ``body``: as the API server gives it."""
    model = EliteWorker if key.kind == "EliteWorker" else CustomerWorker
    try:
        return model.model_validate(body)
    except ValidationError as error:
        return Malformed(
            ObjectMeta.model_validate(body["metadata"]),
            WorkerStatus.tolerant(body.get("status")),
            orphaned=_at(body, "spec", "policies", "deletion") == "Orphan",
            error=invalid(error),
        )


def invalid(error: ValidationError) -> Stalled:
    """Return a model's refusal as an error that names the field."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(short(str(part)) for part in first["loc"])
    return Stalled(Reason.INVALID_SPEC, f"{where}: {first['msg']}")


def platform_of(body: Mapping[str, Any]) -> str:
    """Return the platform that an object names, even one that cannot be read."""
    found = _at(body, "spec", "platform")
    return found if isinstance(found, str) else "default"


def _at(value: object, *path: str) -> object:
    """Return what is at a path, None if nothing is."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def package_kind(obj: WorkerObject) -> PackageKind:
    """Return the kind of templates that the object may use."""
    return "elite" if isinstance(obj, EliteWorker) else "customer"


def source(obj: WorkerObject) -> SourceSpec:
    """Return ``spec.source``, or the kind's own template."""
    if obj.spec.source is not None:
        return obj.spec.source
    if isinstance(obj, EliteWorker):
        return SourceSpec(template=obj.spec.type)
    return SourceSpec(template=obj.spec.template)


def features(obj: WorkerObject) -> tuple[str, ...]:
    """Return the template's features that are enabled."""
    if isinstance(obj, EliteWorker) or obj.spec.configuration is None:
        return ()
    return obj.spec.configuration.features


def plan_name(obj: WorkerObject) -> str | None:
    """Return the name of the customer's plan, if one is set."""
    if isinstance(obj, EliteWorker) or obj.spec.configuration is None:
        return None
    return obj.spec.configuration.plan


def limits(spec: LimitsSpec) -> Limits:
    """Return limits in whole CPU milliseconds, at least one."""
    cpu = None if spec.cpu is None else max(1, round(parse_duration(spec.cpu) * 1000))
    return Limits(cpu, spec.sub_requests)


def script_name(key: ObjectKey, obj: WorkerObject) -> str:
    """Return ``spec.scriptName`` or the kind's default."""
    return obj.spec.script_name or default_script_name(key, obj)


def is_named(key: ObjectKey, obj: WorkerObject) -> bool:
    """Whether an object asks for another script name than its default one: that needs a grant."""
    return obj.spec.script_name not in (None, default_script_name(key, obj))


def default_script_name(key: ObjectKey, obj: WorkerObject) -> str:
    """Return the script name of an object that does not name one."""
    if isinstance(obj, EliteWorker):
        return names.elite_script_name(obj.spec.type, obj.spec.customer_id)
    return names.customer_script_name(obj.spec.customer_id, key.name)


def creator(key: ObjectKey, obj: WorkerObject, dispatch_namespace: str) -> Creator:
    """Return for whom ``create: true`` creates storage on the platform with this dispatch namespace."""
    uid = obj.metadata.uid
    return Creator(dispatch_namespace, key.namespace, script_name(key, obj), uid)


def routes_of(obj: WorkerObject, domain: str) -> WantedRoutes:
    """Return the default route (a CustomerWorker has the whole host, an EliteWorker its path), then ``spec.routes``."""
    host = f"{obj.spec.subdomain}.{domain}"
    default = (
        Route(host, f"/elite/{obj.spec.type}") if isinstance(obj, EliteWorker) else Route(host)
    )
    found: list[Route | Refusal] = [default]
    for item in obj.spec.routes:
        try:
            found += routes.parse_pattern(item.pattern)
        except PatternRefused as refusal:
            found.append(refusal)
    return WantedRoutes(tuple(found))


def check_route(route: Route, domain: str, zones: Mapping[str, str]) -> None:
    """Raise Stalled if a route is in none of the platform's zones, or covers all hosts of its domain."""
    if routes.zone_of(route.host, zones) is None:
        message = f"route {route.zone_pattern} is in none of the platform's zones"
        raise Stalled(Reason.ROUTE_OUTSIDE_ZONES, message)  # they may be other customers'
    if routes.takes_all(route.host, domain):
        message = f"route {route.zone_pattern} would cover the hosts of all workers of the platform"
        raise Stalled(Reason.ROUTE_RESERVED, message)


def worker(key: ObjectKey, obj: WorkerObject, domain: str, effective: Limits = NO_LIMITS) -> Worker:
    """Return the worker's identity, and the routes that are well-formed."""
    return Worker(
        key=key,
        uid=obj.metadata.uid,
        customer_id=obj.spec.customer_id,
        script_name=script_name(key, obj),
        routes=routes_of(obj, domain).served,
        instances=obj.spec.instances,
        domain=domain,
        limits=effective,
        rules=TrafficRules(
            None if obj.spec.egress is None else Egress.of(obj.spec.egress.allow),
            obj.spec.session_affinity,
        ),
    )


def without_routes(obj: WorkerObject) -> WorkerObject:
    """Return the object without ``spec.routes``: with its default route only."""
    return obj.model_copy(update={"spec": obj.spec.model_copy(update={"routes": ()})})


def claim(key: ObjectKey, obj: WorkerObject, domain: str) -> Claim:
    """Return what the object wants for itself; malformed routes are not claimed."""
    return Claim(
        key=key,
        uid=obj.metadata.uid,
        created=obj.metadata.creation_timestamp,
        customer_id=obj.spec.customer_id,
        script_name=script_name(key, obj),
        routes=routes_of(obj, domain).served,
        instances=_least_instances(obj),
        is_named=is_named(key, obj),
    )


def _least_instances(obj: WorkerObject) -> int:
    autoscaling = obj.spec.autoscaling
    if autoscaling is None or obj.spec.instances == 0:
        return obj.spec.instances
    return autoscaling.min_instances


def most_instances(obj: WorkerObject) -> int:
    """Return the greatest number of instances that a spec asks for."""
    autoscaling = obj.spec.autoscaling
    return obj.spec.instances if autoscaling is None else autoscaling.max_instances


def asked_since(obj: WorkerObject, route: Route, now: str) -> str:
    """Return since when an object that was not known before has asked for a route, as far as its status tells.

    An edit that nobody has seen may have added the route: it is as new as possible then. So is a route that is not
    served while no condition says that one waits: the pass may have ended before it came to routes. One that waits has
    waited since its condition says so, for a status is written by the operator only.
    """
    metadata, status = obj.metadata, obj.status
    if metadata.generation <= 1:
        return metadata.creation_timestamp
    if status.observed_generation != metadata.generation:
        return now
    waiting = [c for c in status.conditions if c.type == ROUTED and c.status == "False"]
    if waiting:
        return max(c.last_transition_time for c in waiting)
    is_default = route.host.endswith(".")  # the domain follows once it is known
    url = f"https://{route.host}" if is_default else route.url
    is_served = any(u.startswith(url) if is_default else u == url for u in status.urls)
    return metadata.creation_timestamp if is_served else now


def own_bindings(obj: WorkerObject, environment: str) -> tuple[Binding, ...]:
    """Return CONFIG and the vars as bindings. Raises Stalled if one is too large."""
    config: dict[str, object] = {
        "customerId": obj.spec.customer_id,
        "environment": environment,
        "parameters": obj.spec.parameters,
    }
    if isinstance(obj, EliteWorker):
        config["type"] = obj.spec.type
    elif obj.spec.configuration is not None:
        config["features"] = list(obj.spec.configuration.features)
        config["plan"] = obj.spec.configuration.plan
    bindings = (config_binding(config), *var_bindings(obj.spec.vars))
    for binding in bindings:
        _check_size(binding)
    return bindings


def _check_size(binding: Binding) -> None:
    config = binding.get("json")
    text = (
        binding["text"]
        if config is None
        else json.dumps(config, ensure_ascii=False, separators=(",", ":"))
    )
    size = len(text.encode(errors="surrogatepass"))
    if size > MAX_VARIABLE_BYTES:
        what = (
            f"var {binding['name']!r}" if config is None else "CONFIG, which holds spec.parameters,"
        )
        message = f"{what} has {size} bytes; Cloudflare takes {MAX_VARIABLE_BYTES}: put large data into KV or R2"
        raise Stalled(Reason.VARIABLE_TOO_LARGE, message)


def code24_metadata(
    obj: WorkerObject, *, environment: str, version_hash: str, deployed_at: str
) -> Mapping[str, object]:
    """Return the value of ``worker:<scriptName>``: code24Metadata of the REST API."""
    kind = "elite-worker" if isinstance(obj, EliteWorker) else "customer-worker"
    metadata: dict[str, object] = {"type": kind}
    if isinstance(obj, EliteWorker):
        metadata["eliteWorkerType"] = obj.spec.type
    return metadata | {
        "customerId": obj.spec.customer_id,
        "environment": environment,
        "deploymentInfo": {"version": version_hash, "lastDeployment": deployed_at},
    }


def tags(worker: Worker, version_hash: str) -> tuple[str, ...]:
    """Return the tags of an uploaded script: customer, worker and version. Cloudflare allows eight."""
    return (
        names.MANAGED_BY_TAG,
        f"customer-{worker.customer_id}",
        names.worker_tag(worker.base),
        f"version-{version_hash}",
    )
