"""Logs that are followed: live tails that end and come back, versions that come and go, an API that fails."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from support.calls import Wire, api, ok, refusal
from support.clock import ManualClock
from support.telemetry import SCOPE, event
from workers_operator.account.telemetry.following import MAX_TAILS, Follower, Notice, Shown
from workers_operator.account.telemetry.tailing import TailSource
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.cloudflare.telemetry.events import entry_of
from workers_operator.domain.telemetry.entries import LogEntry
from workers_operator.engine.priority import Priority

ONE, TWO = "shop--11111111--0", "shop--11111111--1"
NEXT = "shop--22222222--0"


class Edge:
    """An account whose worker has ``scripts``. ``stored``: newest last; ``failure``: what the API answers instead."""

    def __init__(self, *scripts: str) -> None:
        self.scripts = list(scripts)
        self.rate = 1.0
        self.stored: list[dict[str, Any]] = []
        self.failure: httpx.Response | None = None
        self.refused: httpx.Response | None = None  # what live tails get
        self.clock = ManualClock()
        self.wire = Wire(self.answer)
        self.queues: dict[str, asyncio.Queue[str | None]] = {}
        self.shown: list[LogEntry | Notice] = []
        self.opened: list[str] = []
        self.beats: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if self.failure is not None:
            return self.failure
        if path.endswith("/scripts"):
            setting = {"enabled": True, "head_sampling_rate": self.rate}
            return ok([{"id": name, "observability": setting} for name in self.scripts])
        body = json.loads(request.content)
        if path.endswith("/query"):
            span = body["timeframe"]
            inside = [e for e in self.stored if span["from"] <= e["timestamp"] <= span["to"]]
            return ok({"events": {"events": inside[::-1][: body["limit"]]}})
        if path.endswith("/heartbeat"):
            self.beats.append(body["scriptId"])
            return ok()
        return self.refused or ok({"wsUrl": f"wss://tail/{body['scriptId']}"})

    @asynccontextmanager
    async def connect(self, url: str) -> AsyncGenerator[AsyncIterator[str], None]:
        name = url.rpartition("/")[2]
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.queues[name] = queue
        self.opened.append(name)

        async def messages() -> AsyncGenerator[str, None]:
            while (text := await queue.get()) is not None:
                yield text

        try:
            yield messages()
        finally:
            self.queues.pop(name, None)

    def now(self) -> int:
        return round(self.clock.now().timestamp() * 1000)

    def log(self, text: str, script: str = ONE, *, live: bool = True, ago: int = 0) -> None:
        """Have a script log something: it is stored, and live tails get it."""
        made = event(text, at=self.now() - ago, script=script, id_=f"{script} {text}")
        self.stored.append(made)
        if live and script in self.queues:
            self.queues[script].put_nowait(json.dumps(made))

    def cut(self, script: str = ONE) -> None:
        self.queues[script].put_nowait(None)

    @property
    def texts(self) -> list[str]:
        return [item.text for item in self.shown if isinstance(item, LogEntry)]

    @property
    def said(self) -> list[str]:
        return [item.text for item in self.shown if isinstance(item, Notice)]


@asynccontextmanager
async def following(
    edge: Edge, shown: Shown | None = None
) -> AsyncGenerator[asyncio.Task[None], None]:
    source = TailSource(api(edge.wire, edge.clock), SCOPE, edge.connect, edge.clock, Priority.EDIT)
    known = shown or Shown((), edge.clock.now().timestamp(), edge.now() - 600_000)
    task = asyncio.create_task(Follower(source, edge.shown.append).follow(known))
    await edge.clock.advance(2)
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_lines_of_all_instances_come_in_the_order_of_time() -> None:
    edge = Edge(ONE, TWO)
    async with following(edge):
        assert sorted(edge.opened) == [ONE, TWO]
        edge.log("second", TWO, ago=10)
        edge.log("first", ONE, ago=20)
        assert edge.texts == []
        await edge.clock.advance(1)
        assert edge.texts == ["first", "second"]
        await edge.clock.advance(60)
    assert edge.texts == ["first", "second"], "stored logs are shown a second time"
    assert edge.said == []
    assert set(edge.beats) == {ONE, TWO}


async def test_what_was_shown_before_is_not_shown_again_and_nothing_older() -> None:
    edge = Edge(ONE)
    for text in ("too old", "known"):
        edge.log(text, live=False)
        await edge.clock.advance(1)
    edge.log("between", live=False)
    known = entry_of(edge.stored[1], SCOPE)
    assert known is not None
    async with following(edge, Shown([known], edge.clock.now().timestamp(), known.at)):
        await edge.clock.advance(5)
    assert edge.texts == ["between"]


async def test_a_tail_that_is_disconnected_is_opened_again_and_the_gap_is_said_and_filled() -> None:
    edge = Edge(ONE)
    async with following(edge):
        edge.log("before")
        await edge.clock.advance(2)
        edge.cut()
        edge.refused = refusal(500, 1)
        await edge.clock.advance(0)
        edge.log("meanwhile", live=False)
        await edge.clock.advance(12)
        assert edge.texts == ["before", "meanwhile"], "stored logs stand in for the tail"
        edge.refused = None
        await edge.clock.advance(30)
        edge.log("after")
        await edge.clock.advance(2)
    assert edge.texts == ["before", "meanwhile", "after"]
    ended, back = edge.said
    assert ended.startswith("the live tail of 11111111/0 has ended: it was disconnected")
    assert back.startswith("the live tail of 11111111/0 is back after ")


async def test_a_tail_that_ends_at_once_is_not_opened_again_and_again() -> None:
    edge = Edge(ONE)
    async with following(edge):
        for _ in range(300):
            if ONE in edge.queues:
                edge.cut()
            await edge.clock.advance(1)
    assert len(edge.opened) < 16


async def test_a_new_version_is_followed_and_a_removed_one_is_not() -> None:
    edge = Edge(ONE)
    async with following(edge):
        edge.scripts.append(NEXT)
        edge.log("at once", NEXT, live=False)
        await edge.clock.advance(12)
        assert edge.opened == [ONE, NEXT]
        edge.scripts.remove(ONE)
        await edge.clock.advance(12)
        assert list(edge.queues) == [NEXT]
        edge.log("later", NEXT)
        await edge.clock.advance(2)
    assert edge.texts == ["at once", "later"]


async def test_what_the_live_tail_drops_comes_from_the_stored_logs() -> None:
    edge = Edge(ONE)
    async with following(edge):
        edge.log("dropped", live=False)
        await edge.clock.advance(12)
    assert edge.texts == ["dropped"]


async def test_an_api_that_is_down_is_said_once_and_the_gap_is_filled() -> None:
    edge = Edge(ONE)
    async with following(edge):
        edge.failure = refusal(500, 1)
        edge.log("meanwhile", live=False)
        await edge.clock.advance(300)
        edge.failure = None
        await edge.clock.advance(60)
    assert edge.texts == ["meanwhile"]
    assert [text.partition(":")[0] for text in edge.said] == [
        "stored logs cannot be read",
        "Cloudflare's API answers again; what was logged meanwhile follows",
    ]


async def test_a_gap_with_more_than_can_be_read_is_said() -> None:
    edge = Edge(ONE)
    async with following(edge):
        edge.failure = refusal(500, 1)
        await edge.clock.advance(60)
        for number in range(1500):
            edge.log(str(number), live=False)
        edge.failure = None
        await edge.clock.advance(60)
    assert len(edge.texts) == 1000
    assert any(text.startswith("more than 1,000 entries in ") for text in edge.said)


@pytest.mark.parametrize("failure", [refusal(400, 10026), refusal(401, 1), refusal(403, 10000)])
async def test_an_api_that_refuses_ends_it(failure: httpx.Response) -> None:
    for change in ("failure", "refused"):
        edge = Edge(ONE)
        setattr(edge, change, failure)
        async with following(edge) as task:
            with pytest.raises(CloudflareError):
                await edge.clock.finish(task)


async def test_a_script_that_is_gone_has_no_tail() -> None:
    edge = Edge(ONE)
    edge.refused = refusal(404, 10007)
    async with following(edge) as task:
        await edge.clock.advance(60)
        assert not task.done()
    assert edge.said == []


async def test_the_number_of_live_tails_is_bounded_and_said() -> None:
    edge = Edge(*(f"shop--11111111--{n}" for n in range(15)))
    async with following(edge):
        assert len(edge.opened) == MAX_TAILS
        edge.log("of the last", "shop--11111111--9", live=False)
        await edge.clock.advance(60)
    assert edge.texts == ["of the last"]
    assert edge.said == ["10 of 15 instances have live tails; logs of the others come 10 s late"]


async def test_sampling_is_said_once() -> None:
    edge = Edge(ONE)
    edge.rate = 0.25
    async with following(edge):
        await edge.clock.advance(60)
    assert edge.said == ["logs of 11111111/0 are sampled: 25% of the invocations are shown"]


async def test_what_is_held_is_shown_at_the_end_and_a_reader_that_is_gone_ends_it() -> None:
    edge = Edge(ONE)
    async with following(edge):
        edge.log("last")
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    assert edge.texts == ["last"]

    def closed(item: LogEntry | Notice) -> None:
        raise BrokenPipeError

    source = TailSource(api(edge.wire, edge.clock), SCOPE, edge.connect, edge.clock, Priority.EDIT)
    task = asyncio.create_task(
        Follower(source, closed).follow(Shown((), edge.clock.now().timestamp()))
    )
    with pytest.raises(BrokenPipeError):
        await edge.clock.finish(task)
