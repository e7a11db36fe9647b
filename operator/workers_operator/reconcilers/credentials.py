"""API tokens: from the Secret that a WorkersPlatform names, or from the environment. Never logged, never in status."""

import hashlib
from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from workers_operator.domain.handling import Waiting
from workers_operator.kube.client import KubeClient
from workers_operator.kube.errors import KubeError, KubeForbidden, KubeNotFound
from workers_operator.reconcilers.platforms import PlatformConfig
from workers_operator.resources import WorkersPlatform

POLL_SECONDS: Final = 5.0
_RECHECK_SECONDS: Final = 10.0


class Credentials:
    """Reads tokens, and notices when one has changed."""

    def __init__(self, kube: KubeClient, environment_token: str | None) -> None:
        self._kube = kube
        self._environment_token = environment_token
        self._seen: dict[
            str, str
        ] = {}  # platform -> fingerprint of the token that was handed out last

    async def token(self, config: PlatformConfig, body: Mapping[str, Any] | None) -> str:
        """The platform's token. Raises Waiting where there is none."""
        token = await self._read(body)
        self._seen[config.name] = _fingerprint(token)
        return token

    async def changed(self, name: str, body: Mapping[str, Any]) -> bool:
        """Whether the Secret of the platform holds another token than the one in use."""
        try:
            token = await self._read(body)
        except (Waiting, KubeError, ValidationError):
            return name in self._seen
        return self._seen.get(name) != _fingerprint(token)

    async def _read(self, body: Mapping[str, Any] | None) -> str:
        if body is None:
            if not self._environment_token:
                raise Waiting(
                    "TokenMissing", "CLOUDFLARE_API_TOKEN is not set", after=_RECHECK_SECONDS
                )
            return self._environment_token
        reference = WorkersPlatform.model_validate(body).spec.credentials.api_token_secret_ref
        where = f"{reference.namespace}/{reference.name}"
        try:
            secret = await self._kube.get_secret(reference.namespace, reference.name)
        except (KubeNotFound, KubeForbidden) as error:
            # The same words for both: whether a Secret exists is nobody's business who may not read it.
            message = f"Secret {where} is not there, or the operator may not read it"
            raise Waiting("SecretNotFound", message, after=_RECHECK_SECONDS) from error
        token = secret.data.get(reference.key, b"").decode(errors="replace").strip()
        if not token:
            raise Waiting(
                "SecretNotFound", f"Secret {where} has no {reference.key!r}", after=_RECHECK_SECONDS
            )
        return token


def _fingerprint(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
