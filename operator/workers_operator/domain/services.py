"""Service bindings between workers: the call graph, and the service router. Pure.

A Worker of a dispatch namespace can only have service bindings to Workers of the account. The service router is such a
Worker. It has an entrypoint for every called worker, and forwards to the version and instance that the dispatcher would
choose. A caller's version therefore does not change when its callee's version does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from workers_operator.domain import names
from workers_operator.domain.content import Binding
from workers_operator.domain.worker import ObjectKey

Calls = Callable[[ObjectKey], Iterable[ObjectKey]]


def router_name(dispatcher: str) -> str:
    """Return the script name of a dispatcher's service router."""
    return names.companion(dispatcher, "services")


def entrypoint(script_name: str) -> str:
    """Return the name of a worker's entrypoint. It is unique, because script names contain no underscores."""
    return "to_" + script_name.replace("-", "_")


def router_exports(script_names: Iterable[str]) -> str:
    """Return the last lines of the service router's script: one entrypoint per line, sorted."""
    return "".join(
        f'export const {entrypoint(name)} = leadsTo("{name}", "{names.base_name(name)}");\n'
        for name in sorted(set(script_names))
    )


def binding(name: str, router: str, script_name: str) -> Binding:
    """Return a caller's service binding, which refers to the callee's entrypoint of ``router``."""
    return {
        "type": "service",
        "name": name,
        "service": router,
        "entrypoint": entrypoint(script_name),
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
