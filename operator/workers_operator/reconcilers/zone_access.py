"""Zones whose routes Cloudflare does not list: what may be done in them meanwhile."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from workers_operator.account.platforms import Platform
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.routes import Route, zone_of
from workers_operator.domain.tenancy import reach
from workers_operator.engine.priority import Priority


def unavailable(platform: Platform) -> Mapping[str, str]:
    """Return the platform's zones whose routes are not listed: name → why."""
    listed = {
        name: platform.snapshot.zone(identifier).content
        for name, identifier in sorted(platform.provisioned.zones.items())
    }
    return {name: content.refusal for name, content in listed.items() if content.refusal}


def check_wanted(platform: Platform, route: Route, *, is_served: bool) -> None:
    """Raise Stalled for a route that cannot be had; one that is served can, unless its zone is gone."""
    for name in _zones_of(platform, [route.host]):
        listed = platform.snapshot.zone(platform.provisioned.zones[name]).content
        if listed.is_gone or not is_served:
            reach.check_zone(name, listed.refusal)


def is_gone(platform: Platform, host: str) -> bool:
    """Whether a host's zone is said to be gone. That may be wrong for a while: what is wanted there is left alone."""
    zones = platform.provisioned.zones
    return any(
        platform.snapshot.zone(zones[name]).content.is_gone for name in _zones_of(platform, [host])
    )


def assumed(
    platform: Platform, observed: ObservedWorker, script_name: str, urls: Collection[str]
) -> ObservedWorker:
    """Return what is observed, with the zone routes that a worker has had where they are not listed.

    ``urls``: at which its status says that it is served. An entry alone does not tell: it comes before the zone route.
    """
    refused = unavailable(platform)
    if not refused:
        return observed
    unknown = {
        route.zone_pattern: observed.dispatcher
        for route in observed.held_by(script_name)
        if refused.keys() & _zones_of(platform, [route.host])
        and route.zone_pattern not in observed.zone_routes
        and route.url in urls
    }
    return replace(observed, zone_routes={**observed.zone_routes, **unknown})


def check_given_up(platform: Platform, hosts: Iterable[str]) -> None:
    """Raise Stalled if nobody can tell which zone routes of hosts would be left. A zone that is gone has none."""
    for name in _zones_of(platform, hosts):
        listed = platform.snapshot.zone(platform.provisioned.zones[name]).content
        if not listed.is_gone:
            reach.check_zone(name, listed.refusal)


async def look(platform: Platform, hosts: Collection[str], priority: Priority) -> None:
    """Make sure that the zone routes of hosts that are given up are known.

    Raises a CloudflareError, and Stalled if the last listing was refused: the next one of the account asks again.
    """
    await platform.observer.ensure_zones(platform.provisioned, hosts, priority)
    check_given_up(platform, hosts)


def _zones_of(platform: Platform, hosts: Iterable[str]) -> list[str]:
    zones, domain = platform.provisioned.zones, platform.provisioned.domain
    found = {zone_of(host, zones) for host in hosts if not Route(host).covered_by(domain)}
    return sorted(name for name in found if name is not None)
