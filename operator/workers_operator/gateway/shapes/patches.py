"""The shape of a JSON merge patch (RFC 7396) of a worker.

Objects in it are patches themselves: they may hold a part of what they change, and null. What they make of the worker
is checked once they are merged.
"""

from typing import Annotated

from pydantic import Field, JsonValue

from workers_operator.gateway.shapes.requests import CodeModel, PlacementModel

PatchObject = Annotated[dict[str, JsonValue], Field(max_length=256)]
PatchedLabels = Annotated[
    dict[Annotated[str, Field(max_length=317)], Annotated[str, Field(max_length=63)] | None],
    Field(max_length=64),
]


class PatchedPlacementModel(PlacementModel):
    """Whose worker it is, and where it runs: what shall change of it."""

    labels: PatchedLabels | None = Field(
        default=None, description="Labels of the object; null removes one, or all."
    )


class PatchedWorkerModel(CodeModel):
    """The fields of a worker that shall change: null removes a field, lists are replaced, what is absent stays."""

    name: str | None = Field(
        default=None, max_length=63, description="Script name: the one of the path, if it is given."
    )
    r2: PatchObject | None = Field(
        default=None, description="Script in an R2 bucket, e.g. {key: templates/x.js}."
    )
    parameters: PatchObject | None = Field(default=None, description="Parameters of the template.")
    configuration: PatchObject | None = Field(
        default=None, description="Features and plan, of a customer's worker, e.g. {plan: premium}."
    )
    vars: PatchObject | None = Field(
        default=None, description="Environment variables, e.g. {GREETING: hello, FORMER: null}."
    )
    limits: PatchObject | None = Field(
        default=None, description="Limits for one request, e.g. {cpu: 50ms}."
    )
    compatibility: PatchObject | None = Field(
        default=None, description="Compatibility settings of the runtime, e.g. {date: 2026-10-01}."
    )
    egress: PatchObject | None = Field(
        default=None,
        description="Hosts to which the worker may send requests, e.g. {allow: [api.example.com]}.",
    )
    autoscaling: PatchObject | None = Field(
        default=None,
        description="Number of instances that follows the load, e.g. {maxInstances: 5}.",
    )
    rollout: PatchObject | None = Field(
        default=None, description="How a new version takes over, e.g. {strategy: Immediate}."
    )
    health: PatchObject | None = Field(
        default=None, description="Health probe of the worker, e.g. {path: /health}."
    )
    metadata: PatchedPlacementModel | None = Field(
        default=None, description="Whose worker it is, and where it runs."
    )
