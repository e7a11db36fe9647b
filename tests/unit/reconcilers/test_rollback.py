"""A version that turns unhealthy before it was healthy is replaced by the previous one; the spec stays as it is."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import Module
from support.scripts import says
from support.world import World
from support.world_bodies import NONE_KEPT, SHOP, customer
from unit.reconcilers.rolling import condition
from workers_operator.domain.health.probes import LATE, ProbeAnswer

BAD: Mapping[str, Any] = {
    "inline": {"script": says("bad")}
}  # passes its smoke test, and then throws
GOOD: Mapping[str, Any] = {"inline": {"script": says("good")}}


def versions(world: World) -> Mapping[str, str]:
    found: Mapping[str, str] = world.status(SHOP)["versions"]
    return found


@pytest.fixture
async def served(served: World) -> World:
    """A world in which all versions but these two throw as soon as they serve."""
    world = served
    good = says("one"), GOOD["inline"]["script"]

    def throws(host: str, path: str) -> ProbeAnswer | None:
        answer = world.cloudflare.answer(host, path)
        script = next((s for n, s in world.scripts().items() if f"--{answer.version}--" in n), None)
        is_good = script is None or any(text in script.text for text in good)
        return None if is_good else ProbeAnswer(500, answer.version, "worker_exception")

    world.prober.override = throws
    return world


async def test_the_previous_version_serves_again(served: World) -> None:
    first = served.version(SHOP)
    served.edit(SHOP, source=BAD)
    await served.settle(120)
    assert served.answer("shop") == (200, first, "")
    assert versions(served)["stable"] == first
    rollout = served.status(SHOP)["rollout"]
    rejected = rollout["version"]
    assert (rollout["phase"], rollout["unhealthy"]) == ("RolledBack", True)
    assert "previous" not in versions(served)
    assert condition(served, "Healthy")["reason"] == "RolledBackUnhealthy"
    assert condition(served, "Ready")["reason"] == "RolledBackUnhealthy"
    assert condition(served, "Stalled")["status"] == "True"
    assert condition(served, "Reconciling")["status"] == "absent"
    assert rejected in condition(served, "Healthy")["message"]
    assert served.status(SHOP)["health"]["state"] == "Healthy"
    assert served.api[SHOP]["spec"]["source"] == BAD
    told = [e.partition(":")[0] for e in served.events.about(SHOP)]
    assert told[-1] == "Warning RolledBackUnhealthy"
    # No script of the previous version had to be uploaded again, and the bad ones go.
    assert not any(f"--{first}--" in line for line in served.writes if "PUT script" in line)
    await served.settle(300)
    assert {name.split("--")[-2] for name in served.scripts()} == {first}


async def test_it_stays_so_across_restarts_and_checks_without_an_edit(served: World) -> None:
    first = served.version(SHOP)
    served.edit(SHOP, source=BAD)
    await served.settle(120)
    await served.settle(300)
    await served.restart()
    served.forget_calls()
    await served.settle(700)
    assert served.writes == []
    assert served.answer("shop").version == first
    assert condition(served, "Ready")["reason"] == "RolledBackUnhealthy"


async def test_an_edit_goes_on(served: World) -> None:
    served.edit(SHOP, source=BAD)
    await served.settle(120)
    served.edit(SHOP, source=GOOD)
    await served.settle(200)
    assert served.is_ready(SHOP)
    assert served.status(SHOP)["rollout"]["phase"] == "Succeeded"
    assert condition(served, "Stalled")["status"] == "absent"


async def test_only_an_order_tries_it_again(served: World) -> None:
    first = served.version(SHOP)
    served.edit(SHOP, source=BAD)
    await served.settle(300)
    served.forget_calls()
    served.request_check(SHOP)
    await served.settle(10)
    assert not any("PUT" in line for line in served.writes if "status" not in line)
    served.order(SHOP, "retry")
    await served.settle(120)
    assert sum("PUT script" in line for line in served.writes) == 2
    assert served.answer("shop").version == first
    assert condition(served, "Ready")["reason"] == "RolledBackUnhealthy"


async def test_a_version_that_was_healthy_is_not_rolled_back(served: World) -> None:
    served.edit(SHOP, source=GOOD)
    await served.settle(10)
    second = served.version(SHOP)
    served.prober.override = lambda host, path: ProbeAnswer(500, second, "worker_exception")
    await served.settle(600)
    assert versions(served)["stable"] == second
    assert condition(served, "Ready")["reason"] == "ProbeFailed"


async def test_a_first_version_has_nothing_to_go_back_to(world: World) -> None:
    world.apply(customer(script="exception!"))
    await world.settle(600)
    assert condition(world, "Ready")["reason"] == "ProbeFailed"
    assert "rollout" not in world.status(SHOP)


async def test_a_version_that_only_takes_its_time_to_propagate_is_not_rolled_back(
    served: World,
) -> None:
    """Its scripts and those of the previous one are there until it answers."""
    first = served.version(SHOP)
    served.edit(SHOP, source=GOOD)
    served.prober.override = lambda host, path: ProbeAnswer(200, first, "")
    await served.settle(600)
    second = versions(served)["stable"]
    assert second != first
    assert {name.split("--")[-2] for name in served.scripts()} == {first, second}
    served.prober.override = lambda host, path: None
    await served.settle(200)
    assert served.is_ready(SHOP)
    served.edit(SHOP, rollout=NONE_KEPT)
    await served.settle(200)
    assert {name.split("--")[-2] for name in served.scripts()} == {second}


async def test_two_bad_versions_in_a_row_lead_back_to_the_good_one(served: World) -> None:
    first = served.version(SHOP)
    served.edit(SHOP, source=BAD)
    await served.settle(120)
    served.edit(SHOP, source={"inline": {"script": says("bad, too")}})
    await served.settle(120)
    assert served.answer("shop") == (200, first, "")
    assert condition(served, "Ready")["reason"] == "RolledBackUnhealthy"


async def test_more_instances_than_the_previous_version_has(served: World) -> None:
    first = served.version(SHOP)
    served.edit(SHOP, source=BAD, instances=4)
    await served.settle(120)
    assert served.answer("shop") == (200, first, "")
    assert served.status(SHOP)["instances"] == 2


async def test_a_version_that_hangs_is_rolled_back_too(served: World) -> None:
    first = served.version(SHOP)
    served.edit(SHOP, source=GOOD)
    served.prober.override = lambda host, path: (
        None if served.answer("shop").version == first else ProbeAnswer(0, None, LATE)
    )
    await served.settle(120)
    assert served.version(SHOP) == first
    assert condition(served, "Ready")["reason"] == "RolledBackUnhealthy"


async def test_an_instance_of_the_version_that_stands_in_is_not_replaced(served: World) -> None:
    """What would be uploaded under its name is the content of the version that was rejected."""
    first = served.version(SHOP)
    served.edit(SHOP, source=BAD)
    await served.settle(120)
    assert versions(served)["stable"] == first
    failing = ProbeAnswer(500, first, "worker_exception", 1)
    served.prober.instances = lambda host, instance: failing if instance == 1 else None
    await served.settle(1000)
    assert served.status(SHOP)["health"]["out"] == [1]
    uploaded = [line for line in served.writes if "PUT script" in line]
    assert not any(f"--{first}--" in line for line in uploaded)


async def test_a_previous_version_that_somebody_else_has_changed_does_not_stand_in(
    served: World,
) -> None:
    first = served.version(SHOP)
    served.edit(SHOP, source=BAD)
    await served.settle(120)
    assert versions(served)["stable"] == first
    for name, script in served.scripts().items():
        if f"--{first}--" in name:
            script.modules = {script.main: Module(b"evil")}
            script.modified = served.cloudflare.now()
    await served.settle(700)
    assert versions(served)["stable"] != first
