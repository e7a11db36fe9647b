"""The circuit breaker: while the API is not available, one call at a time finds out whether it is again."""

import random

import httpx
import pytest

from support.calls import TOKEN, Wire, ok, refusal
from support.clock import ManualClock
from support.world import World
from support.world_bodies import customer
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.connector import Connector
from workers_operator.cloudflare.errors import CloudflareError, HeldBack, ServerError
from workers_operator.engine.priority import Priority, Urgency


class Line:
    """A client whose answers change; the clock stands still."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.answer = refusal(503, None)
        self.wire = Wire(
            lambda _: httpx.Response(self.answer.status_code, content=self.answer.content)
        )
        self.connector = Connector(self.clock, self.wire, lambda: self.wire.transport)
        random.seed(1)
        self.client = self.connect()

    def connect(self, token: str = TOKEN) -> Api:
        return self.connector.api(
            token=token, account_id="a", base_url=None, quota=1200, reserve_percent=5
        )

    async def call(
        self, path: str, client: Api | None = None, priority: Priority = Priority.EDIT
    ) -> CloudflareError | None:
        try:
            await (client or self.client).call("GET", path, priority=priority)
        except CloudflareError as error:
            return error
        return None

    async def open(self) -> None:
        for path in ("/a", "/b", "/c"):
            await self.call(path)


@pytest.fixture
def line() -> Line:
    return Line()


async def test_after_three_different_calls_nothing_is_sent(line: Line) -> None:
    errors = [await self_call for self_call in map(line.call, ("/a", "/b", "/c", "/d", "/e"))]
    assert [type(e) for e in errors] == [ServerError] * 3 + [HeldBack] * 2
    assert len(line.wire.requests) == 3
    assert len(line.wire.told) == 3  # the metrics count what was sent
    held, last = errors[4], errors[2]
    assert isinstance(held, HeldBack)
    assert last is not None
    assert (held.reason, held.message) == (last.reason, last.message)
    assert 0 < held.after <= 4


async def test_one_call_that_fails_again_and_again_holds_nobody_back(line: Line) -> None:
    for _ in range(5):
        assert isinstance(await line.call("/a"), ServerError)


@pytest.mark.parametrize("answer", [ok(), refusal(404, 7003), refusal(409, 10020)])
async def test_an_answer_in_between_starts_anew(line: Line, answer: httpx.Response) -> None:
    await line.call("/a")
    await line.call("/b")
    line.answer, before = answer, line.answer
    await line.call("/c")
    line.answer = before
    assert isinstance(await line.call("/d"), ServerError)
    assert isinstance(await line.call("/e"), ServerError)


async def test_after_a_pause_one_is_let_through_and_its_answer_opens_for_all(line: Line) -> None:
    await line.open()
    await line.clock.advance(1)
    assert isinstance(await line.call("/d"), ServerError)
    assert isinstance(await line.call("/e"), HeldBack)
    line.answer = ok()
    await line.clock.advance(2)
    assert await line.call("/d") is None
    assert await line.call("/e") is None


async def test_what_one_tenants_calls_meet_holds_back_that_tenant_alone(line: Line) -> None:
    shop, other = (Priority(Urgency.EDIT, tenant) for tenant in ("shop", "other"))
    for path in ("/a", "/b", "/c"):
        await line.call(path, priority=other)
    assert isinstance(await line.call("/d", priority=other), HeldBack)
    line.answer = ok()
    assert await line.call("/d", priority=shop) is None
    assert await line.call("/e", priority=other) is None  # somebody was answered


async def test_what_two_tenants_calls_meet_holds_back_all(line: Line) -> None:
    one, two, three = (Priority(Urgency.EDIT, tenant) for tenant in ("one", "two", "three"))
    for path, priority in (("/a", one), ("/b", two), ("/c", one)):
        await line.call(path, priority=priority)
    assert isinstance(await line.call("/d", priority=three), HeldBack)


async def test_another_token_goes_on(line: Line) -> None:
    await line.open()
    assert isinstance(await line.call("/d", line.connect()), HeldBack)
    assert isinstance(await line.call("/d", line.connect("another-token")), ServerError)


async def test_ten_creations_while_the_api_fails_for_twenty_seconds() -> None:
    world = await World.ready()
    fault = world.cloudflare.fail(times=100_000)
    keys = [world.apply(customer(f"shop-{i}")) for i in range(10)]
    await world.settle(20)
    during = len([line for line in (*world.writes, *world.reads) if " -> 500" in line])
    fault.times = 0
    ended = world.clock.monotonic()
    while not all(map(world.is_ready, keys)):
        await world.settle(0.1)
    took = world.clock.monotonic() - ended
    await world.close()
    assert during <= 25
    assert took <= 5
