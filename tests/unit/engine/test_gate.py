"""The gate lets changes pass until its moment, and never again once it is closed."""

import asyncio
import math

import pytest

from support.clock import ManualClock
from workers_operator.engine.gate import ChangeGate, GateClosed, open_gate


def passes(gate: ChangeGate) -> bool:
    try:
        with gate.change():
            return True
    except GateClosed:
        return False


async def test_it_is_closed_at_first_and_after_its_moment() -> None:
    clock = ManualClock()
    gate = ChangeGate(clock)
    assert not gate.is_open
    assert not passes(gate)
    gate.open_until(clock.monotonic() + 10)
    assert passes(gate)
    await clock.advance(9.9)
    assert passes(gate)
    await clock.advance(0.1)
    assert not passes(gate)
    gate.open_until(clock.monotonic() + 10)
    assert passes(gate)


def test_closed_is_for_good() -> None:
    gate = open_gate()
    assert passes(gate)
    gate.close()
    gate.open_until(math.inf)
    assert not passes(gate)


async def test_it_waits_for_what_is_under_way() -> None:
    gate = open_gate()
    await gate.drain(5)
    with gate.change():
        gate.close()
        draining = asyncio.create_task(gate.drain(5))
        await asyncio.sleep(0)
        assert not draining.done()
    await draining
    with pytest.raises(GateClosed), gate.change():
        raise AssertionError("it passed")


async def test_it_does_not_wait_for_ever() -> None:
    gate = open_gate()
    with gate.change():
        await gate.drain(0.01)
