"""What a worker may answer to a probe or a smoke test: a gigabyte, a byte a second, redirects, nothing at all."""

import asyncio
import time
import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from unit.cloudflare.listening import listening
from workers_operator.cloudflare.dataplane import DataPlane
from workers_operator.domain.health.probes import LATE, ProbeAnswer
from workers_operator.domain.rollout.smoke import PASSED, SmokeOutcome, judge
from workers_operator.domain.rollout.strategy import SmokeRequest

HEAD = b"HTTP/1.1 200 OK\r\nCode24-Version: v\r\nCode24-Instance: 2\r\n"
Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def facing(answer: Answer) -> AsyncIterator[DataPlane]:
    """A data plane that answers as told, once a connection."""

    async def once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer(writer)
        writer.close()

    async with listening(once) as server:
        plane = DataPlane(address=server.url)
        yield plane
        await plane.close()


@asynccontextmanager
async def probing(answer: Answer) -> AsyncIterator[Callable[[float], Awaitable[ProbeAnswer]]]:
    """Probes of a data plane that answers as told."""
    async with facing(answer) as plane:
        yield lambda timeout: plane.probe("a.dev", "/", timeout)


async def smoked(answer: Answer, **asked: Any) -> tuple[SmokeOutcome, float]:
    """What comes of a smoke test of a version that answers as told, and the seconds that it took."""
    request = SmokeRequest(**{"path": "/", "within": 0.5, **asked})
    async with facing(answer) as plane:
        began = time.monotonic()
        found = await plane.smoke("a.dev", request.path, request, "signed")
        return judge(request, found, "v"), time.monotonic() - began


def answering(rest: bytes, status: bytes = b"200 OK") -> Answer:
    """An answer of the version with this after its own headers."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD.replace(b"200 OK", status) + rest)
        await writer.drain()

    return answer


async def gigabyte(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"Content-Length: 1073741824\r\n\r\n")
    for _ in range(1024):
        writer.write(bytes(1 << 20))
        await writer.drain()


async def endless(writer: asyncio.StreamWriter) -> None:
    """A greeting, then a byte every now and then, as of an event stream."""
    writer.write(HEAD + b"Content-Length: 1000\r\n\r\nwelcome")
    for _ in range(100):
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.write(b".")


async def hanging(writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(5)


async def test_a_gigabyte_is_not_read() -> None:
    async with probing(gigabyte) as ask:
        tracemalloc.start()
        assert await ask(5.0) == ProbeAnswer(200, "v", "", 2)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 16 << 20


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: "])
async def test_a_head_that_comes_byte_by_byte_is_late(start: bytes) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(start)
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with probing(answer) as ask:
        began = time.monotonic()
        found = await ask(0.3)
        assert time.monotonic() - began < 2
    assert found.status == 0
    assert not start or found.error == LATE


async def test_a_body_that_comes_byte_by_byte_is_not_waited_for() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"Content-Length: 100\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with probing(answer) as ask:
        began = time.monotonic()
        found = await ask(1.0)
        assert time.monotonic() - began < 2
    assert found.status == 200


async def test_a_redirect_is_an_answer_and_not_followed() -> None:
    asked = 0

    async def answer(writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        location = b"Location: http://169.254.169.254/latest/meta-data\r\n"
        writer.write(
            HEAD.replace(b"200 OK", b"302 Found") + location + b"Content-Length: 0\r\n\r\n"
        )
        await writer.drain()

    async with probing(answer) as ask:
        assert (await ask(1.0)).status == 302
    assert asked == 1


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
        b"\0" * 4096,
    ],
)
async def test_what_is_no_http_is_no_connection(text: bytes) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(text)
        await writer.drain()

    async with probing(answer) as ask:
        assert await ask(2.0) == ProbeAnswer(0, None, "no connection")


async def test_a_forged_instance_is_none() -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD.replace(b": 2", b": 2; drop") + b"Content-Length: 0\r\n\r\n")
        await writer.drain()

    async with probing(answer) as ask:
        assert (await ask(1.0)).instance is None


async def test_a_smoke_test_does_not_wait_for_a_version_that_hangs() -> None:
    outcome, seconds = await smoked(hanging)
    assert outcome.failure == "GET /: no answer within 0.5 s"
    assert seconds < 2


@pytest.mark.parametrize(
    ("status", "asked", "failure"),
    [
        (b"302 Found", {}, ""),
        (b"302 Found", {"expected": ((200, 299),)}, "GET /: HTTP 302, and 200-299 is expected"),
        (b"302 Found", {"contains": "Welcome"}, "GET /: the body does not contain 'Welcome'"),
        (b"302 Found", {"answers": (("Location", "169.254"),)}, ""),
    ],
)
async def test_a_smoke_test_takes_a_redirect_for_an_answer(
    status: bytes, asked: Mapping[str, Any], failure: str
) -> None:
    location = b"Location: http://169.254.169.254/latest/meta-data\r\nContent-Length: 0\r\n\r\n"
    outcome, _ = await smoked(answering(location, status), **asked)
    assert outcome == SmokeOutcome(failure=failure)


@pytest.mark.parametrize("asked", [{}, {"contains": "Welcome"}])
async def test_a_smoke_test_reads_the_beginning_of_a_gigabyte(asked: Mapping[str, Any]) -> None:
    tracemalloc.start()
    outcome, _ = await smoked(gigabyte, **asked, within=10.0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 16 << 20
    assert outcome.failure == ("GET /: the body does not contain 'Welcome'" if asked else "")


async def test_a_smoke_test_needs_no_more_of_a_body_than_it_asks_for() -> None:
    assert (await smoked(endless))[0] == PASSED
    assert (await smoked(endless, contains="welcome"))[0] == PASSED


async def test_a_smoke_test_does_not_wait_for_the_end_of_a_body() -> None:
    outcome, seconds = await smoked(endless, contains="farewell")
    assert outcome.failure == "GET /: no answer within 0.5 s"
    assert seconds < 2
