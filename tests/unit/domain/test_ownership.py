"""Who may have a script name or a hostname, case by case."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pytest

from support import serving
from support.serving import target
from workers_operator.domain.routes import Route, parse_pattern
from workers_operator.domain.serving import Mark, Paths, Target
from workers_operator.domain.tenancy.ownership import (
    Claim,
    ClaimConflict,
    LiveRoutes,
    check_route,
    check_script_name,
    of_remains,
    of_route_beside,
)
from workers_operator.domain.worker import ObjectKey, Worker

HOST: Final = "a.code24.dev"
MINE = Claim(
    key=ObjectKey("CustomerWorker", "shop", "mine"),
    uid="mine",
    created="2026-01-02T00:00:00Z",
    customer_id="c1",
    script_name="shop",
    routes=(Route(HOST),),
)
OLDER, SAME_AGE, YOUNGER = "2026-01-01T00:00:00Z", MINE.created, "2026-01-03T00:00:00Z"
HOLDS: Final = "holds"
ZONES: Final = ("code24.dev", "example.com")


def rival(created: str, name: str = "rival", **changes: object) -> Claim:
    as_usual = {"key": ObjectKey("CustomerWorker", "shop", name), "uid": name, "created": created}
    return replace(MINE, **(as_usual | changes))  # type: ignore[arg-type]


def mark(claim: Claim, *, uid: str | None = None) -> Mark:
    return serving.mark(uid or claim.uid, str(claim.key), "11111111", 1)


def check_routes(mine: Claim, others: Sequence[Claim], hosts: Mapping[str, Paths]) -> None:
    for route in mine.routes:
        check_route(mine, route, others, LiveRoutes(hosts, shared=ZONES))


def refused(check: Callable[[], None]) -> ClaimConflict | None:
    try:
        check()
    except ClaimConflict as conflict:
        return conflict
    return None


@dataclass(frozen=True)
class Script:
    may: bool
    others: Sequence[Claim] = ()
    mark: Mark | None = None


SCRIPTS: Final[Mapping[str, Script]] = {
    "nobody else": Script(True),
    "myself in the list": Script(True, [MINE]),
    "my mark": Script(True, mark=mark(MINE)),
    "older rival, nobody holds": Script(False, [rival(OLDER)]),
    "younger rival, nobody holds": Script(True, [rival(YOUNGER)]),
    "older rival for another name": Script(True, [rival(OLDER, script_name="blog")]),
    "older rival, I hold": Script(True, [rival(OLDER)], mark(MINE)),
    "older rival holds": Script(False, [rival(OLDER)], mark(rival(OLDER))),
    "younger rival holds": Script(False, [rival(YOUNGER)], mark(rival(YOUNGER))),
    "same age, name before mine": Script(False, [rival(SAME_AGE, "alpha")]),
    "same age, name after mine": Script(True, [rival(SAME_AGE, "zeta")]),
    "same age, namespace before mine": Script(
        False, [rival(SAME_AGE, key=ObjectKey("CustomerWorker", "a", "zeta"))]
    ),
    "same age and name, kind after mine": Script(
        True, [rival(SAME_AGE, key=ObjectKey("EliteWorker", "shop", "mine"))]
    ),
    "mark of an object that is gone": Script(False, mark=mark(rival(OLDER))),
    "mark of an object that is gone, younger rival": Script(False, [rival(YOUNGER)], mark(rival(OLDER, "x"))),
    "re-created with the same key": Script(True, mark=mark(MINE, uid="former")),
    "re-created, older rival waits": Script(False, [rival(OLDER)], mark(MINE, uid="former")),
    "re-created, younger rival waits": Script(True, [rival(YOUNGER)], mark(MINE, uid="former")),
    "my key in the mark, but its uid lives on": Script(
        False, [rival(YOUNGER)], serving.mark("rival", str(MINE.key), "11111111", 1)
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", SCRIPTS.values(), ids=SCRIPTS)
def test_who_may_have_a_script_name(case: Script) -> None:
    conflict = refused(lambda: check_script_name(MINE, case.others, case.mark))
    assert (conflict is None) == case.may
    if conflict is not None:
        assert conflict.reason == "ScriptNameConflict"
        assert "'shop'" in conflict.message
        assert conflict.after > 0


def held(script: str = "blog", customer: str = "c1", path: str = "") -> Mapping[str, Paths]:
    return {HOST: {path: target(script, customer, "11111111", 1)}}


@dataclass(frozen=True)
class Host:
    may: bool
    others: Sequence[Claim] = ()
    hosts: Mapping[str, Paths] | None = None
    mine: Claim = MINE


OTHER_SCRIPT: Final = {"script_name": "blog"}
ELITE = replace(MINE, routes=(Route(HOST, "/elite/brand"),))
HOSTS: Final[Mapping[str, Host]] = {
    "nobody else": Host(True),
    "I hold it": Host(True, hosts=held("shop")),
    "I hold it, an older rival wants it": Host(True, [rival(OLDER, **OTHER_SCRIPT)], held("shop")),
    "another worker holds it": Host(False, hosts=held()),
    "a younger rival holds it": Host(False, [rival(YOUNGER, **OTHER_SCRIPT)], held()),
    "a parked worker holds it": Host(
        False, hosts={HOST: {"": target("blog", "c1", "11111111", 0)}}
    ),
    "another path of my customer's": Host(True, hosts=held(path="/elite/brand")),
    "another path of another customer's": Host(False, hosts=held("blog", "c2", "/elite/brand")),
    "path below another customer's host": Host(False, hosts=held("blog", "c2"), mine=ELITE),
    "path below my customer's host": Host(True, hosts=held("blog"), mine=ELITE),
    "older rival wants the same": Host(False, [rival(OLDER, **OTHER_SCRIPT)]),
    "younger rival wants the same": Host(True, [rival(YOUNGER, **OTHER_SCRIPT)]),
    "same age, name before mine": Host(False, [rival(SAME_AGE, "alpha", **OTHER_SCRIPT)]),
    "same age, name after mine": Host(True, [rival(SAME_AGE, "zeta", **OTHER_SCRIPT)]),
    "older rival wants another path": Host(
        True, [rival(OLDER, routes=(Route(HOST, "/elite/brand"),))]
    ),
    "older rival of another customer wants another path": Host(
        False, [rival(OLDER, customer_id="c2", routes=(Route(HOST, "/elite/brand"),))]
    ),
    "younger rival of another customer wants another path": Host(
        True, [rival(YOUNGER, customer_id="c2", routes=(Route(HOST, "/elite/brand"),))]
    ),
    "older rival on another host": Host(True, [rival(OLDER, routes=(Route("b.code24.dev"),))]),
    "its holder asks for another path": Host(
        True, [rival(YOUNGER, routes=(Route(HOST, "/a"),), **OTHER_SCRIPT)], held()
    ),
    "its holder asks for another host": Host(
        True, [rival(YOUNGER, routes=(Route("b.code24.dev"),), **OTHER_SCRIPT)], held()
    ),
    "given up, and an older one wants it, too": Host(
        False, [rival(YOUNGER, routes=(), **OTHER_SCRIPT), rival(OLDER, "elder", script_name="elder")], held()
    ),
    "another customer gives up a path": Host(
        True, [rival(YOUNGER, customer_id="c2", routes=(), **OTHER_SCRIPT)], held("blog", "c2", "/a")
    ),
    "another customer keeps one of two paths": Host(
        False,
        [rival(YOUNGER, customer_id="c2", routes=(Route(HOST, "/b"),), **OTHER_SCRIPT)],
        {HOST: {path: target("blog", "c2", "11111111", 1) for path in ("/a", "/b")}},
    ),
    "older rival that asks for it since yesterday": Host(
        True, [rival(OLDER, since={Route(HOST): YOUNGER}, **OTHER_SCRIPT)]
    ),
    "older rival of another customer that asks for a path since yesterday": Host(
        True, [rival(OLDER, customer_id="c2", routes=(path := Route(HOST, "/a"),), since={path: YOUNGER})]
    ),
    "younger rival, but I ask for it since yesterday": Host(
        False, [rival(SAME_AGE, "zeta", **OTHER_SCRIPT)], mine=replace(MINE, since={Route(HOST): YOUNGER})
    ),
    "my own path from when I was another customer's": Host(True, hosts=held("shop", "c2", "/a")),
    "the second of my routes is taken": Host(
        False, hosts=held(), mine=replace(MINE, routes=(Route("b.code24.dev"), Route(HOST)))
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTS.values(), ids=HOSTS)
def test_who_may_have_a_hostname(case: Host) -> None:
    conflict = refused(lambda: check_routes(case.mine, case.others, case.hosts or {}))
    assert (conflict is None) == case.may
    if conflict is not None:
        assert conflict.reason == "HostnameConflict"
        assert f"{HOST}{case.mine.routes[-1].path}/*" in conflict.message


@dataclass(frozen=True)
class Pair:
    """Two patterns, and whether they meet for workers of two customers and for those of one."""

    mine: str
    theirs: str
    two_customers: bool
    one_customer: bool = False


SHOP: Final = "shop.example.com/*"
PAIRS: Final = (
    Pair(SHOP, SHOP, True, True),
    Pair(SHOP, "SHOP.EXAMPLE.COM/*", True, True),
    Pair("Shop.Example.com/*", SHOP, True, True),
    Pair(SHOP, "shop.example.com./*", True, True),
    Pair("shop.example.com./*", "SHOP.example.com/*", True, True),
    Pair(SHOP, "shop.example.com\u3002/*", True, True),
    Pair("bücher.example.com/*", "xn--bcher-kva.example.com/*", True, True),
    Pair("bücher.example.com/*", "BÜCHER.example.com/*", True, True),
    Pair("bücher.example.com/*", "bucher.example.com/*", False),
    Pair(SHOP, "shop.example.com/blog/*", True),
    Pair(SHOP, "shop.example.com/", True),
    Pair("shop.example.com/blog", "shop.example.com/blog", True, True),
    Pair("shop.example.com/blog", "shop.example.com/Blog", True),
    Pair("shop.example.com/blog", "shop.example.com/blog/*", True),
    Pair("shop.example.com/blog*", "shop.example.com/blog/*", True),
    Pair("shop.example.com/a b", "shop.example.com/a%20b", True, True),
    Pair(SHOP, "blog.example.com/*", False),
    Pair(SHOP, "example.com/*", False),
    Pair(SHOP, "shop.example.com.evil.org/*", False),
    Pair(SHOP, "myshop.example.com/*", False),
    Pair(SHOP, "a.shop.example.com/*", False),
    Pair(SHOP, "*.example.com/*", True),
    Pair("*.example.com/*", SHOP, True),
    Pair("*.example.com/*", "*.EXAMPLE.com./*", True, True),
    Pair("*.example.com/*", "example.com/*", False),
    Pair("*.example.com/*", "a.b.example.com/*", True),
    Pair("*.example.com/*", "*.b.example.com/*", True),
    Pair("*.b.example.com/*", "*.example.com/*", True),
    Pair("*.a.example.com/*", "*.b.example.com/*", False),
    Pair("*.example.com/*", "*.example.org/*", False),
    Pair("*.example.com/*", "notexample.com/*", False),
    Pair("*example.com/*", "example.com/*", True, True),
    Pair("*example.com/*", SHOP, True),
    Pair("*example.com/*", "*.example.com/*", True, True),
    Pair("*example.com/*", "notexample.com/*", False),
    Pair("*.bücher.de/*", "www.xn--bcher-kva.de/*", True),
)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p.mine} {p.theirs}")
@pytest.mark.parametrize("one_customer", [True, False])
@pytest.mark.parametrize("live", [True, False])
def test_who_may_have_a_route(pair: Pair, one_customer: bool, live: bool) -> None:
    """The other one is older, or holds it at the edge."""
    mine = replace(MINE, routes=parse_pattern(pair.mine))
    customer = "c1" if one_customer else "c2"
    theirs = rival(OLDER, customer_id=customer, routes=parse_pattern(pair.theirs), **OTHER_SCRIPT)
    hosts: dict[str, dict[str, Target]] = {}
    for route in theirs.routes:
        hosts.setdefault(route.host, {})[route.path] = target("blog", customer, "11111111", 1)
    conflict = refused(lambda: check_routes(mine, [] if live else [theirs], hosts if live else {}))
    assert (conflict is not None) == (pair.one_customer if one_customer else pair.two_customers)
    if conflict is not None:
        assert any(route.zone_pattern in conflict.message for route in mine.routes)


@pytest.mark.parametrize("pair", PAIRS, ids=lambda p: f"{p.mine} {p.theirs}")
def test_meeting_is_mutual(pair: Pair) -> None:
    mine, theirs = (
        replace(rival(OLDER, customer_id=customer), routes=parse_pattern(pattern))
        for customer, pattern in (("c1", pair.mine), ("c2", pair.theirs))
    )
    theirs = replace(theirs, uid="theirs", created=YOUNGER)
    assert refused(lambda: check_routes(mine, [theirs], {})) is None  # the older one never waits
    assert (refused(lambda: check_routes(theirs, [mine], {})) is not None) == pair.two_customers


BESIDE: Final[Sequence[tuple[str, str]]] = [
    ("login.shop.example.net", "theirs"),
    ("*.shop.example.net", "theirs"),
    ("sh0p.example.net", "theirs"),
    ("shop.example.net", "theirs"),
    ("*.example.net", "theirs"),
    ("other.example.net", "free"),
    ("xshop.example.net", "free"),
]


@pytest.mark.parametrize(("host", "state"), BESIDE)
def test_what_is_near_a_host_of_another_platform_is_its_workers(host: str, state: str) -> None:
    holder = rival(OLDER, "holder", script_name="blog", routes=(Route("shop.example.net"),))
    hosts = {"shop.example.net": {"": target("blog", "c1", "11111111", 1)}}
    theirs = {"blog": serving.mark("holder", "CustomerWorker b/holder", "11111111", 1)}
    route = Route(host)

    def found(mine: Claim, claims: Sequence[Claim], marks: Mapping[str, Mark]) -> str:
        return of_route_beside(mine, route, claims, LiveRoutes(hosts, marks, {"example.net"})).state

    assert found(MINE, [holder], theirs) == state
    assert found(MINE, [], theirs) == state, "what no object answers for keeps what it has"
    assert found(MINE, [replace(holder, routes=())], theirs) == "free"
    here = {"blog": serving.mark("holder", "CustomerWorker shop/holder", "11111111", 1)}
    assert found(MINE, [holder], here) == "free"
    assert found(replace(MINE, customer_id="c2"), [holder], here) == state
    moving = {"blog": serving.mark(MINE.uid, "CustomerWorker shop/mine", "11111111", 1)}
    assert found(replace(MINE, customer_id="c2"), [holder], moving) == "free"


WORKER: Final = Worker(
    MINE.key, MINE.uid, MINE.customer_id, MINE.script_name, MINE.routes, 1, "code24.dev"
)


@pytest.mark.parametrize(
    ("mark", "rivals", "claims", "may"),
    [
        (mark(MINE), [], True, True),
        (mark(MINE), [], False, True),
        (mark(MINE), [rival(OLDER)], False, True),
        (mark(rival(OLDER)), [], True, False),
        (mark(rival(OLDER)), [rival(OLDER)], True, False),
        (mark(MINE, uid="former"), [], True, False),
        (None, [], True, True),
        (None, [], False, False),
        (None, [rival(YOUNGER)], True, False),
        (None, [rival(YOUNGER)], False, False),
        (None, [rival(OLDER, script_name="blog")], True, True),
    ],
    ids=[
        "mine", "mine, claimed no more", "mine, a rival waits", "another's that is gone", "another's",
        "my predecessor's", "unmarked, claimed", "unmarked, claimed no more", "unmarked, a rival claims it",
        "unmarked, only a rival claims it", "unmarked, a rival claims another name",
    ],
)  # fmt: skip
def test_whose_remains_may_be_removed(
    mark: Mark | None, rivals: Sequence[Claim], claims: bool, may: bool
) -> None:
    assert of_remains(WORKER, mark, rivals, claims=claims) is may


@pytest.mark.parametrize("first", [OLDER, SAME_AGE, YOUNGER])
def test_of_two_that_want_the_same_exactly_one_gets_it(first: str) -> None:
    other = rival(first)
    names = [
        refused(lambda: check_script_name(MINE, [other], None)),
        refused(lambda: check_script_name(other, [MINE], None)),
    ]
    hosts = [
        refused(lambda: check_routes(MINE, [other], {})),
        refused(lambda: check_routes(other, [MINE], {})),
    ]
    assert names.count(None) == 1
    assert [n is None for n in names] == [h is None for h in hosts]


def test_what_is_new_in_a_claim_is_asked_for_since_the_edit() -> None:
    more = Route("b.code24.dev")
    edited = replace(MINE, routes=(more, *MINE.routes)).following(MINE, YOUNGER)
    again = replace(MINE, routes=(more, Route("c.code24.dev"))).following(edited, "2027")

    assert edited.since == {more: YOUNGER}
    assert (edited.asked_for(more), edited.asked_for(Route(HOST))) == (YOUNGER, MINE.created)
    assert again.since == {more: YOUNGER, Route("c.code24.dev"): "2027"}
