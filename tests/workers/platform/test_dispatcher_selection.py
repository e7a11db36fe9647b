"""The operator's own requests, on a real workerd: only a signed header selects an instance or a version."""

import time
from collections import Counter
from collections.abc import Mapping

import pytest

from workers.dispatching import HASH, HOST, SELECTOR, Edge, code_of, route, scripts_of, selected
from workers_operator.domain.health.selection import ProbeSigner


def forgeries() -> Mapping[str, str]:
    """Made in each test: one that has expired meanwhile would be refused for that alone."""
    now = time.time()
    one = SELECTOR.select(HOST, 1, now)
    version, instance, expiry, signature = one.split(".")
    return {
        "unsigned, as it once was": "1",
        "no signature": f"{version}.{instance}.{expiry}.",
        "a signature of zeros": f"{version}.{instance}.{expiry}.{'0' * len(signature)}",
        "another key": ProbeSigner.of(b"mine").select(HOST, 1, now),
        "another host": SELECTOR.select("other.code24.dev", 1, now),
        "another instance": one.replace("-.1.", "-.2."),
        "another version": one.replace("-.1.", f"{HASH}.1."),
        "a later expiry": f"{version}.{instance}.{int(expiry) + 600}.{signature}",
        "expired": SELECTOR.select(HOST, 1, now - 1300),
        "a clock a day ahead": SELECTOR.select(HOST, 1, now + 86_400),
        "one digit more": f"{one}0",
        "upper case": one.upper(),
        "empty": "",
    }


def test_a_signed_header_picks_the_instance_and_is_not_passed_on(edge: Edge) -> None:
    edge.given(route(instances=3))
    for wanted in (0, 2, 1):
        answer = edge.ask(headers=selected(wanted))
        assert answer.headers["Code24-Instance"] == str(wanted)
        assert answer.headers["Code24-Version"] == HASH
        assert "code24-instance" not in answer.json()["headers"]


@pytest.mark.parametrize("forgery", forgeries())
def test_what_the_operator_has_not_signed_selects_nothing(edge: Edge, forgery: str) -> None:
    edge.given(route(instances=1), scripts=scripts_of("shop", 3))
    answer = edge.ask(headers={"Code24-Instance": forgeries()[forgery]})
    assert (answer.status_code, answer.headers["Code24-Instance"]) == (200, "0")
    assert "code24-instance" not in answer.json()["headers"]
    assert len(edge.seen("points")) == 1


@pytest.mark.parametrize("ahead", [-600, 600])
def test_clocks_may_differ_by_ten_minutes(edge: Edge, ahead: float) -> None:
    edge.given(route(instances=3))
    assert edge.ask(headers=selected(2, ahead=ahead)).headers["Code24-Instance"] == "2"


def test_a_version_that_does_not_serve_can_be_selected(edge: Edge) -> None:
    other = "0123abcd"
    edge.given(route(instances=1), scripts=[f"shop--{other}--4"])
    answer = edge.ask(headers=selected(4, version=other))
    assert (answer.status_code, answer.headers["Code24-Version"]) == (200, other)
    assert answer.headers["Code24-Instance"] == "4"
    assert code_of(edge.ask()) == "worker_unavailable"


def test_the_operators_requests_are_no_visitors(edge: Edge) -> None:
    edge.given(route(instances=2))
    edge.ask(headers=selected(1))
    edge.ask("/throw", headers=selected(1))
    assert edge.seen("points") == []
    edge.ask()
    assert len(edge.seen("points")) == 1


def test_an_instance_that_is_out_gets_no_requests(edge: Edge) -> None:
    entry = route(instances=4)
    entry["stable"]["out"] = [1, 3]
    edge.given(entry)
    told = Counter(edge.ask().headers["Code24-Instance"] for _ in range(100))
    assert set(told) == {"0", "2"}
    assert min(told.values()) >= 20
    assert edge.ask(headers=selected(3)).headers["Code24-Instance"] == "3"


def test_a_missing_instance_is_not_replaced_by_one_that_is_out(edge: Edge) -> None:
    entry = route(instances=3)
    entry["stable"]["out"] = [2]
    edge.given(entry, scripts=scripts_of("shop", 1))
    for _ in range(20):
        assert edge.ask().headers["Code24-Instance"] == "0"
    assert not any(call["name"].endswith("--2") for call in edge.seen("calls"))


@pytest.mark.parametrize("out", [[0, 1], "x", None, [], [7], {}, [None]])
def test_what_cannot_be_leaves_all_instances_in(edge: Edge, out: object) -> None:
    entry = route(instances=2)
    entry["stable"]["out"] = out
    edge.given(entry)
    assert {edge.ask().headers["Code24-Instance"] for _ in range(60)} == {"0", "1"}
