"""One call: what goes out, what comes back as a result, and which error says how a failure is to be handled."""

import asyncio
import base64
import gzip
import json
import logging
import math
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from support.calls import ACCOUNT, TOKEN, Wire, api, ok, refusal
from support.clock import ManualClock
from workers_operator.cloudflare.api import Answer
from workers_operator.cloudflare.errors import (
    CloudflareError,
    Denied,
    NotFound,
    OutcomeUnknown,
    Rejected,
    ScriptRejected,
    ServerError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from workers_operator.cloudflare.pacing.budget import Budget
from workers_operator.domain.errors import RateLimited, Stalled, Transient, Waiting
from workers_operator.engine.gate import ChangeGate
from workers_operator.engine.priority import Priority

ENDPOINT = "/accounts/{account}/things/{name}"


async def call(wire: Wire, **options: Any) -> Answer:
    """One call at the near end of the wire."""
    options = {"method": "GET", "endpoint": ENDPOINT, "path": {"name": "a"}} | options
    client = api(wire, budget=options.pop("budget", None), token=options.pop("token", TOKEN))
    return await client.call(priority=Priority.EDIT, **options)


async def failure(handler: Callable[[httpx.Request], httpx.Response]) -> CloudflareError:
    """The error that a call ends with."""
    with pytest.raises(CloudflareError) as caught:
        await call(Wire(handler))
    return caught.value


def breaks(error: type[httpx.TransportError]) -> Callable[[httpx.Request], httpx.Response]:
    def handler(request: httpx.Request) -> httpx.Response:
        raise error("it broke", request=request)

    return handler


async def test_a_call_carries_token_query_and_body() -> None:
    wire = Wire(lambda _: ok({"id": 1}, cursor="next"))
    answer = await call(wire, method="POST", query={"limit": 5, "cursor": "x y"}, body={"a": [1]})
    assert answer == Answer({"id": 1}, "next")
    (request,) = wire.requests
    base, _, _ = str(request.url).partition("?")
    assert base == f"https://api.cloudflare.com/client/v4/accounts/{ACCOUNT}/things/a"
    assert dict(request.url.params) == {"limit": "5", "cursor": "x y"}
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert json.loads(request.content) == {"a": [1]}


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("{account}", "%7Baccount%7D"),
        ("ü%", "%C3%BC%25"),
    ],
)
async def test_keys_are_escaped_in_paths(key: str, raw: str) -> None:
    wire = Wire(lambda _: ok())
    await call(wire, endpoint="/accounts/{account}/things/{key}", path={"key": key})
    assert wire.requests[0].url.raw_path.decode() == f"/client/v4/accounts/{ACCOUNT}/things/{raw}"


@pytest.mark.parametrize("answer", ["[" * 5000, '{"success": true, "result": ' + "[" * 5000])
async def test_an_answer_that_is_nested_too_deeply_is_none(answer: str) -> None:
    error = await failure(lambda _: httpx.Response(200, text=answer))
    assert isinstance(error, ServerError)


async def test_metrics_hear_of_the_endpoint_and_never_of_names() -> None:
    wire = Wire(lambda request: ok() if request.method == "GET" else refusal(404, 10007))
    await call(wire, path={"name": "customer-123"})
    with pytest.raises(NotFound) as error:
        await call(wire, method="DELETE", path={"name": "customer-123"})
    assert wire.told == [(f"GET {ENDPOINT}", "200"), (f"DELETE {ENDPOINT}", "404")]
    assert "customer-123" not in str(error.value)


@pytest.mark.parametrize("url", ["http://h:80:80", "http://h\n", "http://" + "a" * 70_000])
async def test_an_address_that_is_no_url_says_so(url: str) -> None:
    with pytest.raises(Rejected) as error:
        api(Wire(lambda _: ok()), base_url=url)
    assert error.value.reason == "InvalidSpec"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
async def test_nothing_is_changed_while_the_gate_is_closed(method: str) -> None:
    wire, gate = Wire(lambda _: ok()), ChangeGate(ManualClock())
    client = api(wire, gate=gate)
    with pytest.raises(Unreachable):
        await client.call(method, ENDPOINT, path={"name": "a"}, priority=Priority.EDIT)
    assert wire.requests == []
    await client.call("GET", ENDPOINT, path={"name": "a"}, priority=Priority.EDIT)
    gate.open_until(math.inf)
    await client.call(method, ENDPOINT, path={"name": "a"}, priority=Priority.EDIT)
    assert [r.method for r in wire.requests] == ["GET", method]


@pytest.mark.parametrize("status", [204, 205])
async def test_no_content_is_a_success(status: int) -> None:
    assert await call(Wire(lambda _: httpx.Response(status))) == Answer(None, "")


@dataclass(frozen=True)
class Case:
    answer: Callable[[], httpx.Response]
    error: type[CloudflareError]
    handling: type[Exception]
    reason: str
    code: int = 0


ANSWERS = {
    "429": Case(lambda: refusal(429, 971), TooManyRequests, RateLimited, "RateLimited", 971),
    "429 of a proxy": Case(
        lambda: httpx.Response(429, text="slow down"), TooManyRequests, RateLimited, "RateLimited"
    ),
    "401": Case(lambda: refusal(401, 1000), Unauthorized, Waiting, "CredentialsRejected", 1000),
    "401 without error": Case(
        lambda: refusal(401, None), Unauthorized, Waiting, "CredentialsRejected"
    ),
    "403 10000": Case(
        lambda: refusal(403, 10000), Unauthorized, Waiting, "CredentialsRejected", 10000
    ),
    "403 9109": Case(
        lambda: refusal(403, 9109), Unauthorized, Waiting, "CredentialsRejected", 9109
    ),
    "400 6003": Case(
        lambda: refusal(400, 6003), Unauthorized, Waiting, "CredentialsRejected", 6003
    ),
    "403 other": Case(lambda: refusal(403, 10121), Rejected, Stalled, "RequestRejected", 10121),
    "404": Case(lambda: refusal(404, 10007), NotFound, Stalled, "NotFound", 10007),
    "400 10021": Case(
        lambda: refusal(400, 10021, "Uncaught SyntaxError at worker.js:1"),
        ScriptRejected,
        Stalled,
        "ScriptRejected",
        10021,
    ),
    "413 10027": Case(
        lambda: refusal(413, 10027), ScriptRejected, Stalled, "ScriptRejected", 10027
    ),
    "400": Case(lambda: refusal(400, 10001), Rejected, Stalled, "RequestRejected", 10001),
    "408": Case(lambda: refusal(408, None), Unavailable, Transient, ""),
    "409": Case(lambda: refusal(409, 10014), Unavailable, Transient, "", 10014),
    "412 10035": Case(
        lambda: refusal(412, 10035), ServerError, Transient, "CloudflareError", 10035
    ),
    "500": Case(lambda: refusal(500, 10013), ServerError, Transient, "CloudflareError", 10013),
    "503 without error": Case(
        lambda: refusal(503, None), ServerError, Transient, "CloudflareError"
    ),
    "502 HTML": Case(
        lambda: httpx.Response(502, html="<h1>Bad gateway</h1>"),
        ServerError,
        Transient,
        "CloudflareError",
    ),
    "200 HTML": Case(
        lambda: httpx.Response(200, html="<h1>Portal</h1>"),
        ServerError,
        Transient,
        "CloudflareError",
    ),
    "200 empty": Case(lambda: httpx.Response(200), ServerError, Transient, "CloudflareError"),
    "200 list": Case(
        lambda: httpx.Response(200, json=[]), ServerError, Transient, "CloudflareError"
    ),
    "302": Case(
        lambda: httpx.Response(302, headers={"location": "https://login/"}),
        ServerError,
        Transient,
        "CloudflareError",
    ),
    "200 success false": Case(
        lambda: refusal(200, 10021), ScriptRejected, Stalled, "ScriptRejected", 10021
    ),
    "200 without success": Case(
        lambda: httpx.Response(200, json={"result": {}}), ServerError, Transient, "CloudflareError"
    ),
    "200 success false, no error": Case(
        lambda: refusal(200, None), ServerError, Transient, "CloudflareError"
    ),
    "302 JSON": Case(
        lambda: httpx.Response(302, json={}), ServerError, Transient, "CloudflareError"
    ),
    "broken gzip": Case(
        lambda: httpx.Response(
            200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")
        ),
        Unavailable,
        Transient,
        "",
    ),
}


@pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS)
async def test_what_is_made_of_an_answer(case: Case) -> None:
    error = await failure(lambda _: case.answer())
    assert isinstance(error, case.error)
    assert isinstance(error, case.handling)
    assert error.reason == case.reason or not case.reason
    assert error.code == case.code


@pytest.mark.parametrize(
    ("broken", "error"),
    [
        (httpx.ConnectError, Unreachable),
        (httpx.ConnectTimeout, Unreachable),
        (httpx.PoolTimeout, Unreachable),
        (httpx.ReadTimeout, OutcomeUnknown),
        (httpx.WriteTimeout, OutcomeUnknown),
        (httpx.ReadError, OutcomeUnknown),
        (httpx.WriteError, OutcomeUnknown),
        (httpx.RemoteProtocolError, OutcomeUnknown),
    ],
)
async def test_what_is_made_of_a_broken_connection(
    broken: type[httpx.TransportError], error: type[CloudflareError]
) -> None:
    found = await failure(breaks(broken))
    assert type(found) is error
    assert isinstance(found, Transient)


async def test_a_zipped_answer_is_read() -> None:
    body = gzip.compress(json.dumps({"success": True, "result": 7}).encode())
    response = httpx.Response(200, headers={"content-encoding": "gzip"}, content=body)
    assert (await call(Wire(lambda _: response))).result == 7


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [({"retry-after": "17"}, 17), ({}, 300), ({"retry-after": "Sat, 31 Jan 2026 08:00:00 GMT"}, 300),
     ({"retry-after": "0"}, 1)],
)  # fmt: skip
async def test_a_429_blocks_every_call_for_the_time_it_names(
    headers: dict[str, str], seconds: float
) -> None:
    clock = ManualClock()
    budget = Budget(clock)
    wire = Wire(lambda _: refusal(429, 971, **headers))
    with pytest.raises(TooManyRequests) as first:
        await call(wire, budget=budget)
    assert first.value.after == seconds
    with pytest.raises(TooManyRequests):
        await call(wire, budget=budget)
    await clock.advance(seconds - 0.5)
    with pytest.raises(TooManyRequests):
        await call(wire, budget=budget)
    assert len(wire.requests) == 1
    await clock.advance(0.5)
    with pytest.raises(TooManyRequests):
        await call(wire, budget=budget)
    assert len(wire.requests) == 2


@pytest.mark.parametrize("end", [ok, lambda: refusal(500, 1), lambda: refusal(401, 1)])
async def test_every_call_gives_its_place_in_the_budget_back(
    end: Callable[[], httpx.Response],
) -> None:
    budget = Budget(ManualClock())
    for _ in range(3):
        # Unverified, one request may be under way: a place that is not given back would block the next call.
        work = call(Wire(lambda _: end()), budget=budget)
        await asyncio.wait_for(asyncio.gather(work, return_exceptions=True), 5)


class TestRefusedToken:
    """After the API has refused the token, no call is sent for a minute."""

    async def test_no_call_for_a_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        wire = Wire(lambda _: refusal(401, 1000))
        client = api(wire)
        loop = asyncio.get_running_loop()
        real = loop.time
        for passed in (0.0, 0.1, 59.0):
            monkeypatch.setattr(loop, "time", lambda passed=passed: real() + passed)
            with pytest.raises(Unauthorized):
                await client.call("GET", "/zones", priority=Priority.EDIT)
        assert len(wire.requests) == 1
        monkeypatch.setattr(loop, "time", lambda: real() + 60.0)
        with pytest.raises(Unauthorized):
            await client.call("GET", "/zones", priority=Priority.EDIT)
        monkeypatch.setattr(loop, "time", real)
        assert len(wire.requests) == 2

    @pytest.mark.parametrize("code", [10000, 10121, None])
    async def test_what_may_be_denied_holds_up_no_other_call(self, code: int | None) -> None:
        client = api(Wire(lambda r: refusal(403, code) if r.url.path.endswith("/b") else ok()))
        with pytest.raises(Denied) as caught:
            await client.call("GET", "/b", priority=Priority.EDIT, may_be_denied=True)
        assert caught.value.reason == "RequestRejected"
        await client.call("GET", "/a", priority=Priority.EDIT)

    async def test_a_token_that_is_no_token_is_rejected_in_any_case(self) -> None:
        client = api(Wire(lambda _: refusal(401, 1000)))
        with pytest.raises(Unauthorized):
            await client.call("GET", "/b", priority=Priority.EDIT, may_be_denied=True)

    async def test_another_token_is_tried_at_once(self) -> None:
        wire = Wire(lambda r: ok() if r.headers["authorization"] == "Bearer new" else refusal(401, 1000))  # fmt: skip
        with pytest.raises(Unauthorized):
            await api(wire).call("GET", "/zones", priority=Priority.EDIT)
        await api(wire, token="new").call("GET", "/zones", priority=Priority.EDIT)

    async def test_what_was_to_be_sent_is_not_kept(self) -> None:
        """Thousands of workers meet the refusal within the minute; their scripts must not pile up in its traceback."""
        client = api(Wire(lambda _: refusal(401, 1000)))
        lengths = []
        for _ in range(4):
            with pytest.raises(Unauthorized) as caught:
                await client.call("GET", "/zones", priority=Priority.EDIT)
            lengths.append(len(list(traceback.walk_tb(caught.value.__traceback__))))
        assert lengths[1] == lengths[2] == lengths[3]


class TestToken:
    """The token is in the request's header and nowhere else."""

    @pytest.mark.parametrize("case", ANSWERS.values(), ids=ANSWERS)
    async def test_not_in_errors_or_logs(
        self, case: Case, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.DEBUG):
            with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever it is
                await call(Wire(lambda _: case.answer()))
            logging.getLogger("test").debug("the whole chain", exc_info=caught.value)
        assert TOKEN not in caplog.text
        assert TOKEN not in repr(caught.value)

    @pytest.mark.parametrize(
        ("status", "code"), [(401, 1000), (403, 10000), (400, 10001), (404, 10007), (400, 10021), (500, 1)]
    )  # fmt: skip
    async def test_not_even_when_the_answer_echoes_it(self, status: int, code: int) -> None:
        echo = f"the header 'Bearer {TOKEN}' is not what we want"
        error = await failure(lambda _: refusal(status, code, echo))
        assert TOKEN not in str(error)
        assert TOKEN not in error.message

    @pytest.mark.parametrize(
        "encode", [lambda t: base64.b64encode(f"x:{t}".encode()).decode(), lambda t: t.replace("-", "%2D")]
    )  # fmt: skip
    async def test_not_even_encoded(self, encode: Callable[[str], str]) -> None:
        error = await failure(lambda _: refusal(400, 10001, f"bad header: {encode(TOKEN)}"))
        assert encode(TOKEN) not in error.message
        assert "[secret]" in error.message

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    @pytest.mark.parametrize("where", ["https://evil.example/", "/client/v4/elsewhere"])
    async def test_not_sent_to_where_a_redirect_leads(self, status: int, where: str) -> None:
        wire = Wire(lambda _: httpx.Response(status, headers={"location": where}))
        with pytest.raises(CloudflareError):
            await call(wire)
        assert [r.url.host for r in wire.requests] == ["api.cloudflare.com"]

    async def test_not_when_the_connection_names_it(self, caplog: pytest.LogCaptureFixture) -> None:
        """As h11 does of a token with a line break in it."""

        def illegal(request: httpx.Request) -> httpx.Response:
            raise httpx.LocalProtocolError(f"Illegal header value b'Bearer {TOKEN}'")

        error = await failure(illegal)
        with caplog.at_level(logging.DEBUG):
            logging.getLogger("test").debug("the whole chain", exc_info=error)
        assert TOKEN not in caplog.text

    async def test_one_that_no_header_can_carry_is_refused_as_a_token(self) -> None:
        with pytest.raises(Unauthorized):
            await call(Wire(lambda _: ok()), token="geheim-\u00fc\u4e2d")
