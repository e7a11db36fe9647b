"""Zones and their routes, as they are read (developers.cloudflare.com/api/resources/zones)."""

from dataclasses import dataclass
from typing import Final

from workers_operator.cloudflare.api import Api
from workers_operator.engine.priority import Priority

ROUTES: Final = "/zones/{zone}/workers/routes"


@dataclass(frozen=True, slots=True)
class ZoneRoute:
    """A route of a zone. If ``script`` is None, the route disables Workers."""

    id: str
    zone_id: str
    pattern: str
    script: str | None


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone: its domain, and the account that owns it."""

    id: str
    name: str
    account_name: str


async def get_zone(api: Api, zone_id: str, priority: Priority) -> Zone:
    """Return a zone by id."""
    result = (
        await api.call("GET", "/zones/{zone}", priority=priority, path={"zone": zone_id})
    ).result
    return Zone(
        str(result["id"]), str(result["name"]), str((result.get("account") or {}).get("name") or "")
    )


async def list_routes(
    api: Api, zone_id: str, priority: Priority, *, may_be_denied: bool = False
) -> list[ZoneRoute]:
    """Return all routes of a zone (at most 1,000), in one call. ``may_be_denied``: see ``Api.call``."""
    path = {"zone": zone_id}
    answer = await api.call(
        "GET", ROUTES, priority=priority, path=path, may_be_denied=may_be_denied
    )
    return [
        ZoneRoute(str(r["id"]), zone_id, str(r["pattern"]), r.get("script") or None)
        for r in answer.result
    ]
