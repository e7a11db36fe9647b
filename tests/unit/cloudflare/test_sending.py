"""A change is not sent by a process whose time to make changes has passed, wherever it was when that happened."""

import asyncio
import ssl
from typing import Any

import aiohttp
import pytest

from support.calls import Wire, api, ok
from support.clock import ManualClock
from unit.cloudflare.listening import GOOD, Listener, listening, says
from workers_operator.cloudflare.errors import NotLeading
from workers_operator.cloudflare.wire.transport import Transport
from workers_operator.engine.gate import ChangeGate
from workers_operator.engine.priority import Priority

LEASE_SECONDS = 10.0
LARGE = 16 * 1024 * 1024  # more than a connection takes at once


class Resolver(aiohttp.abc.AbstractResolver):
    """Leads to this machine. ``sleeps``: the process is stopped here for longer than its lease lasts."""

    def __init__(self, clock: ManualClock, *, sleeps: bool) -> None:
        self._clock, self._sleeps = clock, sleeps

    async def resolve(
        self, host: str, port: int = 0, family: Any = 0
    ) -> list[aiohttp.abc.ResolveResult]:
        if self._sleeps:
            await self._clock.advance(2 * LEASE_SECONDS)
        return [
            aiohttp.abc.ResolveResult(
                hostname=host, host="127.0.0.1", port=port, family=2, proto=0, flags=0
            )
        ]

    async def close(self) -> None:
        return None


async def change(
    server: Listener, clock: ManualClock, method: str, *, sleeps: bool = False, **content: Any
) -> None:
    """A change, through a gate that closes by itself."""
    gate = ChangeGate(clock)
    gate.open_until(clock.monotonic() + LEASE_SECONDS)
    way = Transport(ssl.create_default_context(), Resolver(clock, sleeps=sleeps))
    url = f"http://api.test:{server.port}"
    client = api(Wire(lambda _: ok()), clock, gate=gate, transport=way, base_url=url)
    try:
        await client.call(method, "/thing", priority=Priority.EDIT, **content)
    finally:
        await client.close()


CONTENTS = [
    ("PUT", {"body": {"all": "of it"}}),
    ("PUT", {"parts": [("a", (None, b"of it", "text/plain"))]}),
    ("POST", {"content": b"of it"}),
    ("DELETE", {}),
]


@pytest.mark.parametrize(("method", "content"), CONTENTS)
async def test_a_change_is_sent_in_time(method: str, content: dict[str, Any]) -> None:
    async with listening(says(GOOD)) as server:
        await change(server, ManualClock(), method, **content)
        assert server.lines == [f"{method} /thing HTTP/1.1"]
        assert b"of it" in server.arrived[0] or not content


@pytest.mark.parametrize(("method", "content"), CONTENTS)
async def test_a_process_that_slept_on_its_way_to_a_connection_sends_nothing(
    method: str, content: dict[str, Any]
) -> None:
    async with listening(says(GOOD)) as server:
        with pytest.raises(NotLeading):
            await change(server, ManualClock(), method, sleeps=True, **content)
        assert not any(server.arrived)


async def test_a_process_that_slept_while_it_sent_a_change_sends_no_whole_one() -> None:
    """Without its end a request is none: nobody carries it out."""
    clock = ManualClock()
    async with listening(says(GOOD)) as server:
        server.reads.clear()

        async def sleep() -> None:
            await server.began.wait()
            await clock.advance(2 * LEASE_SECONDS)
            server.reads.set()

        sleeping = asyncio.create_task(sleep())
        parts = [("a.js", ("a.js", b"x" * LARGE, "text/plain"))]
        with pytest.raises(NotLeading):
            await change(server, clock, "PUT", parts=parts)
        await sleeping
        assert any(server.arrived)
        assert not server.requests
