"""Translate a custom resource to answers. Pure."""

from collections.abc import Mapping
from typing import Any, cast

from workers_operator.desired.status import find
from workers_operator.domain.conditions import READY
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.facets import Facets
from workers_operator.gateway.shapes.models import (
    Code24MetadataModel,
    DeploymentInfoModel,
    ListedWorkerModel,
    VersionModel,
    WorkerModel,
    WorkerType,
)
from workers_operator.gateway.shapes.rollouts import steps_of
from workers_operator.resources import ObjectMeta, RolloutSpec, VersionStatus, WorkerStatus

Body = Mapping[str, Any]


def listed(key: ObjectKey, body: Body, facets: Facets, environment: str) -> ListedWorkerModel:
    """Return a worker in the form of lists."""
    metadata, status = _parts(body)
    return ListedWorkerModel(**_common(key, body, facets, environment, metadata, status))


def detailed(
    key: ObjectKey, body: Body, facets: Facets, environment: str, rollout: RolloutSpec | None
) -> WorkerModel:
    """Return a worker with its whole status. ``rollout``: what its platform says of rollouts."""
    metadata, status = _parts(body)
    return WorkerModel(
        **_common(key, body, facets, environment, metadata, status),
        resource_version=metadata.resource_version,
        generation=metadata.generation,
        observed_generation=status.observed_generation,
        urls=status.urls,
        labels=dict(facets.labels),
        conditions=status.conditions,
        versions=status.versions,
        rollout=status.rollout,
        rollout_steps=steps_of(body.get("spec") or {}, rollout),
        rollout_order=status.rollout_order,
        scaling=status.scaling,
        health_status=status.health,
        source=status.source,
        follows=status.template,
        limits=status.limits,
    )


def _parts(body: Body) -> tuple[ObjectMeta, WorkerStatus]:
    return ObjectMeta.model_validate(body["metadata"]), WorkerStatus.tolerant(body.get("status"))


def _common(
    key: ObjectKey,
    body: Body,
    facets: Facets,
    environment: str,
    metadata: ObjectMeta,
    status: WorkerStatus,
) -> dict[str, Any]:
    ready, metrics = find(status.conditions, READY), status.metrics
    newest = status.history[0].created_at if status.history else None
    moments = [metadata.creation_timestamp, *(c.last_transition_time for c in status.conditions)]
    code24 = Code24MetadataModel(
        type=cast(WorkerType, facets.type),
        elite_worker_type=facets.elite_type or None,
        customer_id=facets.customer_id,
        environment=environment or None,
        template=facets.template or None,
        deployment_info=DeploymentInfoModel(version=status.stable, last_deployment=newest),
    )
    return {
        "id": metadata.uid,
        "script_name": facets.script_name,
        "created_on": metadata.creation_timestamp,
        "modified_on": max([*moments, *([newest] if newest else [])]),
        "code24_metadata": code24,
        "kind": key.kind,
        "namespace": key.namespace,
        "name": key.name,
        "platform": facets.platform,
        "ready": facets.is_ready,
        "reason": ready.reason if ready is not None else Reason.PENDING.value,
        "message": (ready.message or None) if ready is not None else None,
        "health": status.health.state if status.health is not None else "Unknown",
        "instances": status.instances,
        "url": status.url,
        "requests_per_second": metrics.requests_per_second if metrics is not None else None,
        "error_rate": metrics.error_rate if metrics is not None else None,
        "rollout_phase": status.rollout.phase if status.rollout is not None else None,
        "suspended": bool((body.get("spec") or {}).get("suspend")),
        "deleting": metadata.deletion_timestamp is not None,
    }


def versions(body: Body) -> list[VersionModel]:
    """Return the versions of a worker, newest first."""
    _, status = _parts(body)
    count = len(status.history)
    return [
        VersionModel(
            number=count - index,
            hash=entry.version,
            created=entry.created_at,
            by=entry.by,
            source=entry.source,
            digest=entry.digest,
            share=_share(entry, status),
            state=entry.result,
            message=entry.message,
        )
        for index, entry in enumerate(status.history)
    ]


def _share(entry: VersionStatus, status: WorkerStatus) -> int:
    """Return a version's share of the requests: a canary's weight; the rest for the stable version."""
    rollout, known = status.rollout, status.versions
    if known is None:
        return 0
    canary = rollout.weight if rollout is not None and known.canary == rollout.version else 0
    if entry.version == known.canary:
        return canary
    return 100 - canary if entry.version == known.stable else 0
