"""Responses are read as far as the caller takes them, and requests are sent in pieces."""

import gzip
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from support.bounds import MIB, peak, responsive
from support.calls import Wire, api, refusal
from workers_operator.cloudflare.api import Download
from workers_operator.cloudflare.errors import (
    NOT_CARRIED_OUT,
    ScriptRejected,
    ServerError,
    TooLarge,
    from_answer,
)
from workers_operator.cloudflare.writes import upload_script
from workers_operator.domain.content import Code, Content, Module, Sealed
from workers_operator.domain.errors import Stalled
from workers_operator.engine.priority import Priority

NOW = Priority.EDIT


class Body(httpx.AsyncByteStream):
    """A body in parts; ``sent`` counts those that were taken."""

    def __init__(self, part: bytes, times: int) -> None:
        self.part, self.times, self.sent, self.closed = part, times, 0, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.times):
            self.sent += 1
            yield self.part

    async def aclose(self) -> None:
        self.closed = True


async def download(body: Body, limit: int, **headers: str) -> Download:
    wire = Wire(lambda _: httpx.Response(200, headers=headers, stream=body))
    return await api(wire).download("/objects/{key}", priority=NOW, path={"key": "k"}, limit=limit)


async def refused(body: Body, limit: int, **headers: str) -> TooLarge:
    with pytest.raises(TooLarge) as caught:
        await download(body, limit, **headers)
    assert isinstance(caught.value, Stalled)
    assert caught.value.message == f"GET /objects/{{key}}: the response has more than {limit} bytes"
    assert body.closed
    return caught.value


async def test_a_body_of_the_right_size_is_read() -> None:
    body = Body(b"12345", 2)
    found = await download(body, 10, **{"Content-Type": "Text/Plain; a=b"})
    assert (found.data, found.content_type) == (b"1234512345", "text/plain")
    assert body.closed


async def test_a_body_that_says_that_it_is_too_large_is_not_read() -> None:
    body = Body(b"12345", 2)
    await refused(body, 9, **{"Content-Length": "10"})
    assert body.sent == 0


@pytest.mark.parametrize("told", [None, "5", "9" * 30, "x"])
async def test_a_body_that_does_not_say_so_is_read_to_the_limit(told: str | None) -> None:
    body = Body(b"12345", 1000)
    await refused(body, 9, **({} if told is None else {"Content-Length": told}))
    assert body.sent == 2


@pytest.mark.parametrize("method", ["PUT", "POST", "PATCH", "DELETE"])
async def test_after_an_answer_that_is_too_large_nobody_knows_what_was_changed(method: str) -> None:
    body = Body(bytes(MIB), 1000)
    wire = Wire(lambda _: httpx.Response(200, stream=body))
    with pytest.raises(ServerError) as caught:
        await api(wire).call(method, "/things", priority=NOW)
    assert not isinstance(caught.value, NOT_CARRIED_OUT)
    assert body.closed


async def test_a_body_is_measured_as_it_is_decompressed() -> None:
    packed = gzip.compress(bytes(50 * MIB))
    parts = [packed[n : n + 1000] for n in range(0, len(packed), 1000)]

    class Packed(Body):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            for part in parts:
                self.sent += 1
                yield part

    body = Packed(b"", 0)
    with peak() as cost:
        await refused(body, MIB, **{"Content-Encoding": "gzip"})
    assert body.sent < 5
    assert cost.memory < 5 * MIB


async def test_a_body_is_in_memory_once() -> None:
    part = bytes(MIB)
    with peak() as cost:
        found = await download(Body(part, 20), 20 * MIB)
    assert len(found.data) == 20 * MIB
    assert cost.memory < 25 * MIB


async def test_json_that_is_deep_is_no_answer_of_the_api() -> None:
    wire = Wire(lambda _: httpx.Response(200, content=b"[" * 500_000))
    with pytest.raises(ServerError):
        await api(wire).call("GET", "/things", priority=NOW)


async def test_a_large_part_is_sent_in_pieces() -> None:
    sizes: list[int] = []

    class Sink(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            assert isinstance(request.stream, httpx.AsyncByteStream)
            sizes.extend([len(chunk) async for chunk in request.stream])
            assert sum(sizes) == int(request.headers["content-length"])
            return refusal(400, 1)

    class Streaming(Wire):
        @property
        def transport(self) -> Any:
            return Sink()

    parts = [("a", ("a", bytes(20 * MIB), "text/plain"))]
    client = api(Streaming(lambda _: refusal(400, 1)))
    with pytest.raises(Stalled):
        await client.call("PUT", "/scripts", priority=NOW, parts=parts)
    assert sum(sizes) > 20 * MIB
    assert max(sizes) <= 256 * 1024


async def test_the_loop_goes_on_while_secrets_of_many_lines_are_hidden() -> None:
    values = ["\n".join(f"xxxx{s:02}{n:03}" for n in range(500)) for s in range(64)]
    secrets = {f"S{number}": Sealed(value) for number, value in enumerate(values)}
    module = Module("a.js", "application/javascript+module", b"export default {}")
    content = Content(Code("inline", "a.js", (module,)), (), secrets)
    said = "x" * 10_000 + "xxxx63099"
    wire = Wire(lambda _: refusal(400, 10021, said))
    async with responsive():
        with pytest.raises(ScriptRejected) as caught:
            await upload_script(api(wire), "ns", "a", content, [], NOW)
    assert caught.value.message == "x" * 10_000 + "[secret]"


def test_words_that_are_too_long_are_not_quoted() -> None:
    long = [{"code": 1, "message": "x" * 20_000}]
    error = from_answer(400, long, call="PUT /a", retry_after=1)
    assert error.message == "PUT /a: 1 HTTP 400, with a message of 20000 characters"
