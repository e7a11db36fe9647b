"""Receivers of notifications: one in memory, and what a receiver does to know who has sent one."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from workers_operator.domain.notifications.attempts import WebhookAnswer

KEY: Final = b"a signing key of thirty-two byte"
KEY_TEXT: Final = f"whsec_{base64.b64encode(KEY).decode()}"


def is_signed(headers: Mapping[str, str], body: bytes, key: bytes = KEY) -> bool:
    """Whether a notification has a signature of the key, as a receiver finds out."""
    signed = b".".join(
        (headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body)
    )
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{expected}" in headers["webhook-signature"].split(" ")


@dataclass(frozen=True)
class Posted:
    """A request to a webhook."""

    url: str
    headers: Mapping[str, str]
    body: bytes
    may_be_private: bool

    @property
    def event(self) -> dict[str, Any]:
        """The CloudEvent."""
        found = json.loads(self.body)
        assert isinstance(found, dict)
        return found

    @property
    def told(self) -> str:
        """``<last part of the type> <subject>``: WorkerNotReady.Open CustomerWorker/shop/one."""
        kind = str(self.event["type"]).removeprefix("dev.code24.workers.")
        return f"{kind} {self.event.get('subject', '')}".strip()


@dataclass
class Receivers:
    """All receivers there are. ``answer``: what they say to a request."""

    posted: list[Posted] = field(default_factory=list)
    answer: Callable[[Posted], WebhookAnswer] = lambda posted: WebhookAnswer(204)
    outcomes: list[str] = field(default_factory=list)

    async def post(
        self, url: str, headers: dict[str, str], body: bytes, *, may_be_private: bool
    ) -> WebhookAnswer:
        posted = Posted(url, headers, body, may_be_private)
        self.posted.append(posted)
        return self.answer(posted)

    async def close(self) -> None:
        return None

    def notified(self, platform: str, webhook: str, outcome: str) -> None:
        self.outcomes.append(f"{platform} {webhook} {outcome}")

    def told(self) -> list[str]:
        """What has been told since the last time."""
        found = [posted.told for posted in self.posted]
        self.posted.clear()
        return found
