"""The shape of the answer about the template that a worker follows. Pure."""

from pydantic import Field

from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.shapes.answers import SuccessModel
from workers_operator.gateway.shapes.models import AnswerModel, Time
from workers_operator.resources import FleetRolloutStatus, FollowersStatus, TemplateStatus


class TemplateModel(AnswerModel):
    """A template, and how far its newest version has come with its followers."""

    kind: str = Field(description="WorkerTemplate or ClusterWorkerTemplate.")
    name: str = Field(description="Name of the template, e.g. shop.")
    version: str | None = Field(
        default=None, description="Version of the template as it is, e.g. 4f2a91c0."
    )
    previous_version: str | None = Field(
        default=None, description="Version that followers have until the new one reaches them."
    )
    rollout: FleetRolloutStatus | None = Field(
        default=None, description="The rollout of the version to the followers."
    )
    followers: FollowersStatus | None = Field(default=None, description="Numbers of followers.")
    eta: Time | None = Field(
        default=None, description="Estimated time at which all followers have the version."
    )


class TemplateAnswerModel(SuccessModel):
    """The template that a worker follows."""

    template: TemplateModel = Field(description="The template.")


def template_of(key: ObjectKey, status: TemplateStatus) -> TemplateModel:
    """Return a template."""
    return TemplateModel(
        kind=key.kind,
        name=key.name,
        version=status.version,
        previous_version=status.previous_version,
        rollout=status.rollout,
        followers=status.followers,
        eta=status.eta,
    )
