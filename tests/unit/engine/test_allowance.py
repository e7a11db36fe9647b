"""So often at once, then once in so many seconds, and each tenant for itself."""

import pytest

from support.clock import ManualClock
from workers_operator.engine.allowance import Allowance


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def allowance(clock: ManualClock) -> Allowance:
    return Allowance(clock, burst=3, seconds=30)


def spend(allowance: Allowance, count: int, tenant: str = "a") -> list[float]:
    return [allowance.spend(tenant) for _ in range(count)]


async def test_so_often_at_once_and_then_once_in_so_many_seconds(
    allowance: Allowance, clock: ManualClock
) -> None:
    assert spend(allowance, 5) == [0, 0, 0, 30, 30]
    await clock.advance(10)
    assert spend(allowance, 1) == [20]
    await clock.advance(20)
    assert spend(allowance, 2) == [0, 30]


async def test_it_fills_up_again(allowance: Allowance, clock: ManualClock) -> None:
    spend(allowance, 3)
    await clock.advance(61)
    assert spend(allowance, 3) == [0, 0, 29]
    await clock.advance(10_000)
    assert spend(allowance, 4) == [0, 0, 0, 30]


async def test_each_tenant_has_its_own(allowance: Allowance, clock: ManualClock) -> None:
    spend(allowance, 9)
    assert spend(allowance, 4, "b") == [0, 0, 0, 30]
    await clock.advance(1000)
    assert spend(allowance, 4, "c") == [0, 0, 0, 30]
    assert spend(allowance, 4, "b") == [0, 0, 0, 30]
