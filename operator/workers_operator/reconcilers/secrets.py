"""Secrets of workers: read by name from the object's own namespace; only a keyed fingerprint is kept."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.desired import Sealed
from workers_operator.domain.handling import Handled, Stalled, Waiting
from workers_operator.kube.client import KubeClient
from workers_operator.kube.errors import KubeForbidden, KubeNotFound
from workers_operator.reconcilers import references
from workers_operator.reconcilers.references import Reference
from workers_operator.resources import SecretBinding

logger = logging.getLogger(__name__)

WATCHED_LABEL: Final = "workers.code24.dev/watched"
POLL_SECONDS: Final = 5.0
_AT_ONCE: Final = 8
_RECHECK_SECONDS: Final = 10.0
_MAX_BYTES: Final = 5 * 1024  # developers.cloudflare.com/workers/platform/limits: size per variable


@dataclass(frozen=True)
class SecretValues:
    """By variable name. ``watched``: all Secrets carry the label, so that a change is noticed without a look."""

    values: Mapping[str, Sealed]
    watched: bool

    def fingerprints(self, key: bytes) -> tuple[tuple[str, str], ...]:
        """(name, HMAC-SHA256 of the value), sorted by name."""
        return tuple((name, fingerprint(key, self.values[name])) for name in sorted(self.values))


def fingerprint(key: bytes, value: Sealed) -> str:
    """Tells whether a value has changed; without the key it tells nothing about the value."""
    return hmac.new(key, value.reveal().encode(), hashlib.sha256).hexdigest()


class SecretReader:
    """Reads values, and keeps an eye on Secrets that carry the label."""

    def __init__(self, kube: KubeClient) -> None:
        self._kube = kube
        self._watched: dict[Reference, str] = {}  # -> resource version as read last

    async def read(self, namespace: str, wanted: tuple[SecretBinding, ...]) -> SecretValues:
        """The values of an object's secrets, each Secret read once. Raises Waiting(SecretNotFound), Stalled."""
        data: dict[str, Mapping[str, bytes]] = {}
        watched = True
        for name in {binding.secret_key_ref.name for binding in wanted}:
            data[name], labelled = await self._secret(namespace, name)
            watched = watched and labelled
        values = {b.name: _value(data[b.secret_key_ref.name], b) for b in wanted}
        return SecretValues(values, watched)

    async def watch(
        self, changed: Callable[[Reference], bool], sleep: Callable[[float], Awaitable[None]]
    ) -> None:
        """Looks at the versions of labelled Secrets, every five seconds, until cancelled.

        ``changed`` is told of each that is another one; it answers whether anybody still uses it.
        """
        slots = asyncio.Semaphore(_AT_ONCE)

        async def look(reference: Reference, known: str) -> None:
            async with slots:
                version = await self._version(reference)
            if version != known and not changed(reference):
                self._watched.pop(reference, None)

        while True:
            await sleep(POLL_SECONDS)
            await asyncio.gather(*(look(r, v) for r, v in list(self._watched.items())))

    async def _version(self, reference: Reference) -> str:
        """The resource version, without the Secret's data; what can't be read reads as it was."""
        known = self._watched.get(reference, "")
        try:
            metadata = await self._kube.get_secret_metadata(reference.scope, reference.name)
        except (KubeNotFound, KubeForbidden):
            return ""
        except Handled as error:
            logger.info("Secret %s/%s: %s", reference.scope, reference.name, error)
            return known
        return str(metadata["resourceVersion"])

    async def _secret(self, namespace: str, name: str) -> tuple[Mapping[str, bytes], bool]:
        reference = references.secret(namespace, name)
        try:
            secret = await self._kube.get_secret(namespace, name)
        except (KubeNotFound, KubeForbidden) as error:
            # The same words for both: whether a Secret exists is nobody's business who may not read it.
            message = f"Secret {name!r} is not there, or the operator may not read it"
            raise Waiting("SecretNotFound", message, after=_RECHECK_SECONDS) from error
        labelled = WATCHED_LABEL in secret.labels
        if labelled:
            self._watched[reference] = secret.resource_version
        else:
            self._watched.pop(reference, None)
        return secret.data, labelled


def _value(data: Mapping[str, bytes], binding: SecretBinding) -> Sealed:
    reference = binding.secret_key_ref
    raw = data.get(reference.key)
    if raw is None:
        message = f"Secret {reference.name!r} has no key {reference.key!r}"
        raise Waiting("SecretNotFound", message, after=_RECHECK_SECONDS)
    if len(raw) > _MAX_BYTES:
        message = f"secret {binding.name!r} has {len(raw)} bytes; Cloudflare takes {_MAX_BYTES}"
        raise Stalled("VariableTooLarge", message)
    try:
        return Sealed(raw.decode())
    except UnicodeDecodeError:
        message = f"secret {binding.name!r} is not text in UTF-8"
        raise Stalled("SecretInvalid", message) from None
