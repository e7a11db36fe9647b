"""Health as status.health has it: its state, since when, the outages and the uptime that follows from them. Pure."""

from collections.abc import Iterable
from datetime import datetime

from workers_operator.domain.health.probes import Health
from workers_operator.domain.health.uptime import DAY, MONTH, History, Outage, percent
from workers_operator.domain.timestamps import parse_timestamp, stamp_unix
from workers_operator.resources import (
    HealthStatus,
    OutageStatus,
    UptimeStatus,
    WorkerStatus,
    parse_duration,
)

_UP = ("Healthy", "Degraded")


def health_of(status: WorkerStatus) -> Health:
    """Return what the status says of the health."""
    known = status.health or HealthStatus()
    return Health(known.state, known.consecutive_failures)


def of_new_version(known: HealthStatus | None) -> HealthStatus:
    """Return the health of a version that has just begun to serve: the outages are the worker's, and stay."""
    return (known or HealthStatus()).model_copy(
        update={"state": "Unknown", "consecutive_failures": 0, "out": ()}
    )


def probed(
    known: HealthStatus | None, health: Health, version: str | None, out: Iterable[int] = ()
) -> HealthStatus:
    """Return the health after a probe of a version. ``out``: its instances that get no requests."""
    update: dict[str, object] = {
        "state": health.state,
        "consecutive_failures": health.consecutive_failures,
    }
    update["out"] = tuple(sorted(out))
    if health.state in _UP:
        update["healthy_version"] = version
    return (known or HealthStatus()).model_copy(update=update)


def was_healthy(status: WorkerStatus, version: str) -> bool:
    """Return whether a version serves, and has been healthy since it does."""
    known = status.health
    return known is not None and status.stable == version and known.healthy_version == version


def recorded(
    before: HealthStatus | None, after: HealthStatus | None, now: datetime, *, parked: bool
) -> HealthStatus | None:
    """Return ``after`` with what its transition from ``before`` means for outages and uptime. ``now``: in UTC."""
    if after is None:
        return None
    unix = int(now.timestamp())
    is_same = before is not None and before.state == after.state and after.since is not None
    history = _history(after)
    if history is None and after.state in (*_UP, "Unhealthy"):
        history = History(unix)
    if history is not None and after.state == "Unhealthy":
        history = history.begun(unix)
    elif history is not None and (after.state in _UP or parked):
        history = history.ended(unix)
    update: dict[str, object] = {"since": after.since if is_same else stamp_unix(unix)}
    if history is not None:
        update |= {
            "watched_since": stamp_unix(history.since),
            "outages": tuple(map(_outage, history.outages)),
            "uptime": UptimeStatus(
                day=percent(history.uptime(DAY, unix)),
                month=percent(history.uptime(MONTH, unix)),
                until=stamp_unix(unix),
            ),
        }
    return after.model_copy(update=update)


def _history(status: HealthStatus) -> History | None:
    """Return what a status tells; what cannot be read is forgotten."""
    since = parse_timestamp(status.watched_since)
    if since is None:
        return None
    found: list[Outage] = []
    for told in status.outages:
        start, end = parse_timestamp(told.from_), parse_timestamp(told.to)
        if start is not None and (end is None) == (told.to is None):
            down = int(parse_duration(told.downtime)) if told.downtime is not None else None
            found.append(Outage(start, end, down))
    return History(since, tuple(found))


def _outage(outage: Outage) -> OutageStatus:
    return OutageStatus(
        from_=stamp_unix(outage.start),
        to=None if outage.end is None else stamp_unix(outage.end),
        downtime=None if outage.down is None else f"{outage.down}s",
    )
