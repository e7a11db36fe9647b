"""A rollout goes on once the requests to its version were analysed, and ends if they were worse than the others."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.world import World
from support.world_bodies import BASE, SHOP
from unit.reconcilers.rolling import begun, condition, rollout, shares, versions_there
from workers_operator.domain.metrics.tally import Tally

STEPS = [
    {"weight": 10, "pause": {"duration": "2m"}, "analysis": {}},
    {"weight": 50, "pause": {"duration": "1m"}},
]
ANALYSED: Mapping[str, Any] = {"strategy": "Canary", "steps": STEPS, "progressDeadline": "5m"}


async def counted(
    world: World, seconds: float, canary: tuple[int, int], stable: tuple[int, int]
) -> None:
    """Let some time pass, and the data arrive of what went to both versions: (requests, failed)."""
    await world.settle(seconds)
    comparisons, now = world.platform().metrics.comparisons, world.clock.now().timestamp()
    for span, names in comparisons.lacking(now, 0.0).items():
        assert list(names) == [BASE]
        found = world.status(SHOP)["versions"]
        tallies = {found["canary"]: Tally(*canary), found["stable"]: Tally(*stable)}
        comparisons.add(names, span, {BASE: tallies})
    await world.reconcile(SHOP)


def failing(world: World, times: int) -> None:
    for _ in range(times):
        world.platform().metrics.fail("the analytics API answers 500")


@pytest.fixture
async def one(served: World) -> str:
    """The version that serves while another one is analysed."""
    one = await begun(served, ANALYSED)
    assert shares(served)[one] == 90
    return one


async def test_it_goes_on_once_the_analysis_has_passed(served: World, one: str) -> None:
    await counted(served, 60, (200, 1), (1800, 9))
    assert shares(served)[one] == 90
    await counted(served, 61, (200, 1), (1800, 9))
    assert shares(served)[one] == 50
    await served.settle(61)
    assert one not in shares(served)
    assert served.is_ready(SHOP)


async def test_a_version_with_more_errors_is_aborted(served: World, one: str) -> None:
    await counted(served, 121, (400, 30), (3600, 18))
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "Aborted"
    message = condition(served, "Ready")["message"]
    assert condition(served, "Ready")["reason"] == "RolloutAborted"
    assert "the analysis failed: ErrorRate is 7.5 % over 400 requests" in message
    assert f"version {one} has 0.5 % over 3600 requests" in message
    await served.settle(600)
    assert versions_there(served) == {one}


async def test_a_very_bad_version_is_aborted_at_the_first_look(served: World, one: str) -> None:
    await counted(served, 20, (40, 40), (360, 1))  # too few to look
    assert shares(served)[one] == 90
    await counted(served, 10, (40, 40), (360, 1))
    assert shares(served) == {one: 100}
    assert "over 80 requests" in rollout(served)["message"]


async def test_it_waits_for_data_that_is_late(served: World, one: str) -> None:
    await counted(served, 60, (200, 1), (1800, 9))
    await served.settle(100)
    assert shares(served)[one] == 90
    assert condition(served, "Ready")["reason"] == "RolloutProgressing"
    assert "the analysis waits for the metrics" in condition(served, "Ready")["message"]
    await counted(served, 1, (200, 1), (1800, 9))
    assert shares(served)[one] == 50
    assert "message" not in rollout(served)


async def test_too_few_requests_pause_it(served: World, one: str) -> None:
    await counted(served, 121, (7, 0), (63, 0))
    assert shares(served)[one] == 90
    assert condition(served, "Ready")["reason"] == "RolloutPaused"
    message = condition(served, "Ready")["message"]
    assert "the analysis is inconclusive: 7 requests of the 50 that are asked for" in message
    assert "rollout resume goes on" in message
    await served.settle(3600)
    assert shares(served)[one] == 90


async def test_a_paused_version_that_turns_bad_is_aborted(served: World, one: str) -> None:
    await counted(served, 121, (7, 0), (63, 0))
    await counted(served, 300, (100, 80), (900, 2))
    assert shares(served) == {one: 100}


async def test_metrics_that_cannot_be_had_pause_it(served: World, one: str) -> None:
    failing(served, 3)
    await served.settle(160)
    assert rollout(served)["phase"] == "Progressing"
    failing(served, 1)
    await served.settle(40)
    assert rollout(served)["phase"] == "Paused"
    assert (
        "could not be had 4 times in a row: the analytics API answers 500"
        in (rollout(served)["message"])
    )
    assert shares(served)[one] == 90


async def test_metrics_that_never_come_pause_it_after_the_deadline(served: World, one: str) -> None:
    await served.settle(120 + 300 + 60)
    assert rollout(served)["phase"] == "Progressing"
    await served.settle(120)
    assert rollout(served)["phase"] == "Paused"
    assert "there are no metrics after 300 s" in rollout(served)["message"]


async def test_tests_that_cannot_be_made_promote_nothing(served: World, one: str) -> None:
    served.operator.tests.broken = "the statistical tests cannot be made: killed"
    await counted(served, 121, (400, 2), (3600, 18))
    assert shares(served)[one] == 90
    assert "cannot be made" in rollout(served)["message"]
    served.operator.tests.broken = ""
    await served.settle(40)
    assert shares(served)[one] == 50


async def test_tests_that_can_never_be_made_pause_it_after_the_deadline(
    served: World, one: str
) -> None:
    served.operator.tests.broken = "the statistical tests cannot be made: killed"
    await counted(served, 121, (400, 2), (3600, 18))
    await served.settle(300)
    assert rollout(served)["phase"] == "Progressing"
    await served.settle(120)
    assert rollout(served)["phase"] == "Paused"
    assert "inconclusive: the statistical tests cannot be made" in rollout(served)["message"]
    assert shares(served)[one] == 90


async def test_a_long_step_without_analysis_forgets_nothing(served: World) -> None:
    """Both analysed steps have too few failures each; together they have enough."""
    steps = [
        {"weight": 10, "pause": {"duration": "2m"}, "analysis": {}},
        {"weight": 25, "pause": {"duration": "1h"}},
        {"weight": 50, "pause": {"duration": "2m"}, "analysis": {}},
    ]
    one = await begun(served, {**ANALYSED, "steps": steps})
    await counted(served, 121, (1000, 20), (4000, 40))
    assert shares(served)[one] == 75
    await served.settle(3601)
    assert shares(served)[one] == 50
    await counted(served, 131, (1000, 24), (1000, 10))
    assert shares(served) == {one: 100}
    assert "over 2000 requests" in rollout(served)["message"]


async def test_a_restart_counts_the_whole_step_again(served: World, one: str) -> None:
    await counted(served, 60, (200, 1), (1800, 9))
    await served.restart()
    await served.settle(2)
    [(since, _)] = served.platform().metrics.comparisons.lacking(
        served.clock.now().timestamp(), 0.0
    )
    assert since <= served.clock.now().timestamp() - 60
    await counted(served, 60, (400, 30), (3600, 18))
    assert shares(served) == {one: 100}


async def test_a_step_that_waits_for_a_promotion_is_analysed_meanwhile(served: World) -> None:
    steps = [{"weight": 10, "pause": {}, "analysis": {"metrics": [{"type": "ErrorRate"}]}}]
    one = await begun(served, {"strategy": "Canary", "steps": steps})
    await counted(served, 600, (400, 2), (3600, 18))
    assert rollout(served)["phase"] == "Paused"
    await counted(served, 600, (600, 300), (3600, 18))
    assert shares(served) == {one: 100}


async def test_an_analysis_writes_no_status_while_nothing_changes(served: World, one: str) -> None:
    def written() -> int:
        return sum("CustomerWorker" in call for call in served.api.writes)

    before = written()
    for _ in range(5):
        await counted(served, 20, (40, 0), (360, 2))
    assert written() == before
