"""Hosts near a host: those that overlap with it, lie above it, or look like it. Pure; found without looking at all."""

from collections import defaultdict
from collections.abc import Collection, Iterator

from workers_operator.domain.hosts import HostIndex
from workers_operator.domain.tenancy.confusables import skeleton


def nearness(host: str, other: str, shared: Collection[str] = ()) -> str:
    """Return how another host is near one, in words: above it, or alike; "" if it is neither.

    ``shared``: the hosts below which every customer has hosts, such as the platform's domain.
    """
    if other == host:
        return ""
    if other not in shared and f".{host.removeprefix('*.')}".endswith(f".{other}"):
        return "above it"
    return "that looks the same" if skeleton(other) == skeleton(host) else ""


class NearbyHosts:
    """Hosts, to find those near one."""

    def __init__(self) -> None:
        self._index = HostIndex()
        self._alike: defaultdict[str, set[str]] = defaultdict(set)  # by what they look like

    def add(self, host: str) -> None:
        """Take in a host."""
        self._index.add(host)
        self._alike[skeleton(host)].add(host)

    def discard(self, host: str) -> None:
        """Forget a host."""
        self._index.discard(host)
        alike = self._alike[skeleton(host)]
        alike.discard(host)
        if not alike:
            del self._alike[skeleton(host)]

    def about(self, host: str) -> set[str]:
        """Return the hosts near one, and itself, if they are there."""
        found = {*self._index.overlapping(host), *self._alike.get(skeleton(host), ())}
        return found | {above for above in _above(host) if above in self._index}


def _above(host: str) -> Iterator[str]:
    """Yield the hosts above a host; the hosts that it covers, if it is a wildcard, lie below its own name."""
    name = host.removeprefix("*.")
    if name != host:
        yield name
    while "." in name:
        name = name.partition(".")[2]
        yield name
