"""API tokens: from the Secret that a WorkersPlatform names, or from the environment. Never logged, never in status."""

import hashlib
from typing import Final, Protocol

from workers_operator.domain.errors import Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.kube.client import Secret
from workers_operator.kube.errors import KubeError, KubeForbidden, KubeNotFound
from workers_operator.resources import SecretRef

POLL_SECONDS: Final = 5.0
_RECHECK_SECONDS: Final = 10.0


class Secrets(Protocol):
    """Reads Secrets: ``kube.client.KubeClient``."""

    async def get_secret(self, namespace: str, name: str) -> Secret:
        """Return a Secret by name. Raises KubeError."""


class TokenReader:
    """Reads tokens, and notices when one has changed. ``environment_token``: of the platform without an object."""

    def __init__(self, secrets: Secrets, environment_token: str | None) -> None:
        self._secrets = secrets
        self._environment_token = environment_token
        self._seen: dict[str, str] = {}  # platform -> fingerprint of the token that was read last

    async def token(self, platform: str, reference: SecretRef | None) -> str:
        """Return a platform's token; without ``reference`` the environment's. Raises Waiting if there is none."""
        token = await self._read(reference)
        self._seen[platform] = _fingerprint(token)
        return token

    async def has_changed(self, platform: str, reference: SecretRef | None) -> bool:
        """Return whether the Secret of a platform holds another token than the one that was read last."""
        try:
            token = await self._read(reference)
        except (Waiting, KubeError):
            return platform in self._seen
        return self._seen.get(platform) != _fingerprint(token)

    async def _read(self, reference: SecretRef | None) -> str:
        if reference is None:
            if not self._environment_token:
                message = "CLOUDFLARE_API_TOKEN is not set"
                raise Waiting(Reason.TOKEN_MISSING, message, after=_RECHECK_SECONDS)
            return self._environment_token
        where = f"{reference.namespace}/{reference.name}"
        try:
            secret = await self._secrets.get_secret(reference.namespace, reference.name)
        except (KubeNotFound, KubeForbidden) as error:
            # One message for both: who may not read a Secret must not learn whether it exists.
            message = f"Secret {where} does not exist, or the operator may not read it"
            raise Waiting(Reason.SECRET_NOT_FOUND, message, after=_RECHECK_SECONDS) from error
        token = secret.data.get(reference.key, b"").decode(errors="replace").strip()
        if not token:
            message = f"Secret {where} has no {reference.key!r}"
            raise Waiting(Reason.SECRET_NOT_FOUND, message, after=_RECHECK_SECONDS)
        return token


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
