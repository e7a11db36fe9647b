"""Status of webhooks."""

from typing import Annotated

from pydantic import Field

from workers_operator.resources.model import ListMap, StatusModel

MAX_OPEN = 100


class NotificationStatus(StatusModel):
    """A webhook, and the open problems that were reported to it."""

    name: str = Field(description="Name of the webhook.")
    open: Annotated[tuple[str, ...], Field(max_length=MAX_OPEN)] = Field(
        default=(),
        description="Ids of open problems that the webhook has been told of, at most 100: an operator that starts "
        "anew does not tell of them again.",
    )
    failure: str | None = Field(
        default=None, description="Why the webhook is not told of problems, while it is not."
    )


NotificationStatuses = Annotated[tuple[NotificationStatus, ...], ListMap("name")]
