"""A custom resource → what it wants, as the domain's frozen values. Pure."""

from collections.abc import Mapping
from typing import Any

from workers_operator.domain import names
from workers_operator.domain.claims import Claim
from workers_operator.domain.desired import (
    ObjectKey,
    Route,
    Version,
    Worker,
    config_binding,
    var_bindings,
)
from workers_operator.resources import CustomerWorker, EliteWorker, Source
from workers_operator.sources.templates import Kind, Template

WorkerObject = EliteWorker | CustomerWorker


def parse(key: ObjectKey, body: Mapping[str, Any]) -> WorkerObject:
    """The object as its model. Raises pydantic.ValidationError for what the CRD would have refused."""
    model = EliteWorker if key.kind == "EliteWorker" else CustomerWorker
    return model.model_validate(body)


def template_kind(obj: WorkerObject) -> Kind:
    """Whose templates the object may use."""
    return "elite" if isinstance(obj, EliteWorker) else "customer"


def source(obj: WorkerObject) -> Source:
    """``spec.source``, or the kind's own template."""
    if obj.spec.source is not None:
        return obj.spec.source
    if isinstance(obj, EliteWorker):
        return Source(template=obj.spec.type)
    return Source(template=obj.spec.template)


def script_name(key: ObjectKey, obj: WorkerObject) -> str:
    """``spec.scriptName`` or the kind's default."""
    if obj.spec.script_name is not None:
        return obj.spec.script_name
    if isinstance(obj, EliteWorker):
        return names.elite_script_name(obj.spec.type, obj.spec.customer_id)
    return names.customer_script_name(obj.spec.customer_id, key.name)


def routes(obj: WorkerObject, domain: str) -> tuple[Route, ...]:
    """The default routes: a customer's worker has the whole hostname, an elite worker its path below it."""
    host = f"{obj.spec.subdomain}.{domain}"
    if isinstance(obj, EliteWorker):
        return (Route(host, f"/elite/{obj.spec.type}"),)
    return (Route(host),)


def worker(key: ObjectKey, obj: WorkerObject, domain: str) -> Worker:
    """The worker's identity and reach."""
    return Worker(
        key=key,
        uid=obj.metadata.uid,
        customer_id=obj.spec.customer_id,
        script_name=script_name(key, obj),
        routes=routes(obj, domain),
        instances=obj.spec.instances,
    )


def claim(key: ObjectKey, obj: WorkerObject, domain: str) -> Claim:
    """What the object wants for itself."""
    return Claim(
        key=key,
        uid=obj.metadata.uid,
        created=obj.metadata.creation_timestamp,
        customer_id=obj.spec.customer_id,
        script_name=script_name(key, obj),
        routes=routes(obj, domain),
    )


def version(obj: WorkerObject, template: Template, environment: str) -> Version:
    """The content of an upload: code, CONFIG, vars."""
    config: dict[str, Any] = {
        "customerId": obj.spec.customer_id,
        "environment": environment,
        "parameters": obj.spec.parameters or {},
    }
    if isinstance(obj, EliteWorker):
        config["type"] = obj.spec.type
    elif obj.spec.configuration is not None:
        config["features"] = list(obj.spec.configuration.features or ())
        config["plan"] = obj.spec.configuration.plan
    return Version(template.code, (config_binding(config), *var_bindings(obj.spec.vars or {})))


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
