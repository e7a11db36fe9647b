"""A listing: what is written while it is under way is laid over its result, whatever comes of it."""

import asyncio
from collections.abc import Callable, Iterable

import pytest

from support.clock import ManualClock, idle
from workers_operator.account.contents import Buckets
from workers_operator.account.listing import Listing
from workers_operator.account.writes import BucketCreated, BucketDeleted, KVNamespaceCreated, Write


class Failed(Exception):
    """The account could not be read."""


class Bench:
    """Buckets, and an account that tells of them page by page; ``meanwhile`` runs between two pages."""

    def __init__(self, *names: str) -> None:
        self.clock, self.listing = ManualClock(), Listing(Buckets())
        self.held, self.fills, self.fails = list(names), 0, False
        self.meanwhile: Callable[[], None] = lambda: None
        self.gate: asyncio.Event | None = None

    async def refresh(self, not_before: float | None = None) -> set[str] | None:
        """Refresh; the names that were known before, None if nothing was listed."""
        former = await self.listing.refresh(
            Buckets(), self._fill, self.clock, not_before=not_before
        )
        return None if former is None else former.names

    def start(self, not_before: float | None = None) -> "asyncio.Task[set[str] | None]":
        return asyncio.get_running_loop().create_task(self.refresh(not_before))

    def record_meanwhile(self, writes: Iterable[Write]) -> None:
        """Have writes recorded while the next listing is under way."""

        def record() -> None:
            for write in writes:
                self.listing.record(write)

        self.meanwhile = record

    @property
    def names(self) -> set[str]:
        return self.listing.content.names

    async def _fill(self, fresh: Buckets) -> None:
        self.fills += 1
        page = list(self.held)
        await asyncio.sleep(0)
        self.meanwhile()
        if self.gate is not None:
            await self.gate.wait()
        if self.fails:
            raise Failed
        fresh.names.update(page)


MADE_A, MADE_B, DELETED_A = BucketCreated("a"), BucketCreated("b"), BucketDeleted("a")
CASES: dict[str, tuple[Iterable[str], Iterable[Write], Iterable[Write], set[str]]] = {
    "nothing is written": ("a", [], [], {"a"}),
    "a listing replaces what was written before it": ("a", [MADE_B], [], {"a"}),
    "what is made meanwhile stays": ("", [], [MADE_A], {"a"}),
    "what is deleted meanwhile is gone": ("a", [], [DELETED_A], set()),
    "what is listed and made again is there once": ("a", [], [MADE_A], {"a"}),
    "the last write counts": ("a", [], [DELETED_A, MADE_A], {"a"}),
    "the last write counts, the other way round": ("", [], [MADE_A, DELETED_A], set()),
    "what concerns something else changes nothing": ("a", [], [KVNamespaceCreated("t", "1")], {"a"}),
    "before and meanwhile": ("a", [DELETED_A], [MADE_B], {"a", "b"}),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
async def test_a_listing_merges_with_what_is_written_meanwhile(case: str) -> None:
    held, before, during, expected = CASES[case]
    bench = Bench(*held)
    for write in before:
        bench.listing.record(write)
    bench.record_meanwhile(during)
    await bench.refresh()
    assert bench.names == expected


@pytest.mark.parametrize("case", CASES)
async def test_a_listing_that_fails_leaves_the_last_one_and_what_was_written_since(
    case: str,
) -> None:
    held, before, during, _ = CASES[case]
    bench, expected = Bench(*held), Buckets()
    bench.record_meanwhile(during)
    bench.fails = True
    for write in before:
        bench.listing.record(write)
    with pytest.raises(Failed):
        await bench.refresh()
    for write in (*before, *during):
        expected.apply(write)
    assert bench.names == expected.names
    assert bench.listing.taken is None


async def test_what_was_laid_over_one_listing_is_not_laid_over_the_next() -> None:
    bench = Bench()
    bench.meanwhile = lambda: bench.listing.record(MADE_A)
    await bench.refresh()
    bench.meanwhile = lambda: None
    assert await bench.refresh() == {"a"}
    assert bench.names == set()


async def test_after_a_failure_nothing_is_laid_over_the_next() -> None:
    bench = Bench()
    bench.meanwhile, bench.fails = lambda: bench.listing.record(MADE_A), True
    with pytest.raises(Failed):
        await bench.refresh()
    bench.meanwhile, bench.fails = lambda: None, False
    await bench.refresh()
    assert bench.names == set()


async def test_two_refreshes_at_once_go_one_after_the_other_and_keep_what_is_written() -> None:
    bench = Bench("a")
    bench.gate = asyncio.Event()
    first, second = bench.start(), bench.start()
    await idle()
    assert bench.fills == 1
    bench.listing.record(MADE_B)
    bench.held.append("b")
    bench.gate.set()
    assert [await first, await second] == [set() | {"b"}, {"a", "b"}]
    assert (bench.fills, bench.names) == (2, {"a", "b"})


async def test_the_second_of_two_refreshes_goes_on_though_the_first_fails() -> None:
    bench = Bench("a")
    bench.gate, bench.fails = asyncio.Event(), True
    first, second = bench.start(), bench.start()
    await idle()
    bench.gate.set()
    with pytest.raises(Failed):
        await first
    bench.fails = False
    await second
    assert bench.names == {"a"}


async def test_a_refresh_that_is_cancelled_leaves_what_was_known() -> None:
    bench = Bench("a")
    await bench.refresh()
    bench.listing.mark_unconfirmed()
    bench.gate = asyncio.Event()
    task = bench.start()
    await idle()
    bench.listing.record(MADE_B)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (bench.names, bench.listing.is_unconfirmed) == ({"a", "b"}, True)
    bench.gate = None
    await bench.refresh()
    assert (bench.names, bench.listing.is_unconfirmed) == ({"a"}, False)


class TestSharing:
    """``not_before``: callers share a listing that began late enough."""

    @pytest.mark.parametrize(
        ("offset", "fills"), [(None, 2), (-1.0, 1), (0.0, 1), (0.5, 2), (10.0, 2)]
    )
    async def test_a_listing_that_began_late_enough_is_shared(
        self, offset: float | None, fills: int
    ) -> None:
        bench = Bench("a")
        await bench.refresh()
        began = bench.listing.taken
        assert began == bench.clock.monotonic()
        await bench.clock.advance(10)
        former = await bench.refresh(None if offset is None else began + offset)
        assert bench.fills == fills
        assert former == (None if fills == 1 else {"a"})

    async def test_who_waits_for_a_listing_that_began_late_enough_shares_it(self) -> None:
        bench = Bench("a")
        bench.gate = asyncio.Event()
        now = bench.clock.monotonic()
        tasks = [bench.start(now) for _ in range(5)]
        await idle()
        bench.gate.set()
        assert [await task for task in tasks] == [set(), None, None, None, None]
        assert bench.fills == 1

    async def test_who_asks_while_an_older_listing_is_under_way_gets_a_new_one(self) -> None:
        """What it asks about may have happened after the older one read the page."""
        bench = Bench("a")
        bench.gate = asyncio.Event()
        first = bench.start(bench.clock.monotonic())
        await bench.clock.advance(1)
        second = bench.start(bench.clock.monotonic())
        await idle()
        bench.gate.set()
        await first
        assert await second == {"a"}
        assert bench.fills == 2

    async def test_a_listing_that_failed_is_not_shared(self) -> None:
        bench = Bench("a")
        bench.fails = True
        now = bench.clock.monotonic()
        with pytest.raises(Failed):
            await bench.refresh(now)
        bench.fails = False
        assert await bench.refresh(now) == set()
        assert bench.names == {"a"}


class TestUnconfirmed:
    """The answer to a write was lost."""

    @pytest.mark.parametrize(
        ("before", "during", "fails", "after"),
        [
            (False, False, False, False),
            (True, False, False, False),  # a listing settles it
            (True, False, True, True),  # one that fails does not
            (False, True, False, True),  # a mark that is set meanwhile outlives it
            (True, True, False, True),
            (False, True, True, True),
            (False, False, True, False),
        ],
    )
    async def test_a_mark_lasts_until_a_listing_that_began_after_it(
        self, before: bool, during: bool, fails: bool, after: bool
    ) -> None:
        bench = Bench("a")
        bench.fails = fails
        if before:
            bench.listing.mark_unconfirmed()
        if during:
            bench.meanwhile = bench.listing.mark_unconfirmed
        await asyncio.gather(bench.refresh(), return_exceptions=True)
        assert bench.listing.is_unconfirmed is after

    async def test_a_write_that_was_carried_out_does_not_settle_it(self) -> None:
        bench = Bench()
        bench.listing.mark_unconfirmed()
        bench.listing.record(MADE_A)
        assert bench.listing.is_unconfirmed


class TestRevision:
    async def test_it_changes_with_whatever_may_have_changed_the_content(self) -> None:
        bench = Bench("a")
        seen = [bench.listing.revision]
        await bench.refresh()
        seen.append(bench.listing.revision)
        bench.listing.record(BucketCreated("b"))
        seen.append(bench.listing.revision)
        bench.listing.mark_unconfirmed()
        seen.append(bench.listing.revision)
        await bench.refresh()
        seen.append(bench.listing.revision)
        assert len(set(seen)) == len(seen)

    async def test_a_listing_that_fails_or_is_shared_changes_nothing(self) -> None:
        bench = Bench("a")
        await bench.refresh()
        before = bench.listing.revision
        assert await bench.refresh(not_before=bench.clock.monotonic()) is None
        bench.fails = True
        with pytest.raises(Failed):
            await bench.refresh()
        assert bench.listing.revision == before
