"""The followed template in a worker's status."""

from pydantic import Field

from workers_operator.resources.model import StatusModel


class FollowedTemplate(StatusModel):
    """The template that a worker follows, and the version that it has or is getting."""

    kind: str = Field(description="WorkerTemplate or ClusterWorkerTemplate.")
    name: str = Field(description="Name of the template, e.g. shop.")
    version: str = Field(
        description="Version of the template that the worker is deployed from, e.g. 4f2a91c0."
    )
    retried: str | None = Field(
        default=None,
        description="The template's last retry order that the worker has carried out.",
    )
