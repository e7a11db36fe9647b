"""A worker with spec.autoscaling has as many instances as its metrics ask for; its spec is never written."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from support.world import Pass, World
from support.world_bodies import BASE, SHOP, customer
from workers_operator.account.metrics.seasons import STEP
from workers_operator.domain.metrics.distribution import Distribution, Group
from workers_operator.domain.metrics.window import MINUTE, MetricsWindow, Traffic

AUTOSCALING: Mapping[str, Any] = {
    "minInstances": 1,
    "maxInstances": 10,
    "metrics": [{"type": "RequestsPerSecond", "averageValue": "10"}],
}


@pytest.fixture
async def scaled(world: World) -> World:
    world.apply(customer(autoscaling=AUTOSCALING))
    await world.settle(15)
    assert world.is_ready(SHOP)
    return world


async def minute(world: World, per_second: float, **more: Any) -> Pass:
    """Let a minute with this load pass, and its data arrive."""
    await world.advance(MINUTE)
    until = int(world.clock.now().timestamp()) // MINUTE * MINUTE
    count = round(per_second * MINUTE)
    times = Distribution((Group(count, ((20.0, 0.5), (more.get("p99", 40.0), 1.0))),))
    traffic = Traffic(count, more.get("errors", {}), 20.0 * count, times)
    window = MetricsWindow(until - MINUTE, until, {("v", 0): traffic})
    world.platform().metrics.add([(until - MINUTE, {BASE: window} if count else {})], until)
    return await world.reconcile(SHOP)


def scaling(world: World) -> Mapping[str, Any]:
    found: Mapping[str, Any] = world.status(SHOP)["scaling"]
    return found


async def test_load_makes_it_grow_and_every_instance_serves(scaled: World) -> None:
    done = await minute(scaled, 45)
    assert scaling(scaled)["desired"] == 5
    assert scaled.status(SHOP)["instances"] == 5
    assert len(scaled.scripts()) == 5
    assert done.conditions["ScalingActive"] == "True ValidMetricFound"
    assert done.conditions["AbleToScale"] == "True SucceededRescale"
    assert scaled.is_ready(SHOP)
    assert scaled.operator.scalings == ["default up"]
    assert any(
        "Scaled" in event and "to 5 instances" in event for event in scaled.events.about(SHOP)
    )


async def test_a_burst_is_met_before_its_minute_is_complete(scaled: World) -> None:
    await minute(scaled, 8)
    assert scaled.status(SHOP)["instances"] == 1
    scaled.platform().metrics.peaks.renew({BASE: 75.0})
    await scaled.advance(MINUTE)
    await scaled.reconcile(SHOP)
    assert scaled.status(SHOP)["instances"] == 8
    assert scaling(scaled)["lastBurstTime"]


async def test_a_response_time_is_answered_once_until_the_instances_can_have_changed_it(
    scaled: World,
) -> None:
    slow = {"type": "ResponseTimeP99", "averageValue": "50m"}
    scaled.edit(SHOP, autoscaling={**AUTOSCALING, "metrics": [*AUTOSCALING["metrics"], slow]})
    await scaled.settle(5)
    found = []
    for _ in range(5):
        await minute(scaled, 10, p99=100.0)
        found.append(scaled.status(SHOP)["instances"])
    # A whole minute after KV's window is measured before the next step.
    assert found == [2, 2, 2, 4, 4]


async def test_its_spec_is_never_written(scaled: World) -> None:
    before = dict(scaled.api[SHOP]["spec"])
    await minute(scaled, 45)
    assert dict(scaled.api[SHOP]["spec"]) == before


async def test_it_shrinks_after_its_window_only(scaled: World) -> None:
    await minute(scaled, 45)
    for _ in range(4):
        await minute(scaled, 5)
    assert scaled.status(SHOP)["instances"] == 5
    for _ in range(14):
        await minute(scaled, 5)
    assert scaled.status(SHOP)["instances"] == 1
    await scaled.settle(200)
    assert len(scaled.scripts()) == 1


async def test_a_restart_in_the_middle_of_the_window_does_not_shrink_it(scaled: World) -> None:
    await minute(scaled, 45)
    await minute(scaled, 5)
    await scaled.restart()
    await scaled.settle(5)
    assert scaled.status(SHOP)["instances"] == 5
    for _ in range(4):
        await minute(scaled, 5)
    assert scaled.status(SHOP)["instances"] == 5


async def test_a_restart_writes_nothing(scaled: World) -> None:
    await minute(scaled, 45)
    await scaled.settle(120)
    await scaled.restart()
    await scaled.settle(30)
    assert scaled.writes == []
    assert scaled.status(SHOP)["instances"] == 5


async def test_one_minute_is_decided_about_once(scaled: World) -> None:
    await minute(scaled, 45)
    before = scaling(scaled)
    for _ in range(3):
        await scaled.reconcile(SHOP)
    assert scaling(scaled) == before


async def test_without_metrics_it_does_not_shrink_and_says_so(scaled: World) -> None:
    await minute(scaled, 45)
    scaled.platform().metrics.fail("no answer")
    for _ in range(10):
        await scaled.advance(MINUTE)
        done = await scaled.reconcile(SHOP)
    assert scaled.status(SHOP)["instances"] == 5
    assert done.conditions["ScalingActive"] == "False MetricsUnavailable"
    assert scaled.is_ready(SHOP)


async def test_parked_it_stays_parked(scaled: World) -> None:
    await minute(scaled, 45)
    scaled.edit(SHOP, instances=0)
    await scaled.settle(5)
    assert scaled.status(SHOP)["instances"] == 0
    done = await minute(scaled, 0)
    assert scaled.status(SHOP)["instances"] == 0
    assert done.conditions["ScalingActive"] == "False ScalingDisabled"
    scaled.edit(SHOP, instances=1)
    await scaled.settle(5)
    assert scaled.status(SHOP)["instances"] == 1


async def test_a_horizontal_pod_autoscaler_beside_it_changes_nothing(scaled: World) -> None:
    """It writes ``spec.instances`` through the scale subresource, again and again."""
    await minute(scaled, 45)
    for wanted in (9, 2, 9, 2):
        scaled.edit(SHOP, instances=wanted)
        done = await minute(scaled, 45)
        assert scaled.status(SHOP)["instances"] == 5
        assert scaled.api[SHOP]["spec"]["instances"] == wanted, "its number is its own"
        assert not [line for line in done.writes if "script" in line or "kv" in line]
    await scaled.settle(15)
    assert scaled.is_ready(SHOP)
    assert scaled.operator.scalings == ["default up"]


async def test_without_autoscaling_the_spec_counts_again(scaled: World) -> None:
    await minute(scaled, 45)
    scaled.edit(SHOP, autoscaling=None, instances=2)
    await scaled.settle(5)
    assert scaled.status(SHOP)["instances"] == 2
    assert "scaling" not in scaled.status(SHOP)
    kinds = {c["type"] for c in scaled.status(SHOP)["conditions"]}
    assert not {"ScalingActive", "AbleToScale", "ScalingLimited"} & kinds


async def test_new_bounds_hold_at_once(scaled: World) -> None:
    await minute(scaled, 45)
    scaled.edit(SHOP, autoscaling={**AUTOSCALING, "maxInstances": 3})
    await scaled.settle(5)
    assert scaled.status(SHOP)["instances"] == 3


async def test_a_plan_refuses_more_than_it_allows(world: World) -> None:
    world.apply(
        customer(autoscaling={**AUTOSCALING, "maxInstances": 50}, configuration={"plan": "free"})
    )
    await world.settle(5)
    found = next(c for c in world.status(SHOP)["conditions"] if c["type"] == "Ready")
    assert found["reason"] == "InstancesNotInPlan"


async def test_an_upload_that_fails_half_way_is_made_up_for(scaled: World) -> None:
    scaled.cloudflare.fail("PUT script", times=2)
    await minute(scaled, 45)
    await scaled.settle(60)
    assert scaled.status(SHOP)["instances"] == 5
    assert len(scaled.scripts()) == 5
    assert scaled.is_ready(SHOP)


@pytest.mark.parametrize(
    ("loads", "instances", "most"),
    [
        ([40, 48, 44, 46, 42], 5, 12),
        ([44, 44, 44, 44, 44, 44, 46], 5, 12),  # metrics that are due, and change a minute later
        ([105, 111], 10, 12),  # within the tolerance of the greatest number, and above it
        ([105, 105, 105, 105, 105, 111], 10, 12),
        ([44], 5, 0),
        ([0], 1, 0),
    ],
    ids=["noise", "steps", "bound", "seldom", "steady", "none"],
)
async def test_noise_writes_status_at_most_twelve_times_an_hour(
    scaled: World, loads: Sequence[float], instances: int, most: int
) -> None:
    for _ in range(20):
        await minute(scaled, max(loads))
    assert scaled.status(SHOP)["instances"] == instances
    writes = 0
    for load in itertools.islice(itertools.cycle(loads), 60):
        before = scaled.status(SHOP)
        await minute(scaled, load)
        writes += scaled.status(SHOP) != before
    assert writes <= most
    assert scaled.status(SHOP)["instances"] == instances


async def test_a_bound_that_holds_the_number_back_is_told_within_five_minutes(
    scaled: World,
) -> None:
    for _ in range(3):
        await minute(scaled, 100)
    told = [(await minute(scaled, 150)).conditions["ScalingLimited"] for _ in range(5)]
    assert told[-1] == "True TooManyReplicas"


async def test_a_forecast_raises_the_number_before_the_load_comes(scaled: World) -> None:
    """Every hour, for a quarter of an hour, there are 80 requests a second."""
    predictive = {"mode": "Act", "season": "1h", "horizon": "10m"}
    scaled.edit(SHOP, autoscaling={**AUTOSCALING, "predictive": predictive})
    await minute(scaled, 5)
    until = scaled.platform().metrics.until
    assert until is not None
    (since,) = scaled.platform().metrics.seasons.lacking(until)
    now = until // STEP * STEP
    loads = {
        (BASE, start): (80 if (start - now) % 3600 in (STEP, 2 * STEP, 3 * STEP) else 5) * STEP
        for start in range(since, now, STEP)
    }
    scaled.platform().metrics.seasons.add([BASE], loads, until)
    await minute(scaled, 5)
    assert scaling(scaled)["predicted"] == 8
    assert scaled.status(SHOP)["instances"] == 5  # a policy lets it grow by four at a time
    await minute(scaled, 5)
    assert scaled.status(SHOP)["instances"] == 8
