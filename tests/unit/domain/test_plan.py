"""The plan, carried out on a model of the account: it reaches its goal, serves all the way, and leaks nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.account import DISPATCHER, AccountModel, Table
from support.serving import mark, target
from workers_operator.domain import names
from workers_operator.domain.plan.actions import Plan, Publish, ScriptId
from workers_operator.domain.plan.worker import plan_removal, plan_worker
from workers_operator.domain.routes import Route
from workers_operator.domain.worker import ObjectKey, Worker
from workers_operator.index import ages

WINDOW = 90.0
V1, V2 = "11111111", "22222222"
SHOP = Worker(
    key=ObjectKey("CustomerWorker", "shop", "c1"),
    uid="u1",
    customer_id="c1",
    script_name="shop",
    routes=(Route("a.code24.dev"),),
    instances=2,
    domain="code24.dev",
)
# Neighbours: one on the same hostname, one whose name begins alike, one whose name looks like a version's.
NEIGHBOURS = [
    replace(SHOP, uid="n1", script_name="brand", routes=(Route("a.code24.dev", "/elite/design"),)),
    replace(SHOP, uid="n2", script_name="shop-2", routes=(Route("n.code24.dev"),)),
    replace(SHOP, uid="n3", script_name=f"shop--{V1}--0", routes=(Route("m.code24.dev"),)),
    replace(SHOP, uid="n4", script_name="blog", routes=(Route("example.com", "/theirs/*"),)),
]
FOREIGN = {"example.com/foreign/*": "somebody-elses", "example.com/static/*": None}
THEIRS = {"example.com/theirs/*", *FOREIGN}

hosts = st.sampled_from(
    ["a.code24.dev", "b.code24.dev", "c.code24.dev", "example.com", "*.example.com"]
)
routes = st.lists(
    st.builds(Route, hosts, st.sampled_from(["", "/elite/brand", "/b*", "=/robots.txt"])),
    max_size=3,
    unique=True,
).map(tuple)
workers = st.builds(
    replace,
    st.just(SHOP),
    routes=routes,
    instances=st.integers(0, 4),
    script_name=st.shared(st.sampled_from(["shop", "long-" * 12]), key="name"),
)
goals = st.tuples(workers, st.sampled_from([V1, V2, "33333333"]))


def neighbourhood() -> AccountModel:
    account = AccountModel()
    for neighbour in NEIGHBOURS:
        account.add(neighbour, V1)
    account.zone_routes |= FOREIGN
    return account


def run(account: AccountModel, todo: Plan) -> None:
    for step in account.steps(todo):
        step()


@dataclass
class Driver:
    """Plans and carries out on one account; looks after each step at every routing table that an edge may still see."""

    account: AccountModel = field(default_factory=neighbourhood)
    now: float = 0.0
    since: dict[ScriptId, float] = field(default_factory=dict)
    tables: list[tuple[float, Table]] = field(default_factory=list)  # (when it was replaced, it)
    previous: tuple[Worker, str] | None = None

    def plan_worker(self, worker: Worker, version: str) -> tuple[Plan, float | None]:
        observed = self.account.observed(worker)
        todo = plan_worker(worker, version, observed)
        unused = todo.superseded if todo.publish is None else frozenset[ScriptId]()
        self.since, expired, due = ages.track(self.since, unused, self.now, WINDOW)
        return plan_worker(worker, version, observed, expired), due

    def step(self, worker: Worker, version: str, steps: int) -> bool:
        """One pass that ends after ``steps`` calls; whether it has come to the end of its plan."""
        todo, _ = self.plan_worker(worker, version)
        ahead = self.account.steps(todo)
        for step in ahead[:steps]:
            before = self.account.table()
            step()
            if self.account.table() != before:
                self.tables.append((self.now, before))
            self.check()
        return len(ahead) <= steps

    def check(self) -> None:
        visible = [table for replaced, table in self.tables if self.now - replaced < WINDOW]
        assert self.account.missing([self.account.table(), *visible]) == set()
        assert self.account.dead_ends() == set()

    def converge(self, worker: Worker, version: str) -> None:
        for _ in range(10):
            todo, due = self.plan_worker(worker, version)
            if todo.empty and due is None:
                return
            assert self.step(worker, version, 99)
            self.now += due or 0.0
        raise AssertionError("it never comes to an end")

    def crash(self) -> None:
        self.since = {}


def assert_reached(account: AccountModel, worker: Worker, version: str) -> None:
    wanted = {names.versioned_name(worker.base, version, i) for i in range(worker.instances)}
    parsed = ((name, names.parse_versioned_name(name)) for name in account.scripts)
    assert {name for name, p in parsed if p is not None and p.base == worker.base} == wanted
    wanted_target = target(worker.script_name, worker.customer_id, version, worker.instances)
    routes = {
        Route(host, path)
        for host, paths in account.hosts.items()
        for path, t in paths.items()
        if t.script_name == worker.script_name
    }
    assert routes == set(worker.routes)
    assert all(account.hosts[r.host][r.path] == wanted_target for r in routes)
    attached = {p for p, script in account.zone_routes.items() if script == DISPATCHER}
    assert attached - THEIRS == worker.zone_patterns
    assert account.marks[worker.script_name] == mark(
        worker.uid, str(worker.key), version, worker.instances
    )


def others(account: AccountModel, worker: Worker) -> Iterator[object]:
    """What belongs to the neighbours."""
    parsed = ((name, names.parse_versioned_name(name)) for name in sorted(account.scripts))
    yield from (name for name, p in parsed if p is None or p.base != worker.base)
    for host, paths in sorted(account.hosts.items()):
        yield from (
            (host, path, t)
            for path, t in sorted(paths.items())
            if t.script_name != worker.script_name
        )
    yield {name: known for name, known in account.marks.items() if name != worker.script_name}
    yield {pattern: account.zone_routes.get(pattern) for pattern in THEIRS}


@given(st.lists(goals, min_size=1, max_size=4))
def test_every_series_of_goals_is_reached_and_serves_all_the_way(
    series: list[tuple[Worker, str]],
) -> None:
    driver = Driver()
    untouched = list(others(driver.account, SHOP))
    for worker, version in series:
        driver.converge(worker, version)
        assert_reached(driver.account, worker, version)
        assert plan_worker(worker, version, driver.account.observed(worker)).empty
    assert list(others(driver.account, series[0][0])) == untouched


@given(
    st.lists(
        st.tuples(goals, st.integers(0, 9), st.sampled_from([0.0, 1.0, WINDOW, 200.0])), max_size=5
    ),
    goals,
)
def test_a_crash_after_any_call_leaks_nothing(
    interrupted: list[tuple[tuple[Worker, str], int, float]], last: tuple[Worker, str]
) -> None:  # fmt: skip
    driver = Driver()
    for (worker, version), steps, pause in interrupted:
        driver.step(worker, version, steps)
        driver.now += pause
        driver.crash()
    driver.converge(*last)
    assert_reached(driver.account, *last)


@given(goals, st.integers(0, 9))
def test_nothing_is_uploaded_twice_after_a_crash(goal: tuple[Worker, str], steps: int) -> None:
    driver = Driver()
    driver.step(*goal, steps)
    driver.crash()
    driver.converge(*goal)
    assert len(driver.account.puts) == goal[0].instances
    assert len(set(driver.account.puts)) == goal[0].instances


@given(st.lists(goals, max_size=3), st.integers(0, 9), st.integers(0, 9))
def test_deletion_leaves_nothing_and_touches_nothing_else(
    series: list[tuple[Worker, str]], done: int, crashed: int
) -> None:
    driver = Driver()
    worker = series[-1][0] if series else SHOP
    untouched = list(others(driver.account, worker))
    for each, version in series:
        driver.step(each, version, done)
    for step in driver.account.steps(plan_removal(worker, driver.account.observed(worker)))[
        :crashed
    ]:
        step()
    run(driver.account, plan_removal(worker, driver.account.observed(worker)))
    assert list(others(driver.account, worker)) == untouched
    left = driver.account.observed(worker)
    assert (left.scripts, left.mark) == (frozenset(), None)
    assert driver.account.leading_to(worker.script_name) == set()
    assert driver.account.zone_routes.keys() == THEIRS
    assert plan_removal(worker, left).empty


def test_deletion_takes_the_routes_before_the_scripts() -> None:
    account = neighbourhood()
    account.add(SHOP, V1)
    for step in account.steps(plan_removal(SHOP, account.observed(SHOP))):
        step()
        assert account.missing([account.table()]) == set()


def deployed(worker: Worker = SHOP, version: str = V1) -> AccountModel:
    account = neighbourhood()
    account.add(worker, version)
    return account


def test_a_first_deployment() -> None:
    todo = plan_worker(SHOP, V1, neighbourhood().observed(SHOP))
    assert [u.script for u in todo.uploads] == [f"shop--{V1}--0", f"shop--{V1}--1"]
    assert {u.reason for u in todo.uploads} == {"first deployment"}
    assert todo.publish is not None
    assert todo.publish.reason == "first deployment"


def test_an_update_keeps_the_old_version_until_the_window_has_passed() -> None:
    account = deployed()
    todo = plan_worker(SHOP, V2, account.observed(SHOP), frozenset({(V1, 0), (V1, 1)}))
    assert {u.reason for u in todo.uploads} == {"the content has changed"}
    assert todo.publish is not None
    assert todo.publish.reason == "a new version is to serve"
    assert not todo.removals
    assert todo.superseded == {(V1, 0), (V1, 1)}
    run(account, todo)
    observed = account.observed(SHOP)
    assert plan_worker(SHOP, V2, observed).empty
    removals = plan_worker(SHOP, V2, observed, frozenset({(V1, 0)})).removals
    assert [r.script for r in removals] == [f"shop--{V1}--0"]


@pytest.mark.parametrize(
    ("worker", "uploads", "reason"),
    [
        (replace(SHOP, instances=4), 2, "the number of instances has changed"),
        (replace(SHOP, instances=1), 0, "the number of instances has changed"),
        (replace(SHOP, instances=0), 0, "the number of instances has changed"),
        (replace(SHOP, routes=(Route("b.code24.dev"),)), 0, "the routes differ from the desired ones"),
    ],
    ids=["up", "down", "parked", "moved"],
)  # fmt: skip
def test_a_change_without_new_content(worker: Worker, uploads: int, reason: str) -> None:
    todo = plan_worker(worker, V1, deployed().observed(worker))
    assert len(todo.uploads) == uploads
    assert {u.reason for u in todo.uploads} <= {"more instances are wanted"}
    assert todo.publish is not None
    assert todo.publish.reason == reason


def test_a_re_created_object_takes_over_what_it_adopts() -> None:
    account = deployed()
    again = replace(SHOP, uid="u2")
    todo = plan_worker(again, V1, account.observed(again))
    assert todo.uploads == ()
    run(account, todo)
    assert_reached(account, again, V1)


def test_a_move_takes_the_old_route_away() -> None:
    account = deployed()
    moved = replace(SHOP, routes=(Route("b.code24.dev"),))
    run(account, plan_worker(moved, V1, account.observed(moved)))
    assert account.leading_to("shop") == {"b.code24.dev"}
    assert set(account.hosts["a.code24.dev"]) == {"/elite/design"}


def _taking_over(worker: Worker) -> Publish | None:
    return plan_worker(worker, V2, deployed().observed(worker)).publish


def test_a_worker_takes_over_what_was_led_elsewhere_when_it_was_planned_and_no_more() -> None:
    """What another worker has got meanwhile stays with it, even if this one is told to have it."""
    publish = _taking_over(replace(SHOP, script_name="new", uid="u2"))
    assert publish is not None
    host, (former, meanwhile) = SHOP.routes[0].host, NEIGHBOURS[:2]
    for holder, is_taken in ((SHOP, True), (former, False), (meanwhile, False)):
        before = {"": target(holder.script_name, "c1", V1, 1)}
        after = publish.apply_to(host, before)
        assert after[""].script_name == ("new" if is_taken else holder.script_name)


def test_a_zone_route_goes_before_its_entry_and_comes_after_it() -> None:
    """So that an entry which a crash leaves behind tells of a zone route that may be left, too."""
    account = deployed(replace(SHOP, routes=(Route("example.com", "/a/*"),)))
    moved = replace(SHOP, routes=(Route("example.com", "/b/*"), Route("c.code24.dev")))
    todo = plan_worker(moved, V1, account.observed(moved))
    assert (todo.detach, todo.attach) == (("example.com/a/*",), ("example.com/b/*",))
    for step in account.steps(todo):
        step()
        assert account.dead_ends() == set()
    assert_reached(account, moved, V1)


def test_a_zone_route_that_somebody_took_away_comes_back() -> None:
    worker = replace(SHOP, routes=(Route("example.com"), Route("*.example.com", "=/x")))
    account = deployed(worker)
    del account.zone_routes["*.example.com/x"]
    todo = plan_worker(worker, V1, account.observed(worker))
    assert (todo.uploads, todo.publish, todo.detach) == ((), None, ())
    assert todo.attach == ("*.example.com/x",)


@pytest.mark.parametrize("script", ["somebody-elses", None])
def test_a_zone_route_that_somebody_took_over_is_not_taken_away(script: str | None) -> None:
    account = deployed(replace(SHOP, routes=(Route("example.com"),)))
    account.zone_routes["example.com/*"] = script
    assert plan_worker(SHOP, V1, account.observed(SHOP)).detach == ()
    assert plan_removal(SHOP, account.observed(SHOP)).detach == ()


@pytest.mark.parametrize("damage", ["script", "route", "mark"])
def test_what_somebody_took_away_comes_back(damage: str) -> None:
    account = deployed()
    match damage:
        case "script":
            account.scripts.discard(f"shop--{V1}--1")
        case "route":
            account.hosts["a.code24.dev"] = {
                "/elite/design": account.hosts["a.code24.dev"]["/elite/design"]
            }
        case "mark":
            del account.marks["shop"]
    todo = plan_worker(SHOP, V1, account.observed(SHOP))
    assert [u.script for u in todo.uploads] == ([f"shop--{V1}--1"] if damage == "script" else [])
    run(account, todo)
    assert_reached(account, SHOP, V1)
