"""The one order of all actions, and that a plan depends on nothing but what it is made from."""

from dataclasses import replace
from itertools import chain
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from support.account import AccountModel
from workers_operator.domain.content import Code, Content, Module
from workers_operator.domain.plan.actions import (
    Action,
    Attach,
    ClaimNamespace,
    DeleteAccountScript,
    DeleteBucket,
    DeleteKVNamespace,
    Detach,
    EnsureBucket,
    EnsureDispatchNamespace,
    EnsureKVNamespace,
    EnsureScript,
    Plan,
    Publish,
    PutObject,
    ReleaseRoute,
    Remove,
    SetTrust,
    Upload,
    ordered,
)
from workers_operator.domain.plan.worker import plan_removal, plan_worker
from workers_operator.domain.routes import Route
from workers_operator.domain.worker import ObjectKey, Worker

CONTENT = Content(Code("inline", "a.js", (Module("a.js", "text/plain", b""),)), ())


def two_of_each() -> list[tuple[Action, Action]]:
    """As the order is documented: what a script is bound to, scripts, routing, zone routes, then the way back."""
    return [
        (EnsureDispatchNamespace("b"), EnsureDispatchNamespace("a")),
        (EnsureKVNamespace("b"), EnsureKVNamespace("a")),
        (EnsureBucket("b"), EnsureBucket("a")),
        (ClaimNamespace("b", {}, "x"), ClaimNamespace("a", {}, "y")),
        (SetTrust("b", trusted=True), SetTrust("a", trusted=False)),
        (PutObject("b", "k", b""), PutObject("a", "k", b"")),
        (EnsureScript("b", frozenset(), CONTENT), EnsureScript("a", frozenset(), CONTENT)),
        (Upload("b", 0, "why"), Upload("a", 0, "why")),
        (Detach("b/*"), Detach("a/*")),
        (Publish("b", {}, frozenset(), None, "why"), Publish("a", {}, frozenset(), None, "why")),
        (Attach("b/*", "z", "d"), Attach("a/*", "z", "d")),
        (ReleaseRoute("b/*", ("b", ""), "w", "d"), ReleaseRoute("a/*", ("a", ""), "w", "d")),
        (Remove("b", "why"), Remove("a", "why")),
        (DeleteAccountScript("b", "why"), DeleteAccountScript("a", "why")),
        (DeleteKVNamespace("b", "id"), DeleteKVNamespace("a", "id")),
        (DeleteBucket("b"), DeleteBucket("a")),
    ]


ALL = list(chain.from_iterable(two_of_each()))


def test_every_kind_of_action_is_looked_at() -> None:
    assert {type(action) for action in ALL} == set(get_args(Action))


def kinds(actions: tuple[Action, ...]) -> list[type]:
    return [type(action) for action in actions]


@given(st.permutations(ALL))
def test_actions_are_ordered_by_kind_and_those_of_one_kind_stay_as_they_are(
    shuffled: list[Action],
) -> None:
    found = ordered(shuffled)
    assert kinds(found) == kinds(tuple(ALL))
    for kind in get_args(Action):
        assert [a for a in found if isinstance(a, kind)] == [
            a for a in shuffled if isinstance(a, kind)
        ]


@given(st.lists(st.sampled_from(ALL)))
def test_what_is_in_order_stays_as_it_is(actions: list[Action]) -> None:
    found = ordered(actions)
    assert ordered(found) == found
    assert sorted(map(str, found)) == sorted(map(str, actions))


def test_the_parts_of_a_plan_are_read_from_its_actions() -> None:
    plan = Plan(ordered(ALL))
    assert [u.script for u in plan.uploads] == ["b", "a"]
    assert plan.publish == Publish("b", {}, frozenset(), None, "why")
    assert (plan.detach, plan.attach) == (("b/*", "a/*"), ("b/*", "a/*"))
    assert [r.script for r in plan.removals] == ["b", "a"]
    assert plan.reasons == tuple(str(action) for action in plan.actions)
    assert (plan.empty, Plan().empty) == (False, True)
    assert (Plan().publish, Plan().uploads, Plan().removals) == (None, (), ())


SHOP = Worker(
    key=ObjectKey("CustomerWorker", "shop", "c1"),
    uid="u1",
    customer_id="c1",
    script_name="shop",
    routes=(Route("a.code24.dev"),),
    instances=2,
    domain="code24.dev",
)
V1, V2 = "11111111", "22222222"
hosts = st.sampled_from(["a.code24.dev", "example.com", "*.example.com", "x.example.org"])
paths = st.sampled_from(["", "/a", "/b*", "=/c"])
workers = st.builds(
    replace,
    st.just(SHOP),
    routes=st.lists(st.builds(Route, hosts, paths), unique=True, max_size=4).map(tuple),
    instances=st.integers(0, 3),
)
goals = st.tuples(workers, st.sampled_from([V1, V2]))
storage = st.lists(st.sampled_from([DeleteKVNamespace("t", "id"), DeleteBucket("b")]), unique=True)


def found(former: Worker, version: str, *, turned_round: bool) -> AccountModel:
    """An account with a worker; everything in it may have come in the opposite order."""
    account = AccountModel()
    account.add(former, version)
    if turned_round:
        account.hosts = {
            host: dict(reversed(list(paths.items())))
            for host, paths in reversed(list(account.hosts.items()))
        }
        account.zone_routes = dict(reversed(list(account.zone_routes.items())))
    return account


@given(goals, goals, storage)
def test_the_same_state_gives_the_same_plan(
    former: tuple[Worker, str],
    wanted: tuple[Worker, str],
    goes: list[DeleteKVNamespace | DeleteBucket],
) -> None:
    worker, version = wanted
    one, other = (found(*former, turned_round=turned).observed(worker) for turned in (False, True))
    expired = one.scripts
    for plans in (
        (plan_worker(worker, version, one), plan_worker(worker, version, other)),
        (plan_worker(worker, version, one, expired), plan_worker(worker, version, other, expired)),
        (plan_removal(worker, one, goes), plan_removal(worker, other, goes)),
    ):
        assert plans[0] == plans[1]
        assert plans[0].reasons == plans[1].reasons
        assert ordered(plans[0].actions) == plans[0].actions
