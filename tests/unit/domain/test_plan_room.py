"""Routes that do not fit into one entry: those that fit are the most that do, and live ones come first."""

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.serving import target
from workers_operator.domain.egress.policy import Egress
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.plan.room import without_room
from workers_operator.domain.routes import Route
from workers_operator.domain.serving import Paths, Serving, Target, fits, host_entry
from workers_operator.domain.worker import ObjectKey, TrafficRules, Worker

HOST: Final = "a.code24.dev"
SHOP: Final = Worker(
    key=ObjectKey("CustomerWorker", "shop", "c1"),
    uid="u1",
    customer_id="c1",
    script_name="shop",
    routes=(),
    instances=1,
    domain="code24.dev",
)
MINE: Final = target("shop", "c1", "11111111", 1)
THEIRS: Final = target("blog", "c1", "22222222", 1)
lengths = st.lists(st.integers(1, 300), max_size=30)


def paths(lengths: list[int], prefix: str) -> list[str]:
    return [f"/{prefix}{number}{'x' * length}" for number, length in enumerate(lengths)]


def published(live: Paths, worker: Worker, refused: Collection[Route]) -> Paths:
    """The routes of the host once the worker is published without the refused ones."""
    mine = target("shop", "c1", "33333333", worker.instances)
    served = (route for route in worker.routes if route not in refused)
    others = {path: holder for path, holder in live.items() if holder == THEIRS}
    return {**others, **{route.path: mine for route in served}}


@given(lengths, lengths, lengths)
def test_what_is_left_fits_and_nothing_of_what_is_refused_would(
    held: list[int], added: list[int], theirs: list[int]
) -> None:
    live: dict[str, Target] = {}
    for path, holder in [
        *((path, THEIRS) for path in paths(theirs, "t")),
        *((path, MINE) for path in paths(held, "h")),
    ]:
        if fits({**live, path: holder}):
            live[path] = holder
    wanted = [*paths(added, "a"), *(path for path in live if live[path] == MINE)]
    worker = replace(SHOP, routes=tuple(Route(HOST, path) for path in wanted))
    refused = without_room(worker, {HOST: live})
    after = published(live, worker, refused)
    host_entry(HOST, after)  # raises ValueError for too many
    for route in refused:
        assert not fits({**after, route.path: MINE})
        assert route.path not in live
    again = without_room(worker, {HOST: after})
    assert again.keys() == refused.keys()


def test_a_list_of_hosts_takes_room() -> None:
    routes = tuple(Route(HOST, f"/{n}") for n in range(200))
    worker = replace(SHOP, routes=routes, rules=TrafficRules(Egress.of(["api.example.com"])))
    refused = without_room(worker, {})
    assert len(refused) > len(without_room(replace(worker, rules=TrafficRules()), {}))
    serving = Serving("33333333", 1, egress=worker.rules.egress)
    mine = Target("shop", "c1", serving)
    host_entry(HOST, {route.path: mine for route in routes if route not in refused})


def test_every_host_has_room_of_its_own() -> None:
    many = [Route(HOST, f"/{'x' * 60}{n}") for n in range(20)]
    worker = replace(SHOP, routes=(Route("b.code24.dev"), *many, Route("c.code24.dev")))
    refused = without_room(worker, {})
    assert {route.host for route in refused} == {HOST}
    assert list(refused) == many[len(many) - len(refused) :]


@pytest.mark.parametrize(("others", "kind"), [({}, Stalled), ({"/t": THEIRS}, Waiting)])
def test_it_is_waited_for_where_another_worker_may_make_room(
    others: Paths, kind: type[Exception]
) -> None:
    worker = replace(SHOP, routes=(Route(HOST, "/" + "x" * 2000),))
    refusal = without_room(worker, {HOST: others})[worker.routes[0]]
    assert isinstance(refusal, kind)
    assert refusal.reason == "TooManyRoutes"
    assert f"the routes of {HOST} exceed the 1024 bytes of its routing entry" in refusal.message


def test_a_worker_that_grows_gives_up_the_last_of_its_own_routes_and_none_of_others() -> None:
    nine = target("shop", "c1", "11111111", 9)
    live = {"/t": THEIRS, "/a": nine}
    length = next(n for n in range(1024, 0, -1) if fits({**live, "/" + "x" * n: nine}))
    routes = (Route(HOST, "/a"), Route(HOST, "/" + "x" * length))
    worker = replace(SHOP, routes=routes, instances=9)
    live |= {routes[1].path: nine}
    assert without_room(worker, {HOST: live}) == {}
    assert list(without_room(replace(worker, instances=10), {HOST: live})) == [routes[1]]
