"""Smoke tests: what a new version has to answer before it gets requests."""

from support.world import World
from support.world_bodies import SHOP, customer
from unit.reconcilers.rolling import (
    BAD,
    CANARY,
    STEPS,
    TWO,
    begun,
    condition,
    rollout,
    routings,
    shares,
    versions_there,
)
from workers_operator.domain.health.probes import ProbeAnswer


async def test_a_version_that_throws_never_gets_a_request(served: World) -> None:
    one = await begun(served, {}, BAD)
    assert routings(served) == 0
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "Aborted"
    message = condition(served, "Ready")["message"]
    assert condition(served, "Ready")["reason"] == "RolloutAborted"
    assert "the smoke test failed: GET /" in message
    assert "the script throws an exception" in message
    assert len(served.prober.smoked) == 3
    await served.settle(300)
    assert versions_there(served) == {one}


async def test_nothing_is_smoke_tested_when_nothing_serves(world: World) -> None:
    world.apply(customer())
    await world.settle(10)
    assert world.is_ready(SHOP)
    assert world.prober.smoked == []


async def test_its_requests_reach_the_new_version_before_the_first_share(served: World) -> None:
    request = {
        "path": "/checkout",
        "method": "POST",
        "body": "{}",
        "expect": {"contains": "ok"},
    }
    steps = [{"smoke": {"requests": [request]}}, *STEPS]
    served.prober.texts = lambda host, path: "all is ok"
    one = await begun(served, {**CANARY, "steps": steps})
    assert served.prober.smoked == ["POST shop.code24.dev/checkout"] * 2  # a script each
    assert shares(served)[one] == 90


async def test_a_version_that_throws_on_one_instance_gets_no_request(served: World) -> None:
    broken = ProbeAnswer(500, None, "worker_exception", 1)
    served.prober.instances = lambda host, instance: broken if instance == 1 else None
    one = served.version(SHOP)
    served.edit(SHOP, rollout={**CANARY, "steps": [{"smoke": {}}, *STEPS]}, source=TWO)
    await served.settle(5)
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "Aborted"
    assert "the script throws an exception" in rollout(served)["message"]
    assert rollout(served)["message"].endswith(", on instance 1")


async def test_a_header_that_is_not_as_expected_aborts(served: World) -> None:
    request = {"expect": {"headers": {"Content-Type": "text/html"}}}
    steps = [{"smoke": {"requests": [request]}}, *STEPS]
    one = await begun(served, {**CANARY, "steps": steps})
    assert shares(served) == {one: 100}
    why = "GET /: the header Content-Type does not contain 'text/html'"
    assert why in rollout(served)["message"]


async def test_an_answer_that_is_not_as_expected_aborts(served: World) -> None:
    request = {"path": "/checkout", "expect": {"contains": "Welcome"}}
    steps = [{"smoke": {"requests": [request]}}, *STEPS]
    one = await begun(served, {**CANARY, "steps": steps})
    assert shares(served) == {one: 100}
    assert "GET /checkout: the body does not contain 'Welcome'" in rollout(served)["message"]


async def test_a_smoke_test_later_on_keeps_the_share(served: World) -> None:
    steps = [STEPS[0], {"smoke": {"requests": [{"expect": {"contains": "no"}}]}}]
    one = await begun(served, {**CANARY, "steps": steps})
    assert shares(served)[one] == 90
    await served.settle(65)
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "Aborted"


async def test_a_test_that_cannot_be_made_waits_for_the_deadline(served: World) -> None:
    steps = [{"smoke": {"requests": [{"path": "/"}]}}, *STEPS]
    served.prober.unreachable = True
    one = await begun(served, {**CANARY, "steps": steps, "progressDeadline": "2m"})
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "Progressing"
    assert "cannot be made" in condition(served, "Ready")["message"]
    await served.settle(130)
    assert rollout(served)["phase"] == "Aborted"
    assert "no progress for 120 s: the smoke test cannot be made" in rollout(served)["message"]


async def test_that_of_an_immediate_rollout_stops_nothing_if_it_cannot_be_made(
    served: World,
) -> None:
    served.prober.unreachable = True
    one = await begun(served, {})
    assert one not in shares(served)
