"""Claims: who may have a script name or a hostname when several objects want it. Pure.

The one that holds it at the edge keeps it: a live route never moves by itself. Between those that don't, the
older object is first, then namespace and name decide.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from workers_operator.domain.desired import ObjectKey, Route
from workers_operator.domain.handling import Waiting
from workers_operator.domain.observed import Mark
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
            raise _script_conflict(mine)
    if mark is None or mark.uid != mine.uid:
        for rival in rivals:
            if _age(rival) < _age(mine):
                raise _script_conflict(mine)


def check_routes(mine: Claim, others: Iterable[Claim], hosts: Mapping[str, Paths]) -> None:
    """Raises ClaimConflict where ``mine`` may not use one of its hostnames or paths.

    A hostname belongs to one customer: another customer's worker can't have a path of it.
    """
    rivals = [c for c in others if c.uid != mine.uid]
    for route in mine.routes:
        paths = hosts.get(route.host, {})
        live = paths.get(route.path)
        if live is not None and live.script_name != mine.script_name:
            raise _host_conflict(route)
        if any(target.customer_id != mine.customer_id for target in paths.values()):
            raise _host_conflict(route)
        if live is not None:
            continue
        for rival in rivals:
            if _overlap(mine, rival, route) and _age(rival) < _age(mine):
                raise _host_conflict(route)


def _overlap(mine: Claim, rival: Claim, route: Route) -> bool:
    on_host = [r for r in rival.routes if r.host == route.host]
    if not on_host:
        return False
    return rival.customer_id != mine.customer_id or any(r.path == route.path for r in on_host)


def _age(claim: Claim) -> tuple[str, str, str, str]:
    return (claim.created, claim.key.namespace, claim.key.name, claim.key.kind)


def _script_conflict(mine: Claim) -> ClaimConflict:
    message = f"script name {mine.script_name!r} belongs to another worker; choose another spec.scriptName"
    return ClaimConflict("ScriptNameConflict", message, after=RECHECK_SECONDS)


def _host_conflict(route: Route) -> ClaimConflict:
    where = f"{route.host}{route.path}/*"
    message = f"{where} belongs to another worker, which keeps it; choose another spec.subdomain"
    return ClaimConflict("HostnameConflict", message, after=RECHECK_SECONDS)
