"""Rests: a host that was given up stays out of other namespaces' reach for a while. Pure.

Visitors, their cookies and other people's links still mean the worker that was there. A rest is a key of
WORKER_METADATA, written together with the removal of the host's routes, which expires by itself
(developers.cloudflare.com/kv/api/write-key-value-pairs/#expiring-keys).
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route, overlaps
from workers_operator.domain.serving import KeyValue
from workers_operator.domain.tenancy.ownership import RECHECK_SECONDS, Claim, ClaimConflict
from workers_operator.domain.timestamps import stamp_unix

_LEAST_TTL: Final = 60  # seconds; KV refuses less


@dataclass(frozen=True, slots=True)
class HostRest:
    """A host rests. ``namespace``: the one that may have it at once, "" for none; ``until``: Unix time in seconds."""

    host: str
    namespace: str
    until: int

    def is_over(self, now: datetime) -> bool:
        """Whether the rest has passed."""
        return self.until <= now.timestamp()

    def entry(self, now: datetime) -> KeyValue:
        """Return the KV pair that tells of the rest, and goes with it."""
        left = math.ceil(self.until - now.timestamp())
        metadata: Mapping[str, object] = {"namespace": self.namespace, "until": self.until}
        return KeyValue(names.rest_key(self.host), "", metadata, max(_LEAST_TTL, left))


def begin(host: str, owner: str, now: datetime, cooldown: float) -> HostRest:
    """Return the rest of a host that is given up. ``owner``: its worker's object in words, as its mark has it."""
    namespace = owner.partition(" ")[2].partition("/")[0] if "/" in owner else ""
    return HostRest(host, namespace, math.ceil(now.timestamp() + cooldown))


def parse_rest(host: str, metadata: object) -> HostRest | None:
    """Return the rest in a key's metadata; None for anything that the operator did not write."""
    match metadata:
        case {"namespace": str(namespace), "until": int(until)}:
            return HostRest(host, namespace, until)
    return None


def over(route: Route, rests: Iterable[HostRest], now: datetime) -> tuple[HostRest, ...]:
    """Return the rests of a route's host, and of hosts that overlap with it, that are not over yet."""
    return tuple(
        rest for rest in rests if not rest.is_over(now) and overlaps(rest.host, route.host)
    )


def able(claims: Iterable[Claim], rests: Collection[HostRest]) -> list[Claim]:
    """Return the claims of objects that may have what rests; the others keep nobody out of it."""
    return [c for c in claims if all(rest.namespace == c.key.namespace for rest in rests)]


def check(route: Route, namespace: str, rests: Iterable[HostRest], now: datetime) -> None:
    """Raise ClaimConflict if one of the rests of a route is for another namespace than this one."""
    for rest in rests:
        if rest.namespace == namespace:
            continue
        until = stamp_unix(rest.until)
        message = f"{route.zone_pattern}: the host was given up by another worker and rests until {until}; wait, or "
        message += "choose another one"
        after = min(rest.until - now.timestamp() + 1, RECHECK_SECONDS)
        raise ClaimConflict(Reason.HOSTNAME_CONFLICT, message, after=after)
