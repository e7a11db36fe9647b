"""Service bindings between workers: the call graph, and the service router. Pure.

A Worker of a dispatch namespace can only have service bindings to Workers of the account. The service router is such a
Worker. It has an entrypoint for every called worker, and forwards to the version and instance that the dispatcher would
choose. A caller's version therefore does not change when its callee's version does.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from workers_operator.domain import names
from workers_operator.domain.content import Binding
from workers_operator.domain.worker import ObjectKey

_EXPORT: Final = re.compile(
    r'^export const to_\w+ = leadsTo\("([^"]+)", "[^"]+", "([^"]+)"\);\r?$', re.MULTILINE
)
Calls = Callable[[ObjectKey], Iterable[ObjectKey]]


def router_name(dispatcher: str) -> str:
    """Return the script name of a dispatcher's service router."""
    return names.companion(dispatcher, "services")


class Callee(NamedTuple):
    """A worker that others call: its script name, and the uid of its object."""

    script_name: str
    uid: str


def entrypoint(uid: str) -> str:
    """Return the name of the entrypoint of an object: another object of its name does not inherit its callers."""
    return "to_" + re.sub("[^A-Za-z0-9]", "_", uid)


def router_exports(callees: Iterable[Callee]) -> str:
    """Return the last lines of the service router's script: one entrypoint per line, sorted."""
    return "".join(
        f'export const {entrypoint(uid)} = leadsTo("{name}", "{names.base_name(name)}", "{uid}");\n'
        for name, uid in sorted(set(callees))
    )


def exported(router: str) -> frozenset[Callee]:
    """Return the workers that a service router leads to. ``router``: its script, with ``router_exports`` in it."""
    return frozenset(Callee(*found) for found in _EXPORT.findall(router))


def binding(name: str, router: str, uid: str) -> Binding:
    """Return a caller's service binding, which refers to the entrypoint of the callee with this uid."""
    return {
        "type": "service",
        "name": name,
        "service": router,
        "entrypoint": entrypoint(uid),
    }


def find_cycle(start: ObjectKey, calls: Calls) -> Sequence[ObjectKey] | None:
    """Return the shortest cycle through ``start``, with ``start`` at both ends; None if there is none."""
    came_from: dict[ObjectKey, ObjectKey] = {}
    reached = [start]
    for caller in reached:
        for callee in calls(caller):
            if callee == start:
                return _path(start, caller, came_from)
            if callee not in came_from:
                came_from[callee] = caller
                reached.append(callee)
    return None


def _path(
    start: ObjectKey, last: ObjectKey, came_from: Mapping[ObjectKey, ObjectKey]
) -> Sequence[ObjectKey]:
    path = [start]
    while last != start:
        path.append(last)
        last = came_from[last]
    return [start, *reversed(path[1:]), start]
