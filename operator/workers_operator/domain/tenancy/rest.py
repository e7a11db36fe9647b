"""Rests: a host that was given up stays out of other namespaces' reach for a while. Pure.

Visitors, their cookies and other people's links still mean the worker that was there. A rest is a key of
WORKER_METADATA, written together with the removal of the host's routes, which expires by itself
(developers.cloudflare.com/kv/api/write-key-value-pairs/#expiring-keys).
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route, overlaps
from workers_operator.domain.serving import KeyValue
from workers_operator.domain.tenancy.nearby import NearbyHosts, nearness
from workers_operator.domain.tenancy.ownership import RECHECK_SECONDS, Claim, ClaimConflict
from workers_operator.domain.timestamps import stamp_unix

_LEAST_TTL: Final = 60  # seconds; KV refuses less
MOST: Final = 1_000
"""Rests that a namespace has at a time: giving up hosts in a loop must not make everybody's listing longer."""


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


class Rests:
    """The rests that began last, by host. ``room`` holds a namespace to ``MOST``."""

    def __init__(self) -> None:
        self._rests: dict[str, HostRest] = {}
        self._of: defaultdict[str, set[str]] = defaultdict(
            set
        )  # namespace -> hosts that it gave up
        self._nearby = NearbyHosts()

    def find(self, host: str) -> HostRest | None:
        """Return the rest of a host, which may be over; None if it never began."""
        return self._rests.get(host)

    def put(self, rest: HostRest) -> None:
        """Take in a rest in place of the host's former one."""
        self._drop(rest.host)
        self._rests[rest.host] = rest
        self._of[rest.namespace].add(rest.host)
        self._nearby.add(rest.host)

    def room(self, namespace: str, now: datetime) -> int:
        """Return how many more hosts of a namespace may begin to rest, and forget its rests that are over."""
        for host in [h for h in self._of.get(namespace, ()) if self._rests[h].is_over(now)]:
            self._drop(host)
        return MOST - len(self._of.get(namespace, ()))

    def over(self, route: Route, shared: Collection[str], now: datetime) -> tuple[HostRest, ...]:
        """Return the rests that keep others off a route: of its host, of those that overlap, lie above or look alike.

        ``shared``: the hosts below which every customer has hosts.
        """
        near = (
            self._rests[host]
            for host in self._nearby.about(route.host)
            if overlaps(host, route.host) or nearness(route.host, host, shared)
        )
        return tuple(rest for rest in near if not rest.is_over(now))

    def _drop(self, host: str) -> None:
        former = self._rests.pop(host, None)
        if former is None:
            return
        self._nearby.discard(host)
        self._of[former.namespace].discard(host)
        if not self._of[former.namespace]:
            del self._of[former.namespace]


def able(claims: Iterable[Claim], rests: Collection[HostRest]) -> list[Claim]:
    """Return the claims of objects that may have what rests; the others keep nobody out of it."""
    return [c for c in claims if all(rest.namespace == c.key.namespace for rest in rests)]


def check(route: Route, namespace: str, rests: Iterable[HostRest], now: datetime) -> None:
    """Raise ClaimConflict if one of the rests of a route is for another namespace than this one."""
    for rest in rests:
        if rest.namespace == namespace:
            continue
        until, near = stamp_unix(rest.until), nearness(route.host, rest.host)
        host = f"a host {near}" if near else "the host"
        message = f"{route.zone_pattern}: {host} was given up by another worker and rests until {until}; wait, or "
        message += "choose another one"
        after = min(rest.until - now.timestamp() + 1, RECHECK_SECONDS)
        raise ClaimConflict(Reason.HOSTNAME_CONFLICT, message, after=after)
