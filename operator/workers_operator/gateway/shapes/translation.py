"""Translate requests to custom resources. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import JsonValue

from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.http.problems import refused
from workers_operator.gateway.shapes.bindings import binding_of
from workers_operator.gateway.shapes.patches import PatchedWorkerModel
from workers_operator.gateway.shapes.requests import (
    CustomerDeployModel,
    EliteDeployModel,
    NewWorkerModel,
    R2DeployModel,
    ReplacedWorkerModel,
    ScaleModel,
    WorkerFieldsModel,
)
from workers_operator.resources import API_VERSION

Patch = dict[str, JsonValue]
# Fields of a request that are fields of a spec.
SAME: Final = (
    "parameters",
    "configuration",
    "vars",
    "secrets",
    "subdomain",
    "instances",
    "sessionAffinity",
    "limits",
    "compatibility",
    "egress",
    "autoscaling",
    "rollout",
    "health",
    "suspend",
)
# Fields of a spec that a PUT keeps.
KEPT: Final = (
    "customerId",
    "scriptName",
    "type",
    "platform",
    "subdomain",
    "interval",
    "policies",
)
# Sources that a request cannot name; a source in the request replaces them.
_OTHERS: Final[Patch] = {"configMap": None, "templateRef": None}
_SOURCES: Final = ("script", "modules", "main", "template", "r2")
_INLINE: Final = ("script", "modules", "main")
_ARTICLES: Final = {"EliteWorker": "an", "CustomerWorker": "a"}
# Field of an object → its name in a request.
REQUEST_FIELDS: Final[Mapping[str, str]] = {
    "metadata.name": "name",
    "metadata.labels": "metadata.labels",
    "spec.scriptName": "name",
    "spec.customerId": "metadata.customerId",
    "spec.platform": "metadata.platform",
    "spec.type": "metadata.eliteWorkerType",
    "spec.source.inline.script": "script",
    "spec.source.inline.modules": "modules",
    "spec.source.inline.main": "main",
    "spec.source.r2": "r2",
    "spec.source.template": "template",
    "spec": "",
}
_DEPLOY_FIELDS: Final[Mapping[str, str]] = {
    **REQUEST_FIELDS,
    "metadata.name": "customerId",
    "spec.scriptName": "customerId",
    "spec.customerId": "customerId",
    "spec.platform": "platform",
    "spec.type": "type",
}
_R2_FIELDS: Final[Mapping[str, str]] = {
    **_DEPLOY_FIELDS,
    "metadata.name": "workerName",
    "spec.scriptName": "workerName",
    "spec.source.r2.key": "r2Key",
    "spec.source.r2.bucket": "bucket",
}
_SCALE_FIELDS: Final[Mapping[str, str]] = {
    **REQUEST_FIELDS,
    "spec.limits.cpu": "cpuLimit",
    "spec.limits.memory": "memoryLimit",
}


@dataclass(frozen=True)
class WantedWorker:
    """A requested change of an object.

    ``spec``: a JSON merge patch; ``defaults``: what it begins with in a new object. ``labels``: a merge patch, too;
    None leaves them alone. ``replaces``: what ``spec`` does not name goes; ``replaces_labels``: what ``labels`` does
    not name goes. ``fields``: what fields of an object are called in the request.
    """

    kind: str
    name: str
    spec: Patch
    labels: Patch | None = None
    defaults: Patch = field(default_factory=dict)
    replaces: bool = False
    replaces_labels: bool = False
    fields: Mapping[str, str] = field(default_factory=lambda: REQUEST_FIELDS)


def created(request: NewWorkerModel, platform: str) -> WantedWorker:
    """Translate a POST. Raises ApiProblem."""
    given, metadata = request.given(), request.metadata
    is_elite = metadata is not None and metadata.type == "elite-worker"
    kind = "EliteWorker" if is_elite else "CustomerWorker"
    check_fits(kind, request)
    defaults: Patch = {"scriptName": request.name, "subdomain": request.name, "platform": platform}
    spec: Patch = {k: v for k, v in _spec(given, is_elite).items() if v is not None}
    return WantedWorker(kind, request.name, spec, _labels(given), defaults)


def changed(
    key: ObjectKey,
    request: ReplacedWorkerModel | PatchedWorkerModel,
    platform: str | None,
) -> WantedWorker:
    """Return what a PUT or a PATCH wants of an object. Raises ApiProblem.

    ``platform``: None leaves it where it is.
    """
    check_fits(key.kind, request)
    given, replaces = request.given(), isinstance(request, ReplacedWorkerModel)
    spec = _spec(given, key.kind == "EliteWorker")
    if platform is not None:
        spec["platform"] = platform
    labels, is_cleared = _labels(given), _metadata(given).get("labels", ()) is None
    return WantedWorker(
        key.kind,
        key.name,
        spec,
        {} if is_cleared else labels,
        replaces=replaces,
        replaces_labels=replaces or is_cleared,
    )


def check_fits(kind: str, request: WorkerFieldsModel | PatchedWorkerModel) -> None:
    """Raise ApiProblem if a request names what workers of a kind do not have, or are not."""
    is_elite, metadata = kind == "EliteWorker", request.metadata
    if is_elite and request.configuration is not None:
        message = "configuration: an EliteWorker has none; it is of customers' workers"
        raise refused(Reason.INVALID_SPEC, message, "configuration")
    if metadata is None:
        return
    if metadata.type is not None and (metadata.type == "elite-worker") is not is_elite:
        message = f"metadata.type: the worker is {_ARTICLES[kind]} {kind}, and stays one"
        raise refused(Reason.INVALID_SPEC, message, "metadata.type")
    if metadata.elite_worker_type is not None and not is_elite:
        message = "metadata.eliteWorkerType: a CustomerWorker has none; it is of elite workers"
        raise refused(Reason.INVALID_SPEC, message, "metadata.eliteWorkerType")


def _metadata(given: Patch) -> Patch:
    found = given.get("metadata")
    return found if isinstance(found, dict) else {}


def _labels(given: Patch) -> Patch | None:
    found = _metadata(given).get("labels")
    return found if isinstance(found, dict) else None


def _spec(given: Patch, is_elite: bool) -> Patch:
    """Return the fields of a request as a merge patch of a spec."""
    spec: Patch = {name: given[name] for name in SAME if name in given}
    metadata = _metadata(given)
    if "customerId" in metadata:
        spec["customerId"] = metadata["customerId"]
    if metadata.get("eliteWorkerType"):
        spec["type"] = metadata["eliteWorkerType"]
    if "platform" in metadata and metadata["platform"] is None:
        spec["platform"] = None
    if isinstance(bindings := given.get("bindings", ()), list):
        spec["bindings"] = [binding_of(b) for b in bindings if isinstance(b, dict)]
    elif "bindings" in given:
        spec["bindings"] = None
    if isinstance(routes := given.get("routes", ()), list):
        spec["routes"] = [{"pattern": pattern} for pattern in routes]
    elif "routes" in given:
        spec["routes"] = None
    return spec | _source(given, is_elite)


def _source(given: Patch, is_elite: bool) -> Patch:
    """Return the source as a merge patch: a given source replaces the former one."""
    named = {name: given[name] for name in _SOURCES if given.get(name) is not None}
    if not named:
        return _source_without([name for name in _SOURCES if name in given], is_elite)
    inline: Patch = {name: named[name] for name in _INLINE if name in named}
    if list(named) == ["main"]:
        return {"source": {"inline": inline}}
    if "script" in named:
        inline = {"modules": None, "main": None, **inline}
    elif "modules" in named:
        inline = {"script": None, **inline}
    source: Patch = {"inline": inline or None, "r2": named.get("r2"), **_OTHERS}
    if is_elite:
        source["template"] = named.get("template")
        return {"source": source}
    if list(named) == ["template"]:
        return {"template": named["template"], "source": None}
    source["template"] = named.get("template")
    return {"source": source, "template": None}


def _source_without(names: Sequence[str], is_elite: bool) -> Patch:
    """Return what removes parts of a source: those that are null."""
    inline: Patch = {name: None for name in names if name in _INLINE}
    source: Patch = {name: None for name in names if name not in _INLINE}
    source |= {"inline": inline} if inline else {}
    found: Patch = {"source": source} if source else {}
    return found | ({"template": None} if "template" in names and not is_elite else {})


def elite(request: EliteDeployModel, platform: str) -> WantedWorker:
    """Translate a deployment of an elite worker."""
    spec: Patch = {
        "type": request.type,
        "customerId": request.customer_id,
        "subdomain": request.subdomain,
        "platform": platform,
    }
    name = f"{request.type}-worker-{request.customer_id}"
    spec |= _parameters(request.parameters)
    return WantedWorker("EliteWorker", name, spec, fields=_DEPLOY_FIELDS)


def customer(request: CustomerDeployModel, platform: str) -> WantedWorker:
    """Translate a deployment of a customer's worker."""
    spec: Patch = {
        "customerId": request.customer_id,
        "subdomain": request.subdomain,
        "template": request.template,
        "source": None,
        "platform": platform,
    }
    given = request.given()
    if given.get("configuration") is not None:
        spec["configuration"] = given["configuration"]
    spec |= _parameters(request.parameters)
    return WantedWorker("CustomerWorker", request.customer_id, spec, fields=_DEPLOY_FIELDS)


def from_r2(request: R2DeployModel, platform: str) -> WantedWorker:
    """Translate a deployment of code in R2."""
    source: Patch = {
        "r2": {"key": request.r2_key, **({"bucket": request.bucket} if request.bucket else {})},
        "inline": None,
        "template": None,
        **_OTHERS,
    }
    spec: Patch = {
        "scriptName": request.worker_name,
        "source": source,
        "template": None,
        "platform": platform,
    }
    named = {"customerId": request.customer_id, "subdomain": request.subdomain}
    spec |= {name: value for name, value in named.items() if value is not None}
    return WantedWorker(
        "CustomerWorker",
        request.worker_name,
        spec | _parameters(request.parameters),
        defaults={"customerId": request.worker_name, "subdomain": request.worker_name},
        fields=_R2_FIELDS,
    )


def _parameters(given: Mapping[str, JsonValue] | None) -> Patch:
    return {"parameters": dict(given)} if given is not None else {}


def scaled(key: ObjectKey, request: ScaleModel) -> WantedWorker:
    """Translate a request to scale a worker."""
    spec: Patch = {"instances": request.instances} if request.instances is not None else {}
    asked: Patch = {"cpu": request.cpu_limit, "memory": request.memory_limit}
    limits: Patch = {name: value for name, value in asked.items() if value is not None}
    spec |= {"limits": limits} if limits else {}
    return WantedWorker(key.kind, key.name, spec, fields=_SCALE_FIELDS)


def merged(value: JsonValue, patch: JsonValue) -> JsonValue:
    """Apply a JSON merge patch (RFC 7396) to a value."""
    if not isinstance(patch, dict):
        return patch
    found = dict(value) if isinstance(value, dict) else {}
    for name, item in patch.items():
        if item is None:
            found.pop(name, None)
        else:
            found[name] = merged(found.get(name), item)
    return found


def object_of(
    wanted: WantedWorker, namespace: str, annotations: Mapping[str, str]
) -> dict[str, Any]:
    """Return a new object."""
    metadata: dict[str, Any] = {"name": wanted.name, "namespace": namespace}
    if annotations:
        metadata["annotations"] = dict(annotations)
    if wanted.labels:
        metadata["labels"] = dict(wanted.labels)
    return {
        "apiVersion": API_VERSION,
        "kind": wanted.kind,
        "metadata": metadata,
        "spec": merged(wanted.defaults, wanted.spec),
    }


def updated(
    body: Mapping[str, Any], wanted: WantedWorker, annotations: Mapping[str, str]
) -> dict[str, Any]:
    """Return an object with a requested change."""
    metadata = dict(body["metadata"])
    if wanted.labels is not None:
        former = {} if wanted.replaces_labels else metadata.get("labels") or {}
        metadata["labels"] = merged(former, wanted.labels)
    if annotations:
        metadata["annotations"] = {**(metadata.get("annotations") or {}), **annotations}
    spec = dict(body.get("spec") or {})
    if wanted.replaces:
        spec = {name: value for name, value in spec.items() if name in KEPT}
    # It is immutable, and the object was found by it.
    changes = {name: value for name, value in wanted.spec.items() if name != "scriptName"}
    return {**body, "metadata": metadata, "spec": _without_empty_source(merged(spec, changes))}


def _without_empty_source(spec: JsonValue) -> JsonValue:
    """Return a spec whose source is absent if a patch has left nothing of it."""
    known = spec.get("source") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(known, dict):
        return spec
    source: Patch = {k: v for k, v in known.items() if k != "inline" or v != {}}
    rest = {name: value for name, value in spec.items() if name != "source"}
    return {**rest, "source": source} if source else rest
