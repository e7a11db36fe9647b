"""Ownership: whose a script name, hostname, dispatcher or KV namespace is. Pure, and judged here only.

Between objects, the one that holds something at the edge keeps it for as long as its spec asks for it: a live route
never moves by itself, and one that nobody asks for any more is free. Where hosts rest, it is free for its namespace
only, and for others once it has been given up and has rested (``tenancy.rest``). Between objects that hold nothing, the
one that has asked for longer comes first, then namespace and name decide. What no object answers for is never changed.
An object whose routes are all refused goes on with those that it has, until one is served or another object, which may
have it, asks for them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from workers_operator.domain import names
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route, overlaps
from workers_operator.domain.serving import Mark, Paths, Target
from workers_operator.domain.tenancy.nearby import nearness
from workers_operator.domain.worker import ObjectKey, Worker

RECHECK_SECONDS: Final = 30.0


@dataclass(frozen=True, slots=True)
class Claim:
    """What one object wants for itself on its platform. ``created``: RFC 3339, sorts by age.

    ``since``: when the object began to ask for a route, as far as that was after its creation. ``instances``: at
    least as many as it asks for. ``is_named``: it asks for another script name than its default one.
    """

    key: ObjectKey
    uid: str
    created: str
    customer_id: str
    script_name: str
    routes: tuple[Route, ...]
    since: Mapping[Route, str] = field(default_factory=dict)
    instances: int = 1
    is_named: bool = False

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
class LiveRoutes:
    """What a platform serves, as far as it concerns a claim.

    ``hosts``: live routes by host. ``marks``: of the scripts that they lead to. ``shared``: the hosts below which every
    customer has hosts, such as the platform's domain. ``hosts_rest``: a host that is given up rests.
    """

    hosts: Mapping[str, Paths]
    marks: Mapping[str, Mark] = field(default_factory=dict)
    shared: Collection[str] = ()
    hosts_rest: bool = False

    def keeps_out(self, claim: Claim, live: Target | None) -> bool:
        """Whether a live route is out of a claim's reach until it is given up and has rested."""
        mark = self.marks.get(live.script_name) if live is not None else None
        return self.hosts_rest and mark is not None and mark.namespace != claim.key.namespace


@dataclass(frozen=True, slots=True)
class Ownership:
    """A verdict. ``whose``: the owner in words, without the names of other tenants' objects; "" unless ``theirs``.

    ``is_unwanted``: the owner asks for other routes, and keeps this one until it gets one of those.
    """

    state: Literal["ours", "free", "theirs"]
    whose: str = ""
    is_unwanted: bool = False


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


def of_route(mine: Claim, route: Route, others: Iterable[Claim], edge: LiveRoutes) -> Ownership:
    """Return whose a route is. A hostname belongs to one customer, and a path of it to one worker.

    What lies below a live host, or looks like one, is its customer's, too. ``others``: rival claims, and the claims of
    those that hold a live route.
    """
    rivals = [c for c in others if c.uid != mine.uid]
    live = edge.hosts.get(route.host, {}).get(route.path)
    if live is not None and live.script_name != mine.script_name:
        kept = _kept(mine, live, route, rivals, edge)
        if kept is not None:
            return kept
    for host, path, target in _of_other_customers(mine, route, edge.hosts):
        kept = _kept(mine, target, Route(host, path), rivals, edge)
        if kept is not None:
            return replace(_theirs(mine, None), is_unwanted=kept.is_unwanted)
    if live is not None and live.script_name == mine.script_name:
        return OURS
    for how, host, path, target in _of_other_customers_nearby(mine, route, edge):
        if _kept(mine, target, Route(host, path), rivals, edge) is not None:
            return Ownership("theirs", f"another worker, which has a host {how}")
    rank = mine.age(mine.asked_for(route))
    asking = ((c, _overlapping(mine, c, route)) for c in rivals if not edge.keeps_out(c, live))
    elder = next(
        (c for c, found in asking if found and c.age(min(map(c.asked_for, found))) < rank), None
    )
    return _theirs(mine, elder) if elder is not None else FREE


def of_route_beside(
    mine: Claim, route: Route, holders: Sequence[Claim], edge: LiveRoutes
) -> Ownership:
    """Return whose a route is by what another platform of the account serves: a host, and what is near it, is its own.

    A customer of the same name is the same one only in the same namespace: each platform has grants of its own.
    ``holders``: claims to the script names that ``edge.hosts`` lead to there.
    """
    for host, paths in edge.hosts.items():
        how = nearness(route.host, host, edge.shared)
        if not how and not overlaps(host, route.host):
            continue
        for path, target in paths.items():
            mark = edge.marks.get(target.script_name)
            here = (mark.namespace, target.customer_id) if mark is not None else None
            if mark is not None and mark.uid == mine.uid:
                continue
            if here == (mine.key.namespace, mine.customer_id):
                continue
            if _kept(mine, target, Route(host, path), holders, edge) is not None:
                return Ownership("theirs", f"another worker{how and f', which has a host {how}'}")
    return FREE


def of_former_route(
    mine: Claim, route: Route, others: Iterable[Claim], edge: LiveRoutes
) -> Ownership:
    """Return who owns a live route that leads to ``mine``, which no longer requests it."""
    live = edge.hosts.get(route.host, {}).get(route.path)
    rivals = (c for c in others if c.uid != mine.uid and not edge.keeps_out(c, live))
    rival = next((c for c in rivals if _overlapping(mine, c, route)), None)
    return _theirs(mine, rival) if rival is not None else OURS


def is_awaited(mine: Claim, route: Route, others: Iterable[Claim]) -> bool:
    """Whether a worker of another namespace asks for a live route of ``mine``, which no longer requests it."""
    rivals = (c for c in others if c.key.namespace != mine.key.namespace)
    return any(_overlapping(mine, c, route) for c in rivals)


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

    Without a mark another object may have the name: ``claims`` tells whether this one still claims it on the platform,
    and may.
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


def check_route(mine: Claim, route: Route, others: Iterable[Claim], edge: LiveRoutes) -> None:
    """Raise ClaimConflict unless ``mine`` may use a route."""
    _check_free(route, of_route(mine, route, others, edge))


def check_route_beside(
    mine: Claim, route: Route, holders: Sequence[Claim], edge: LiveRoutes
) -> None:
    """Raise ClaimConflict if a route is another's by what another platform of the account serves."""
    _check_free(route, of_route_beside(mine, route, holders, edge))


def _check_free(route: Route, verdict: Ownership) -> None:
    if verdict.state != "theirs":
        return
    message, choose = (
        f"{route.zone_pattern} belongs to",
        "choose another spec.subdomain or another route",
    )
    if verdict.is_unwanted:
        message += " a worker of another namespace, which asks for another host and keeps this one until it gets that "
        message += f"one; {choose}, or have that worker take a free host first: this one then rests and becomes free"
    else:
        message += f" {verdict.whose}, which keeps it until it gives it up; {choose}"
    raise ClaimConflict(Reason.HOSTNAME_CONFLICT, message, after=RECHECK_SECONDS)


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


def _kept(
    mine: Claim, live: Target, route: Route, rivals: Sequence[Claim], edge: LiveRoutes
) -> Ownership | None:
    """Return the owner of another worker's live route; None if it no longer asks for it, and ``mine`` may have it."""
    holders = _holders(live.script_name, rivals, edge.marks.get(live.script_name))
    holder = next((c for c in holders if route in c.routes), None)
    if not holders or edge.keeps_out(mine, live):
        # What no object answers for keeps what it has.
        return replace(_theirs(mine, None), is_unwanted=bool(holders) and holder is None)
    return _theirs(mine, holder) if holder is not None else None


def _holders(script_name: str, claims: Sequence[Claim], mark: Mark | None) -> list[Claim]:
    """Return the claims that speak for what serves: of the object that its mark names, or its successor's.

    An object of another namespace may claim the same name: the mark tells whose it is.
    """
    named = [c for c in claims if c.script_name == script_name]
    if mark is None:
        return named
    own = [c for c in named if c.uid == mark.uid]
    return own or [c for c in named if str(c.key) == mark.owner]


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
    mine: Claim, route: Route, edge: LiveRoutes
) -> Iterator[tuple[str, str, str, Target]]:
    """Yield what other customers serve on hosts above the route's, and on hosts that look like it."""
    for host, paths in edge.hosts.items():
        how = nearness(route.host, host, edge.shared)
        if not how:
            continue
        for path, target in paths.items():
            others = target.customer_id != mine.customer_id
            if others and target.script_name != mine.script_name:
                yield how, host, path, target


def _theirs(mine: Claim, other: Claim | None) -> Ownership:
    """Name the owner; objects of other namespaces are not named."""
    if other is None or other.key.namespace != mine.key.namespace:
        return Ownership("theirs", "another worker")
    return Ownership("theirs", f"{other.key.kind} {other.key.name!r}")
