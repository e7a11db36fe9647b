"""Decide whether and when to retry a notification. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, Literal

DEADLINE_SECONDS: Final = 600.0
"""Seconds after the first attempt until a notification is given up."""
_TRY_AGAIN: Final = (408, 429)
_MOST_SECONDS: Final = 9_999_999  # of a Retry-After that is a number


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """Result of an attempt. ``status``: 0 without an answer; ``problem`` then says why."""

    status: int
    problem: str = ""
    retry_after: str = ""

    @property
    def about(self) -> str:
        """The answer in words."""
        return self.problem or f"the receiver answered HTTP {self.status}"


@dataclass(frozen=True, slots=True)
class AttemptVerdict:
    """What happens to a notification next. ``after``: seconds until it is sent again; None: with backoff."""

    outcome: Literal["Delivered", "Again", "Refused", "GivenUp"]
    after: float | None = None


def judge(answer: WebhookAnswer, age: float, now: datetime) -> AttemptVerdict:
    """Judge an answer. ``age``: seconds since the first attempt.

    A status of 4xx says that the same request will fail again, and a redirect that the address is another one by now;
    redirects are not followed, since they could lead anywhere.
    """
    if 200 <= answer.status < 300:
        return AttemptVerdict("Delivered")
    if 300 <= answer.status < 500 and answer.status not in _TRY_AGAIN:
        return AttemptVerdict("Refused")
    after = _seconds(answer.retry_after, now)
    if age + (after or 0.0) >= DEADLINE_SECONDS:
        return AttemptVerdict("GivenUp")
    return AttemptVerdict("Again", after)


def _seconds(retry_after: str, now: datetime) -> float | None:
    """Return the seconds that a Retry-After asks for: it is a number of them, or a date."""
    text = retry_after.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:10]), _MOST_SECONDS))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
