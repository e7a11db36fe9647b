"""RFC 3339 timestamps in whole seconds, as Kubernetes and Cloudflare write them. Pure."""

from datetime import UTC, datetime


def stamp(moment: datetime) -> str:
    """Return a moment in UTC as a timestamp."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp_unix(seconds: float) -> str:
    """Return a Unix time as a timestamp."""
    return stamp(datetime.fromtimestamp(seconds, UTC))


def parse_timestamp(text: str | None) -> int | None:
    """Return a timestamp as Unix time; None for anything that is none, or that names no time zone."""
    try:
        moment = datetime.fromisoformat(text) if text is not None else None
    except ValueError:
        return None
    return int(moment.timestamp()) if moment is not None and moment.tzinfo is not None else None
