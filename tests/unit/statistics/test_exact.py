"""The statistical tests, and the process that makes them."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import suppress
from math import comb
from pathlib import Path

import pytest

from support.waiting import until
from workers_operator.statistics.exact import p_value
from workers_operator.statistics.process import ExactTests, TestsUnavailable


def tail(failed: int, requests: int, others_failed: int, others: int) -> float:
    """Fisher's one-sided test by its definition: the share of all tables that are as bad, or worse."""
    all_failed, total = failed + others_failed, requests + others
    found = (
        comb(all_failed, k) * comb(total - all_failed, requests - k)
        for k in range(failed, requests + 1)
    )
    return sum(found) / comb(total, requests)


@pytest.mark.parametrize(
    "counts", [(3, 10, 1, 20), (0, 5, 4, 9), (5, 5, 0, 5), (20, 1000, 90, 9000), (0, 50, 0, 50)]
)
def test_fishers_test_is_what_its_definition_says(counts: tuple[int, int, int, int]) -> None:
    assert p_value(counts) == pytest.approx(tail(*counts))


@pytest.mark.parametrize(("failed", "requests", "limit"), [(3, 10, 0.1), (0, 4, 0.5), (1, 50, 0.0)])
def test_the_binomial_test_is_what_its_definition_says(
    failed: int, requests: int, limit: float
) -> None:
    wanted = sum(
        comb(requests, k) * limit**k * (1 - limit) ** (requests - k)
        for k in range(failed, requests + 1)
    )
    assert p_value((failed, requests, limit)) == pytest.approx(wanted)


class Seconds:
    """A clock, and what sleeps by it."""

    def __init__(self) -> None:
        self.now = 0.0
        self._moved = asyncio.Event()

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self._moved.clear()
            await self._moved.wait()

    def advance(self, seconds: float) -> None:
        self.now += seconds
        self._moved.set()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
async def tests(seconds: Seconds) -> AsyncIterator[ExactTests]:
    tests = ExactTests(seconds.monotonic)
    running = asyncio.create_task(tests.run(seconds.sleep))
    yield tests
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert children() == []


def children() -> list[int]:
    """The child processes that make tests."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        with suppress(OSError):
            process = Path("/proc", pid)
            parent = (process / "stat").read_text().rpartition(")")[2].split()[1]
            command = (process / "cmdline").read_text()
            if int(parent) == os.getpid() and "workers_operator.statistics.child" in command:
                found.append(int(pid))
    return found


async def test_a_child_process_makes_them(tests: ExactTests) -> None:
    counts = [(20.0, 1000.0, 90.0, 9000.0), (3.0, 10.0, 0.1)]
    assert await tests.p_values(counts) == pytest.approx([p_value(one) for one in counts])
    [one] = children()
    assert await tests.p_values(counts[:1]) == pytest.approx([p_value(counts[0])])
    assert children() == [one]


async def test_nothing_to_test_starts_no_process(tests: ExactTests) -> None:
    assert list(await tests.p_values(())) == []
    assert children() == []


async def test_a_child_that_was_killed_is_replaced(tests: ExactTests) -> None:
    await tests.p_values([(1.0, 2.0, 0.5)])
    [one] = children()
    os.kill(one, signal.SIGKILL)
    with suppress(TestsUnavailable):  # the first to ask may find it dying
        await tests.p_values([(1.0, 2.0, 0.5)])
    assert list(await tests.p_values([(2.0, 2.0, 0.5)])) == pytest.approx([0.25])


async def test_what_cannot_be_tested_is_said(tests: ExactTests) -> None:
    with pytest.raises(TestsUnavailable, match="cannot be made"):
        await tests.p_values([(-1.0, -2.0, 0.5)])
    assert list(await tests.p_values([(2.0, 2.0, 0.5)])) == pytest.approx([0.25])


async def test_it_ends_when_nobody_asks(tests: ExactTests, seconds: Seconds) -> None:
    await tests.p_values([(1.0, 2.0, 0.5)])
    for _ in range(6):
        seconds.advance(15)
        await asyncio.sleep(0)
    await asyncio.to_thread(until, lambda: not children(), "the child process does not end")
