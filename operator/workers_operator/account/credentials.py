"""API tokens: from the Secret that a WorkersPlatform names, or from the environment. Never logged, never in status."""

import hashlib
from typing import Final, Protocol

from workers_operator.desired.policy import PlatformPolicy
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.kube.client import Secret
from workers_operator.kube.errors import KubeError, KubeForbidden, KubeNotFound
from workers_operator.resources import WorkersPlatformSpec

POLL_SECONDS: Final = 5.0
_RECHECK_SECONDS: Final = 10.0


class Secrets(Protocol):
    """Reads Secrets: ``kube.client.KubeClient``."""

    async def get_secret(self, namespace: str, name: str) -> Secret:
        """Return a Secret by name. Raises KubeError."""


class TokenReader:
    """Reads tokens, and notices when one has changed.

    ``environment_token``: of the platform without an object. A token is read only for a spec that ``policy`` allows.
    """

    def __init__(
        self, secrets: Secrets, environment_token: str | None, policy: PlatformPolicy
    ) -> None:
        self._secrets = secrets
        self._environment_token = environment_token
        self._policy = policy
        self._seen: dict[str, str] = {}  # platform -> fingerprint of the token that was read last

    async def token(self, platform: str, spec: WorkersPlatformSpec | None) -> str:
        """Return a platform's token; without ``spec`` the environment's.

        Raises Stalled if the policy does not allow what the spec asks for, Waiting if there is no token.
        """
        token = await self._read(spec)
        self._seen[platform] = _fingerprint(token)
        return token

    async def has_changed(self, platform: str, spec: WorkersPlatformSpec) -> bool:
        """Return whether the Secret of a platform holds another token than the one that was read last."""
        try:
            token = await self._read(spec)
        except Stalled:
            return False  # whatever the Secret holds, only an edit of the spec helps
        except (Waiting, KubeError):
            return platform in self._seen
        return self._seen.get(platform) != _fingerprint(token)

    async def _read(self, spec: WorkersPlatformSpec | None) -> str:
        if spec is None:
            if not self._environment_token:
                message = "CLOUDFLARE_API_TOKEN is not set"
                raise Waiting(Reason.TOKEN_MISSING, message, after=_RECHECK_SECONDS)
            return self._environment_token
        self._policy.check(spec)
        reference = spec.credentials.api_token_secret_ref
        namespace = self._policy.secrets_namespace
        where = f"{namespace}/{reference.name}"
        try:
            secret = await self._secrets.get_secret(namespace, reference.name)
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
