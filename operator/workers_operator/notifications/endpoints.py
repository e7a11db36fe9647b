"""Read webhooks from specs: addresses and signing keys."""

from dataclasses import dataclass, field
from typing import Final, Protocol

from workers_operator.desired.policy import PlatformPolicy
from workers_operator.domain.notifications.notices import NoticeFilter
from workers_operator.domain.notifications.signing import BadSigningKey, SigningKey
from workers_operator.kube.client import Secret
from workers_operator.kube.errors import KubeForbidden, KubeNotFound
from workers_operator.resources import NotificationSpec, WebhookSecretRef

_MAX_URL: Final = 2048


class WebhookUnusable(Exception):
    """A webhook cannot be used; the message says why and repeats no secret."""


class WebhookSecrets(Protocol):
    """Reads Secrets: ``kube.client.KubeClient``."""

    async def get_secret(self, namespace: str, name: str) -> Secret:
        """Return a Secret. Raises KubeError."""


@dataclass(frozen=True)
class Webhook:
    """A usable webhook. ``is_listed``: the operator's options allow its address, even a private one."""

    name: str
    url: str = field(repr=False)
    is_listed: bool
    key: SigningKey
    wanted: NoticeFilter


class WebhookReader:
    """Read webhooks with the Secrets that their specs name."""

    def __init__(self, secrets: WebhookSecrets, policy: PlatformPolicy) -> None:
        self._secrets = secrets
        self._policy = policy

    async def read(self, spec: NotificationSpec) -> Webhook:
        """Return a webhook. Raises WebhookUnusable, and KubeError if the API server fails."""
        url, where = spec.url, "url"
        if spec.url_secret_ref is not None:
            url, where = await self._value(spec.url_secret_ref), "the URL in its Secret"
        if url is None or len(url) > _MAX_URL:
            raise WebhookUnusable(f"{where} is missing or longer than {_MAX_URL} characters")
        if problem := self._policy.webhook_problem(url):
            raise WebhookUnusable(f"{where} {problem}")
        try:
            key = SigningKey.parse(await self._value(spec.secret_ref))
        except BadSigningKey as error:
            ref = spec.secret_ref
            raise WebhookUnusable(f"key {ref.key!r} of Secret {self._where(ref)} {error}") from None
        wanted = NoticeFilter(frozenset(spec.events), spec.severity)
        return Webhook(spec.name, url, self._policy.lists_webhook(url), key, wanted)

    async def _value(self, ref: WebhookSecretRef) -> str:
        try:
            secret = await self._secrets.get_secret(self._policy.secrets_namespace, ref.name)
        except (KubeNotFound, KubeForbidden) as error:
            # One message for both: who may not read a Secret must not learn whether it exists.
            raise WebhookUnusable(
                f"Secret {self._where(ref)} does not exist, or the operator may not read it"
            ) from error
        value = secret.data.get(ref.key, b"").decode(errors="replace").strip()
        if not value:
            raise WebhookUnusable(f"Secret {self._where(ref)} has no {ref.key!r}")
        return value

    def _where(self, ref: WebhookSecretRef) -> str:
        return f"{self._policy.secrets_namespace}/{ref.name}"
