"""Who has to be asked before a name or a hostname is taken."""

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.routes import Route, overlaps, takes_all
from workers_operator.domain.tenancy.ownership import Claim
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.claims import ClaimsIndex


def key(name: str) -> ObjectKey:
    return ObjectKey("CustomerWorker", "shop", name)


def claim(name: str, script: str = "", host: str = "", path: str = "") -> Claim:
    return Claim(key(name), name, "2026", "c1", script or name, (Route(host or f"{name}.", path),))


@pytest.fixture
def index() -> ClaimsIndex:
    index = ClaimsIndex()
    index.learn_domain("default", "code24.dev")
    index.put("default", claim("a"))
    index.put("default", claim("same-script", script="a"))
    index.put("default", claim("same-host", host="a.", path="/elite/brand"))
    index.put("default", claim("other"))
    index.put("elsewhere", claim("other-platform", script="a", host="a."))
    return index


def all_rivals(index: ClaimsIndex, mine: ObjectKey) -> list[Claim]:
    """The rivals of an object that may have all that it claims."""
    _, claim = index.find(mine) or ("", None)
    return index.rivals(mine, hosts=[route.host for route in claim.routes] if claim else ())


def rivals(index: ClaimsIndex, name: str) -> list[str]:
    return [rival.key.name for rival in all_rivals(index, key(name))]


def test_rivals_share_a_name_or_a_host_on_one_platform(index: ClaimsIndex) -> None:
    assert rivals(index, "a") == ["same-host", "same-script"]
    assert rivals(index, "same-script") == ["a"]
    assert rivals(index, "other") == rivals(index, "nobody") == []
    assert [k.name for k in index.rival_keys(key("a"))] == ["same-host", "same-script"]


def test_rivals_come_with_whole_hostnames(index: ClaimsIndex) -> None:
    hosts = [rival.routes[0].host for rival in all_rivals(index, key("a"))]
    assert hosts == ["a.code24.dev", "same-script.code24.dev"]


def test_a_claim_replaces_the_objects_former_one(index: ClaimsIndex) -> None:
    index.put("default", replace(claim("same-host"), routes=(Route("moved."),)))
    assert rivals(index, "a") == ["same-script"]
    index.put("elsewhere", claim("same-script", script="a"))
    assert rivals(index, "a") == []
    assert rivals(index, "same-script") == ["other-platform"]


def test_an_object_that_is_gone_is_nobodys_rival(index: ClaimsIndex) -> None:
    index.remove(key("same-host"))
    index.remove(key("same-host"))
    assert rivals(index, "a") == ["same-script"]
    index.remove(key("a"))
    assert rivals(index, "a") == []
    assert sorted(k.name for k in index.on("default")) == ["other", "same-script"]


def test_the_claims_of_who_holds_something_come_along(index: ClaimsIndex) -> None:
    names = [c.key.name for c in index.rivals(key("other"), ["a", "other", "gone"])]
    assert names == ["a", "same-script"]
    assert index.rivals(key("nobody"), ["a"]) == []


def test_the_claims_to_hosts_that_it_has_and_claims_no_more_come_along(index: ClaimsIndex) -> None:
    index.put("default", routed("wide", "*.a.code24.dev"))
    for held, names in {"a.code24.dev": ["a", "same-host"], "x.a.code24.dev": ["wide"]}.items():
        assert [c.key.name for c in index.rivals(key("other"), hosts=[held])] == names
    assert [c.key.name for c in index.rivals(key("a"), hosts=["other.code24.dev"])] == [
        "other",
        "same-script",
    ]


def test_those_are_freed_who_ask_for_what_an_object_claims_no_more(index: ClaimsIndex) -> None:
    def freed() -> list[str]:
        return [found.name for found in index.freed(key("a"), former)]

    former = index.find(key("a"))
    assert index.freed(key("a"), None) == []
    assert freed() == []
    index.put("default", replace(claim("a"), routes=(Route("more."), Route("a."))))
    assert freed() == []
    index.put("default", replace(claim("a"), routes=(Route("a.", "/x"),)))
    assert freed() == ["same-host"]
    for scope, now in (("default", claim("a", script="b")), ("elsewhere", claim("a"))):
        index.put(scope, now)
        assert freed() == ["same-host", "same-script"]
    index.remove(key("a"))
    assert freed() == ["same-host", "same-script"]


def routed(name: str, *hosts: str, path: str = "") -> Claim:
    """A claim with routes besides its default one."""
    return replace(claim(name), routes=(Route(f"{name}."), *(Route(h, path) for h in hosts)))


@pytest.mark.parametrize(
    ("mine", "theirs", "meet"),
    [
        ("shop.example.com", "shop.example.com", True),
        ("shop.example.com", "blog.example.com", False),
        ("shop.example.com", "*.example.com", True),
        ("*.example.com", "shop.example.com", True),
        ("*.example.com", "*.example.com", True),
        ("*.example.com", "*.shop.example.com", True),
        ("*.example.com", "example.com", False),
        ("*.example.com", "*.example.org", False),
        # The default hosts are written without the domain, which is learnt later.
        ("shop.code24.dev", "shop.", True),
        ("shop.", "shop.code24.dev", True),
        ("*.shop.code24.dev", "a.shop.", True),
        ("a.shop.", "*.shop.code24.dev", True),
        ("*.shop.code24.dev", "shop.", False),
        ("shop.code24.de", "shop.", False),
    ],
)
def test_routes_meet_where_one_request_may_mean_both(mine: str, theirs: str, meet: bool) -> None:
    index = ClaimsIndex()
    index.put("default", routed("mine", mine))
    index.put("default", routed("theirs", theirs, path="/blog/*"))
    index.put("elsewhere", routed("far", theirs))
    index.learn_domain("default", "code24.dev")
    assert rivals(index, "mine") == (["theirs"] if meet else [])
    assert rivals(index, "theirs") == (["mine"] if meet else [])
    index.remove(key("theirs"))
    assert rivals(index, "mine") == []
    index.put("default", routed("theirs"))
    assert rivals(index, "mine") == []


def test_a_wildcard_that_two_have_stays_until_both_are_gone() -> None:
    index = ClaimsIndex()
    for name in ("a", "b"):
        index.put("default", routed(name, "*.example.com"))
    index.put("default", routed("c", "shop.example.com"))
    assert rivals(index, "c") == ["a", "b"]
    index.remove(key("a"))
    assert rivals(index, "c") == ["b"]
    index.remove(key("b"))
    assert rivals(index, "c") == []


def test_before_the_domain_is_known_default_hosts_meet_one_another() -> None:
    index = ClaimsIndex()
    index.put("default", claim("a"))
    index.put("default", claim("b", host="a."))
    assert rivals(index, "a") == ["b"]


hosts = st.sampled_from(
    ["a.", "b.", "a.code24.dev", "*.code24.dev", "x.a.code24.dev", "*.a.code24.dev", "a.dev", "*.a.dev", "x.a.dev"]
)  # fmt: skip
claims = st.builds(
    lambda name, script, found: replace(
        claim(name, script=script), routes=tuple(Route(h) for h in found)
    ),
    st.sampled_from("abcd"),
    st.sampled_from("xyz"),
    st.lists(hosts, max_size=3, unique=True),
)


@given(st.lists(st.tuples(st.sampled_from(["default", "elsewhere"]), claims), max_size=10))
def test_rivals_are_those_that_a_look_at_all_objects_finds(
    history: list[tuple[str, Claim]],
) -> None:
    index, now = ClaimsIndex(), dict[ObjectKey, tuple[str, Claim]]()
    domains = {"default": "code24.dev", "elsewhere": "a.dev"}
    for scope, one in history:
        index.put(scope, one)
        now[one.key] = (scope, one)
    for scope, domain in domains.items():
        index.learn_domain(scope, domain)

    def absolute(scope: str, one: Claim) -> set[str]:
        return {r.host + domains[scope] if r.host[-1] == "." else r.host for r in one.routes}

    def claimed(scope: str, one: Claim) -> set[str]:
        """Nobody can have the whole of a platform's domain, so that it keeps nobody out."""
        return {h for h in absolute(scope, one) if not takes_all(h, domains[scope])}

    for mine, (scope, one) in now.items():
        expected = {
            other
            for other, (theirs, two) in now.items()
            if other != mine
            and theirs == scope
            and (
                one.script_name == two.script_name
                or absolute(scope, one) & absolute(scope, two)
                or any(overlaps(a, b) for a in claimed(scope, one) for b in claimed(scope, two))
            )
        }
        assert set(index.rival_keys(mine)) == expected
        found = {c.key: {r.host for r in c.routes} for c in all_rivals(index, mine)}
        assert found == {other: claimed(scope, now[other][1]) for other in expected}


def test_many_wildcards_of_one_object_cost_others_nothing() -> None:
    """Whoever may write objects can claim them: a look at all hosts for each would hold up everybody."""
    index = ClaimsIndex()
    index.learn_domain("default", "code24.dev")
    for number in range(3000):
        index.put("default", claim(f"w{number}"))
    for number in range(30):
        routes = tuple(Route(f"*.{number}-{i}.code24.dev") for i in range(64))
        index.put("default", replace(claim(f"crowd{number}"), routes=routes))
    began = time.thread_time()
    for number in range(30):
        all_rivals(index, key(f"crowd{number}"))
        all_rivals(index, key(f"w{number}"))
    assert time.thread_time() - began < 0.5


def test_nobody_is_a_rival_of_one_that_claims_all_hosts(index: ClaimsIndex) -> None:
    """It can own none of them, and its edits wake nobody."""
    index.put("default", claim("greedy", host="*.code24.dev"))
    assert index.rival_keys(key("greedy")) == []
    assert rivals(index, "other") == []
