"""Account scripts, zones and their routes, R2 buckets: what the platform itself needs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.dispatch import upload_parts
from workers_operator.cloudflare.errors import NotFound
from workers_operator.domain.desired import Code

_SCRIPTS: Final = "/accounts/{account}/workers/scripts"
_ROUTES: Final = "/zones/{zone}/workers/routes"
_BUCKETS: Final = "/accounts/{account}/r2/buckets"


@dataclass(frozen=True, slots=True)
class AccountScript:
    """A plain Worker of the account."""

    name: str
    tags: frozenset[str]


@dataclass(frozen=True, slots=True)
class ZoneRoute:
    """A route of a zone. ``script`` is None for a route that takes Workers off."""

    id: str
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
    api: Api,
    name: str,
    code: Code,
    bindings: Sequence[Mapping[str, Any]],
    tags: Sequence[str],
    urgency: Urgency,
) -> None:
    """PUTs a plain Worker; it is deployed at once."""
    await api.call(
        "PUT",
        _SCRIPTS + "/{script}",
        urgency=urgency,
        path={"script": name},
        parts=upload_parts(code, bindings, tags),
    )


async def list_routes(api: Api, zone_id: str, urgency: Urgency) -> list[ZoneRoute]:
    """All routes of a zone (1,000 at most), in one call."""
    answer = await api.call("GET", _ROUTES, urgency=urgency, path={"zone": zone_id})
    return [
        ZoneRoute(str(r["id"]), str(r["pattern"]), r.get("script") or None) for r in answer.result
    ]


async def create_route(api: Api, zone_id: str, pattern: str, script: str, urgency: Urgency) -> None:
    """Leads ``pattern`` to a plain Worker."""
    body = {"pattern": pattern, "script": script}
    await api.call("POST", _ROUTES, urgency=urgency, path={"zone": zone_id}, body=body)


async def bucket_exists(api: Api, name: str, urgency: Urgency) -> bool:
    """Whether the account has an R2 bucket of this name."""
    try:
        await api.call("GET", _BUCKETS + "/{bucket}", urgency=urgency, path={"bucket": name})
    except NotFound:
        return False
    return True


async def create_bucket(api: Api, name: str, urgency: Urgency) -> None:
    """Creates an R2 bucket."""
    await api.call("POST", _BUCKETS, urgency=urgency, body={"name": name})
