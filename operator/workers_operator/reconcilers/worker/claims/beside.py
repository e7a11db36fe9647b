"""Other platforms of a worker's account: what they have of zones that both may route."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from workers_operator.account.platforms import Platform, Platforms
from workers_operator.domain.routes import Route, zone_of, zone_pattern
from workers_operator.domain.tenancy import ownership
from workers_operator.domain.tenancy.grants import reserved_hosts
from workers_operator.domain.tenancy.ownership import Claim, LiveRoutes
from workers_operator.domain.worker import Worker
from workers_operator.index.index import Index
from workers_operator.reconcilers.worker.attempt import Attempt


class OtherPlatforms:
    """Looks at what the other platforms of an account serve and ask for."""

    def __init__(self, index: Index, platforms: Platforms) -> None:
        self._claims = index.claims
        self._labels_of = index.namespaces.labels
        self._platforms = platforms

    def check_free(self, platform: Platform, mine: Claim, route: Route) -> None:
        """Raise ClaimConflict if another platform serves others on a route's host, or on one near it."""
        for other in self._others(platform):
            table = other.snapshot.routing.content
            hosts = table.hosts_about("", [route.host])
            scripts = {t.script_name for paths in hosts.values() for t in paths.values()}
            name = other.config.name
            claims = (claim for s in sorted(scripts) for claim in self._claims.to_script(name, s))
            holders = other.config.tenancy.granted(claims, self._labels_of)
            shared = {other.provisioned.domain, *other.provisioned.zones}
            edge = LiveRoutes(hosts, table.marks, shared)
            ownership.check_route_beside(mine, route, holders, edge)

    def rivals(self, platform: Platform, routes: Iterable[Route]) -> list[Claim]:
        """Return the granted claims on other platforms to the hosts of routes."""
        hosts, found = {route.host for route in routes}, list[Claim]()
        for other in self._others(platform):
            if not self._platforms.is_usable(other.config.name):
                continue
            reserved = reserved_hosts(other.provisioned.domain, other.provisioned.zones)
            claims = self._claims.to_hosts(other.config.name, hosts)
            found += other.config.tenancy.granted(claims, self._labels_of, reserved)
        return found

    # --- zone routes ------------------------------------------------------------------------------------------------

    async def inherited(
        self, attempt: Attempt, platform: Platform, worker: Worker
    ) -> Mapping[str, str]:
        """Return the zone routes that lead to the worker on other platforms: pattern → dispatcher there.

        Any platform may have them, not only the one that status names: a move may have been taken back. Raises a
        CloudflareError.
        """
        found: dict[str, str] = {}
        for other in self._others(platform):
            routes = _zone_routes_on(other, worker)
            # What the other platform has done to the zone is not in this one's listing.
            hosts = [route.host for route in (*routes, *_given_up(platform, other, worker.routes))]
            await platform.observer.ensure_zones(
                platform.provisioned, hosts, attempt.priority, not_before=attempt.started
            )
            dispatcher, zone_routes = (
                other.config.dispatch.dispatcher,
                platform.snapshot.zone_routes,
            )
            patterns = (route.zone_pattern for route in routes)
            found |= {p: dispatcher for p in patterns if zone_routes.get(p) == dispatcher}
        return found

    def may_be_inherited(
        self,
        attempt: Attempt,
        platform: Platform,
        route: Route,
        zone_routes: Mapping[str, str | None],
    ) -> bool:
        """Whether the zone routes of a platform that cannot be used yet may lead the route to this worker."""
        if attempt.former is not None and not self._platforms.is_usable(attempt.former):
            return True
        leads_to = {zone_routes[pattern] for pattern in _covering(route, zone_routes)}
        configs = (account.config for account in self._platforms)
        return any(
            config.dispatch.dispatcher in leads_to
            and config.account_key == platform.config.account_key
            and not self._platforms.is_usable(config.name)
            for config in configs
        )

    def _others(self, platform: Platform) -> Iterator[Platform]:
        """Yield the other platforms of the account that are set up and have a dispatcher of their own."""
        for account in self._platforms:
            other = self._platforms.provisioned(account.config.name)
            if (
                other is not None
                and other.config.account_key == platform.config.account_key
                and other.config.dispatch.dispatcher != platform.config.dispatch.dispatcher
            ):
                yield other


def _zone_routes_on(other: Platform, worker: Worker) -> list[Route]:
    """Return the routes that lead to a worker on another platform and need a zone route there."""
    mark = other.snapshot.mark(worker.script_name)
    if mark is None or mark.uid != worker.uid:
        return []
    there = other.snapshot.worker(worker.script_name, (), other.config.dispatch.dispatcher, {})
    held, domain = there.held_by(worker.script_name), other.provisioned.domain
    return [route for route in held if not route.covered_by(domain)]


def _given_up(platform: Platform, other: Platform, routes: Sequence[Route]) -> list[Route]:
    """Return the routes whose requests reach another platform by this one's listing, and no more by its own."""
    domain, zones = platform.provisioned.domain, platform.provisioned.zones
    dispatcher = other.config.dispatch.dispatcher
    listed, there = platform.snapshot.zone_routes, other.snapshot.zone_routes

    def is_given_up(route: Route) -> bool:
        zone = zones.get(zone_of(route.host, zones) or "")
        if zone is None or other.snapshot.zone(zone).taken is None:
            return False
        leading = [p for p in _covering(route, listed) if listed[p] == dispatcher]
        return any(there.get(pattern) != dispatcher for pattern in leading)

    return [r for r in routes if not r.covered_by(domain) and is_given_up(r)]


def _covering(route: Route, zone_routes: Mapping[str, str | None]) -> list[str]:
    """Return the patterns of the zone routes that take requests of a route, its own included."""
    own = route.zone_pattern
    return [p for p in zone_routes if p == own or zone_pattern(p).covers(route)]
