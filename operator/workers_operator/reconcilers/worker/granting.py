"""Grants routes: which of those that a worker asks for it gets on its platform, and why it does not get the others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from workers_operator.account.platforms import NOT_READY_RECHECK_SECONDS, Platform, Platforms
from workers_operator.desired import worker as desired
from workers_operator.domain.conditions import DEPLOYED, ROUTED
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.plan.room import without_room
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.routes import Refusal, Route, WantedRoutes, zone_pattern
from workers_operator.domain.tenancy import ownership, rest
from workers_operator.domain.tenancy.grants import Rights, reserved_hosts
from workers_operator.domain.tenancy.ownership import OURS, Claim
from workers_operator.domain.worker import Worker
from workers_operator.engine.clock import Clock
from workers_operator.index.index import Index
from workers_operator.reconcilers.steps import StepFailed, concerning
from workers_operator.reconcilers.worker.attempt import Attempt


@dataclass(frozen=True)
class Granted:
    """The worker with the routes that it has from now on; none if others ask for all that it has.

    ``refused``: the well-formed ones that it asks for and does not get; ``refusal``: why, if any route is refused.
    """

    worker: Worker
    refused: tuple[Route, ...] = ()
    refusal: Refusal | None = None


class RouteGranter:
    """Grants routes to one worker at a time."""

    def __init__(self, index: Index, platforms: Platforms, clock: Clock) -> None:
        self._claims = index.claims
        self._labels_of = index.namespaces.labels
        self._clock = clock
        self._platforms = platforms

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
    ) -> Granted:
        """Return the routes that a worker gets.

        Raises StepFailed if its script name is taken, or if it gets no route and has had none.
        """
        mine = replace(
            desired.claim(attempt.key, attempt.obj, worker.domain),
            since=self._claims.since(attempt.key),
        )
        held = observed.held_by(worker.script_name)
        claimants = self._claims.rivals(attempt.key, observed.holders, [r.host for r in held])
        rivals = platform.config.tenancy.granted(claimants, self._labels_of)
        with concerning(DEPLOYED):
            ownership.check_script_name(mine, rivals, observed.mark)

        shared = {platform.provisioned.domain, *platform.provisioned.zones}

        def check(route: Route) -> None:
            rests = self._rests(platform, route) if route not in held else ()
            able = rest.able(rivals, rests)
            ownership.check_route(mine, route, able, observed.hosts, shared)
            rest.check(route, attempt.key.namespace, rests, self._clock.now())
            self._check_zone_routes(attempt, platform, route, observed)

        wanted = _with_room(wanted.judged(check), worker, observed)
        served, refusal = wanted.served, wanted.refusal()
        asked = desired.routes_of(attempt.obj, worker.domain).served
        if refusal is not None and not served:
            former = [route for route in held if route not in asked]
            if not former:
                raise StepFailed(ROUTED, refusal)
            usable = _with_room(WantedRoutes(tuple(former)).judged(check), worker, observed)
            served = _kept(usable, mine, rivals, platform, observed)
            served = _as_listed(served, attempt.status.urls)
            if served:
                refusal.add(f"until then the worker keeps {_named(served)}")
        refused = tuple(route for route in asked if route not in served)
        return Granted(replace(worker, routes=served), refused, refusal)

    def _rests(self, platform: Platform, route: Route) -> tuple[rest.HostRest, ...]:
        if not platform.config.tenancy.host_cooldown:
            return ()
        return rest.over(route, platform.snapshot.rests(), self._clock.now())

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
            if not routes:
                continue
            # What the other platform has done to the zone is not in this one's listing.
            hosts = [route.host for route in routes]
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

    def _check_zone_routes(
        self, attempt: Attempt, platform: Platform, route: Route, observed: ObservedWorker
    ) -> None:
        domain, dispatcher = platform.provisioned.domain, observed.dispatcher
        zone_routes, inherited = observed.zone_routes, observed.inherited
        try:
            ownership.check_requests(route, domain, zone_routes, dispatcher, inherited)
        except Stalled as refusal:
            if not self._may_be_inherited(attempt, platform, route, zone_routes):
                raise
            after = NOT_READY_RECHECK_SECONDS
            raise Waiting(refusal.reason, refusal.message, after=after) from None

    def _may_be_inherited(
        self,
        attempt: Attempt,
        platform: Platform,
        route: Route,
        zone_routes: Mapping[str, str | None],
    ) -> bool:
        """Whether the zone routes of a platform that cannot be used yet may lead the route to this worker."""
        if attempt.former is not None and not self._platforms.is_usable(attempt.former):
            return True
        leads_to = {
            script
            for pattern, script in zone_routes.items()
            if pattern == route.zone_pattern or zone_pattern(pattern).covers(route)
        }
        configs = (account.config for account in self._platforms)
        return any(
            config.dispatch.dispatcher in leads_to
            and config.account_key == platform.config.account_key
            and not self._platforms.is_usable(config.name)
            for config in configs
        )


def _zone_routes_on(other: Platform, worker: Worker) -> list[Route]:
    """Return the routes that lead to a worker on another platform and need a zone route there."""
    mark = other.snapshot.mark(worker.script_name)
    if mark is None or mark.uid != worker.uid:
        return []
    there = other.snapshot.worker(worker.script_name, (), other.config.dispatch.dispatcher, {})
    held, domain = there.held_by(worker.script_name), other.provisioned.domain
    return [route for route in held if not route.covered_by(domain)]


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
) -> tuple[Route, ...]:
    """Return the live routes that the worker keeps although it asks for others: it gets none of those."""
    domain, zones = platform.provisioned.domain, platform.provisioned.zones
    routed = former.judged(lambda route: desired.check_route(route, domain, zones))
    return tuple(
        route
        for route in routed.served
        if ownership.of_former_route(mine, route, rivals) is OURS
        and ownership.is_reached(route, domain, observed.zone_routes, observed.dispatcher)
    )


def _as_listed(routes: Sequence[Route], urls: Sequence[str]) -> tuple[Route, ...]:
    """Return routes in the order of ``status.urls``."""
    places = {url: place for place, url in enumerate(urls)}
    return tuple(sorted(routes, key=lambda r: places.get(r.url, len(places))))


def _named(routes: Sequence[Route]) -> str:
    more = f" and {len(routes) - 1} more" if len(routes) > 1 else ""
    return f"{routes[0].zone_pattern}{more}"
