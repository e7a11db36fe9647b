"""The status of templates."""

from typing import Literal

from pydantic import Field

from workers_operator.resources.health import Time
from workers_operator.resources.model import StatusModel
from workers_operator.resources.rollout.status import RolloutOrderStatus
from workers_operator.resources.status import CodeStatus, ObservedStatus


class FollowersStatus(StatusModel):
    """Number of followers."""

    total: int = Field(default=0, description="Number of workers that follow the template.")
    updated: int = Field(
        default=0, description="Number of these that have or are getting its version."
    )
    ready: int = Field(default=0, description="Number of these that are Ready with its version.")
    failed: int = Field(default=0, description="Number of these that have failed with its version.")


class FleetRolloutStatus(StatusModel):
    """The rollout of the newest version."""

    version: str = Field(description="Version that is or was rolled out, e.g. 4f2a91c0.")
    phase: Literal["Progressing", "Paused", "Succeeded", "Stopped", "Aborted"] = Field(
        description="Progressing: at a wave. Paused: waits for an order. Succeeded: all followers have the version. "
        "Stopped: too many followers have failed, and no further ones are reached. Aborted: all followers have the "
        "former version."
    )
    wave: str | None = Field(
        default=None, description="Number of the wave under way and of all waves, e.g. 2/3."
    )
    held: bool = Field(default=False, description="Whether somebody has paused the rollout.")
    retry: str | None = Field(default=None, description="The last retry order.")
    message: str | None = Field(
        default=None, description="Why it was stopped or aborted, or whom its wave waits for."
    )
    started_at: Time | None = Field(default=None, description="Time at which the rollout began.")
    wave_started_at: Time | None = Field(
        default=None, description="Time at which the wave, or the phase, began."
    )
    wave_ready_at: Time | None = Field(
        default=None,
        description="Time since when all followers of the wave are Ready; the pause counts from here.",
    )


class TemplateStatus(ObservedStatus):
    """Observed state of a template and of its followers."""

    version: str | None = Field(
        default=None, description="Present version of the template, e.g. 4f2a91c0."
    )
    previous_version: str | None = Field(
        default=None,
        description="Version that followers keep until the new one reaches them.",
    )
    source: CodeStatus | None = Field(
        default=None, description="The script that was last resolved."
    )
    rollout: FleetRolloutStatus | None = Field(
        default=None, description="The rollout of the version."
    )
    rollout_order: RolloutOrderStatus | None = Field(
        default=None,
        description="Answer to the annotation workers.code24.dev/rollout, which gives an order such as abort.",
    )
    followers: FollowersStatus | None = Field(
        default=None, description="Number of followers; up to 10 seconds old."
    )
    eta: Time | None = Field(
        default=None,
        description="Estimated time at which all followers have the version, by the calls that the platform's API "
        "budget allows; absent while that depends on a promotion.",
    )
