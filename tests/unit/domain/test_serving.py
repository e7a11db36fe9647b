"""The routing table survives its way through KV's metadata, and never outgrows it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.serving import mark, target
from workers_operator.domain import names
from workers_operator.domain.egress.policy import NOTHING, Egress
from workers_operator.domain.serving import (
    MAX_KV_METADATA,
    Canary,
    Mark,
    Paths,
    Serving,
    Target,
    completed,
    host_entry,
    parse_host_metadata,
    parse_mark,
    with_target,
    without_script,
)
from workers_operator.domain.tenancy.customer_plans import Limits
from workers_operator.resources.formats import MAX_HOST_CHARACTERS, MAX_HOSTS

hashes = st.binary(max_size=4).map(names.short_hash)
limits = st.builds(
    Limits, st.none() | st.integers(1, 300_000), st.none() | st.integers(1, 10_000_000)
)
weights = st.integers(0, 100) | st.floats(0, 100)
canaries = st.builds(Canary, hash=hashes, instances=st.integers(0, 50), weight=weights)
egresses = st.builds(Egress.of, st.lists(st.sampled_from(["*", "a.example", "*.b.example"])))
servings = st.builds(
    Serving,
    hash=hashes,
    instances=st.integers(0, 50),
    limits=limits,
    canary=st.none() | canaries,
    egress=st.none() | egresses,
    out=st.sampled_from([(), (0,), (1, 4)]),
    affinity=st.sampled_from(["None", "ClientIP", "Cookie"]),
)
targets = st.builds(
    Target,
    script_name=st.from_regex(r"[a-z][a-z0-9-]{0,62}", fullmatch=True),
    customer_id=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
    serving=servings,
)
paths_of_people = st.from_regex(r"(/[a-z]{1,12}){0,3}", fullmatch=True)
tables = st.dictionaries(paths_of_people | st.text(max_size=20), targets, max_size=9)
SHOP = target("shop", "c1", "4f2a91c0", 2)
BLOG = target("blog", "c1", "00000000", 0)


def _size(metadata: object) -> int:
    return len(json.dumps(metadata).encode())  # with spaces: nothing tells that they do not count


def _through_json(value: object) -> Any:
    return json.loads(json.dumps(value))


@given(tables)
def test_a_listing_of_the_keys_tells_the_routes(paths: Paths) -> None:
    try:
        entry = host_entry("x.code24.dev", paths)
    except ValueError:
        return
    assert parse_host_metadata(_through_json(entry.metadata)) == paths


@given(tables)
def test_metadata_fits_into_a_key_or_is_refused(paths: Paths) -> None:
    try:
        entry = host_entry("x.code24.dev", paths)
    except ValueError:
        assert len(paths) > 4
    else:
        assert _size(entry.metadata) <= MAX_KV_METADATA


def test_a_refusal_names_the_host() -> None:
    with pytest.raises(ValueError, match=r"x\.code24\.dev has 60 routes"):
        host_entry("x.code24.dev", {f"/{n:030}": SHOP for n in range(60)})


def test_the_longest_default_routes_fit() -> None:
    paths = {
        path: target("s" * 63, "c" * 40, "4f2a91c0", 50)
        for path in ("", "/elite/brand", "/elite/design", "/elite/develop")
    }
    assert parse_host_metadata(host_entry("x.code24.dev", paths).metadata) == paths


def test_what_the_dispatcher_reads() -> None:
    long = target("long-" * 12, "c1", "4f2a91c0", 2)
    entry = host_entry("x.code24.dev", {"/b": SHOP, "": long})
    assert entry.key == "host:x.code24.dev"
    value = json.loads(entry.value)
    assert value["v"] == 1
    assert [(r["path"], r["worker"]) for r in value["routes"]] == [
        ("", "long-" * 12),
        ("/b", "shop"),
    ]
    assert value["routes"][1]["stable"] == {"hash": "4f2a91c0", "instances": 2}
    assert value["routes"][0]["script"] == names.base_name("long-" * 12) != "long-" * 12


@pytest.mark.parametrize(
    "metadata",
    [None, [], "x", {}, {"routes": []}, {"routes": {"": 0}}, {"targets": []}, {"targets": 1, "routes": {}},
     {"targets": [], "routes": {"": 0}}, {"targets": [None], "routes": {"": 0}},
     {"targets": [["a", "b", 1, 2]], "routes": {"": 0}}, {"targets": [["a", "b", "c", "2"]], "routes": {"": 0}},
     {"targets": [["a", "b", "c"]], "routes": {"": 0}}, {"targets": [["a", "b", "c", 1]], "routes": {"": 1}},
     {"targets": [["a", "b", "c", 1]], "routes": {"": -1}}, {"targets": [["a", "b", "c", 1]], "routes": {"": "0"}},
     {"targets": [["a", "b", "c", 1]], "routes": [""]}],
)  # fmt: skip
def test_what_we_did_not_write_reads_as_no_routes(metadata: object) -> None:
    assert parse_host_metadata(metadata) == {}


def test_limits_are_told_to_the_dispatcher_where_there_are_any() -> None:
    strict = target("shop", "c1", "4f2a91c0", 2, Limits(10, None))
    routes = json.loads(host_entry("x", {"": strict, "/b": BLOG}).value)["routes"]
    assert routes[0]["limits"] == {"cpuMs": 10}
    assert "limits" not in routes[1]


def test_many_routes_of_one_worker_cost_little() -> None:
    """A worker has 21 routes at most: all of them on one host fit where their paths are of common length."""
    paths = {f"/section-{n}/articles/*": SHOP for n in range(20)} | {"": SHOP}
    assert parse_host_metadata(host_entry("x", paths).metadata) == paths


def test_changing_a_table_leaves_the_old_one() -> None:
    before = {"": SHOP}
    after = with_target(before, "/b", BLOG)
    assert after == {"": SHOP, "/b": BLOG}
    assert before == {"": SHOP}


def test_taking_a_worker_out() -> None:
    table = {"": SHOP, "/a": SHOP, "/b": BLOG}
    assert without_script(table, "shop") == {"/b": BLOG}
    assert without_script(table, "shop", frozenset({"/a"})) == {"/a": SHOP, "/b": BLOG}


# --- what serves is stored three times ----------------------------------------------------------------------------


def as_the_dispatcher_reads_it(route: dict[str, Any]) -> Serving:
    """Every field of a route that says what serves, as routing.js names it."""
    given, canary = route.get("limits", {}), route.get("canary")
    stable = route["stable"]
    return Serving(
        stable["hash"],
        stable["instances"],
        limits=Limits(given.get("cpuMs"), given.get("subRequests")),
        canary=Canary(**canary) if canary is not None else None,
        egress=Egress.of(route["egress"]) if "egress" in route else None,
        out=tuple(stable.get("out", ())),
        affinity=route.get("affinity", "None"),
    )


@given(servings)
def test_what_serves_survives_all_three_ways_of_storing_it(serving: Serving) -> None:
    paths = {"": Target("shop", "c1", serving)}
    written = Mark("u", "CustomerWorker shop/a", serving)
    entry = host_entry("x.code24.dev", paths)
    assert as_the_dispatcher_reads_it(json.loads(entry.value)["routes"][0]) == serving
    assert parse_host_metadata(_through_json(entry.metadata)) == paths
    assert parse_mark(_through_json(written.metadata())) == written


LIMITED = Limits(10, None)
LISTED = Egress.of(["b", "a"])
CANARY = Canary("22222222", 1, 12.5)
ROUTE = (
    '{"path":"","worker":"shop","script":"shop","customer":"c1",'
    '"stable":{"hash":"4f2a91c0","instances":2}%s}'
)
HOST = '{"targets":[["shop","c1","4f2a91c0",2%s]],"routes":{"":0}}'
MARK = '{"uid":"u","owner":"CustomerWorker shop/a","hash":"4f2a91c0","instances":2%s}'


@pytest.mark.parametrize(
    ("serving", "in_the_value", "in_the_listing", "in_the_mark"),
    [
        (Serving("4f2a91c0", 2), "", "", ""),
        (Serving("4f2a91c0", 2, LIMITED), ',"limits":{"cpuMs":10}', ",10,null", ',"limits":[10,null]'),
        (
            Serving("4f2a91c0", 2, Limits(10, 5)),
            ',"limits":{"cpuMs":10,"subRequests":5}',
            ",10,5",
            ',"limits":[10,5]',
        ),
        (
            Serving("4f2a91c0", 2, canary=CANARY),
            ',"canary":{"hash":"22222222","instances":1,"weight":12.5}',
            ',null,null,["22222222",1,12.5]',
            ',"canary":["22222222",1,12.5]',
        ),
        (
            Serving("4f2a91c0", 2, LIMITED, CANARY),
            ',"limits":{"cpuMs":10},"canary":{"hash":"22222222","instances":1,"weight":12.5}',
            ',10,null,["22222222",1,12.5]',
            ',"limits":[10,null],"canary":["22222222",1,12.5]',
        ),
        (
            Serving("4f2a91c0", 2, egress=LISTED),
            ',"egress":["a","b"]',
            f',null,null,null,"{LISTED.digest}"',
            ',"egress":["a","b"]',
        ),
        (
            Serving("4f2a91c0", 2, egress=NOTHING),
            ',"egress":[]',
            f',null,null,null,"{NOTHING.digest}"',
            ',"egress":[]',
        ),
        (
            Serving("4f2a91c0", 2, LIMITED, CANARY, LISTED),
            ',"limits":{"cpuMs":10},"canary":{"hash":"22222222","instances":1,"weight":12.5},"egress":["a","b"]',
            f',10,null,["22222222",1,12.5],"{LISTED.digest}"',
            ',"limits":[10,null],"canary":["22222222",1,12.5],"egress":["a","b"]',
        ),
    ],
    ids=["plain", "a limit", "limits", "canary", "limit and canary", "hosts", "no host", "all"],
)  # fmt: skip
def test_what_is_stored_byte_for_byte(
    serving: Serving, in_the_value: str, in_the_listing: str, in_the_mark: str
) -> None:
    """Operators, dispatchers and routers of other versions read the same keys."""
    entry = host_entry("x.code24.dev", {"": Target("shop", "c1", serving)})
    assert entry.value == '{"v":1,"routes":[' + ROUTE % in_the_value + "]}"
    compact = (",", ":")
    assert json.dumps(entry.metadata, separators=compact) == HOST % in_the_listing
    written = Mark("u", "CustomerWorker shop/a", serving)
    assert json.dumps(written.metadata(), separators=compact) == MARK % in_the_mark


@pytest.mark.parametrize(
    "canary",
    [None, [], "x", ["22222222", 1], ["22222222", "1", 5], [1, 1, 5], ["22222222", 1, "5"]],
)
def test_a_canary_that_we_did_not_write_reads_as_none(canary: object) -> None:
    plain = Serving("4f2a91c0", 2)
    listed = {"targets": [["shop", "c1", "4f2a91c0", 2, None, None, canary]], "routes": {"": 0}}
    assert parse_host_metadata(listed) == {"": Target("shop", "c1", plain)}
    marked = {"uid": "u", "owner": "o", "hash": "4f2a91c0", "instances": 2, "canary": canary}
    assert parse_mark(marked) == Mark("u", "o", plain)


@pytest.mark.parametrize(
    "metadata",
    [None, "x", {}, {"uid": "u", "owner": "o", "hash": "h"},
     {"uid": "u", "owner": "o", "hash": "h", "instances": "1"}],
)  # fmt: skip
def test_what_is_no_mark_is_none(metadata: object) -> None:
    assert parse_mark(metadata) is None


@pytest.mark.parametrize("given", [Limits(), Limits(10, None), Limits(None, 5), Limits(10, 5)])
def test_a_mark_is_read_back(given: Limits) -> None:
    written = mark("u", "CustomerWorker shop/a", "11111111", 1, given)
    assert parse_mark(_through_json(written.metadata())) == written


# --- the hosts that a worker may send requests to: a listing of the host keys has their digest -----------------------


def confined(hosts: Egress | None) -> Target:
    return Target("shop", "c1", Serving("4f2a91c0", 2, egress=hosts))


def marked(hosts: Egress | None) -> Mark:
    return Mark("u", "CustomerWorker shop/a", Serving("4f2a91c0", 2, egress=hosts))


def hosts_in(paths: Paths) -> list[str] | None:
    """The hosts of the only route, as the dispatcher reads them."""
    [route] = json.loads(host_entry("x.code24.dev", paths).value)["routes"]
    found: list[str] | None = route.get("egress")
    return found


def test_a_listed_route_gets_its_hosts_from_the_mark() -> None:
    entry = host_entry("x.code24.dev", {"": confined(LISTED)})
    listed = parse_host_metadata(_through_json(entry.metadata))
    assert listed == {"": confined(LISTED)}
    assert hosts_in(completed(listed, lambda name: marked(LISTED))) == ["a", "b"]


@pytest.mark.parametrize("mark_of_it", [None, marked(None)])
def test_a_route_whose_hosts_are_lost_leads_nowhere_until_it_is_published_again(
    mark_of_it: Mark | None,
) -> None:
    found = completed({"": confined(Egress(LISTED.digest))}, lambda name: mark_of_it)
    assert hosts_in(found) == []
    assert found != {"": confined(LISTED)}  # which its worker's next pass finds


def test_routes_of_workers_that_are_not_confined_stay_as_they_are() -> None:
    paths = {"": confined(None), "/a": confined(LISTED)}
    assert completed(paths, lambda name: None) == paths
    assert hosts_in({"": confined(None)}) is None


def test_the_longest_list_fits_into_the_longest_mark() -> None:
    hosts = [f"{n:02}{'a' * 10}" for n in range(MAX_HOSTS)]
    assert sum(map(len, hosts)) == MAX_HOST_CHARACTERS
    canary = Canary("22222222", 50, 99.999)
    serving = Serving("4f2a91c0", 50, Limits(300_000, 10_000_000), canary, Egress.of(hosts))
    owner = f"CustomerWorker {'n' * 63}/{'o' * 253}"
    assert _size(Mark("u" * 36, owner, serving).metadata()) <= MAX_KV_METADATA


def test_instances_that_are_out_are_read_back_from_both_forms() -> None:
    serving = Serving("ab12cd34", 3, out=(0, 2))
    target = Target("shop", "c1", serving)
    entry = host_entry("shop.code24.dev", {"": target})
    assert json.loads(entry.value)["routes"][0]["stable"] == {
        "hash": "ab12cd34",
        "instances": 3,
        "out": [0, 2],
    }
    assert parse_host_metadata(entry.metadata) == {"": target}
    mark = Mark("uid", "CustomerWorker shop/shop", serving)
    assert parse_mark(mark.metadata()) == mark
    assert "out" not in Mark("uid", "o", Serving("ab12cd34", 3)).metadata()
