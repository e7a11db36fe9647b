"""Webhooks that receive notifications of problems."""

from typing import Annotated, Literal

from pydantic import Field

from workers_operator.resources.formats import DataKey, Label, ObjectName
from workers_operator.resources.model import ListMap, ListSet, Rule, SpecModel, shaped

NotificationEvent = Literal[
    "WorkerNotReady",
    "WorkerUnhealthy",
    "WorkerDegraded",
    "RolloutFailed",
    "ContentTampered",
    "OwnershipConflict",
    "PlatformNotReady",
    "TokenInvalid",
    "ApiBudgetExhausted",
]


class WebhookSecretRef(SpecModel):
    """A key of a Secret in the namespace that the operator reads API tokens from."""

    name: ObjectName = Field(description="Name of the Secret, e.g. ops-webhook.")
    key: DataKey = Field(
        default="key",
        description="Key in the Secret's data that holds the value, e.g. url. Default: key.",
    )


class NotificationSpec(SpecModel):
    """A webhook that receives notifications of problems."""

    rules = (
        Rule(
            "has(self.url) != has(self.urlSecretRef)",
            "exactly one of url and urlSecretRef must be set",
            lambda webhook: (webhook.url is None) != (webhook.url_secret_ref is None),
        ),
    )

    name: Label = Field(description="Name of the webhook, e.g. ops; unique in the list.")
    url: (
        Annotated[
            str,
            Field(max_length=1024),
            shaped(
                r"^https?://[^/?#@\s]+([/?][!-~]*)?$",
                "must be a URL with https, without user and password, e.g. https://hooks.example.com/workers",
            ),
        ]
        | None
    ) = Field(
        default=None,
        description="URL that notifications are sent to by POST, e.g. https://hooks.example.com/workers. It must have "
        "https and a public host, unless the operator's option --allowed-webhooks lists it. Redirects are not "
        "followed.",
    )
    url_secret_ref: WebhookSecretRef | None = Field(
        default=None,
        description="Key of a Secret that holds the URL, for one that must not be seen, e.g. {name: ops-webhook, key: "
        "url}. The Secret is read from the namespace that API tokens are read from.",
    )
    secret_ref: WebhookSecretRef = Field(
        description="Key of a Secret that holds the signing key, e.g. {name: ops-webhook}: whsec_ and 24 to 64 bytes "
        "in base64, as Standard Webhooks have it. The Secret is read from the namespace that API tokens are read from."
    )
    events: Annotated[tuple[NotificationEvent, ...], Field(max_length=16), ListSet()] = Field(
        default=(),
        description="Problems to report, e.g. [TokenInvalid, ContentTampered]. Default: all.",
    )
    severity: Literal["Warning", "Critical"] = Field(
        default="Warning",
        description="Least severity that is told: Warning (default), or Critical for ContentTampered, "
        "PlatformNotReady and TokenInvalid only.",
    )


Notifications = Annotated[tuple[NotificationSpec, ...], Field(max_length=4), ListMap("name")]
