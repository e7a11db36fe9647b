"""Room: which routes of a worker fit into the routing entries of their hosts, beside those of others. Pure."""

from collections.abc import Mapping, Sequence
from typing import Final

from workers_operator.domain import names
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Refusal, Route
from workers_operator.domain.serving import (
    MAX_KV_METADATA,
    Paths,
    Serving,
    Target,
    fits,
    with_target,
    without_script,
)
from workers_operator.domain.tenancy.ownership import RECHECK_SECONDS
from workers_operator.domain.worker import Worker

_ANY_VERSION: Final = "0" * names.HASH_LENGTH  # all versions take the same room


def without_room(worker: Worker, hosts: Mapping[str, Paths]) -> Mapping[Route, Refusal]:
    """Return the routes of a worker that do not fit, and why. ``hosts``: the live routes.

    Routes that are live come first, so that one that is added to the spec takes the room of none that serves.
    """
    rules = worker.rules
    serving = Serving(
        _ANY_VERSION,
        worker.instances,
        worker.limits,
        egress=rules.egress,
        affinity=rules.affinity,
    )
    target = Target(worker.script_name, worker.customer_id, serving)
    refused: dict[Route, Refusal] = {}
    for host in dict.fromkeys(route.host for route in worker.routes):
        others = without_script(hosts.get(host, {}), worker.script_name)
        held = hosts.get(host, {}).keys() - others.keys()
        wanted = sorted(
            (r.path for r in worker.routes if r.host == host), key=lambda p: p not in held
        )
        entry: Paths = {**others, **dict.fromkeys(wanted, target)}
        if not fits(entry):
            entry = _filled(others, wanted, target)
        for path in wanted:
            if entry.get(path) != target:
                refused[Route(host, path)] = _refusal(Route(host, path), has_others=bool(others))
    return refused


def _filled(paths: Paths, wanted: Sequence[str], target: Target) -> Paths:
    """Return ``paths`` with those of ``wanted`` that fit, in their order."""
    for path in wanted:
        more = with_target(paths, path, target)
        paths = more if fits(more) else paths
    return paths


def _refusal(route: Route, *, has_others: bool) -> Refusal:
    message = (
        f"route {route.zone_pattern} does not fit: the routes of {route.host} exceed the {MAX_KV_METADATA} bytes of "
        "its routing entry; cover several paths by one pattern that ends in *, or use another host"
    )
    if has_others:  # other workers may give theirs up
        return Waiting(Reason.TOO_MANY_ROUTES, message, after=RECHECK_SECONDS)
    return Stalled(Reason.TOO_MANY_ROUTES, message)
