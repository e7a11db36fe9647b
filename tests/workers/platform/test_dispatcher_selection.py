"""The operator's own requests, on a real workerd: only a signed header selects an instance or a version."""

import time
from collections.abc import Mapping

import pytest

from workers.dispatching import HASH, HOST, SELECTOR, Edge, code_of, route, scripts_of, selected
from workers_operator.domain.health.selection import Selector

ONE = SELECTOR.select(HOST, 1, time.time())
FORGED: Mapping[str, str] = {
    "unsigned, as it once was": "1",
    "no signature": "-.1.1800000000.",
    "another key": Selector.of(b"mine").select(HOST, 1, time.time()),
    "another host": SELECTOR.select("other.code24.dev", 1, time.time()),
    "another instance": ONE.replace("-.1.", "-.2."),
    "another version": ONE.replace("-.1.", f"{HASH}.1."),
    "a later expiry": ".".join(
        [*ONE.split(".")[:2], str(int(time.time()) + 3000), ONE.split(".")[3]]
    ),
    "expired": SELECTOR.select(HOST, 1, time.time() - 1300),
    "a clock a day ahead": SELECTOR.select(HOST, 1, time.time() + 86_400),
    "one digit more": f"{ONE}0",
    "upper case": ONE.upper(),
    "empty": "",
}


def test_a_signed_header_picks_the_instance_and_is_not_passed_on(edge: Edge) -> None:
    edge.given(route(instances=3))
    for wanted in (0, 2, 1):
        answer = edge.ask(headers=selected(wanted))
        assert answer.headers["Code24-Instance"] == str(wanted)
        assert answer.headers["Code24-Version"] == HASH
        assert "code24-instance" not in answer.json()["headers"]


@pytest.mark.parametrize("forgery", FORGED)
def test_what_the_operator_has_not_signed_selects_nothing(edge: Edge, forgery: str) -> None:
    edge.given(route(instances=1), scripts=scripts_of("shop", 3))
    answer = edge.ask(headers={"Code24-Instance": FORGED[forgery]})
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
