"""Secrets of workers: read by name from the object's own namespace; only a keyed fingerprint is kept."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from workers_operator.domain.content import Sealed
from workers_operator.domain.errors import ReconcileError, Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.kube.client import Secret
from workers_operator.kube.errors import KubeForbidden, KubeNotFound
from workers_operator.resources import SecretBinding
from workers_operator.resources.configuration import MAX_VARIABLE_BYTES

logger = logging.getLogger(__name__)

WATCHED_LABEL: Final = "workers.code24.dev/watched"
POLL_SECONDS: Final = 5.0
_AT_ONCE: Final = 8
_RECHECK_SECONDS: Final = 10.0

SecretName = tuple[str, str]  # (namespace, name)


class SecretsClient(Protocol):
    """Reads Secrets: ``kube.client.KubeClient``."""

    async def get_secret(self, namespace: str, name: str) -> Secret:
        """Return a Secret. Raises KubeError."""

    async def get_secret_metadata(self, namespace: str, name: str) -> Mapping[str, Any]:
        """Return the metadata of a Secret, without its data. Raises KubeError."""


@dataclass(frozen=True)
class SecretValues:
    """Values by variable name. ``watched``: all Secrets carry the label, so that changes are noticed."""

    values: Mapping[str, Sealed]
    watched: bool

    def fingerprints(self, key: bytes) -> tuple[tuple[str, str], ...]:
        """(name, HMAC-SHA256 of the value), sorted by name."""
        return tuple((name, fingerprint(key, self.values[name])) for name in sorted(self.values))


def fingerprint(key: bytes, value: Sealed) -> str:
    """Return what changes with a value and, without the key, reveals nothing about it."""
    return hmac.new(key, value.reveal().encode(), hashlib.sha256).hexdigest()


class SecretReader:
    """Reads values, and notices changes of Secrets that carry the label."""

    def __init__(self, client: SecretsClient) -> None:
        self._client = client
        self._watched: dict[SecretName, str] = {}  # -> resource version that all who use it know of

    async def read(self, namespace: str, wanted: tuple[SecretBinding, ...]) -> SecretValues:
        """Return the values of an object's secrets, each Secret read once. Raises Waiting(SecretNotFound), Stalled."""
        values: dict[str, Sealed] = {}
        watched = True
        for name in dict.fromkeys(binding.secret_key_ref.name for binding in wanted):
            data, labelled = await self._secret(namespace, name)
            watched = watched and labelled
            # A Secret may have a megabyte that nobody wants: keep the values, not the data.
            values |= {b.name: _value(data, b) for b in wanted if b.secret_key_ref.name == name}
        return SecretValues(values, watched)

    async def watch(
        self, changed: Callable[[str, str], bool], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        """Compare the versions of labelled Secrets every five seconds, until cancelled.

        ``changed`` is called with (namespace, name) of each that differs, once for each version; it returns whether any
        object uses it.
        """
        slots = asyncio.Semaphore(_AT_ONCE)

        async def look(secret: SecretName, known: str) -> None:
            async with slots:
                version, labelled = await self._look(secret, known)
            if version != known:
                self._watched[secret] = version
                if not changed(*secret) or not labelled:
                    del self._watched[secret]

        while True:
            await sleep(POLL_SECONDS)
            await asyncio.gather(*(look(s, v) for s, v in list(self._watched.items())))

    async def _look(self, secret: SecretName, known: str) -> tuple[str, bool]:
        """Return the resource version, and whether the label is there, without reading the data.

        A Secret that is gone has neither; while the API server is unavailable nothing has changed.
        """
        try:
            metadata = await self._client.get_secret_metadata(*secret)
        except (KubeNotFound, KubeForbidden):
            return "", False
        except ReconcileError as error:
            logger.info("Secret %s/%s: %s", *secret, error)
            return known, True
        return str(metadata["resourceVersion"]), WATCHED_LABEL in (metadata.get("labels") or {})

    async def _secret(self, namespace: str, name: str) -> tuple[Mapping[str, bytes], bool]:
        try:
            secret = await self._client.get_secret(namespace, name)
        except (KubeNotFound, KubeForbidden) as error:
            # One message for both: who may not read a Secret must not learn whether it exists.
            message = f"Secret {name!r} does not exist, or the operator may not read it"
            raise Waiting(Reason.SECRET_NOT_FOUND, message, after=_RECHECK_SECONDS) from error
        labelled = WATCHED_LABEL in secret.labels
        if labelled:  # of a version that is newer than the known one the others are told
            self._watched.setdefault((namespace, name), secret.resource_version)
        return secret.data, labelled


def _value(data: Mapping[str, bytes], binding: SecretBinding) -> Sealed:
    reference = binding.secret_key_ref
    raw = data.get(reference.key)
    if raw is None:
        message = f"Secret {reference.name!r} has no key {reference.key!r}"
        raise Waiting(Reason.SECRET_NOT_FOUND, message, after=_RECHECK_SECONDS)
    if len(raw) > MAX_VARIABLE_BYTES:
        message = (
            f"secret {binding.name!r} has {len(raw)} bytes; Cloudflare takes {MAX_VARIABLE_BYTES}"
        )
        raise Stalled(Reason.VARIABLE_TOO_LARGE, message)
    try:
        return Sealed(raw.decode())
    except UnicodeDecodeError:
        message = f"secret {binding.name!r} is not text in UTF-8"
        raise Stalled(Reason.SECRET_INVALID, message) from None
