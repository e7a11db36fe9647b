"""Selections: the header by which only the operator names the instance that answers a probe. Pure.

``Code24-Instance: <version or ->.<instance>.<expiry>.<signature>``; ``workers/src/selection.js`` checks it. The key is
derived from the platform's own key, which lies beside the routing table; the dispatcher has it as a secret.
"""

import hmac
from dataclasses import dataclass, field
from typing import Final

HEADER: Final = "Code24-Instance"
BINDING: Final = "PROBE_KEY"
_PURPOSE: Final = b"workers.code24.dev/probes"
_HOLDS_SECONDS: Final = 1200
"""How long a selection holds: the dispatcher's clock may be ahead by ten minutes."""
SERVING: Final = "-"
"""The version that serves, whichever it is."""


@dataclass(frozen=True, slots=True)
class ProbeSigner:
    """Signs selections, each of which names who answers a probe, with a key."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, platform_key: bytes) -> "ProbeSigner":
        """Return the signer of a platform."""
        return cls(hmac.digest(platform_key, _PURPOSE, "sha256"))

    def select(self, host: str, instance: int, now: float, version: str = SERVING) -> str:
        """Return the header's value. ``now``: Unix time."""
        expiry = int(now) + _HOLDS_SECONDS
        signed = f"{host}\n{version}\n{instance}\n{expiry}"
        signature = hmac.digest(self.key, signed.encode(), "sha256").hex()
        return f"{version}.{instance}.{expiry}.{signature}"
