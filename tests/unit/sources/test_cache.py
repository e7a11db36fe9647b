"""Sources that were read: each once for all who want it, no more than fit, and never an error."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.clock import idle
from workers_operator.sources.cache import SourceCache


class Shelf:
    """Values that are read when told to; ``reads`` lists what was."""

    def __init__(self, limit: int = 100) -> None:
        self.cache: SourceCache[bytes] = SourceCache(len, limit)
        self.reads: list[str] = []
        self.gate = asyncio.Event()

    def reader(self, key: str, value: bytes, *, waits: bool = False) -> Callable[[], Awaitable[bytes]]:  # fmt: skip
        async def read() -> bytes:
            self.reads.append(key)
            if waits:
                await self.gate.wait()
            return value

        return read

    async def get(self, key: str, size: int = 1) -> bytes:
        return await self.cache.get(key, self.reader(key, key[:1].encode() * size))

    def wait_for(self, key: str) -> "asyncio.Task[bytes]":
        value = key.encode()
        return asyncio.ensure_future(self.cache.get(key, self.reader(key, value, waits=True)))


async def test_what_is_known_is_not_read_again() -> None:
    shelf = Shelf()
    assert await shelf.get("a") == await shelf.get("a") == b"a"
    assert await shelf.get("b") == b"b"
    assert shelf.reads == ["a", "b"]
    assert shelf.cache.held == 2


async def test_one_read_serves_all_who_want_it() -> None:
    shelf = Shelf()
    waiting = [shelf.wait_for("a") for _ in range(5)]
    await idle()
    shelf.gate.set()
    assert await asyncio.gather(*waiting) == [b"a"] * 5
    assert shelf.reads == ["a"]


async def test_who_gives_up_does_not_take_it_from_the_others() -> None:
    shelf = Shelf()
    first, second = shelf.wait_for("a"), shelf.wait_for("a")
    await idle()
    first.cancel()
    await idle()
    assert first.cancelled()
    shelf.gate.set()
    assert await second == b"a"
    assert shelf.reads == ["a"]


async def test_a_read_that_all_have_given_up_is_still_of_use() -> None:
    shelf = Shelf()
    only = shelf.wait_for("a")
    await idle()
    only.cancel()
    shelf.gate.set()
    await idle()
    assert await shelf.get("a") == b"a"
    assert shelf.reads == ["a"]


async def test_an_error_reaches_all_and_is_not_kept() -> None:
    shelf = Shelf()

    async def fail() -> bytes:
        shelf.reads.append("failed")
        await shelf.gate.wait()
        raise LookupError("gone")

    waiting = [asyncio.ensure_future(shelf.cache.get("a", fail)) for _ in range(3)]
    await idle()
    shelf.gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(r) for r in results] == [LookupError] * 3
    assert await shelf.get("a") == b"a"
    assert shelf.reads == ["failed", "a"]


async def test_the_one_that_was_not_used_for_longest_goes_first() -> None:
    shelf = Shelf(limit=3)
    for key in "abcad":
        await shelf.get(key)
    assert shelf.reads == ["a", "b", "c", "d"]
    await shelf.get("a")
    assert shelf.reads == ["a", "b", "c", "d"]
    await shelf.get("b")
    assert shelf.reads == ["a", "b", "c", "d", "b"]


async def test_a_failure_that_nobody_waits_for_any_more_is_no_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gc.collect()
    caplog.clear()  # of what other tests have left behind
    cache: SourceCache[bytes] = SourceCache(len)
    gate = asyncio.Event()

    async def fails() -> bytes:
        await gate.wait()
        raise ValueError("it is not there")

    asking = asyncio.ensure_future(cache.get("a", fails))
    await idle()
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    del asking
    gate.set()
    await idle()
    gc.collect()
    assert caplog.messages == []


async def test_what_is_too_large_is_served_and_takes_nothing_elses_place() -> None:
    shelf = Shelf(limit=3)
    await shelf.get("a")
    assert await shelf.get("b", 4) == b"bbbb"
    assert shelf.cache.held == 1
    await shelf.get("a")
    assert shelf.reads == ["a", "b"]


@pytest.mark.parametrize("key", [("r2", "b", None), ("template", ("b", 1))])
async def test_keys_are_told_apart_by_all_their_parts(key: tuple[object, ...]) -> None:
    shelf = Shelf()
    assert await shelf.cache.get(key, shelf.reader("x", b"x")) == b"x"
    assert await shelf.cache.get((*key, 1), shelf.reader("y", b"y")) == b"y"


@given(st.integers(0, 20), st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 9))))
async def test_it_reads_what_a_shelf_of_its_size_would_have_lost_and_nothing_else(
    limit: int, wanted: list[tuple[str, int]]
) -> None:
    shelf, sizes, kept, reads = Shelf(limit), dict[str, int](), list[str](), list[str]()
    for key, said in wanted:
        size = sizes.setdefault(key, said)
        assert await shelf.get(key, size) == key.encode() * size
        if key in kept:
            kept.remove(key)
        else:
            reads.append(key)
        if size <= limit:
            kept.append(key)
        while sum(sizes[k] for k in kept) > limit:
            kept.pop(0)
        assert shelf.cache.held == sum(sizes[k] for k in kept) <= limit
    assert shelf.reads == reads
