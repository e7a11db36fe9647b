"""Who calls and what they may do: asked once, for seconds, and as it was while the API server is away."""

import asyncio
import time
from typing import Any

import pytest

from support.clock import ManualClock, idle
from support.rest_api import ADMIN, TENANT, MemoryServer
from workers_operator.gateway.access.callers import Caller, about
from workers_operator.gateway.access.reviews import (
    KEPT_SECONDS,
    OUTAGE_SECONDS,
    REFUSED_SECONDS,
    Reviewer,
)
from workers_operator.kube.errors import KubeUnavailable, from_status

UNAVAILABLE = from_status(503, "POST /x", "")
QUESTION = about("CustomerWorker", "get", "tenant", "shop")


class Setting:
    def __init__(self) -> None:
        self.server, self.clock = MemoryServer(), ManualClock()
        self.reviewer = Reviewer(self.server, "audience", self.clock)

    async def pass_(self, seconds: float) -> None:
        await self.clock.advance(seconds)


@pytest.fixture
def setting() -> Setting:
    return Setting()


async def test_a_token_is_reviewed_once_for_seconds(setting: Setting) -> None:
    callers = await asyncio.gather(*(setting.reviewer.caller(ADMIN) for _ in range(20)))
    assert {caller.username for caller in callers if caller is not None} == {"admin"}
    assert len(setting.server.calls) == 1
    await setting.pass_(KEPT_SECONDS + 0.1)
    await setting.reviewer.caller(ADMIN)
    assert len(setting.server.calls) == 2


async def test_a_revoked_token_is_one_within_ten_seconds(setting: Setting) -> None:
    assert await setting.reviewer.caller(ADMIN) is not None
    del setting.server.reviews.tokens[ADMIN]
    await setting.pass_(10)
    assert await setting.reviewer.caller(ADMIN) is None


async def test_a_permission_that_is_withdrawn_is_so_within_ten_seconds(setting: Setting) -> None:
    caller = await setting.reviewer.caller(TENANT)
    assert caller is not None
    assert await setting.reviewer.may(caller, QUESTION)
    setting.server.reviews.granted.clear()
    await setting.pass_(10)
    assert not await setting.reviewer.may(caller, QUESTION)


async def test_a_token_for_another_audience_is_nobodys(setting: Setting) -> None:
    setting.server.reviews.audiences = ["another"]
    assert await setting.reviewer.caller(ADMIN) is None


async def test_what_was_said_last_counts_while_the_api_server_is_away(setting: Setting) -> None:
    assert await setting.reviewer.caller(ADMIN) is not None
    setting.server.fault = UNAVAILABLE
    await setting.pass_(60)
    assert await setting.reviewer.caller(ADMIN) is not None
    with pytest.raises(KubeUnavailable):
        await setting.reviewer.caller("a token that nobody has asked about")
    await setting.pass_(OUTAGE_SECONDS)
    with pytest.raises(KubeUnavailable):
        await setting.reviewer.caller(ADMIN)


async def test_changes_need_an_answer_of_now(setting: Setting) -> None:
    change = about("CustomerWorker", "update", "tenant", "shop")
    caller = await setting.reviewer.caller(TENANT)
    assert caller is not None
    assert await setting.reviewer.may(caller, change)
    setting.server.fault = UNAVAILABLE
    await setting.pass_(KEPT_SECONDS + 0.1)
    with pytest.raises(KubeUnavailable):
        await setting.reviewer.may(caller, change)


async def test_a_list_costs_a_question_for_each_namespace_and_not_for_each_worker(
    setting: Setting,
) -> None:
    caller = await setting.reviewer.caller(TENANT)
    assert caller is not None
    before = len(setting.server.calls)
    namespaces = {"CustomerWorker": {"tenant": 500, "other": 500}, "EliteWorker": {"other": 1}}
    scope = await setting.reviewer.scope(caller, namespaces)
    assert scope.holds("CustomerWorker", "tenant")
    assert not scope.holds("CustomerWorker", "other")
    assert not scope.holds("EliteWorker", "tenant")
    assert len(setting.server.calls) - before == 5


async def test_a_refusal_to_list_counts_longer_than_a_permission(setting: Setting) -> None:
    caller = await setting.reviewer.caller(TENANT)
    assert caller is not None
    everywhere, here = (
        about("CustomerWorker", "list", ""),
        about("CustomerWorker", "list", "tenant"),
    )
    for question in (everywhere, here):
        await setting.reviewer.may(caller, question)
    setting.server.reviews.granted.clear()
    await setting.pass_(KEPT_SECONDS + 0.1)
    calls = len(setting.server.calls)
    assert not await setting.reviewer.may(caller, everywhere)
    assert len(setting.server.calls) == calls
    assert not await setting.reviewer.may(caller, here)
    setting.server.reviews.granted[caller.username] = {("*", "*")}
    await setting.pass_(REFUSED_SECONDS + 0.1)
    assert await setting.reviewer.may(caller, everywhere)


async def test_who_asks_all_the_time_waits_for_no_review(setting: Setting) -> None:
    assert await setting.reviewer.caller(ADMIN) is not None
    arrived, answered = asyncio.Event(), asyncio.Event()
    review = setting.server.request

    async def slow(*arguments: Any, **options: Any) -> Any:
        arrived.set()
        await answered.wait()
        return await review(*arguments, **options)

    setting.server.request = slow  # type: ignore[method-assign]
    await setting.pass_(KEPT_SECONDS * 0.8)
    async with asyncio.timeout(10):
        assert await setting.reviewer.caller(ADMIN) is not None
        await arrived.wait()
        del setting.server.reviews.tokens[ADMIN]
        assert await setting.reviewer.caller(ADMIN) is not None
        answered.set()
        await idle()
        assert await setting.reviewer.caller(ADMIN) is None


async def test_many_namespaces_are_not_gone_through_for_each_list(setting: Setting) -> None:
    caller = await setting.reviewer.caller(TENANT)
    assert caller is not None
    namespaces = {"CustomerWorker": [f"n{number}" for number in range(3000)]}
    await setting.reviewer.scope(caller, namespaces)
    await setting.pass_(2)
    took: list[float] = []
    for _ in range(2):
        began = time.process_time()
        assert not (await setting.reviewer.scope(caller, namespaces)).holds("CustomerWorker", "n1")
        took.append(time.process_time() - began)
    assert took[1] < took[0] / 4


async def test_no_tenant_evicts_the_answers_of_another() -> None:
    server, clock = MemoryServer(), ManualClock()
    reviewer = Reviewer(server, "audience", clock, most=100)
    loud = [Caller(f"system:serviceaccount:loud:{number}", "", (), {}) for number in range(10)]
    quiet = Caller("quiet", "", (), {})
    await reviewer.may(quiet, QUESTION)
    for number in range(200):
        await reviewer.may(loud[number % 10], about("CustomerWorker", "get", f"ns-{number}"))
    asked = len(server.calls)
    await reviewer.may(quiet, QUESTION)
    assert len(server.calls) == asked


def test_whose_namespace_is_meant() -> None:
    assert Caller("system:serviceaccount:shop:app").namespace == "shop"
    assert Caller("jane").namespace == "default"
