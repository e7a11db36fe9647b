"""Claims by script name and host, so that the rivals of a claim are found without visiting all objects."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace

from workers_operator.domain.hosts import HostIndex
from workers_operator.domain.routes import Route, takes_all
from workers_operator.domain.tenancy.ownership import Claim
from workers_operator.domain.worker import ObjectKey

_At = tuple[str, str]


class ClaimsIndex:
    """Claims by what they claim. ``scope`` is the platform: claims on different platforms do not compete.

    Claims are kept with default hosts that end where the platform's domain begins (``shop.``): objects are observed
    before the domain is known.
    """

    def __init__(self) -> None:
        self._claims: dict[ObjectKey, tuple[str, Claim]] = {}
        # scope -> its objects, the last claim last
        self._on: defaultdict[str, dict[ObjectKey, None]] = defaultdict(dict)
        self._by_namespace: defaultdict[_At, set[ObjectKey]] = defaultdict(set)
        self._by_script: defaultdict[_At, set[ObjectKey]] = defaultdict(set)
        self._by_host: defaultdict[_At, set[ObjectKey]] = defaultdict(set)
        # scope -> hosts as they are claimed
        self._hosts: defaultdict[str, HostIndex] = defaultdict(HostIndex)
        self._domains: dict[str, str] = {}

    def learn_domain(self, scope: str, domain: str) -> None:
        """Take in the platform's domain."""
        self._domains[scope] = domain

    def put(self, scope: str, claim: Claim) -> None:
        """Take in an object's claim in place of its former one."""
        self.remove(claim.key)
        self._claims[claim.key] = (scope, claim)
        self._on[scope][claim.key] = None
        self._by_namespace[scope, claim.key.namespace].add(claim.key)
        self._by_script[scope, claim.script_name].add(claim.key)
        for route in claim.routes:
            self._by_host[scope, route.host].add(claim.key)
            self._hosts[scope].add(route.host)

    def remove(self, key: ObjectKey) -> None:
        """Forget the claim of an object."""
        known = self._claims.pop(key, None)
        if known is None:
            return
        scope, claim = known
        del self._on[scope][key]
        if not self._on[scope]:
            del self._on[scope]
        _discard(self._by_namespace, (scope, key.namespace), key)
        _discard(self._by_script, (scope, claim.script_name), key)
        for route in claim.routes:
            _discard(self._by_host, (scope, route.host), key)
            if (scope, route.host) not in self._by_host:
                self._hosts[scope].discard(route.host)

    def find(self, key: ObjectKey) -> tuple[str, Claim] | None:
        """Return (platform, claim) of an object."""
        return self._claims.get(key)

    def freed(self, key: ObjectKey, former: tuple[str, Claim] | None) -> list[ObjectKey]:
        """Return the objects that ask for what was in an object's former claim (platform, claim), and is no more."""
        if former is None:
            return []
        scope, before = former
        platform, now = self._claims.get(key, ("", None))
        if now is None or (platform, now.script_name) != (scope, before.script_name):
            hosts, scripts = {route.host for route in before.routes}, [before.script_name]
        else:
            hosts, scripts = {route.host for route in {*before.routes} - {*now.routes}}, []
        return self._asking(key, scope, scripts, hosts)

    def rivals(
        self, key: ObjectKey, holders: Iterable[str] = (), hosts: Iterable[str] = ()
    ) -> list[Claim]:
        """Return the other claims to the script name of an object and to some hosts.

        ``holders``: further script names: of those that hold what this object claims. ``hosts``: those that it may
        claim, and those that lead to it. What else it claims is not looked at: there may be thousands of rivals.
        """
        if key not in self._claims:
            return []
        platform, claim = self._claims[key]
        keys = self._asking(key, platform, {claim.script_name, *holders}, hosts)
        found = [self._claims[k] for k in keys]
        return [self._in_domain(scope, claim) for scope, claim in found]

    def since(self, key: ObjectKey) -> Mapping[Route, str]:
        """Return since when an object has asked for its routes, for those that are newer than the object."""
        known = self._claims.get(key)
        return self._in_domain(*known).since if known is not None else {}

    def to_script(self, scope: str, script_name: str) -> list[Claim]:
        """Return all claims to a script name on a platform."""
        found = sorted(self._by_script.get((scope, script_name), ()))
        return [self._in_domain(*self._claims[key]) for key in found]

    def to_hosts(self, scope: str, hosts: Iterable[str]) -> list[Claim]:
        """Return all claims on a platform to hosts, or to hosts that overlap with them."""
        found = {key for host in hosts for key in self._claimants(scope, host)}
        return [self._in_domain(*self._claims[key]) for key in sorted(found)]

    def of_namespace(self, scope: str, namespace: str) -> list[Claim]:
        """Return all claims of a namespace on a platform."""
        return [self._claims[k][1] for k in self._by_namespace.get((scope, namespace), ())]

    def rival_keys(self, key: ObjectKey) -> list[ObjectKey]:
        """Return the objects that rival claims belong to."""
        if key not in self._claims:
            return []
        scope, claim = self._claims[key]
        hosts = {route.host for route in claim.routes}
        return self._asking(key, scope, [claim.script_name], hosts)

    def on(self, scope: str) -> Collection[ObjectKey]:
        """Return all objects with a claim on this platform, as they are now."""
        return self._on.get(scope, {}).keys()

    def _asking(
        self, key: ObjectKey, scope: str, scripts: Iterable[str], hosts: Iterable[str]
    ) -> list[ObjectKey]:
        """Return the objects but ``key`` that claim one of these script names, or a host that overlaps with these."""
        found = {k for name in scripts for k in self._by_script.get((scope, name), ())}
        for host in hosts:
            found.update(self._claimants(scope, host))
        return sorted(found - {key})

    def _claimants(self, scope: str, host: str) -> Iterator[ObjectKey]:
        """Yield the objects that claim a host or one that overlaps with it."""
        for spelling in self._same_hosts(scope, host):
            yield from self._by_host.get((scope, spelling), ())

    def _same_hosts(self, scope: str, host: str) -> Iterator[str]:
        """Yield the spellings under which others may claim this host or one that overlaps with it."""
        full, domain = self._absolute(scope, host), self._domains.get(scope, "")
        spellings = [full]
        if domain and full.endswith(f".{domain}"):
            spellings.append(full.removesuffix(domain))
        yield from spellings
        if self._takes_all(scope, full):
            return
        for spelling in spellings:
            for found in self._hosts[scope].overlapping(spelling):
                if not self._takes_all(scope, found):
                    yield found

    def _takes_all(self, scope: str, host: str) -> bool:
        """Whether nobody can own a host: it covers all hosts of the platform."""
        domain = self._domains.get(scope, "")
        return bool(domain) and takes_all(host, domain)

    def _absolute(self, scope: str, host: str) -> str:
        return host + self._domains.get(scope, "") if host.endswith(".") else host

    def _in_domain(self, scope: str, claim: Claim) -> Claim:
        """Complete the hosts of a claim, and drop those that nobody can own: they must not keep others out."""
        absolute = {r: Route(self._absolute(scope, r.host), r.path) for r in claim.routes}
        routes = tuple(r for r in absolute.values() if not self._takes_all(scope, r.host))
        since = {absolute[route]: at for route, at in claim.since.items()}
        return replace(claim, routes=routes, since=since)


def _discard(index: defaultdict[_At, set[ObjectKey]], at: _At, key: ObjectKey) -> None:
    index[at].discard(key)
    if not index[at]:
        del index[at]
