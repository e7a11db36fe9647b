"""A change is not sent by a process whose time to make changes has passed, wherever it was when that happened."""

from typing import Any

import httpcore
import httpx
import pytest

from support.calls import Wire, api, ok
from support.clock import ManualClock
from workers_operator.cloudflare.errors import NotLeading
from workers_operator.engine.gate import ChangeGate
from workers_operator.engine.priority import Priority

LEASE_SECONDS = 10.0
BODY = b'{"all":"of it"}'
ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 29\r\n\r\n",
    b'{"success":true,"result":{}}\n',
)


class Network(httpcore.AsyncNetworkBackend):
    """Connects to nobody. ``sleeps``: at which step the process is stopped for longer than its lease lasts."""

    def __init__(self, clock: ManualClock, sleeps: str) -> None:
        self.clock, self.sleeps = clock, sleeps
        self.sent: list[bytes] = []

    async def step(self, name: str) -> None:
        if name == self.sleeps:
            await self.clock.advance(2 * LEASE_SECONDS)

    async def connect_tcp(self, *where: Any, **how: Any) -> httpcore.AsyncNetworkStream:
        await self.step("connect")
        return Stream(self)


class Stream(httpcore.AsyncMockStream):
    """A connection that answers whatever is sent."""

    def __init__(self, network: Network) -> None:
        super().__init__(list(ANSWER))
        self._network = network

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._network.sent.append(buffer)
        await self._network.step("headers")


async def put(network: Network, clock: ManualClock) -> None:
    """A change, through a gate that closes by itself."""
    transport = httpx.AsyncHTTPTransport()
    vars(transport)["_pool"] = httpcore.AsyncConnectionPool(network_backend=network)
    gate = ChangeGate(clock)
    gate.open_until(clock.monotonic() + LEASE_SECONDS)
    client = api(Wire(lambda _: ok()), clock, gate=gate, transport=transport)
    try:
        await client.call("PUT", "/thing", priority=Priority.EDIT, body={"all": "of it"})
    finally:
        await client.close()


async def test_a_change_is_sent_in_time() -> None:
    clock = ManualClock()
    network = Network(clock, "")
    await put(network, clock)
    assert network.sent[0].startswith(b"PUT ")
    assert BODY in network.sent


@pytest.mark.parametrize(("sleeps", "sent"), [("connect", 0), ("headers", 1)])
async def test_a_process_that_slept_sends_no_change(sleeps: str, sent: int) -> None:
    """Without its end a request is none: nobody carries it out."""
    clock = ManualClock()
    network = Network(clock, sleeps)
    with pytest.raises(NotLeading):
        await put(network, clock)
    assert len(network.sent) == sent
    assert BODY not in network.sent
