"""Claims: who may have a script name or a hostname when several objects want it. Pure.

The one that holds it at the edge keeps it: a live route never moves by itself. Between those that don't, the
older object is first, then namespace and name decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workers_operator.domain.desired import ObjectKey, Route
from workers_operator.domain.handling import Stalled, Waiting
from workers_operator.domain.observed import Mark, ObservedWorker
from workers_operator.domain.patterns import overlaps
from workers_operator.domain.routing import Paths

RECHECK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Claim:
    """What one object wants for itself on its platform. ``created``: RFC 3339, sorts by age."""

    key: ObjectKey
    uid: str
    created: str
    customer_id: str
    script_name: str
    routes: tuple[Route, ...]


class ClaimConflict(Waiting):
    """Another worker has the script name or the hostname."""


def check_script_name(mine: Claim, others: Iterable[Claim], mark: Mark | None) -> None:
    """Raises ClaimConflict where ``mine`` may not use its script name. ``mark``: who holds it at the edge."""
    rivals = [c for c in others if c.uid != mine.uid and c.script_name == mine.script_name]
    if mark is not None and mark.uid != mine.uid:
        holder = next((c for c in rivals if c.uid == mark.uid), None)
        if holder is not None or mark.owner != str(mine.key):
            raise _script_conflict(mine, holder)
    if mark is None or mark.uid != mine.uid:
        for rival in rivals:
            if _age(rival) < _age(mine):
                raise _script_conflict(mine, rival)


def check_routes(mine: Claim, others: Iterable[Claim], hosts: Mapping[str, Paths]) -> None:
    """Raises ClaimConflict where ``mine`` may not use one of its hostnames or paths.

    A hostname belongs to one customer: another customer's worker can't have a path of it.
    """
    rivals = [c for c in others if c.uid != mine.uid]
    for route in mine.routes:
        live = hosts.get(route.host, {}).get(route.path)
        if live is not None and live.script_name != mine.script_name:
            holder = next((c for c in rivals if c.script_name == live.script_name), None)
            raise _host_conflict(route, _owner(mine, holder))
        for host, paths in hosts.items():
            others_own = any(t.customer_id != mine.customer_id for t in paths.values())
            if others_own and overlaps(host, route.host):
                raise _host_conflict(route)
        if live is not None:
            continue
        for rival in rivals:
            if _overlap(mine, rival, route) and _age(rival) < _age(mine):
                raise _host_conflict(route, _owner(mine, rival))


def check_zone_routes(zone_patterns: Iterable[str], observed: ObservedWorker) -> None:
    """Raises Stalled where one of the wanted zone routes leads to somebody else's script, or to none."""
    for pattern in sorted(zone_patterns):
        if pattern not in observed.zone_routes:
            continue
        script = observed.zone_routes[pattern]
        if script != observed.dispatcher:
            message = f"zone route {pattern} leads to {script or 'no Worker'}"
            raise Stalled("RouteNotOwned", f"{message}; it is not this operator's to change")


def _overlap(mine: Claim, rival: Claim, route: Route) -> bool:
    """A hostname belongs to one customer, and what lies below its wildcard, too; a path to one worker."""
    if rival.customer_id != mine.customer_id:
        return any(overlaps(r.host, route.host) for r in rival.routes)
    return any(r == route for r in rival.routes)


def _age(claim: Claim) -> tuple[str, str, str, str]:
    return (claim.created, claim.key.namespace, claim.key.name, claim.key.kind)


def _owner(mine: Claim, other: Claim | None) -> str:
    """Who has it, in words: other tenants' objects are not named."""
    if other is None or other.key.namespace != mine.key.namespace:
        return "another worker"
    return f"{other.key.kind} {other.key.name!r}"


def _script_conflict(mine: Claim, other: Claim | None) -> ClaimConflict:
    message = f"script name {mine.script_name!r} belongs to {_owner(mine, other)}; it can't be changed later, "
    message += "so create this object anew with another spec.scriptName"
    return ClaimConflict("ScriptNameConflict", message, after=RECHECK_SECONDS)


def _host_conflict(route: Route, owner: str = "another worker") -> ClaimConflict:
    message = f"{route.zone_pattern} belongs to {owner}, which keeps it"
    message += "; choose another spec.subdomain or another route"
    return ClaimConflict("HostnameConflict", message, after=RECHECK_SECONDS)
