"""Status of a rollout, and the history of versions."""

from typing import Literal

from pydantic import Field

from workers_operator.resources.health import Time
from workers_operator.resources.model import StatusModel

RolloutPhase = Literal["Progressing", "Paused", "Promoting", "Succeeded", "Aborted", "RolledBack"]
VersionResult = Literal["RollingOut", "Serving", "Previous", "Superseded", "Aborted", "RolledBack"]


class Versions(StatusModel):
    """Versions of the worker at the edge, each named by the eight hex digits of its content hash."""

    stable: str | None = Field(default=None, description="Version that serves, e.g. 4f2a91c0.")
    canary: str | None = Field(
        default=None, description="Version that is being rolled out, e.g. 5a08c7d1."
    )
    previous: str | None = Field(
        default=None,
        description="The version that served before. Its scripts stay at the edge, so that it can serve again at "
        "once; they count as scripts of the account.",
    )
    rejected: str | None = Field(
        default=None,
        description="The version that Cloudflare rejected last; only a requested check uploads it again.",
    )


class RolloutOrderStatus(StatusModel):
    """The last handled value of the annotation workers.code24.dev/rollout."""

    id: str = Field(description="Value of the annotation.")
    problem: str | None = Field(
        default=None, description="Why it was refused, e.g. no rollout is under way."
    )


class RolloutStatus(StatusModel):
    """The last rollout."""

    version: str = Field(description="Version that is or was rolled out, e.g. 4f2a91c0.")
    phase: RolloutPhase = Field(
        description="Progressing: at a step. Paused: waits for an order. Promoting: the version has got all requests "
        "and is not healthy yet. Succeeded: it was healthy. Aborted: it gets no requests, and is not tried again "
        "until the object or its source changes, or the order retry is given. RolledBack: the same, after it got all "
        "of them."
    )
    step: str | None = Field(
        default=None, description="Number of the step under way and of all steps, e.g. 2/4."
    )
    weight: int = Field(
        default=0, description="Share of the requests that the version gets, in percent."
    )
    held: bool = Field(default=False, description="Whether somebody has paused the rollout.")
    unhealthy: bool = Field(
        default=False,
        description="Whether the version was rolled back because it turned unhealthy before it was healthy.",
    )
    message: str | None = Field(
        default=None, description="Why it was aborted or rolled back, or what it waits for."
    )
    settings_from: Literal["Worker", "Platform", "Default"] | None = Field(
        default=None,
        description="Whose settings apply: Worker (its spec.rollout), Platform (spec.rollout of the WorkersPlatform) "
        "or Default (neither has any).",
    )
    started_at: Time | None = Field(default=None, description="Time at which the rollout began.")
    step_started_at: Time | None = Field(
        default=None, description="Time at which the step, or the phase, began."
    )


class VersionStatus(StatusModel):
    """A present, former or failed version."""

    version: str = Field(description="Hash of the version, e.g. 4f2a91c0.")
    digest: str | None = Field(
        default=None, description="Digest of its code: sha256:<64 hex digits>."
    )
    source: str | None = Field(
        default=None, description="Origin of its code, as in status.source.from."
    )
    created_at: Time = Field(description="Time at which its rollout began.")
    by: str | None = Field(
        default=None,
        description="Field manager of the spec that asked for it, e.g. kubectl-client-side-apply.",
    )
    result: VersionResult = Field(
        description="RollingOut, Serving, Previous (at the edge, and can serve again at once), Superseded, Aborted or "
        "RolledBack."
    )
    message: str | None = Field(default=None, description="Why it was aborted or rolled back.")
