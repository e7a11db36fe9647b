"""How the dispatcher finds the entry of a host: wildcards, and what a lookup costs at most."""

import json
from typing import Any

import pytest

from workers.dispatching import HASH, Edge, code_of, route, scripts_of


def given(edge: Edge, entries: dict[str, Any], **state: Any) -> None:
    """Publish the routes of several hosts."""
    names = [r["script"] for routes in entries.values() for r in routes]
    edge.given(
        entries={f"host:{host}": json.dumps({"v": 1, "routes": r}) for host, r in entries.items()},
        scripts=[script for name in names for script in scripts_of(name, 1)],
        **state,
    )


def keys(edge: Edge) -> list[Any]:
    return [read["key"] for read in edge.seen("reads")]


@pytest.mark.parametrize(
    ("host", "path", "name"),
    [
        ("a.example.com", "/", "exact"),
        ("b.example.com", "/", "wide"),
        ("b.shop.example.com", "/", "shop"),
        ("c.b.shop.example.com", "/", "shop"),
        ("c.b.shop.example.com", "/blog/1", "blog"),
        ("a.example.com", "/blog", "exact"),
        ("d.example.com", "/blog", "wide"),
        ("only.example.com", "/api/1", "api"),
        ("only.example.com", "/", "wide"),
    ],
)
def test_the_closest_entry_with_a_route_for_the_path_wins(
    edge: Edge, host: str, path: str, name: str
) -> None:
    given(
        edge,
        {
            "a.example.com": [route("", "exact")],
            "only.example.com": [route("/api", "api")],
            "*.shop.example.com": [route("", "shop"), route("/blog", "blog")],
            "*.example.com": [route("", "wide")],
        },
    )
    assert edge.ask(path, host=host).status_code == 200
    assert [call["name"] for call in edge.seen("calls")] == [f"{name}--{HASH}--0"]


@pytest.mark.parametrize(
    ("host", "path", "code"),
    [
        ("example.com", "/", "unknown_host"),
        ("x.example.com", "/other", "no_route"),
        ("own.example.com", "/other", "no_route"),
        ("own.elsewhere.org", "/other", "no_route"),
    ],
)
def test_what_no_entry_has_a_route_for(edge: Edge, host: str, path: str, code: str) -> None:
    given(
        edge,
        {
            "*.example.com": [route("/a")],
            "own.example.com": [route("/b")],
            "own.elsewhere.org": [route("/b")],
        },
    )
    assert code_of(edge.ask(path, host=host)) == code


@pytest.mark.parametrize("broken", ["a.example.com", "*.example.com"])
def test_a_malformed_entry_hides_no_other(edge: Edge, broken: str) -> None:
    """It may have held a route for the path."""
    entries = {f"host:{broken}": "5", "host:*.com": json.dumps({"routes": [route()]})}
    edge.given(entries=entries, scripts=scripts_of("shop", 1))
    assert code_of(edge.ask(host="a.example.com")) == "bad_routing_entry"
    assert edge.seen("calls") == []


def test_a_host_with_an_entry_costs_one_read(edge: Edge) -> None:
    given(edge, {"a.b.c.d.example.com": [route()]})
    assert edge.ask(host="a.b.c.d.example.com").status_code == 200
    assert keys(edge) == ["host:a.b.c.d.example.com"]


def test_all_wildcards_are_one_read(edge: Edge) -> None:
    given(edge, {"*.example.com": [route()]})
    assert edge.ask(host="a.b.c.example.com").status_code == 200
    own, wildcards = edge.seen("reads")
    assert own["key"] == "host:a.b.c.example.com"
    assert wildcards["key"] == [
        "host:*.b.c.example.com",
        "host:*.c.example.com",
        "host:*.example.com",
    ]
    assert wildcards["options"] == {"type": "json", "cacheTtl": 30}


def test_the_longest_host_that_can_be_claimed_costs_two_reads(edge: Edge) -> None:
    given(edge, {"*.example.com": [route()]})
    assert edge.ask(host=f"{'a.' * 8}example.com").status_code == 200
    assert len(keys(edge)) == 2


@pytest.mark.parametrize(
    "host",
    [
        f"{'a.' * 118}example.com",
        f"{'a.' * 9}example.com",
        f"{'a' * 64}.example.com",
        ".".join(["a" * 60] * 5),
        "a..example.com",
        ".example.com",
        "localhost",
        "[::1]",
    ],
)
def test_a_host_that_nobody_can_claim_costs_none(edge: Edge, host: str) -> None:
    given(edge, {"*.example.com": [route()]})
    answer = edge.ask(host=host)
    assert (answer.status_code, code_of(answer)) == (404, "unknown_host")
    assert keys(edge) == []


def test_failing_kv_is_read_once_more_for_wildcards_too(edge: Edge) -> None:
    given(edge, {"*.example.com": [route()]}, kvFailures=1)
    assert edge.ask(host="a.example.com").status_code == 200
    given(edge, {"*.example.com": [route()]}, kvFailures=2)
    assert code_of(edge.ask(host="a.example.com")) == "routing_unavailable"
