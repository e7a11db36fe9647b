"""The platform dispatcher on a real workerd: routes, instances, its own pages, analytics."""

import json
from collections import Counter
from typing import Any

import pytest

from workers.dispatching import HASH, HOST, Edge, code_of, route, scripts_of

# ---- routing


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/", "shop"),
        ("/elite", "shop"),
        ("/elite/brand", "brand"),
        ("/elite/brand/", "brand"),
        ("/elite/brand/x/y", "brand"),
        ("/elite/brand?x=/elite/brand/deep", "brand"),
        ("/elite/brandy", "shop"),
        ("/elite/brand/deep", "deep"),
        ("/elite/brand/deep/er", "deep"),
        ("/ELITE/brand", "shop"),
    ],
)
def test_the_longest_path_on_a_segment_boundary_wins(edge: Edge, path: str, name: str) -> None:
    edge.given(
        route("/elite/brand", "brand"), route("", "shop"), route("/elite/brand/deep/", "deep")
    )
    assert edge.ask(path).status_code == 200
    assert [call["name"] for call in edge.seen("calls")] == [f"{name}--{HASH}--0"]


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/hello/*", "/%68ello/x"),
        ("/hello/*", "//hello/x"),
        ("/hello/*", "/a/..//hello//x"),
        ("/%C3%BC/*", "/%c3%bc/x"),
        ("/a%2Fb*", "/a%2fb"),
        ("=/a%5Eb", "/a^b"),
        ("/files[1]/*", "/files[1]/x"),
        ("=/hello", "/%68ello"),
    ],
)
def test_a_request_has_the_form_of_a_pattern(edge: Edge, path: str, asked: str) -> None:
    edge.given(route(path))
    assert edge.ask_raw(asked) == 200


@pytest.mark.parametrize(
    ("path", "asked", "status"),
    [
        ("=/api", "/api", 200),
        ("=/api", "/api?", 200),
        ("=/api", "/api?x=1", 404),
        ("/api*", "/api?x=1", 200),
        ("/api", "/api?x=1", 200),
    ],
)
def test_an_exact_path_matches_no_query(edge: Edge, path: str, asked: str, status: int) -> None:
    edge.given(route(path))
    assert edge.ask(asked).status_code == status


def test_hostname_is_looked_up_in_lower_case_without_port_and_final_dot(edge: Edge) -> None:
    edge.given(route())
    for host in (HOST.upper(), f"{HOST}:8788", f"{HOST}."):
        assert edge.ask(host=host).status_code == 200
    assert {read["key"] for read in edge.seen("reads")} == {f"host:{HOST}"}


def test_routing_entry_is_read_as_json_with_the_shortest_cache_time(edge: Edge) -> None:
    edge.given(route())
    edge.ask()
    assert edge.seen("reads")[0]["options"] == {"type": "json", "cacheTtl": 30}


def test_unknown_host(edge: Edge) -> None:
    edge.given(route())
    answer = edge.ask(host="nobody.code24.dev")
    assert (answer.status_code, code_of(answer)) == (404, "unknown_host")
    assert "Code24-Version" not in answer.headers


def test_no_route_under_the_path(edge: Edge) -> None:
    edge.given(route("/elite/brand", "brand"))
    answer = edge.ask("/other")
    assert (answer.status_code, code_of(answer)) == (404, "no_route")


@pytest.mark.parametrize(
    "raw",
    [
        "{not json",
        "5",
        '"text"',
        "{}",
        '{"routes": {}}',
        '{"routes": [{"path": ""}]}',
        json.dumps({"routes": [route() | {"stable": {"hash": HASH}}]}),
        json.dumps({"routes": [route(instances=-1)]}),
        json.dumps({"routes": [route() | {"stable": None}]}),
        json.dumps({"routes": [route() | {"script": None}]}),
    ],
)
def test_malformed_entry_is_a_clean_answer(edge: Edge, raw: str) -> None:
    edge.given_entry(raw)
    answer = edge.ask()
    assert (answer.status_code, code_of(answer)) == (500, "bad_routing_entry")


def test_one_malformed_route_does_not_harm_the_others(edge: Edge) -> None:
    edge.given_entry(json.dumps({"routes": [None, 7, {"path": 3}, route("/a", instances=0)]}))
    assert code_of(edge.ask("/a")) == "parked"


def test_failing_kv_is_read_once_more(edge: Edge) -> None:
    edge.given(route(), kvFailures=1)
    assert edge.ask().status_code == 200


def test_kv_that_stays_away_is_a_clean_answer(edge: Edge) -> None:
    edge.given(route(), kvFailures=2)
    answer = edge.ask()
    assert (answer.status_code, code_of(answer)) == (503, "routing_unavailable")
    assert answer.headers["Retry-After"] == "5"


# ---- instances


def test_requests_are_spread_over_all_instances(edge: Edge) -> None:
    edge.given(route(instances=4))
    told = Counter(edge.ask().headers["Code24-Instance"] for _ in range(200))
    asked = Counter(call["name"].rsplit("--")[-1] for call in edge.seen("calls"))
    assert set(told) == {"0", "1", "2", "3"}
    assert told == asked
    assert min(told.values()) >= 20  # 50 expected: less than 20 happens once in ten million runs


def test_limits_are_passed_to_the_namespace(edge: Edge) -> None:
    limits = {"cpuMs": 100, "subRequests": 50}
    edge.given(route("/limited", limits=limits), route(""))
    edge.ask("/limited")
    edge.ask("/")
    assert [call["args"] for call in edge.seen("calls")] == [{}, {}]
    assert [call["options"] for call in edge.seen("calls")] == [{"limits": limits}, {}]


def test_parked_worker(edge: Edge) -> None:
    edge.given(route(instances=0))
    answer = edge.ask()
    assert (answer.status_code, code_of(answer)) == (503, "parked")
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Code24-Version"] == HASH
    assert "Code24-Instance" not in answer.headers


# ---- pages


def test_browsers_get_a_page(edge: Edge) -> None:
    edge.given(route(instances=0))
    answer = edge.ask(headers={"Accept": "text/html,application/xhtml+xml;q=0.9"})
    assert answer.status_code == 503
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Code24-Error"] == "parked"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "<h1>This site is paused</h1>" in answer.text
    assert HOST in answer.text


def test_a_page_holds_nothing_of_the_visitors_making(edge: Edge) -> None:
    edge.given(route("/here"))
    answer = edge.ask(
        "/<script>alert(1)</script>", host="x'&y.code24.dev", headers={"Accept": "text/html"}
    )
    assert answer.status_code == 404
    assert "<script" not in answer.text
    assert "x'" not in answer.text
    assert "x&#39;&#38;y.code24.dev" in answer.text


# ---- analytics


def test_one_data_point_for_each_request(edge: Edge) -> None:
    edge.given(route(), route("/off", "parked", instances=0))
    edge.ask("/", "POST")
    edge.ask("/teapot")
    edge.ask("/throw")
    edge.ask("/cpu")
    edge.ask("/off")
    edge.ask(host="nobody.code24.dev")
    points = edge.seen("points")
    expected = [
        ("shop", HASH, "ok", "POST", "2xx", "c1", 200, 0),
        ("shop", HASH, "ok", "GET", "4xx", "c1", 418, 0),
        ("shop", HASH, "exception", "GET", "5xx", "c1", 500, 0),
        ("shop", HASH, "limit", "GET", "5xx", "c1", 503, 0),
        ("parked", HASH, "parked", "GET", "5xx", "c1", 503, -1),
        ("", "", "unknown_host", "GET", "4xx", "", 404, -1),
    ]
    for point, (name, version, outcome, method, status_class, customer, status, instance) in zip(
        points, expected, strict=True
    ):
        host = HOST if name else "nobody.code24.dev"
        assert point["indexes"] == [name]
        assert point["blobs"] == [
            host, name, version, outcome, method, status_class, "test", customer,
        ]  # fmt: skip
        duration = point["doubles"][1]
        assert point["doubles"] == [status, duration, instance]
        assert 0 <= duration < 5000


@pytest.mark.parametrize(
    ("routes", "path", "outcome"),
    [
        ([route()], "/", "not_found"),
        ([route("/a")], "/b", "no_route"),
        ([{"path": ""} | {"script": "x", "stable": {"instances": 1}}], "/", "routing_error"),
    ],
)
def test_outcomes_of_what_could_not_be_asked(
    edge: Edge, routes: list[Any], path: str, outcome: str
) -> None:
    edge.given(*routes, scripts=[])
    edge.ask(path)
    assert [point["blobs"][3] for point in edge.seen("points")] == [outcome]


def test_a_long_worker_name_is_cut_to_the_bytes_of_an_index(edge: Edge) -> None:
    name = "ä" * 60
    edge.given(route(name=name, script="shop"), scripts=scripts_of("shop", 1))
    assert edge.ask().status_code == 200
    [point] = edge.seen("points")
    assert point["indexes"] == ["ä" * 48]
    assert point["blobs"][1] == name


def test_failing_analytics_never_matter(edge: Edge) -> None:
    edge.given(route(), analytics="broken")
    assert edge.ask().status_code == 200
