"""The stored logs: pages, limits and order."""

from typing import Any

import httpx
import pytest

from support.calls import Wire, api, ok
from support.telemetry import SCOPE, event, invocation
from workers_operator.account.telemetry.history import MAX_TEXT, history, kept_shares
from workers_operator.cloudflare.telemetry.queries import PAGE


class Stored:
    """An account with so many entries, newest first, of which every ``every``-th is the worker's.

    ``most``: how many it gives at once.
    """

    def __init__(self, count: int, every: int = 1, most: int = PAGE) -> None:
        self.most = most
        self.events = [
            event(str(n), at=n, id_=f"e{n}", space="ns" if n % every == 0 else "other")
            for n in range(count, 0, -1)
        ]
        self.wire = Wire(self)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        body = self.wire.body()
        ids = [each["$metadata"]["id"] for each in self.events]
        start = ids.index(body["offset"]) + 1 if "offset" in body else 0
        given = self.events[start : start + min(body["limit"], self.most)]
        return ok({"events": {"count": len(self.events), "events": given}})


async def texts(stored: Stored, limit: int) -> tuple[list[str], bool]:
    found = await history(api(stored.wire), SCOPE, 0, 10**6, limit)
    return [entry.text for entry in found.entries], found.more


@pytest.mark.parametrize(
    ("count", "limit", "calls"),
    [
        (0, 100, 1),
        (5, 100, 1),
        (100, 100, 1),
        (101, 100, 1),
        (2 * PAGE + 5, 10_000, 4),
        (3 * PAGE, 10, 1),
    ],
)
async def test_the_newest_entries_come_in_the_order_of_time(
    count: int, limit: int, calls: int
) -> None:
    stored = Stored(count)
    first = max(1, count - limit + 1)
    assert await texts(stored, limit) == ([str(n) for n in range(first, count + 1)], count > limit)
    assert len(stored.wire.requests) == calls


async def test_the_limit_counts_the_workers_entries_only() -> None:
    stored = Stored(60, every=3)
    assert await texts(stored, 10) == ([str(n) for n in range(33, 61, 3)], True)


async def test_cloudflare_may_give_fewer_at_once() -> None:
    assert await texts(Stored(25, most=7), 20) == ([str(n) for n in range(6, 26)], True)


async def test_entries_are_fewer_if_they_are_large() -> None:
    stored = Stored(0)
    large = "x" * (MAX_TEXT // 10)
    stored.events = [event(f"{n}{large}", at=n, id_=f"e{n}") for n in range(30, 0, -1)]
    found, more = await texts(stored, 10_000)
    assert [text[:2] for text in found] == [str(n) for n in range(22, 31)]
    assert more


async def test_within_a_millisecond_an_invocation_comes_first() -> None:
    events: list[Any] = [invocation(id_="c"), event("second", id_="b"), event("first", id_="a")]
    found = await history(api(Wire(lambda _: ok({"events": {"events": events}}))), SCOPE, 0, 1, 9)
    assert [entry.text for entry in found.entries] == ["hello", "first", "second"]


async def test_shares_are_those_of_the_workers_scripts() -> None:
    listed = [
        {"id": "shop--11111111--0", "observability": {"enabled": True}},
        {"id": "shop--blog--11111111--0", "observability": {"enabled": True}},
    ]
    found = await kept_shares(api(Wire(lambda _: ok(listed))), SCOPE)
    assert {script.base: share for script, share in found.items()} == {"shop": 1.0}
