"""A new version beside the one that serves, on a real workerd: who gets which, and what a missing one costs."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from workers.dispatching import HASH, Edge, code_of, route, scripts_of, selected

NEW = "cd34ab12"
KEY = "Cloudflare-Workers-Version-Key"
PAGE = {"Accept": "text/html"}


def rolling(weight: float, instances: int = 1, **canary: Any) -> dict[str, Any]:
    entry = route(instances=instances)
    return entry | {"canary": {"hash": NEW, "instances": instances, "weight": weight} | canary}


def given(edge: Edge, weight: float, instances: int = 1, scripts: list[str] | None = None) -> None:
    there = [f"shop--{version}--{i}" for version in (HASH, NEW) for i in range(instances)]
    edge.given(rolling(weight, instances), scripts=there if scripts is None else scripts)


def version_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200
    return answer.headers["Code24-Version"]


def cookies_of(answer: httpx.Response) -> list[str]:
    return [c for c in answer.headers.get_list("Set-Cookie") if c.startswith("Code24-Rollout-")]


def keys(count: int) -> Iterator[dict[str, str]]:
    return ({KEY: f"client-{number}"} for number in range(count))


def test_no_request_goes_to_a_version_without_a_share(edge: Edge) -> None:
    given(edge, 0)
    assert {version_of(edge.ask()) for _ in range(50)} == {HASH}


def test_the_share_is_kept(edge: Edge) -> None:
    given(edge, 10)
    got = Counter(version_of(edge.ask(headers=headers)) for headers in keys(2000))
    assert 0.08 < got[NEW] / 2000 < 0.12


def test_random_clients_are_shared_out_as_well(edge: Edge) -> None:
    given(edge, 50)
    got = Counter(version_of(edge.ask()) for _ in range(400))
    assert 0.4 < got[NEW] / 400 < 0.6


def test_who_has_a_key_stays_where_it_is_and_only_ever_moves_to_the_new_version(edge: Edge) -> None:
    seen: dict[str, list[str]] = {}
    for weight in (5, 20, 60, 99):
        given(edge, weight)
        for headers in keys(100):
            first, again = (version_of(edge.ask(headers=headers)) for _ in range(2))
            assert first == again
            seen.setdefault(headers[KEY], []).append(first)
    for versions in seen.values():
        assert versions == sorted(versions, key=(HASH, NEW).index)
    assert sum(versions[-1] == NEW for versions in seen.values()) > 90
    assert sum(versions[0] == NEW for versions in seen.values()) < 20


def test_others_are_first_with_the_next_version(edge: Edge) -> None:
    first = {}
    for new in (NEW, "0badcafe"):
        scripts = [*scripts_of("shop", 1), f"shop--{new}--0"]
        edge.given(rolling(30, hash=new), scripts=scripts)
        first[new] = {h[KEY] for h in keys(200) if version_of(edge.ask(headers=h)) == new}
    these, others = first.values()
    assert len(these & others) < 0.6 * min(len(these), len(others))


def test_a_browser_keeps_its_place_by_a_cookie(edge: Edge) -> None:
    given(edge, 50)
    for _ in range(20):
        page = edge.ask(headers=PAGE)
        [cookie] = cookies_of(page)
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Path=/" in cookie
        back = {"Cookie": f"a=1; {cookie.partition(';')[0]}; b=2"}
        for headers in (back, back | PAGE):
            again = edge.ask(headers=headers)
            assert version_of(again) == version_of(page)
            assert cookies_of(again) == []


@pytest.mark.parametrize("place", ["", "x", "-1", "10000", "1e3", "99999"])
def test_a_forged_cookie_is_drawn_anew(edge: Edge, place: str) -> None:
    given(edge, 50)
    answer = edge.ask(headers=PAGE | {"Cookie": f"Code24-Rollout-{NEW}={place}"})
    assert len(cookies_of(answer)) == 1


def test_nobody_else_gets_a_cookie(edge: Edge) -> None:
    given(edge, 50)
    assert cookies_of(edge.ask()) == []  # no browser
    assert cookies_of(edge.ask(headers=PAGE | {KEY: "a"})) == []
    assert cookies_of(edge.ask(headers=PAGE | selected(0))) == []
    edge.given(route())
    assert cookies_of(edge.ask(headers=PAGE)) == []


def test_instances_of_both_versions_get_requests(edge: Edge) -> None:
    given(edge, 50, instances=3)
    for _ in range(200):
        assert edge.ask().status_code == 200
    called = {call["name"] for call in edge.seen("calls")}
    assert called == {f"shop--{version}--{i}" for version in (HASH, NEW) for i in range(3)}


def test_data_points_tell_the_versions_apart(edge: Edge) -> None:
    given(edge, 50)
    got = Counter(version_of(edge.ask()) for _ in range(60))
    told = Counter(point["blobs"][2] for point in edge.seen("points"))
    assert told == got


def test_a_missing_new_version_costs_nobody_an_answer(edge: Edge) -> None:
    given(edge, 99, instances=2, scripts=scripts_of("shop", 2))
    for headers in keys(60):
        answer = edge.ask(headers=headers)
        assert version_of(answer) == HASH
        assert answer.headers["Code24-Instance"] in ("0", "1")
    given(edge, 99, scripts=scripts_of("shop", 1))
    assert version_of(edge.ask(method="POST", content=b"x")) == HASH


def test_a_new_version_that_throws_says_so_under_its_own_name(edge: Edge) -> None:
    given(edge, 99)
    thrown = next(a for h in keys(50) if (a := edge.ask("/throw", headers=h)).status_code == 500)
    assert code_of(thrown) == "worker_exception"
    assert thrown.headers["Code24-Version"] in (HASH, NEW)
    versions = {p["blobs"][2] for p in edge.seen("points") if p["blobs"][3] == "exception"}
    assert thrown.headers["Code24-Version"] in versions


def test_the_operator_selects_either(edge: Edge) -> None:
    given(edge, 50)
    for _ in range(10):
        assert version_of(edge.ask(headers=selected(0))) == HASH
        assert version_of(edge.ask(headers=selected(0, version=NEW))) == NEW


@pytest.mark.parametrize(
    "canary",
    [None, "soon", {"weight": 50}, {"hash": NEW, "instances": 0, "weight": 50},
     {"hash": NEW, "instances": 1}, {"hash": NEW, "instances": 1, "weight": "50"}],
)  # fmt: skip
def test_a_malformed_canary_is_none(edge: Edge, canary: Any) -> None:
    edge.given(route(canary=canary), scripts=[*scripts_of("shop", 1), f"shop--{NEW}--0"])
    assert {version_of(edge.ask()) for _ in range(20)} == {HASH}
