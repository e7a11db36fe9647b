"""How long ago something began, as options say it."""

import math
from datetime import UTC, datetime

from workers_operator.administration.errors import CommandError
from workers_operator.resources import parse_duration


def since(text: str, now: int, longest: int) -> int:
    """Return the Unix time that ``--since`` names: a duration before ``now``, or a time.

    Raises CommandError unless it is in the past, and not more than ``longest`` seconds ago, which are whole days.
    """
    try:
        seconds = parse_duration(text)
    except ValueError:
        seconds = now - _moment(text).timestamp()
    if not 0 < seconds <= longest:
        raise CommandError(f"--since: {text!r} is not within the last {longest // 86_400} days")
    return now - math.ceil(seconds)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        message = f"--since: {text!r} is neither a duration such as 24h nor a time such as 2026-01-31T08:00:00Z"
        raise CommandError(message) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
