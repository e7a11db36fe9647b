"""Account scripts, zones and their routes: what the platform itself needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.dispatch import upload_parts
from workers_operator.cloudflare.errors import NotFound
from workers_operator.domain.desired import Content

_SCRIPTS: Final = "/accounts/{account}/workers/scripts"
_ROUTES: Final = "/zones/{zone}/workers/routes"


@dataclass(frozen=True, slots=True)
class AccountScript:
    """A plain Worker of the account."""

    name: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class ZoneRoute:
    """A route of a zone. ``script`` is None for a route that takes Workers off."""

    id: str
    zone_id: str
    pattern: str
    script: str | None


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone: its domain, and the account that it belongs to."""

    id: str
    name: str
    account_name: str


async def get_zone(api: Api, zone_id: str, urgency: Urgency) -> Zone:
    """One zone by id."""
    result = (
        await api.call("GET", "/zones/{zone}", urgency=urgency, path={"zone": zone_id})
    ).result
    return Zone(
        str(result["id"]), str(result["name"]), str((result.get("account") or {}).get("name") or "")
    )


async def list_scripts(api: Api, urgency: Urgency) -> list[AccountScript]:
    """All plain Workers of the account, in one call."""
    answer = await api.call("GET", _SCRIPTS, urgency=urgency)
    return [AccountScript(str(s["id"]), frozenset(s.get("tags") or ())) for s in answer.result]


async def upload_script(
    api: Api, name: str, content: Content, tags: Sequence[str], urgency: Urgency
) -> None:
    """PUTs a plain Worker; it is deployed at once."""
    await api.call(
        "PUT",
        _SCRIPTS + "/{script}",
        urgency=urgency,
        path={"script": name},
        parts=upload_parts(content, tags),
    )


async def list_routes(api: Api, zone_id: str, urgency: Urgency) -> list[ZoneRoute]:
    """All routes of a zone (1,000 at most), in one call."""
    answer = await api.call("GET", _ROUTES, urgency=urgency, path={"zone": zone_id})
    return [
        ZoneRoute(str(r["id"]), zone_id, str(r["pattern"]), r.get("script") or None)
        for r in answer.result
    ]


async def create_route(
    api: Api, zone_id: str, pattern: str, script: str, urgency: Urgency
) -> ZoneRoute:
    """Leads ``pattern`` to a plain Worker."""
    body = {"pattern": pattern, "script": script}
    answer = await api.call("POST", _ROUTES, urgency=urgency, path={"zone": zone_id}, body=body)
    return ZoneRoute(str(answer.result["id"]), zone_id, pattern, script)


async def delete_route(api: Api, zone_id: str, route_id: str, urgency: Urgency) -> None:
    """Deletes a route; one that is gone already counts as deleted."""
    path = {"zone": zone_id, "route": route_id}
    try:
        await api.call("DELETE", _ROUTES + "/{route}", urgency=urgency, path=path)
    except NotFound:
        return
