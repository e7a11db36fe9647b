"""Sign messages as specified by www.standardwebhooks.com. Pure."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

PREFIX: Final = "whsec_"
MIN_BYTES: Final = 24
MAX_BYTES: Final = 64


class BadSigningKey(Exception):
    """A text is not a signing key; the message does not repeat it."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A symmetric key; its repr omits it."""

    value: bytes = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "SigningKey":
        """Parse ``whsec_`` and base64. Raises BadSigningKey."""
        try:
            value = base64.b64decode(text.strip().removeprefix(PREFIX), validate=True)
        except (binascii.Error, ValueError):
            raise BadSigningKey(f"is not {PREFIX} and base64") from None
        if not MIN_BYTES <= len(value) <= MAX_BYTES:
            raise BadSigningKey(f"has {len(value)} bytes; {MIN_BYTES} to {MAX_BYTES} are possible")
        return cls(value)

    def headers(self, id_: str, body: bytes, now: int) -> Mapping[str, str]:
        """Return the headers that authenticate a message. ``now``: Unix time of the attempt."""
        signed = f"{id_}.{now}.".encode() + body
        code = base64.b64encode(hmac.digest(self.value, signed, hashlib.sha256)).decode()
        return {
            "webhook-id": id_,
            "webhook-timestamp": str(now),
            "webhook-signature": f"v1,{code}",
        }
