"""Ownership: whose a script name, hostname, zone route, dispatcher or KV namespace is. Pure, and judged here only.

Between objects, the one that holds something at the edge keeps it for as long as its spec asks for it: a live route
never moves by itself, and one that nobody asks for any more is free. Between objects that hold nothing, the one that
has asked for longer comes first, then namespace and name decide. What no object answers for is never changed. An
object whose routes are all refused goes on with those that it has, until one is served or another object asks for them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Final, Literal

from workers_operator.domain import names
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route, overlaps, zone_pattern
from workers_operator.domain.serving import Mark, Paths, Target
from workers_operator.domain.tenancy.confusables import skeleton
from workers_operator.domain.worker import ObjectKey, Worker

RECHECK_SECONDS: Final = 30.0
_NO_WORKER: Final = "no Worker"
_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Claim:
    """What one object wants for itself on its platform. ``created``: RFC 3339, sorts by age.

    ``since``: when the object began to ask for a route, as far as that was after its creation. ``instances``: at
    least as many as it asks for.
    """

    key: ObjectKey
    uid: str
    created: str
    customer_id: str
    script_name: str
    routes: tuple[Route, ...]
    since: Mapping[Route, str] = field(default_factory=dict)
    instances: int = 1

    def age(self, since: str | None = None) -> tuple[str, ...]:
        """Return what sorts claims, the eldest first. ``since``: when it asked for what they are compared by."""
        return (since or self.created, self.key.namespace, self.key.name, self.key.kind)

    def following(self, former: "Claim", now: str) -> "Claim":
        """Return the claim after a former one of the same object: what is new in it is asked for since ``now``."""
        known = {route: former.asked_for(route) for route in former.routes}
        since = {route: known.get(route, now) for route in self.routes}
        return replace(self, since={r: at for r, at in since.items() if at != self.created})

    def asked_for(self, route: Route) -> str:
        """Return since when a route has been asked for."""
        return self.since.get(route, self.created)


@dataclass(frozen=True, slots=True)
class Ownership:
    """A verdict. ``whose``: the owner in words, without the names of other tenants' objects; "" unless ``theirs``."""

    state: Literal["ours", "free", "theirs"]
    whose: str = ""


OURS: Final = Ownership("ours")
FREE: Final = Ownership("free")


class ClaimConflict(Waiting):
    """Another object owns the script name or the hostname."""


# --- verdicts ---------------------------------------------------------------------------------------------------------


def of_script_name(mine: Claim, others: Iterable[Claim], mark: Mark | None) -> Ownership:
    """Return whose the script name of ``mine`` is. ``mark``: the mark that it bears at the edge."""
    rivals = [c for c in others if c.uid != mine.uid and c.script_name == mine.script_name]
    if mark is not None and mark.uid == mine.uid:
        return OURS
    if mark is not None:
        holder = next((c for c in rivals if c.uid == mark.uid), None)
        # An object of the same key that was made anew succeeds to what its predecessor left.
        if holder is not None or mark.owner != str(mine.key):
            return _theirs(mine, holder)
    elder = next((c for c in rivals if c.age() < mine.age()), None)
    return _theirs(mine, elder) if elder is not None else FREE


def of_route(
    mine: Claim,
    route: Route,
    others: Iterable[Claim],
    hosts: Mapping[str, Paths],
    shared: Collection[str] = (),
) -> Ownership:
    """Return whose a route is. A hostname belongs to one customer, and a path of it to one worker.

    What lies below a live host, or looks like one, is its customer's, too. ``others``: rival claims, and the claims of
    those that hold a live route. ``hosts``: the live routes of all hosts that concern the route's. ``shared``: the
    hosts below which every customer has hosts, such as the platform's domain.
    """
    rivals = [c for c in others if c.uid != mine.uid]
    live = hosts.get(route.host, {}).get(route.path)
    if live is not None and live.script_name != mine.script_name:
        kept = _kept(mine, live.script_name, route, rivals)
        if kept is not None:
            return kept
    for host, path, target in _of_other_customers(mine, route, hosts):
        if _kept(mine, target.script_name, Route(host, path), rivals) is not None:
            return _theirs(mine, None)
    if live is not None and live.script_name == mine.script_name:
        return OURS
    near = _of_other_customers_nearby(mine, route, hosts, shared)
    for how, host, path, target in near:
        if _kept(mine, target.script_name, Route(host, path), rivals) is not None:
            return Ownership("theirs", f"another worker, which has a host {how}")
    rank = mine.age(mine.asked_for(route))
    asking = ((c, _overlapping(mine, c, route)) for c in rivals)
    elder = next(
        (c for c, found in asking if found and c.age(min(map(c.asked_for, found))) < rank), None
    )
    return _theirs(mine, elder) if elder is not None else FREE


def of_former_route(mine: Claim, route: Route, others: Iterable[Claim]) -> Ownership:
    """Return whose a live route is that leads to ``mine``, which asks for others now: whoever's that asks for it."""
    rivals = (c for c in others if c.uid != mine.uid)
    rival = next((c for c in rivals if _overlapping(mine, c, route)), None)
    return _theirs(mine, rival) if rival is not None else OURS


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
) -> tuple[str, Ownership]:
    """Return who gets all requests of a route, and by which zone route: somebody's that is more specific than ours.

    ``inherited``: pattern → dispatcher of another platform, of the zone routes that lead to this worker there.
    """
    reached = [names.dispatcher_pattern(domain) if route.covered_by(domain) else route.zone_pattern]
    found = {
        pattern: script
        for pattern, script in zone_routes.items()
        if script not in (dispatcher, inherited.get(pattern, dispatcher))
        and pattern not in reached
        and zone_pattern(pattern).covers(route)
    }
    if not found:
        return reached[0], OURS
    reached += (
        p for p, s in zone_routes.items() if s == dispatcher and zone_pattern(p).covers(route)
    )
    best = max(zone_pattern(pattern).rank for pattern in reached)
    pattern = max(found, key=lambda p: zone_pattern(p).rank)
    # A host that leads to somebody else's Worker is his, the paths that ours would take from it included.
    if zone_pattern(pattern).rank < best and zone_pattern(pattern).host != route.host:
        return reached[0], OURS
    return pattern, Ownership("theirs", found[pattern] or _NO_WORKER)


def is_reached(
    route: Route, domain: str, zone_routes: Mapping[str, str | None], dispatcher: str
) -> bool:
    """Return whether the requests of a route that has an entry reach ``dispatcher``."""
    if not route.covered_by(domain) and zone_routes.get(route.zone_pattern) != dispatcher:
        return False
    return of_requests(route, domain, zone_routes, dispatcher)[1] is OURS


def of_account_script(
    tags: Collection[str] | None, *, metadata_title: str | None = None
) -> Ownership:
    """Return whose a Worker of the account is, by its tags; None: there is no such Worker.

    ``metadata_title``: title of the KV namespace that it has to read its routes from, where that matters.
    """
    if tags is None:
        return FREE
    if names.MANAGED_BY_TAG not in tags:
        return Ownership("theirs", "not this operator")
    readers = {tag for tag in tags if tag.startswith(names.METADATA_TAG)}
    if metadata_title is not None and readers - {names.metadata_tag(metadata_title)}:
        return Ownership("theirs", "another environment")
    return OURS


def of_metadata_namespace(owner: Mapping[str, object] | None, dispatch_namespace: str) -> Ownership:
    """Return whose the KV namespace with the routing table is. ``owner``: the metadata of its key ``platform``."""
    if owner is None:
        return FREE
    named = owner.get("dispatchNamespace")
    return OURS if named == dispatch_namespace else Ownership("theirs", repr(named))


def of_remains(worker: Worker, mark: Mark | None, rivals: Iterable[Claim], *, claims: bool) -> bool:
    """Whether what bears the worker's script name at the edge is this worker's to remove.

    Without a mark another object may have the name: ``claims`` tells whether this one still claims it on the platform.
    """
    if mark is not None:
        return mark.uid == worker.uid
    return claims and all(rival.script_name != worker.script_name for rival in rivals)


# --- checks -----------------------------------------------------------------------------------------------------------


def check_script_name(mine: Claim, others: Iterable[Claim], mark: Mark | None) -> None:
    """Raise ClaimConflict unless ``mine`` may use its script name."""
    verdict = of_script_name(mine, others, mark)
    if verdict.state == "theirs":
        message = f"script name {mine.script_name!r} belongs to {verdict.whose}; script names are immutable, "
        message += "so delete this object and create it again with another spec.scriptName"
        raise ClaimConflict(Reason.SCRIPT_NAME_CONFLICT, message, after=RECHECK_SECONDS)


def check_route(
    mine: Claim,
    route: Route,
    others: Iterable[Claim],
    hosts: Mapping[str, Paths],
    shared: Collection[str] = (),
) -> None:
    """Raise ClaimConflict unless ``mine`` may use a route."""
    verdict = of_route(mine, route, others, hosts, shared)
    if verdict.state == "theirs":
        message = (
            f"{route.zone_pattern} belongs to {verdict.whose}, which keeps it while it asks for it"
        )
        message += "; choose another spec.subdomain or another route"
        raise ClaimConflict(Reason.HOSTNAME_CONFLICT, message, after=RECHECK_SECONDS)


def check_zone_route(pattern: str, zone_routes: Mapping[str, str | None], dispatcher: str) -> None:
    """Raise Stalled if a zone route of a platform's own leads to somebody else's Worker, or to none."""
    verdict = of_zone_route(pattern, zone_routes, dispatcher)
    if verdict.state == "theirs":
        raise _left_alone(pattern, verdict.whose)


def check_requests(
    route: Route,
    domain: str,
    zone_routes: Mapping[str, str | None],
    dispatcher: str,
    inherited: Mapping[str, str] = _NOTHING,
) -> None:
    """Raise Stalled if a zone route of somebody else's takes all requests of a worker's route, or stands in its place.

    The message does not name his Worker: it may be another tenant's, or another platform's.
    """
    pattern, verdict = of_requests(route, domain, zone_routes, dispatcher, inherited)
    if verdict.state == "theirs":
        message = f"zone route {pattern} leads to {_unnamed(verdict)} and takes all requests of {route.zone_pattern}"
        message += "; this operator does not own it: delete it, or choose another host or path"
        raise Stalled(Reason.ROUTE_NOT_OWNED, message)
    if not route.covered_by(domain):
        pattern = route.zone_pattern
        verdict = of_zone_route(pattern, zone_routes, dispatcher, inherited.get(pattern))
        if verdict.state == "theirs":
            raise _left_alone(pattern, _unnamed(verdict))


def _left_alone(pattern: str, whose: str) -> Stalled:
    message = f"zone route {pattern} leads to {whose}"
    return Stalled(
        Reason.ROUTE_NOT_OWNED,
        f"{message}; this operator does not own it and leaves it as it is",
    )


def _unnamed(verdict: Ownership) -> str:
    return verdict.whose if verdict.whose == _NO_WORKER else "another Worker"


def check_account_script(
    name: str, tags: Collection[str] | None, *, metadata_title: str | None = None
) -> None:
    """Raise Stalled unless a Worker of the account is ours, or free."""
    verdict = of_account_script(tags, metadata_title=metadata_title)
    if verdict.state != "theirs":
        return
    if verdict.whose == "another environment":
        message = f"the account's Worker {name!r} reads routes from another KV namespace than {metadata_title!r}"
    else:
        message = f"the account has a Worker {name!r} that this operator did not deploy"
    raise Stalled(
        Reason.DISPATCHER_NOT_OWNED, f"{message}; choose another spec.dispatch.dispatcher"
    )


def check_metadata_namespace(
    title: str, owner: Mapping[str, object] | None, dispatch_namespace: str
) -> None:
    """Raise Stalled unless the KV namespace with the routing table is ours, or free."""
    verdict = of_metadata_namespace(owner, dispatch_namespace)
    if verdict.state == "theirs":
        message = f"KV namespace {title!r} belongs to dispatch namespace {verdict.whose}"
        raise Stalled(
            Reason.STORAGE_NOT_OWNED, f"{message}; choose another spec.storage.metadataNamespace"
        )


def _overlapping(mine: Claim, rival: Claim, route: Route) -> list[Route]:
    """Return what of a rival's claim excludes a route: an overlap if it is another customer's, else the same path."""
    if rival.customer_id != mine.customer_id:
        return [r for r in rival.routes if overlaps(r.host, route.host)]
    return [r for r in rival.routes if r == route]


def _kept(mine: Claim, script: str, live: Route, rivals: Sequence[Claim]) -> Ownership | None:
    """Return whose a live route of another worker's is; None if its holder does not ask for it any more."""
    holders = [c for c in rivals if c.script_name == script]
    if not holders:
        return _theirs(mine, None)  # what no object answers for keeps what it has
    holder = next((c for c in holders if live in c.routes), None)
    return _theirs(mine, holder) if holder is not None else None


def _of_other_customers(
    mine: Claim, route: Route, hosts: Mapping[str, Paths]
) -> Iterator[tuple[str, str, Target]]:
    for host, paths in hosts.items():
        if overlaps(host, route.host):
            for path, target in paths.items():
                others = target.customer_id != mine.customer_id
                if others and target.script_name != mine.script_name:
                    yield host, path, target


def _of_other_customers_nearby(
    mine: Claim, route: Route, hosts: Mapping[str, Paths], shared: Collection[str]
) -> Iterator[tuple[str, str, str, Target]]:
    """Yield what other customers serve on hosts above the route's, and on hosts that look like it."""
    below = f".{route.host.removeprefix('*.')}"
    for host, paths in hosts.items():
        is_above = host not in shared and below.endswith(f".{host}")
        if host == route.host or not (is_above or skeleton(host) == skeleton(route.host)):
            continue
        how = "above it" if is_above else "that looks the same"
        for path, target in paths.items():
            others = target.customer_id != mine.customer_id
            if others and target.script_name != mine.script_name:
                yield how, host, path, target


def _theirs(mine: Claim, other: Claim | None) -> Ownership:
    """Name the owner; objects of other namespaces are not named."""
    if other is None or other.key.namespace != mine.key.namespace:
        return Ownership("theirs", "another worker")
    return Ownership("theirs", f"{other.key.kind} {other.key.name!r}")
