"""Read WorkerTemplates and ClusterWorkerTemplates, and apply their defaults to followers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import PydanticCustomError

from workers_operator.desired.worker import PackageKind, WorkerObject, invalid
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.tenancy.grants import Rights
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import (
    ClusterWorkerTemplate,
    CompatibilitySpec,
    LimitsSpec,
    ObjectMeta,
    TemplateDefaultsSpec,
    TemplateStatus,
    WorkerSpec,
    WorkerTemplate,
)

TemplateObject = WorkerTemplate | ClusterWorkerTemplate
CLUSTER_KIND: Final = "ClusterWorkerTemplate"
TEMPLATE_KINDS: Final = ("WorkerTemplate", CLUSTER_KIND)


@dataclass(frozen=True)
class MalformedTemplate:
    """A template that the present CRD would reject."""

    metadata: ObjectMeta
    status: TemplateStatus
    error: Stalled


def read(key: ObjectKey, body: Mapping[str, Any]) -> TemplateObject | MalformedTemplate:
    """Read a template into its model, or report why it is malformed. ``body``: from the API server."""
    model = ClusterWorkerTemplate if key.kind == CLUSTER_KIND else WorkerTemplate
    try:
        return model.model_validate(body)
    except ValidationError as error:
        return MalformedTemplate(
            ObjectMeta.model_validate(body["metadata"]),
            TemplateStatus.tolerant(body.get("status")),
            invalid(error),
        )


def package_kind(obj: TemplateObject) -> PackageKind:
    """Return the kind of template packages that the source may name."""
    return "elite" if obj.spec.worker_kind == "EliteWorker" else "customer"


def template_key(kind: str, name: str, namespace: str) -> ObjectKey:
    """Return the template that a worker in a namespace names."""
    return ObjectKey(kind, "" if kind == CLUSTER_KIND else namespace, name)


def followed(key: ObjectKey, obj: WorkerObject) -> ObjectKey | None:
    """Return the template that a worker follows, None if it follows none."""
    source = obj.spec.source
    if source is None or source.template_ref is None:
        return None
    return template_key(source.template_ref.kind, source.template_ref.name, key.namespace)


def grant_name(template: ObjectKey) -> str:
    """Return the name of a ClusterWorkerTemplate in grants."""
    return f"cluster/{template.name}"


def is_granted(template: ObjectKey, rights: Rights) -> bool:
    """Whether a grant permits to follow a ClusterWorkerTemplate."""
    return rights.allows("templates", grant_name(template))


def own_version(key: ObjectKey, obj: WorkerObject) -> str:
    """Return the version that a worker has of its template, "" for none."""
    known, template = obj.status.template, followed(key, obj)
    if known is None or template != template_key(known.kind, known.name, key.namespace):
        return ""
    return known.version


def with_defaults(obj: WorkerObject, defaults: TemplateDefaultsSpec) -> WorkerObject:
    """Return a worker with a template's defaults for fields that its spec leaves open. Raises Stalled.

    Parameters, vars and bindings are taken one by one; the worker's own of the same name takes their place as a whole.
    """
    spec = obj.spec
    own = {*spec.vars, *(s.name for s in spec.secrets), *(b.name for b in spec.bindings)}
    merged = spec.model_copy(
        update={
            "parameters": {**defaults.parameters, **spec.parameters},
            "vars": {**{n: v for n, v in defaults.vars.items() if n not in own}, **spec.vars},
            "bindings": (*(b for b in defaults.bindings if b.name not in own), *spec.bindings),
            "compatibility": _compatibility(spec.compatibility, defaults.compatibility),
            "limits": _limits(spec.limits, defaults.limits),
        }
    )
    _check(merged)
    return obj.model_copy(update={"spec": merged})


def _compatibility(own: CompatibilitySpec, default: CompatibilitySpec) -> CompatibilitySpec:
    flags = tuple(dict.fromkeys((*default.flags, *own.flags)))
    return CompatibilitySpec.model_construct(date=own.date or default.date, flags=flags)


def _limits(own: LimitsSpec, default: LimitsSpec) -> LimitsSpec:
    return default.model_copy(update=own.model_dump(exclude_none=True))


def _check(spec: WorkerSpec) -> None:
    """Raise Stalled if the merged spec of worker and template is not valid."""
    try:
        for rule in spec.all_rules:
            rule.enforce(spec)
    except PydanticCustomError as error:
        message = f"spec, with the defaults of its template: {error.message()}"
        raise Stalled(Reason.INVALID_SPEC, message) from None
