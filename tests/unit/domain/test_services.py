"""Who calls whom: circles are found, entrypoints are told apart."""

import re
from collections.abc import Iterable, Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain import names
from workers_operator.domain.services import (
    Callee,
    binding,
    entrypoint,
    exported,
    find_cycle,
    router_exports,
    router_name,
)
from workers_operator.domain.worker import ObjectKey

script_names = st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
nodes = st.integers(0, 6)
graphs = st.dictionaries(nodes, st.lists(nodes, max_size=4))


def key(number: int) -> ObjectKey:
    return ObjectKey("CustomerWorker", "shop", f"w{number}")


def reachable(graph: Mapping[int, Iterable[int]], start: int) -> set[int]:
    """By brute force: one step further until nothing is new."""
    found = set(graph.get(start, ()))
    while more := {c for node in found for c in graph.get(node, ())} - found:
        found |= more
    return found


def shortest(graph: Mapping[int, Iterable[int]], start: int) -> int:
    """Steps of the shortest way back to ``start``."""
    level, steps = set(graph.get(start, ())), 1
    while start not in level:
        level, steps = {c for node in level for c in graph.get(node, ())}, steps + 1
    return steps


@given(graphs, nodes)
def test_a_circle_is_found_where_there_is_one(graph: dict[int, list[int]], start: int) -> None:
    calls = {key(n): [key(c) for c in called] for n, called in graph.items()}
    circle = find_cycle(key(start), lambda k: calls.get(k, ()))
    assert (circle is not None) == (start in reachable(graph, start))
    if circle is not None:
        assert circle[0] == circle[-1] == key(start)
        assert all(b in calls[a] for a, b in pairwise(circle))
        assert len(circle) - 1 == shortest(graph, start)


def test_who_calls_itself_is_the_smallest_circle() -> None:
    assert find_cycle(key(1), lambda k: [k]) == [key(1), key(1)]


@given(st.uuids().map(str), st.uuids().map(str))
def test_no_two_objects_share_an_entrypoint(first: str, second: str) -> None:
    assert (entrypoint(first) == entrypoint(second)) == (first == second)
    assert re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", entrypoint(first))


@given(st.lists(st.builds(Callee, script_names, st.uuids().map(str)), max_size=5))
def test_the_router_exports_every_worker_once_in_an_order_of_its_own(called: list[Callee]) -> None:
    lines = router_exports(called).splitlines()
    assert len(lines) == len(set(called))
    assert router_exports(reversed(called)) == router_exports(called)
    for name, uid in called:
        arguments = f'"{name}", "{names.base_name(name)}", "{uid}"'
        assert f"export const {entrypoint(uid)} = leadsTo({arguments});" in lines


@given(st.lists(st.builds(Callee, script_names, st.uuids().map(str)), max_size=5))
def test_what_a_router_exports_is_read_back(called: list[Callee]) -> None:
    script = f"import {{ leadsTo }} from 'x';\nexport default {{}};\n{router_exports(called)}"
    assert exported(script) == set(called)
    assert exported(script.replace("\n", "\r\n")) == set(called)
    assert exported("") == set()


@given(script_names)
def test_the_routers_name_is_a_script_name_and_not_the_dispatchers(dispatcher: str) -> None:
    name = router_name(dispatcher)
    assert re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", name)
    assert len(name) <= names.MAX_SCRIPT_NAME
    assert name.endswith("-services")


def test_a_callers_binding_does_not_name_the_callees_version() -> None:
    assert binding("PRICES", "router", "4f2a-91c0") == {
        "type": "service",
        "name": "PRICES",
        "service": "router",
        "entrypoint": "to_4f2a_91c0",
    }
