"""The platform dispatcher on a real workerd: what workers get and answer, and workers that fail."""

import base64
import os
import socket

import pytest

from workers.dispatching import HASH, HOST, Edge, code_of, route, scripts_of, selected
from workers.workerd import PROTO_HEADER

# ---- what goes to the worker, what comes back


def test_the_worker_gets_the_request_as_it_came(edge: Edge) -> None:
    edge.given(route())
    got = edge.ask(
        "/a%20b?c=d&c=e", "PUT", headers={"X-Mine": "1", PROTO_HEADER: "https"}, content=b"body"
    ).json()
    assert got["url"] == f"https://{HOST}/a%20b?c=d&c=e"
    assert (got["method"], got["body"], got["redirect"]) == ("PUT", "body", "manual")
    assert got["headers"]["x-mine"] == "1"


def test_a_large_body_streams_through(edge: Edge) -> None:
    edge.given(route(instances=2))
    body = os.urandom(3_000_000)
    assert edge.ask("/mirror", "POST", content=body).content == body
    assert edge.ask("/mirror", "POST", content=iter([body[:100], body[100:]])).content == body


def test_a_workers_redirect_reaches_the_visitor(edge: Edge) -> None:
    edge.given(route())
    answer = edge.ask("/redirect")
    assert (answer.status_code, answer.headers["Location"]) == (302, "https://elsewhere.example/")
    assert answer.headers["Code24-Version"] == HASH


@pytest.mark.parametrize(("path", "status"), [("/no-content", 204), ("/not-modified", 304)])
def test_statuses_without_a_body(edge: Edge, path: str, status: int) -> None:
    edge.given(route())
    answer = edge.ask(path)
    assert (answer.status_code, answer.content) == (status, b"")
    assert answer.headers["Code24-Version"] == HASH


def test_every_cookie_arrives(edge: Edge) -> None:
    edge.given(route())
    cookies = edge.ask("/cookies").headers.get_list("Set-Cookie")
    assert cookies == ["a=1; Path=/", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT"]


def test_a_compressed_response_arrives_compressed_once(edge: Edge) -> None:
    edge.given(route())
    answer = edge.ask("/compressed")
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.text == "squeeze " * 1000


def test_an_error_status_of_the_worker_is_its_own(edge: Edge) -> None:
    edge.given(route())
    answer = edge.ask("/teapot")
    assert (answer.status_code, answer.text) == (418, "short and stout")
    assert "Code24-Error" not in answer.headers
    assert answer.headers["Code24-Version"] == HASH


def test_head(edge: Edge) -> None:
    edge.given(route())
    assert edge.ask("/", "HEAD").status_code == 200
    missing = edge.ask("/", "HEAD", host="nobody.code24.dev")
    assert (missing.status_code, missing.content) == (404, b"")
    assert missing.headers["Code24-Error"] == "unknown_host"


def test_websocket(edge: Edge) -> None:
    edge.given(route())
    key = base64.b64encode(os.urandom(16)).decode()
    with socket.create_connection(("127.0.0.1", edge.port), timeout=10) as connection:
        connection.sendall(
            f"GET /socket HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        with connection.makefile("rb") as reader:
            assert b"101" in reader.readline()
            headers = b"".join(iter(reader.readline, b"\r\n"))
            assert b"code24" not in headers.lower()  # the upgrade is left untouched
            connection.sendall(b"\x81\x82\x00\x00\x00\x00hi")  # a text frame, masked by zeros
            assert reader.read(9) == b"\x81\x07echo hi"


# ---- workers that fail


@pytest.mark.parametrize("path", ["/throw", "/throw-text", "/throw-nothing"])
def test_a_worker_that_throws(edge: Edge, path: str) -> None:
    edge.given(route(instances=2))
    answer = edge.ask(path)
    assert (answer.status_code, code_of(answer)) == (500, "worker_exception")
    assert answer.headers["Code24-Version"] == HASH
    assert answer.headers["Code24-Instance"] in {"0", "1"}
    assert "secret" not in answer.text
    assert len(edge.seen("calls")) == 1  # it ran: asking another instance would run it twice
    assert edge.ask("/").status_code == 200


@pytest.mark.parametrize("path", ["/cpu", "/memory", "/subrequests"])
def test_a_worker_above_its_limits(edge: Edge, path: str) -> None:
    edge.given(route())
    answer = edge.ask(path)
    assert (answer.status_code, code_of(answer)) == (503, "worker_limit_exceeded")


@pytest.mark.parametrize("thrower", ["get", "fetch"])
def test_a_missing_instance_is_replaced_by_another(edge: Edge, thrower: str) -> None:
    edge.given(route(instances=2), scripts=scripts_of("shop", 1), missingThrownBy=thrower)
    for _ in range(20):
        answer = edge.ask()
        assert (answer.status_code, answer.headers["Code24-Instance"]) == (200, "0")
    names = [call["name"] for call in edge.seen("calls")]
    assert f"shop--{HASH}--1" in names
    assert names.count(f"shop--{HASH}--0") == 20


def test_another_instance_is_asked_once_only(edge: Edge) -> None:
    edge.given(route(instances=5), scripts=[])
    answer = edge.ask()
    assert (answer.status_code, code_of(answer)) == (503, "worker_unavailable")
    first, second = (call["name"] for call in edge.seen("calls"))
    assert first != second


def test_a_missing_single_instance(edge: Edge) -> None:
    edge.given(route(), scripts=[])
    answer = edge.ask()
    assert (answer.status_code, code_of(answer)) == (503, "worker_unavailable")
    assert answer.headers["Code24-Version"] == HASH
    assert len(edge.seen("calls")) == 1


def test_an_instance_asked_for_is_not_replaced(edge: Edge) -> None:
    edge.given(route(instances=2), scripts=scripts_of("shop", 1))
    answer = edge.ask(headers=selected(1))
    assert code_of(answer) == "worker_unavailable"
    assert answer.headers["Code24-Instance"] == "1"


def test_an_unread_body_goes_to_the_other_instance(edge: Edge) -> None:
    edge.given(route(instances=2), scripts=scripts_of("shop", 1), missingThrownBy="get")
    for _ in range(10):
        assert edge.ask("/", "POST", content=b"order 7").json()["body"] == "order 7"
