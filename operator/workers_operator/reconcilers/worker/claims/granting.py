"""Grants routes: which of those that a worker asks for it gets on its platform, and why it does not get the others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from workers_operator.account.platforms import NOT_READY_RECHECK_SECONDS, Platform, Platforms
from workers_operator.desired import worker as desired
from workers_operator.domain.conditions import DEPLOYED, ROUTED
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.plan.room import without_room
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.routes import Refusal, Route, WantedRoutes
from workers_operator.domain.tenancy import ownership, reach, rest
from workers_operator.domain.tenancy.grants import Rights, reserved_hosts
from workers_operator.domain.tenancy.ownership import OURS, Claim, LiveRoutes
from workers_operator.domain.worker import Worker
from workers_operator.engine.clock import Clock
from workers_operator.index.index import Index
from workers_operator.reconcilers import zone_access
from workers_operator.reconcilers.steps import StepFailed, concerning
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.claims.beside import OtherPlatforms


@dataclass(frozen=True)
class Granted:
    """The worker with the routes that it has from now on; none if others ask for all that it has.

    ``refused``: the well-formed ones that it asks for and does not get; ``refusal``: why, if any route is refused.
    """

    worker: Worker
    refused: tuple[Route, ...] = ()
    refusal: Refusal | None = None


class RouteGranter:
    """Grants routes to one worker at a time. ``beside``: what it looks at on other platforms."""

    def __init__(
        self, index: Index, platforms: Platforms, beside: OtherPlatforms, clock: Clock
    ) -> None:
        self._claims = index.claims
        self._labels_of = index.namespaces.labels
        self._clock = clock
        self._platforms = platforms
        self.beside = beside

    def within(self, attempt: Attempt, platform: Platform, rights: Rights) -> WantedRoutes:
        """Return the routes that are within the platform's zones and the worker's rights."""
        domain, zones = platform.provisioned.domain, platform.provisioned.zones
        estates, reserved = self._platforms.estates(platform.config), reserved_hosts(domain, zones)

        def check(route: Route) -> None:
            desired.check_route(route, domain, zones)
            estates.check_host(route, domain)
            rights.check_host(route, reserved)

        return desired.routes_of(attempt.obj, domain).judged(check)

    def grant(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        wanted: WantedRoutes,
        observed: ObservedWorker,
        rights: Rights,
    ) -> Granted:
        """Return the routes that a worker gets.

        Raises StepFailed if its script name is taken, if it gets no route and has had none, or if it gives one up and
        nobody can tell what would be left.
        """
        granted = self._granted(attempt, platform, worker, wanted, observed, rights)
        kept = granted.worker.routes
        left = [r for r in observed.held_by(worker.script_name) if r not in kept]
        with concerning(ROUTED):
            zone_access.check_given_up(platform, (route.host for route in left))
        stays = (r for r in left if r in granted.refused and zone_access.is_gone(platform, r.host))
        return replace(granted, worker=replace(granted.worker, routes=(*kept, *stays)))

    def _granted(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        wanted: WantedRoutes,
        observed: ObservedWorker,
        rights: Rights,
    ) -> Granted:
        attempt.memory.wait_for_others(True)  # so that what is given up from now on wakes it
        mine = replace(
            desired.claim(attempt.key, attempt.obj, worker.domain),
            since=self._claims.since(attempt.key),
        )
        held = observed.held_by(worker.script_name)
        hosts = {route.host for route in (*wanted.served, *held)}
        claimants = self._claims.rivals(attempt.key, observed.holders, hosts)
        domain, zones = platform.provisioned.domain, platform.provisioned.zones
        tenancy, reserved = platform.config.tenancy, reserved_hosts(domain, zones)
        rivals = tenancy.granted(claimants, self._labels_of, reserved)
        with concerning(DEPLOYED):
            ownership.check_script_name(mine, rivals, observed.mark)

        edge = _live_routes(platform, observed)
        operated = self._platforms.estates(platform.config).dispatchers - {observed.dispatcher}

        def check(route: Route) -> None:
            is_new, is_meant = route not in held, rights.allows_exactly("hosts", route.host)
            rests = self._rests(platform, route, edge.shared) if is_new else ()
            able: Sequence[Claim] = rest.able(rivals, rests)
            if is_new and is_meant:
                able = self._named(able, platform, route, observed)
            ownership.check_route(mine, route, able, edge)
            rest.check(route, attempt.key.namespace, rests, self._clock.now())
            self._check_zone_routes(attempt, platform, route, observed, is_meant, operated)
            if is_new and not is_meant and not route.covered_by(domain):
                self.beside.check_free(platform, mine, route)

        wanted = _with_room(wanted.judged(check), worker, observed)
        served, refusal = wanted.served, wanted.refusal()
        asked = desired.routes_of(attempt.obj, worker.domain).served
        if refusal is not None and not served:
            former = [route for route in held if route not in asked]
            if not former:
                raise StepFailed(ROUTED, refusal)
            usable = _with_room(WantedRoutes(tuple(former)).judged(check), worker, observed)
            rivals += self.beside.rivals(platform, (r for r in former if not r.covered_by(domain)))
            served = _kept(usable, mine, rivals, platform, observed, edge)
            served = _as_listed(served, attempt.status.urls)
            if served:
                awaited = any(ownership.is_awaited(mine, route, rivals) for route in served)
                waits = "; a worker of another namespace waits for that" if awaited else ""
                refusal.add(f"until then the worker keeps {_named(served)}{waits}")
        attempt.memory.wait_for_others(refusal is not None)
        refused = tuple(route for route in asked if route not in served)
        return Granted(replace(worker, routes=served), refused, refusal)

    def _rests(
        self, platform: Platform, route: Route, shared: Collection[str]
    ) -> tuple[rest.HostRest, ...]:
        if not platform.config.tenancy.host_cooldown:
            return ()
        return platform.snapshot.rests.over(route, shared, self._clock.now())

    def _named(
        self, rivals: Sequence[Claim], platform: Platform, route: Route, observed: ObservedWorker
    ) -> Sequence[Claim]:
        """Return the rivals that may have a route: one that somebody else's wildcard takes only if a grant names it."""
        domain, tenancy = platform.provisioned.domain, platform.config.tenancy
        zone_routes, dispatcher = observed.zone_routes, observed.dispatcher
        _, of_others = reach.of_requests(
            route, domain, zone_routes, dispatcher, observed.inherited, is_named=False
        )
        if of_others is OURS:
            return rivals

        def may_name_it(claim: Claim) -> bool:
            own = tenancy.rights_of(claim, self._labels_of(claim.key.namespace))
            return own is not None and own.allows_exactly("hosts", route.host)

        return list(filter(may_name_it, rivals))

    def _check_zone_routes(
        self,
        attempt: Attempt,
        platform: Platform,
        route: Route,
        observed: ObservedWorker,
        is_named: bool,
        operated: Collection[str],
    ) -> None:
        zone_routes = observed.zone_routes
        held = observed.held_by(desired.script_name(attempt.key, attempt.obj))
        zone_access.check_wanted(platform, route, is_served=route in held)
        try:
            reach.check_requests(
                route,
                platform.provisioned.domain,
                zone_routes,
                observed.dispatcher,
                observed.inherited,
                is_named=is_named,
                operated=operated,
            )
        except (Stalled, Waiting) as refusal:
            if not self.beside.may_be_inherited(attempt, platform, route, zone_routes):
                raise
            after = NOT_READY_RECHECK_SECONDS
            raise Waiting(refusal.reason, refusal.message, after=after) from None


def _live_routes(platform: Platform, observed: ObservedWorker) -> LiveRoutes:
    """Return what the platform serves on the hosts that concern a worker."""
    shared = {platform.provisioned.domain, *platform.provisioned.zones}
    marks, cooldown = platform.snapshot.routing.content.marks, platform.config.tenancy.host_cooldown
    return LiveRoutes(observed.hosts, marks, shared, hosts_rest=cooldown > 0)


def _with_room(wanted: WantedRoutes, worker: Worker, observed: ObservedWorker) -> WantedRoutes:
    """Return the routes without those that do not fit into the routing entries of their hosts."""
    refused = without_room(replace(worker, routes=wanted.served), observed.hosts)

    def check(route: Route) -> None:
        if route in refused:
            raise refused[route]

    return wanted.judged(check)


def _kept(
    former: WantedRoutes,
    mine: Claim,
    rivals: Sequence[Claim],
    platform: Platform,
    observed: ObservedWorker,
    edge: LiveRoutes,
) -> tuple[Route, ...]:
    """Return the live routes that the worker keeps although it asks for others: it gets none of those."""
    domain, zones = platform.provisioned.domain, platform.provisioned.zones
    routed = former.judged(lambda route: desired.check_route(route, domain, zones))
    return tuple(
        route
        for route in routed.served
        if ownership.of_former_route(mine, route, rivals, edge) is OURS
        and reach.is_reached(route, domain, observed.zone_routes, observed.dispatcher)
    )


def _as_listed(routes: Sequence[Route], urls: Sequence[str]) -> tuple[Route, ...]:
    """Return routes in the order of ``status.urls``."""
    places = {url: place for place, url in enumerate(urls)}
    return tuple(sorted(routes, key=lambda r: places.get(r.url, len(places))))


def _named(routes: Sequence[Route]) -> str:
    more = f" and {len(routes) - 1} more" if len(routes) > 1 else ""
    return f"{routes[0].zone_pattern}{more}"
