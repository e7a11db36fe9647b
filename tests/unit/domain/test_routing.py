"""The routing table survives its way through KV's metadata, and never outgrows it."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain import names
from workers_operator.domain.plans import Limits
from workers_operator.domain.routing import (
    MAX_KV_METADATA,
    Paths,
    Target,
    host_entry,
    parse_host_metadata,
    with_target,
    without_script,
)

targets = st.builds(
    Target,
    script_name=st.from_regex(r"[a-z][a-z0-9-]{0,62}", fullmatch=True),
    customer_id=st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True),
    hash=st.binary(max_size=4).map(names.short_hash),
    instances=st.integers(0, 50),
    limits=st.builds(
        Limits, st.none() | st.integers(1, 300_000), st.none() | st.integers(1, 10_000_000)
    ),
)
paths_of_people = st.from_regex(r"(/[a-z]{1,12}){0,3}", fullmatch=True)
tables = st.dictionaries(paths_of_people | st.text(max_size=20), targets, max_size=9)
SHOP = Target("shop", "c1", "4f2a91c0", 2)
BLOG = Target("blog", "c1", "00000000", 0)


def _size(metadata: object) -> int:
    return len(json.dumps(metadata, separators=(",", ":")).encode())


@given(tables)
def test_a_listing_of_the_keys_tells_the_routes(paths: Paths) -> None:
    try:
        entry = host_entry("x.code24.dev", paths)
    except ValueError:
        return
    assert parse_host_metadata(json.loads(json.dumps(entry.metadata))) == paths


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
        path: Target("s" * 63, "c" * 40, "4f2a91c0", 50)
        for path in ("", "/elite/brand", "/elite/design", "/elite/develop")
    }
    assert parse_host_metadata(host_entry("x.code24.dev", paths).metadata) == paths


def test_what_the_dispatcher_reads() -> None:
    long = Target("long-" * 12, "c1", "4f2a91c0", 2)
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
    strict = replace(SHOP, limits=Limits(10, None))
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
