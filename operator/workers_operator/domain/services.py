"""Service bindings between workers: who calls whom, and the Worker of the account through which they do. Pure.

A Worker of a dispatch namespace can be bound to Workers of the account only. So one more Worker of the account, the
service router, has an entrypoint for every worker that others call; behind it, it asks whichever version and instance
the dispatcher would ask. A caller's version therefore does not change when its callee's does.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from workers_operator.domain import names
from workers_operator.domain.desired import ObjectKey

Calls = Callable[[ObjectKey], Iterable[ObjectKey]]


def router_name(dispatcher: str) -> str:
    """Script name of the service router that goes with a dispatcher."""
    suffix = "-services"
    return dispatcher[: 63 - len(suffix)].rstrip("-") + suffix


def entrypoint(script_name: str) -> str:
    """Name of the entrypoint that leads to a worker. Script names hold no underscore: no two get the same."""
    return "to_" + script_name.replace("-", "_")


def router_exports(script_names: Iterable[str]) -> str:
    """The end of the service router's script: one entrypoint a line, sorted."""
    return "".join(
        f'export const {entrypoint(name)} = leadsTo("{name}", "{names.base_name(name)}");\n'
        for name in sorted(set(script_names))
    )


def binding(name: str, router: str, script_name: str) -> Mapping[str, Any]:
    """A caller's binding."""
    return {
        "type": "service",
        "name": name,
        "service": router,
        "entrypoint": entrypoint(script_name),
    }


def find_circle(start: ObjectKey, calls: Calls) -> Sequence[ObjectKey] | None:
    """The shortest way from ``start`` back to itself, with ``start`` at both ends; None where there is none."""
    came_from: dict[ObjectKey, ObjectKey] = {}
    reached = [start]
    for caller in reached:
        for callee in calls(caller):
            if callee == start:
                return _way(start, caller, came_from)
            if callee not in came_from:
                came_from[callee] = caller
                reached.append(callee)
    return None


def _way(
    start: ObjectKey, last: ObjectKey, came_from: Mapping[ObjectKey, ObjectKey]
) -> Sequence[ObjectKey]:
    way = [start]
    while last != start:
        way.append(last)
        last = came_from[last]
    return [start, *reversed(way[1:]), start]
