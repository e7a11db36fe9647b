"""References: what an object names besides itself, so that a change of the named thing requeues the object. Pure."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from workers_operator.desired import worker as desired
from workers_operator.desired.fleet import templates
from workers_operator.desired.fleet.templates import TemplateObject
from workers_operator.desired.worker import PackageKind, WorkerObject
from workers_operator.domain import names
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import CodeSource

ReferenceKind = Literal["ConfigMap", "Secret", "Worker", "Template", "R2", "Outbound", "Metrics"]


class Reference(NamedTuple):
    """One named thing.

    ``scope``: its namespace; for an R2 object ``<platform>/<bucket>``, with no bucket for the platform's data bucket;
    for an outbound Worker and for metrics the platform. ``name``: for a worker or a template
    ``<kind>/<name>``, for an R2 object its key; a key that ends in / is a folder.
    """

    kind: ReferenceKind
    scope: str
    name: str


def config_map(namespace: str, name: str) -> Reference:
    """Refer to a ConfigMap."""
    return Reference("ConfigMap", namespace, name)


def secret(namespace: str, name: str) -> Reference:
    """Refer to a Secret."""
    return Reference("Secret", namespace, name)


def worker(key: ObjectKey) -> Reference:
    """Refer to another worker."""
    return Reference("Worker", key.namespace, f"{key.kind}/{key.name}")


def template(key: ObjectKey) -> Reference:
    """Refer to a template that workers follow."""
    return Reference("Template", key.namespace, f"{key.kind}/{key.name}")


def r2(platform: str, bucket: str | None, key: str) -> Reference:
    """Refer to an R2 object or folder."""
    return Reference("R2", f"{platform}/{bucket or ''}", key)


def outbound(platform: str) -> Reference:
    """Refer to a platform's outbound Worker."""
    return Reference("Outbound", platform, "")


def metrics(platform: str) -> Reference:
    """Refer to the metrics of a platform, as workers do that are scaled by them."""
    return Reference("Metrics", platform, "")


def callee(reference: Reference) -> ObjectKey:
    """Return the worker that a reference names."""
    kind, _, name = reference.name.partition("/")
    return ObjectKey(kind, reference.scope, name)


def references_of(key: ObjectKey, obj: WorkerObject) -> frozenset[Reference]:
    """Return everything that an object names."""
    found = {secret(key.namespace, s.secret_key_ref.name) for s in obj.spec.secrets}
    for binding in obj.spec.bindings:
        if binding.worker is not None:
            found.add(worker(ObjectKey(binding.worker.kind, key.namespace, binding.worker.name)))
    if obj.spec.egress is not None:
        found.add(outbound(obj.spec.platform))
    if obj.spec.autoscaling is not None:
        found.add(metrics(obj.spec.platform))
    wanted, kind = desired.source(obj), desired.package_kind(obj)
    found.update(_of_code(wanted, key.namespace, obj.spec.platform, kind))
    if (followed := templates.followed(key, obj)) is not None:
        found.add(template(followed))
    return frozenset(found)


def references_of_template(key: ObjectKey, obj: TemplateObject) -> frozenset[Reference]:
    """Return everything that a template names."""
    kind = templates.package_kind(obj)
    return frozenset(_of_code(obj.spec.source, key.namespace, obj.spec.platform, kind))


def _of_code(
    wanted: CodeSource, namespace: str, platform: str, kind: PackageKind
) -> Iterator[Reference]:
    if wanted.config_map is not None:
        yield config_map(namespace, wanted.config_map.name)
    if wanted.r2 is not None:
        yield r2(platform, wanted.r2.bucket, wanted.r2.key)
    if wanted.template is not None:
        for name in names.template_keys(kind, wanted.template):
            yield r2(platform, None, name)
