"""What every request passes, and what nobody gets by sending something odd."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from prometheus_client import generate_latest

from support.rest_api import ADMIN, TENANT, RestApi
from unit.gateway.test_events import listening
from workers_operator.gateway.access.audit import AuditRecord
from workers_operator.gateway.access.limits import Rate
from workers_operator.gateway.access.reviews import KEPT_SECONDS
from workers_operator.gateway.options import Bounds

JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "Bearer a b",
        "Bearer x",
        f"Bearer {'x' * 20000}",
    ],
)
async def test_nobody_gets_in_without_a_token_that_is_valid(
    rest: RestApi, header: str | None
) -> None:
    headers = {"Authorization": header} if header is not None else {}
    async with rest.client(None) as client:
        for path in (
            "/api/workers/",
            "/api/workers/x",
            "/api/platforms",
            "/api/nothing",
            "/api/events",
        ):
            answer = await client.get(path, headers=headers)
            assert answer.status_code == 401, path
            assert answer.json()["errors"][0]["code"] == "Unauthenticated"
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_a_token_is_in_no_log(rest: RestApi) -> None:
    async with rest.client() as client:
        await client.get("/api/workers/", params={"token": ADMIN}, headers={"X-Request-Id": ADMIN})
    [record] = rest.audit
    assert ADMIN not in record.line().replace(f'"requestId": "{ADMIN}"', "")
    assert (record.user, record.verb, record.path, record.status) == (
        "admin",
        "GET",
        "/api/workers/",
        400,
    )


def test_no_name_passes_for_another_line_of_the_audit_log() -> None:
    record = AuditRecord("t", "i", "u\n{}", "a", "GET", "/\u2028\x1b[2J", "o", 200, 1)
    assert record.line().isprintable()
    assert json.loads(record.line())["user"] == "u\n{}"


async def test_the_answer_names_the_request(rest: RestApi) -> None:
    async with rest.client() as client:
        given_ = await client.get("/api/workers/", headers={"X-Request-Id": "abcdefgh-1"})
        odd = await client.get("/api/workers/", headers={"X-Request-Id": "a b"})
    assert given_.headers["X-Request-Id"] == "abcdefgh-1"
    assert len(odd.headers["X-Request-Id"]) == 32


async def test_every_answer_has_the_headers_that_protect_browsers(rest: RestApi) -> None:
    async with rest.client() as client:
        for path in ("/api/workers/", "/api/nothing", "/api/docs", "/healthz"):
            headers = (await client.get(path)).headers
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert headers["Cache-Control"] == "no-store"
            assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("is_secure", [False, True])
async def test_browsers_stay_with_tls_where_there_is_some(is_secure: bool) -> None:
    rest = RestApi(is_secure=is_secure)
    async with rest.client() as client:
        for path in ("/api/workers/", "/api/nothing"):
            answer = await client.get(path)
            assert ("Strict-Transport-Security" in answer.headers) is is_secure


async def test_metrics_tell_of_requests_by_route_and_of_no_name(rest: RestApi) -> None:
    rest.put("shop")
    async with rest.client() as client:
        for path in ("/api/workers/shop", "/api/workers/absent", "/api/nothing", "/healthz"):
            await client.get(path)
    rest.connect(False)
    text = generate_latest(rest.registry).decode()
    requests = 'code24_gateway_requests_total{method="GET",route="%s",status="%s"} 1.0'
    for route, status in (
        ("/api/workers/{name}", "200"),
        ("/api/workers/{name}", "404"),
        ("other", "404"),
        ("/healthz", "200"),
    ):
        assert requests % (route, status) in text
    assert 'code24_gateway_request_seconds_count{route="/api/workers/{name}"} 2.0' in text
    assert "code24_gateway_workers 1.0" in text
    assert "code24_gateway_stale 1.0" in text
    assert "shop" not in text


async def test_a_token_that_has_expired_is_nobodys(rest: RestApi) -> None:
    async with rest.client() as client:
        assert (await client.get("/api/workers/")).status_code == 200
        del rest.server.reviews.tokens[ADMIN]
        await rest.clock.advance(KEPT_SECONDS + 0.1)
        answer = await client.get("/api/workers/")
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


async def test_a_caller_that_asks_too_often_is_told_when_to_go_on() -> None:
    rest = RestApi(callers=Rate(2, 60))
    async with rest.client() as client:
        answers = [await client.get("/api/workers/") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert answers[0].headers["RateLimit"] == '"caller";r=1;t=30'
        assert answers[0].headers["RateLimit-Policy"] == '"caller";q=2;w=60'
        await rest.clock.advance(int(answers[2].headers["Retry-After"]))
        assert (await client.get("/api/workers/")).status_code == 200


async def test_an_address_that_guesses_tokens_is_slowed_down() -> None:
    rest = RestApi(addresses=Rate(3, 60))
    async with rest.client("guess") as client:
        statuses = [(await client.get("/api/workers/")).status_code for _ in range(4)]
    assert statuses == [401, 401, 401, 429]
    assert len(rest.server.calls) == 1


async def test_invalid_tokens_are_few_and_lock_out_nobody_who_is_known() -> None:
    rest = RestApi(guesses=Rate(2, 60))
    async with rest.client() as known, rest.client("guess") as guessing, rest.client(TENANT) as new:
        assert (await known.get("/api/workers/")).status_code == 200
        statuses = [(await guessing.get("/api/workers/")).status_code for _ in range(2)]
        assert statuses == [401, 401]
        await rest.clock.advance(10)
        calls = len(rest.server.calls)
        refused = await guessing.get("/api/workers/")
        assert (refused.status_code, len(rest.server.calls)) == (429, calls)
        assert int(refused.headers["Retry-After"]) > 0
        assert (await known.get("/api/workers/")).status_code == 200
        assert (await new.get("/api/workers/")).status_code == 429
        await rest.clock.advance(60)
        assert (await new.get("/api/workers/")).status_code == 200


async def test_a_script_of_20_mb_is_refused_before_it_is_read(rest: RestApi) -> None:
    body = json.dumps({"name": "w", "script": "x" * 20_000_000})

    async def parts() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b"x" * 500_000

    async with rest.client() as client:
        for content in (body, parts()):
            answer = await client.post("/api/workers/", content=content, headers=JSON)
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "BodyTooLarge")


async def test_a_body_of_a_deletion_is_bounded_as_well(rest: RestApi) -> None:
    rest.put("shop")
    taken = 0

    async def parts() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(40):
            taken += 1
            yield b"x" * 500_000

    async with rest.client() as client:
        answer = await client.request("DELETE", "/api/workers/shop", content=parts(), headers=JSON)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (413, "BodyTooLarge")
    assert taken < 10
    assert rest.server.objects


async def test_one_tenant_leaves_connections_for_others() -> None:
    rest = RestApi(bounds=Bounds(at_once=3))
    rest.put("mine")
    accounts = [f"system:serviceaccount:tenant:{n}" for n in range(4)]
    rest.server.reviews.tokens |= {name[-1]: name for name in accounts}
    rest.server.reviews.granted |= {name: {("tenant", "*")} for name in accounts}
    async with AsyncExitStack() as stack:
        for token in "012":
            listener = await stack.enter_async_context(listening(rest, token))
            assert (await listener.next())[0] == "hello"
        async with rest.client("3") as client:
            refused = await client.get("/api/workers/")
        async with rest.client() as client:
            assert (await client.get("/api/workers/")).status_code == 200
    assert refused.status_code == 429
    assert refused.headers["Retry-After"]
    async with rest.client("3") as client:
        assert (await client.get("/api/workers/")).status_code == 200


async def test_a_body_that_does_not_arrive_is_given_up() -> None:
    rest = RestApi(bounds=Bounds(body_seconds=0.05))

    async def slow() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.sleep(30)

    async with rest.client() as client:
        answer = await client.post("/api/workers/", content=slow(), headers=JSON)
    assert answer.status_code == 408


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", JSON, 400),
        (b'{"name": "\xff"}', JSON, 400),
        (b"[" * 100_000, JSON, 400),
        (b'{"name":' * 50_000, JSON, 400),
        (b'{"parameters":' + b'{"a":' * 900 + b"1" + b"}" * 901, JSON, 422),
        (b"1" * 10_000, JSON, 400),
        (b'{"name": "w"}', {"Content-Type": "text/plain"}, 415),
        (b'{"name": "w"}', {"Content-Type": "application/x-www-form-urlencoded"}, 415),
        (b"null", JSON, 422),
        (b"[]", JSON, 422),
        (b"", JSON, 422),
        (b'{"name": 5}', JSON, 422),
        (b'{"name": "w", "unknown": 1}', JSON, 422),
        (b'{"name": "\\ud800", "metadata": {"customerId": "c"}}', JSON, 422),
        (b'{"name": "w", "metadata": {"customerId": "c"}, "parameters": {"a": NaN}}', JSON, 422),
        (b'{"name": "w", "metadata": {"customerId": "c"}, "instances": 1e400}', JSON, 422),
        (b'{"name": "../x", "metadata": {"customerId": "c"}}', JSON, 422),
        (b'{"name": "<script>", "metadata": {"customerId": "c"}}', JSON, 422),
    ],
)
async def test_bodies_that_are_no_worker(
    rest: RestApi, content: bytes, headers: dict[str, str], status: int
) -> None:
    async with rest.client() as client:
        answer = await client.post("/api/workers/", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.json()["success"] is False
    assert not rest.server.objects


@pytest.mark.parametrize(
    "path",
    [
        "/api/workers/..%2f..%2fetc",
        "/api/workers/%2e%2e",
        "/api/workers/" + "x" * 64,
        "/api/workers/%00",
        "/api/workers/%ff",
        "/api/workers/<script>",
        "/api/workers/a?namespace=../b",
        "/api/workers/a?namespace=" + "x" * 64,
        "/api/workers/?limit=-1",
        "/api/workers/?limit=0",
        "/api/workers/?limit=1001",
        "/api/workers/?limit=1e3",
        "/api/workers/?cursor=forged",
        "/api/workers/?customerid=c",
        "/api/workers/?ready=perhaps",
        "/api/workers/?type=other",
        "/api/workers/?labelSelector=a%20in",
        "/api/monitor/a/logs?limit=0",
        "/api/nothing",
    ],
)
async def test_paths_and_parameters_that_are_none(rest: RestApi, path: str) -> None:
    async with rest.client() as client:
        answer = await client.get(path)
    assert answer.status_code in (400, 404), answer.text
    assert answer.json()["errors"][0]["code"]


async def test_a_url_and_headers_have_bounds(rest: RestApi) -> None:
    async with rest.client() as client:
        long = await client.get("/api/workers/?cursor=" + "x" * 9000)
        large = await client.get("/api/workers/", headers={"X-Large": "x" * 40_000})
    assert (long.status_code, large.status_code) == (414, 431)


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.binary(max_size=200), st.sampled_from(["POST", "PUT", "PATCH"]))
async def test_no_body_makes_the_gateway_fail(rest: RestApi, content: bytes, method: str) -> None:
    rest.put("shop")
    path = "/api/workers/" if method == "POST" else "/api/workers/shop"
    async with rest.client() as client:
        answer = await client.request(method, path, content=content, headers=JSON)
    assert answer.status_code < 500


async def test_a_mistake_of_the_gateway_tells_nothing_of_it(
    rest: RestApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(type(rest.cache.directory), "visible", fail)
    async with rest.client() as client:
        answer = await client.get("/api/workers/")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (500, "InternalError")
    assert "inside" not in answer.text
    assert answer.headers["X-Request-Id"] in caplog.text
