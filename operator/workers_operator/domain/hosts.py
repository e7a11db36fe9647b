"""Hosts by the domains above them, so that those that overlap with one are found without looking at all. Pure."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

_WILDCARD: Final = "*."


class HostIndex:
    """Hosts, exact ones and wildcards (``*.`` and a domain). What overlaps is what ``routes.overlaps`` says."""

    def __init__(self) -> None:
        self._hosts: set[str] = set()
        self._below: defaultdict[str, set[str]] = defaultdict(set)  # domain -> hosts below it

    def __contains__(self, host: str) -> bool:
        return host in self._hosts

    def add(self, host: str) -> None:
        """Take in a host."""
        if host not in self._hosts:
            self._hosts.add(host)
            for domain in _above(host):
                self._below[domain].add(host)

    def discard(self, host: str) -> None:
        """Forget a host."""
        if host not in self._hosts:
            return
        self._hosts.discard(host)
        for domain in _above(host):
            self._below[domain].discard(host)
            if not self._below[domain]:
                del self._below[domain]

    def overlapping(self, host: str) -> Iterator[str]:
        """Yield the hosts that some hostname can match as well as ``host``, each once."""
        if host.startswith(_WILDCARD):
            yield from self._below.get(host.removeprefix(_WILDCARD), ())
        elif host in self._hosts:
            yield host
        for domain in _above(host):
            wildcard = f"{_WILDCARD}{domain}"
            if wildcard in self._hosts and wildcard != host:
                yield wildcard


def _above(host: str) -> Iterator[str]:
    """Yield the domains above a host; for a wildcard, its own domain is the first."""
    while "." in host:
        host = host.partition(".")[2]
        yield host
