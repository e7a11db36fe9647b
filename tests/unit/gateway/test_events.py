"""The stream of changes: what the caller may see, and nothing else, until the token is withdrawn."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Message

from support.clock import idle
from support.rest_api import TENANT, RestApi
from workers_operator.domain.worker import ObjectKey
from workers_operator.gateway.cache.facets import facets_of
from workers_operator.gateway.cache.subscriptions import ObjectChange, Subscription
from workers_operator.gateway.http.streaming import BEAT_SECONDS

PATIENCE = 10.0
Event = tuple[str, dict[str, Any]]


class Listener:
    """Takes the events of a stream, one after the other."""

    def __init__(self, messages: "asyncio.Queue[Message]") -> None:
        self._messages = messages

    async def next(self) -> Event:
        """The next event that is more than a sign of life."""
        async with asyncio.timeout(PATIENCE):
            while True:
                text = (await self._messages.get()).get("body", b"").decode()
                if text.startswith("event: "):
                    event, data = text.strip().split("\n")
                    return event.removeprefix("event: "), json.loads(data.removeprefix("data: "))


@asynccontextmanager
async def listening(rest: RestApi, token: str) -> AsyncIterator[Listener]:
    """A caller of /api/events, who goes away at the end."""
    messages: asyncio.Queue[Message] = asyncio.Queue()
    gone = asyncio.Event()
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/api/events",
        "raw_path": b"/api/events",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {token}".encode())],
        "client": ("127.0.0.1", 1),
        "http_version": "1.1",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }

    async def receive() -> Message:
        await gone.wait()
        return {"type": "http.disconnect"}

    task = asyncio.ensure_future(rest.app(scope, receive, messages.put))
    try:
        yield Listener(messages)
    finally:
        gone.set()
        await asyncio.wait_for(task, PATIENCE)


async def test_a_caller_is_told_of_the_own_workers_only(rest: RestApi) -> None:
    rest.put("mine")
    rest.put("theirs", namespace="other")
    async with listening(rest, TENANT) as listener:
        assert await listener.next() == ("hello", {"stale": False, "workers": 1})
        rest.put("theirs", namespace="other", vars={"A": "1"})
        await idle()
        rest.put("mine", vars={"A": "1"})
        event, data = await listener.next()
        assert (event, data["type"]) == ("worker", "MODIFIED")
        assert data["worker"]["script_name"] == "mine"
        rest.remove(ObjectKey("CustomerWorker", "tenant", "mine"))
        event, data = await listener.next()
        assert (data["type"], data["worker"]["name"]) == ("DELETED", "mine")


async def test_a_watch_that_breaks_is_told_at_once(rest: RestApi) -> None:
    async with listening(rest, TENANT) as listener:
        assert (await listener.next())[0] == "hello"
        async with asyncio.timeout(BEAT_SECONDS / 2):
            rest.connect(False)
            assert await listener.next() == ("stale", {"stale": True})
            rest.connect(True)
            assert await listener.next() == ("stale", {"stale": False})


async def test_a_stream_ends_once_the_token_is_withdrawn(rest: RestApi) -> None:
    rest.put("mine")
    async with listening(rest, TENANT) as listener:
        assert (await listener.next())[0] == "hello"
        del rest.server.reviews.tokens[TENANT]
        await rest.clock.advance(10)
        rest.put("mine", vars={"A": "1"})
        found = [await listener.next(), await listener.next()]
    assert found[-1][0] == "end"


async def test_who_is_too_slow_is_told_to_read_everything_again() -> None:
    subscription = Subscription()
    for number in range(10_001):
        key = ObjectKey("CustomerWorker", "n", f"w{number}")
        subscription.put(ObjectChange("ADDED", key, facets_of(key, {})))
    assert await subscription.take(1) is None
    subscription.put(ObjectChange("ADDED", ObjectKey("CustomerWorker", "n", "x"), None))
    assert len(await subscription.take(1) or ()) == 1


async def test_of_several_changes_of_a_worker_the_last_one_is_told() -> None:
    subscription, key = Subscription(), ObjectKey("CustomerWorker", "n", "w")
    for kind in ("ADDED", "MODIFIED", "DELETED"):
        subscription.put(ObjectChange(kind, key, None))
    assert [change.type for change in await subscription.take(1) or ()] == ["DELETED"]
    assert await subscription.take(0.01) == []
