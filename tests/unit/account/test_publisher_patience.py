"""Writes that nobody waits for (many workers follow one template): as few as can be, and still in time."""

import asyncio

import pytest

from support.clock import idle
from unit.account.publishing import Bench, change
from workers_operator.account.publisher import FOLLOWING, IN_WAVES
from workers_operator.engine.priority import Priority, Urgency


def follow(bench: Bench, *numbers: int) -> list["asyncio.Future[None]"]:
    changes = [change(f"w{n}", f"h{n}.code24.dev") for n in numbers]
    return bench.submit(*changes, priority=Priority.RESYNC)


def sizes(bench: Bench) -> list[int]:
    """Workers of each write."""
    return [len(keys) // 2 for _, keys in bench.calls()]


async def test_one_that_follows_waits_a_grace_for_others() -> None:
    bench = Bench()
    follow(bench, 1)
    await bench.clock.advance(FOLLOWING.grace / 2)
    assert sizes(bench) == []
    follow(bench, 2)
    await bench.clock.advance(FOLLOWING.grace * 2)
    assert sizes(bench) == [2]


async def test_the_grace_runs_from_the_last_one_that_joined() -> None:
    """Passes that come one after another, each within the grace, share a write."""
    bench = Bench()
    for number in range(10):
        with bench.publisher.joining():
            await bench.clock.advance(3)  # it takes its time to upload
            follow(bench, number)
        await bench.clock.advance(FOLLOWING.grace / 2)
        assert sizes(bench) == []
    await bench.clock.advance(FOLLOWING.grace)
    assert sizes(bench) == [10]


async def test_it_waits_as_long_as_somebody_is_about_to_join() -> None:
    bench = Bench()
    with bench.publisher.joining():
        follow(bench, 1)
        await bench.clock.advance(FOLLOWING.seconds - 1)
        assert sizes(bench) == []
    await bench.clock.advance(FOLLOWING.grace)
    assert sizes(bench) == [1]


async def test_it_does_not_wait_for_ever() -> None:
    bench = Bench()
    with bench.publisher.joining():
        follow(bench, 1)
        await bench.clock.advance(FOLLOWING.seconds)
        assert sizes(bench) == [1]


async def test_five_hundred_are_enough() -> None:
    bench = Bench()
    assert FOLLOWING.size == 500
    with bench.publisher.joining():
        follow(bench, *range(FOLLOWING.size - 1))
        await idle()
        assert sizes(bench) == []
        follow(bench, FOLLOWING.size)
        await idle()
        assert sizes(bench) == [FOLLOWING.size]


@pytest.mark.parametrize("priority", [Priority.ABORT, Priority.EDIT, Priority.CREATE])
async def test_one_that_somebody_waits_for_takes_all_with_it_at_once(priority: Priority) -> None:
    bench = Bench()
    done = follow(bench, 1, 2)
    await idle()
    assert sizes(bench) == []
    done += bench.submit(change("shop", "a.code24.dev"), priority=priority)
    await idle()
    assert sizes(bench) == [3]
    assert all(each.done() for each in done)


async def test_followers_in_waves_wait_for_each_other_but_not_for_long() -> None:
    bench = Bench()
    with bench.publisher.joining():
        bench.submit(change("w1", "h1.code24.dev"), priority=Priority(Urgency.FOLLOW))
        await bench.clock.advance(IN_WAVES.seconds - 1)
        assert sizes(bench) == []
        await bench.clock.advance(1)
        assert sizes(bench) == [1]
        changes = [change(f"v{n}", f"g{n}.code24.dev") for n in range(IN_WAVES.size)]
        bench.submit(*changes, priority=Priority(Urgency.FOLLOW))
        await idle()
        assert sizes(bench) == [1, IN_WAVES.size]


async def test_what_is_tried_again_does_not_wait_as_followers_do() -> None:
    """A retried creation, and the repair of what visitors meet errors of."""
    bench = Bench()
    bench.submit(change("w1", "h1.code24.dev"), priority=Priority.RETRY)
    await idle()
    assert sizes(bench) == [1]
