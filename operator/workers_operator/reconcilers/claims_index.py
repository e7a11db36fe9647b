"""Which objects want which script names and hostnames: the rivals of a claim without a look at all objects."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

from workers_operator.domain.claims import Claim
from workers_operator.domain.desired import ObjectKey, Route


class ClaimsIndex:
    """Claims by what they are on. ``scope`` is the platform: claims on different platforms don't meet.

    Claims are kept with hostnames that end where the platform's domain begins (``shop.``): objects are seen before
    the domain is known.
    """

    def __init__(self) -> None:
        self._claims: dict[ObjectKey, tuple[str, Claim]] = {}
        self._by_script: defaultdict[tuple[str, str], set[ObjectKey]] = defaultdict(set)
        self._by_subdomain: defaultdict[tuple[str, str], set[ObjectKey]] = defaultdict(set)

    def put(self, scope: str, claim: Claim) -> None:
        """Takes in an object's claim in place of its former one."""
        self.remove(claim.key)
        self._claims[claim.key] = (scope, claim)
        self._by_script[scope, claim.script_name].add(claim.key)
        for route in claim.routes:
            self._by_subdomain[scope, route.host].add(claim.key)

    def remove(self, key: ObjectKey) -> None:
        """The object is gone."""
        known = self._claims.pop(key, None)
        if known is None:
            return
        scope, claim = known
        _discard(self._by_script, (scope, claim.script_name), key)
        for route in claim.routes:
            _discard(self._by_subdomain, (scope, route.host), key)

    def rivals(self, key: ObjectKey, domain: str) -> list[Claim]:
        """Other claims that share the script name or a hostname with this object's, in the platform's domain."""
        return [_in_domain(self._claims[k][1], domain) for k in self._rival_keys(key)]

    def rival_keys(self, key: ObjectKey) -> list[ObjectKey]:
        """Whose claims they are."""
        return list(self._rival_keys(key))

    def on(self, scope: str) -> list[ObjectKey]:
        """All objects with a claim on this platform."""
        return [key for key, (platform, _) in self._claims.items() if platform == scope]

    def _rival_keys(self, key: ObjectKey) -> Iterator[ObjectKey]:
        known = self._claims.get(key)
        if known is None:
            return
        scope, claim = known
        found = set(self._by_script[scope, claim.script_name])
        for route in claim.routes:
            found |= self._by_subdomain[scope, route.host]
        yield from sorted(found - {key})


def _discard(
    index: defaultdict[tuple[str, str], set[ObjectKey]], at: tuple[str, str], key: ObjectKey
) -> None:
    index[at].discard(key)
    if not index[at]:
        del index[at]


def _in_domain(claim: Claim, domain: str) -> Claim:
    return replace(claim, routes=tuple(Route(r.host + domain, r.path) for r in claim.routes))
