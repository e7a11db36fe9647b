"""Reach: whose a zone route is, and who gets the requests of a route through all of them. Pure.

A zone route sends requests to one Worker of the account. Those of this operator lead to the dispatchers of its
platforms; what others have made is never changed, and requests that theirs get are never taken from them by a longer
pattern of ours, unless a grant names the host as it is.
"""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route, zone_pattern
from workers_operator.domain.tenancy.ownership import (
    FREE,
    OURS,
    RECHECK_SECONDS,
    ClaimConflict,
    Ownership,
)

_NO_WORKER: Final = "no Worker"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


# --- verdicts ---------------------------------------------------------------------------------------------------------


def of_zone_route(
    pattern: str, zone_routes: Mapping[str, str | None], dispatcher: str, former: str | None = None
) -> Ownership:
    """Return whose a zone route is: ours if it leads to ``dispatcher``. ``zone_routes``: pattern → script.

    ``former``: the dispatcher of another platform, if it leads the route to this worker there.
    """
    if pattern not in zone_routes:
        return FREE
    script = zone_routes[pattern]
    if script is not None and script in (dispatcher, former):
        return OURS
    return Ownership("theirs", script or _NO_WORKER)


def of_requests(
    route: Route,
    domain: str,
    zone_routes: Mapping[str, str | None],
    dispatcher: str,
    inherited: Mapping[str, str] = _NOTHING,
    *,
    is_named: bool = True,
) -> tuple[str, Ownership]:
    """Return who gets all requests of a route, and by which zone route: somebody's that is more specific than ours.

    ``inherited``: pattern → dispatcher of another platform, of the zone routes that lead to this worker there.
    ``is_named``: whether a grant names the host; otherwise none of its requests is taken from who gets them now.
    """
    own = names.dispatcher_pattern(domain) if route.covered_by(domain) else route.zone_pattern
    covering = {p: s for p, s in zone_routes.items() if zone_pattern(p).covers(route)}
    found = {
        pattern: script
        for pattern, script in covering.items()
        if pattern != own and script not in (dispatcher, inherited.get(pattern, dispatcher))
    }
    if not found:
        return own, OURS
    ours = [pattern for pattern in covering if pattern not in found and pattern != own]
    if is_named or own in zone_routes or route.covered_by(domain):
        ours.append(own)
    best = max((zone_pattern(pattern).rank for pattern in ours), default=None)
    pattern = max(found, key=lambda p: zone_pattern(p).rank)
    # A host that leads to somebody else's Worker is his, the paths that ours would take from it included.
    is_behind = best is not None and zone_pattern(pattern).rank < best
    if is_behind and zone_pattern(pattern).host != route.host:
        return own, OURS
    return pattern, Ownership("theirs", found[pattern] or _NO_WORKER)


def is_reached(
    route: Route, domain: str, zone_routes: Mapping[str, str | None], dispatcher: str
) -> bool:
    """Return whether the requests of a route that has an entry reach ``dispatcher``."""
    if not route.covered_by(domain) and zone_routes.get(route.zone_pattern) != dispatcher:
        return False
    return of_requests(route, domain, zone_routes, dispatcher)[1] is OURS


# --- checks -----------------------------------------------------------------------------------------------------------


def check_zone_route(pattern: str, zone_routes: Mapping[str, str | None], dispatcher: str) -> None:
    """Raise Stalled if a zone route of a platform's own leads to somebody else's Worker, or to none."""
    verdict = of_zone_route(pattern, zone_routes, dispatcher)
    if verdict.state == "theirs":
        raise _left_alone(pattern, verdict.whose)


def check_zone(zone: str, refusal: str) -> None:
    """Raise Stalled if a zone cannot be used. ``refusal``: why Cloudflare does not list its routes, "" if it does."""
    if refusal:
        message = f"zone {zone} is not available: {refusal}; it is gone, or the API token has no access to it"
        raise Stalled(Reason.ZONE_UNAVAILABLE, message)


def check_requests(
    route: Route,
    domain: str,
    zone_routes: Mapping[str, str | None],
    dispatcher: str,
    inherited: Mapping[str, str] = _NOTHING,
    *,
    is_named: bool = True,
    operated: Collection[str] = (),
) -> None:
    """Raise Stalled if a zone route of somebody else's takes all requests of a worker's route, or stands in its place.

    ``operated``: the dispatchers of other platforms, whose workers give their routes up in time: ClaimConflict for
    theirs. No message names the other's Worker: it may be another tenant's, or another platform's.
    """
    pattern, verdict = of_requests(
        route, domain, zone_routes, dispatcher, inherited, is_named=is_named
    )
    if verdict.state == "theirs":
        if verdict.whose in operated:
            raise _elsewhere(route)
        message = f"zone route {pattern} leads to {_unnamed(verdict)} and takes all requests of {route.zone_pattern}"
        message += "; this operator does not own it: delete it, or choose another host or path"
        if not is_named and zone_pattern(pattern).host != route.host:
            message += ", or have a grant name the host as it is"
        raise Stalled(Reason.ROUTE_NOT_OWNED, message)
    if not route.covered_by(domain):
        pattern = route.zone_pattern
        verdict = of_zone_route(pattern, zone_routes, dispatcher, inherited.get(pattern))
        if verdict.state == "theirs":
            raise (
                _elsewhere(route)
                if verdict.whose in operated
                else _left_alone(pattern, _unnamed(verdict))
            )


def _elsewhere(route: Route) -> ClaimConflict:
    message = f"{route.zone_pattern} belongs to another worker, which keeps it until it gives it up; wait for that, "
    message += "or choose another host or path"
    return ClaimConflict(Reason.HOSTNAME_CONFLICT, message, after=RECHECK_SECONDS)


def _left_alone(pattern: str, whose: str) -> Stalled:
    message = f"zone route {pattern} leads to {whose}"
    return Stalled(
        Reason.ROUTE_NOT_OWNED,
        f"{message}; this operator does not own it and leaves it as it is",
    )


def _unnamed(verdict: Ownership) -> str:
    return verdict.whose if verdict.whose == _NO_WORKER else "another Worker"
