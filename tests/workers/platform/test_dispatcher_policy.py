"""What a platform lets its workers do, as far as the dispatcher holds it: where they are called, their cookies."""

import json

import pytest

from workers.dispatching import HASH, Edge, code_of, route

LIMITS = {"cpuMs": 100}
OWN = ["api.example.com", "*.example.org"]


def outbound(allow: list[str] | None) -> dict[str, object]:
    """The parameters of the outbound Worker."""
    return {"allow": json.dumps(allow, separators=(",", ":"))}


def test_a_worker_without_a_list_is_called_as_ever(edge: Edge) -> None:
    for namespaces in (["DISPATCHER"], ["DISPATCHER", "CONFINED"]):
        edge.given(route(limits=LIMITS), namespaces=namespaces)
        assert edge.ask().status_code == 200
        [call] = edge.seen("calls")
        assert (call["binding"], call["options"]) == ("DISPATCHER", {"limits": LIMITS})


@pytest.mark.parametrize("namespaces", [["DISPATCHER", "CONFINED"], ["CONFINED"]])
@pytest.mark.parametrize("own", [OWN, []])
def test_a_workers_list_goes_to_the_outbound_worker(
    edge: Edge, own: list[str], namespaces: list[str]
) -> None:
    edge.given(route(egress=own, limits=LIMITS), namespaces=namespaces)
    assert edge.ask().status_code == 200
    [call] = edge.seen("calls")
    assert call["binding"] == "CONFINED"
    assert call["options"] == {"limits": LIMITS, "outbound": outbound(own)}


def test_all_workers_are_confined_if_the_platform_says_so(edge: Edge) -> None:
    edge.given(route(), namespaces=["CONFINED"])
    assert edge.ask().status_code == 200
    [call] = edge.seen("calls")
    assert (call["binding"], call["options"]) == ("CONFINED", {"outbound": outbound(None)})


def test_a_confined_worker_is_not_called_without_the_outbound_worker(edge: Edge) -> None:
    edge.given(route(egress=OWN), namespaces=["DISPATCHER"])
    answer = edge.ask()
    assert (answer.status_code, code_of(answer)) == (503, "worker_unavailable")
    assert answer.headers["Code24-Version"] == HASH
    assert edge.seen("calls") == []


def test_a_malformed_list_is_a_clean_answer(edge: Edge) -> None:
    edge.given(route(egress="api.example.com"), namespaces=["DISPATCHER", "CONFINED"])
    assert code_of(edge.ask()) == "bad_routing_entry"


COOKIES = (
    "session=1; Domain=code24.dev; Path=/",
    "plain=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
    "own=3; Domain=customer123.code24.dev",
)


def test_cookies_stay_on_the_workers_host(edge: Edge) -> None:
    edge.given(route())
    answer = edge.ask("/set-cookies", params={"cookie": COOKIES})
    assert answer.headers.get_list("Set-Cookie") == ["session=1; Path=/", *COOKIES[1:]]
    assert answer.text == "ok"


def test_cookies_go_to_the_parent_domain_if_the_platform_allows_it(edge: Edge) -> None:
    edge.given(route(), parentDomainCookies="allow")
    answer = edge.ask("/set-cookies", params={"cookie": COOKIES})
    assert answer.headers.get_list("Set-Cookie") == list(COOKIES)
