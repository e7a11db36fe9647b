"""Platforms that go while workers on them are being reconciled."""

import asyncio

import httpx

from support.calls import ok
from support.clock import idle
from support.platforms import CONFIG, Bench
from unit.account.publishing import change
from workers_operator.domain.plan.execution import Execution
from workers_operator.engine.priority import Priority


async def test_a_plan_that_is_under_way_when_its_platform_goes_is_carried_out() -> None:
    bench = Bench(_succeed)
    plan = [change("shop", "a.code24.dev")]
    executed = asyncio.ensure_future(bench.platform.executor.execute(plan, Priority.EDIT))
    bench.platforms.remove(CONFIG.name)
    await idle()
    assert executed.done()
    assert executed.result() == Execution(tuple(plan))
    await bench.platforms.close()
    assert bench.wire.requests[-1].url.path.endswith("/kv/bulk")


def _succeed(_: httpx.Request) -> httpx.Response:
    return ok()
