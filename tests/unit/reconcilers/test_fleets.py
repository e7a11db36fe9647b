"""A new version of a template reaches its followers in waves."""

import pytest
from prometheus_client import CollectorRegistry

from support.world import World
from support.world_bodies import customer
from unit.reconcilers.fleets import (
    BAD,
    TEMPLATE,
    WAVES,
    condition,
    fleet,
    publish,
    revisions,
    rollout,
    said,
    template,
)
from workers_operator.domain.fleet.progress import OUTCOMES
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.serving import parse_mark
from workers_operator.domain.timestamps import parse_timestamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.metrics import TEMPLATE_ROLLOUTS
from workers_operator.reconcilers.platform.leftovers import LeftoverRemover
from workers_operator.scheduling.levels import levels


async def test_followers_are_deployed_from_the_template_and_say_so(world: World) -> None:
    [key] = await fleet(world, 1)
    status = world.status(key)
    version = world.status(TEMPLATE)["version"]
    assert status["template"] == {"kind": "WorkerTemplate", "name": "shop", "version": version}
    assert status["source"]["from"] == "WorkerTemplate/shop"
    assert world.answer("w0").status == 200
    assert world.status(TEMPLATE)["followers"] == {
        "total": 1,
        "updated": 1,
        "ready": 1,
        "failed": 0,
    }
    assert revisions(world) == {version}


async def test_a_new_version_goes_from_wave_to_wave(world: World) -> None:
    keys = await fleet(world, 6, rollout=WAVES)
    old = world.status(TEMPLATE)["version"]
    publish(world, "two")
    sizes: list[int] = []
    for _ in range(60):
        await world.settle(1)
        counts = said(world, keys)
        if not sizes or sizes[-1] != counts[old]:
            sizes.append(counts[old])
        if rollout(world)["phase"] == "Succeeded":
            break
    assert sizes[-1] == 0
    assert {5, 3} <= set(sizes)
    new = world.status(TEMPLATE)["version"]
    assert said(world, keys) == {new: 6}
    assert all(map(world.is_ready, keys))
    assert condition(world, TEMPLATE, "Ready")["reason"] == "FleetUpdated"
    assert rollout(world)["wave"] == "3/3"
    await world.settle(20)
    assert world.status(TEMPLATE)["followers"]["ready"] == 6
    assert revisions(world) == {old, new}


async def test_a_bad_version_stops_in_the_first_wave(world: World) -> None:
    keys = await fleet(world, 4, rollout=WAVES)
    old = world.status(TEMPLATE)["version"]
    publish(world, BAD)
    await world.settle(120)
    assert rollout(world)["phase"] == "Stopped"
    assert said(world, keys)[old] == 3
    stalled = condition(world, TEMPLATE, "Stalled")
    assert (stalled["status"], stalled["reason"]) == ("True", "FleetStopped")
    [failed] = [k for k in keys if not world.is_ready(k)]
    assert f"1 follower has failed: shop/{failed.name}" in stalled["message"]
    assert f"keep version {old}" in stalled["message"]
    assert all(
        world.answer(key.name).status == 200 for key in keys
    )  # the former version serves there, too


async def test_those_that_are_not_reached_keep_the_former_version_through_edits_and_restarts(
    world: World,
) -> None:
    keys = await fleet(world, 3, rollout={"waves": [1], "pause": {}})
    old = world.status(TEMPLATE)["version"]
    publish(world, "two")
    await world.settle(60)
    assert rollout(world)["phase"] == "Paused"
    [kept, *_] = [k for k in keys if world.status(k)["template"]["version"] == old]
    before = world.version(kept)
    await world.restart()
    world.edit(kept, vars={"GREETING": "hi"})
    await world.settle(60)
    assert world.status(kept)["template"]["version"] == old
    assert world.version(kept) != before
    assert said(world, keys)[old] == 2
    world.order(TEMPLATE, "promote now")
    await world.settle(60)
    assert world.status(TEMPLATE)["rolloutOrder"] == {"id": "promote now"}
    assert said(world, keys)[old] == 0


async def test_a_restart_with_nothing_changed_writes_nothing(world: World) -> None:
    await fleet(world, 3)
    await world.restart()
    await world.settle(30)
    assert world.writes == []


async def test_the_former_spec_brings_the_former_version_back_at_once(world: World) -> None:
    keys = await fleet(world, 5, rollout={"waves": [1], "pause": {}, "maxUnavailable": 1})
    old = world.status(TEMPLATE)["version"]
    publish(world, "two")
    await world.settle(60)
    assert said(world, keys)[old] == 4
    publish(world, "one")
    await world.settle(5)
    assert said(world, keys) == {old: 5}
    assert rollout(world)["phase"] == "Succeeded"


async def test_an_abort_takes_the_version_back(world: World) -> None:
    keys = await fleet(world, 4, rollout={"waves": ["50%"], "pause": {}})
    old = world.status(TEMPLATE)["version"]
    publish(world, "two")
    await world.settle(60)
    assert said(world, keys)[old] == 2
    world.order(TEMPLATE, "abort now")
    await world.settle(10)
    assert said(world, keys) == {old: 4}
    assert condition(world, TEMPLATE, "Stalled")["reason"] == "FleetAborted"
    await world.settle(900)
    assert said(world, keys) == {old: 4}


MANUAL = {"strategy": "Canary", "steps": [{"weight": 10, "pause": {}}]}


def answers(world: World, key: ObjectKey) -> dict[str, int]:
    """The share of the requests that each version of a follower gets."""
    status = world.status(key)
    entry = world.cloudflare.kv_titled("routes").pairs[f"worker:{status['scriptName']}"]
    mark = parse_mark(entry.metadata)
    assert mark is not None
    canary = mark.serving.canary
    found = {mark.serving.hash: 100}
    return found | ({canary.hash: int(canary.weight)} if canary is not None else {})


@pytest.mark.parametrize("way", ["abort", "the former spec"])
async def test_the_way_back_is_at_once_whatever_steps_followers_have(
    world: World, way: str
) -> None:
    keys = await fleet(world, 2, rollout={"waves": [1], "pause": {}})
    for key in keys:
        world.edit(key, rollout=MANUAL)
    await world.settle(15)
    one = world.version(keys[0])
    publish(world, "two")
    await world.settle(15)
    [reached] = [k for k in keys if len(answers(world, k)) == 2]
    world.order(reached, "promote")
    await world.settle(15)
    assert one not in answers(world, reached)
    if way == "abort":
        world.order(TEMPLATE, "abort now")
    else:
        publish(world, "one")
    await world.settle(5)
    assert answers(world, reached) == {one: 100}
    await world.settle(60)
    assert all(map(world.is_ready, keys))
    world.edit(reached, vars={"A": "b"})
    await world.settle(15)
    assert answers(world, reached)[one] == 100  # its own edits have its own steps
    assert rollout(world, reached)["phase"] == "Paused"


async def test_an_unhealthy_follower_that_gets_its_fix_does_not_stop_the_fleet_for_it(
    world: World,
) -> None:
    [key] = await fleet(world, 1)
    old = world.version(key)

    def broken(host: str, path: str) -> ProbeAnswer | None:
        answer = world.cloudflare.answer(host, path)
        return ProbeAnswer(500, old, "worker_exception") if answer.version == old else None

    world.prober.override = broken
    world.edit(
        key, rollout={"strategy": "Canary", "steps": [{"weight": 10, "pause": {"duration": "1m"}}]}
    )
    await world.settle(300)
    assert world.status(key)["health"]["state"] == "Unhealthy"
    publish(world, "two")
    await world.settle(30)
    assert world.status(key)["health"]["state"] == "Unhealthy"
    assert rollout(world)["phase"] == "Progressing"
    await world.settle(90)
    assert rollout(world)["phase"] == "Succeeded"
    assert world.is_ready(key)


async def test_retry_has_followers_try_again_that_have_failed(world: World) -> None:
    keys = await fleet(world, 3, rollout=WAVES)
    publish(world, BAD)
    await world.settle(60)
    [failed] = [k for k in keys if not world.is_ready(k)]
    smoked = len(world.prober.smoked)
    world.order(TEMPLATE, "retry now")
    await world.settle(30)
    assert len(world.prober.smoked) > smoked
    assert world.status(failed)["template"]["retried"] == "retry now"
    assert rollout(world)["phase"] == "Stopped"


async def test_a_template_that_is_deleted_leaves_its_followers_serving(world: World) -> None:
    keys = await fleet(world, 2)
    world.delete(TEMPLATE)
    await world.settle(30)
    assert TEMPLATE not in world.api
    for key in keys:
        assert world.answer(key.name).status == 200
        ready_condition = condition(world, key, "Ready")
        assert ready_condition["reason"] == "WorkerTemplateNotFound"
        assert "what serves stays" in ready_condition["message"]


async def test_a_template_that_comes_back_is_followed_again(world: World) -> None:
    keys = await fleet(world, 2)
    world.delete(TEMPLATE)
    await world.settle(30)
    world.apply(template())
    await world.settle(30)
    assert all(map(world.is_ready, keys))


async def test_a_fleet_writes_few_statuses_of_its_template(world: World) -> None:
    keys = await fleet(world, 30, rollout={"maxUnavailable": 1})
    publish(world, "two")
    await world.settle(200)
    assert said(world, keys) == {world.status(TEMPLATE)["version"]: 30}
    writes = [line for line in world.writes if line == f"apply_status {TEMPLATE}"]
    assert len(writes) <= 12


async def test_events_tell_of_waves_and_of_how_it_ends(world: World) -> None:
    await fleet(world, 4, rollout=WAVES)
    told = len(world.events.about(TEMPLATE))
    publish(world, "two")
    await world.settle(120)
    version = world.status(TEMPLATE)["version"]
    assert world.events.about(TEMPLATE)[told:] == [
        f"Normal RolloutStarted: version {version} begins to reach the followers",
        f"Normal RolloutWave: version {version} is at wave 2/3",
        f"Normal RolloutWave: version {version} is at wave 3/3",
        f"Normal Ready: version {version}: 4 of 4 followers are Ready with it",
    ]


async def test_followers_are_counted_for_metrics(world: World) -> None:
    await fleet(world, 4, rollout={"waves": [1], "pause": {}})
    publish(world, BAD)
    await world.settle(60)
    registry, operator = CollectorRegistry(), world.operator
    leftovers = LeftoverRemover(operator.index, 1.0)
    registry.register(
        levels(operator.queue, operator.platforms, operator.index, leftovers, world.clock)
    )
    labels = {"kind": "WorkerTemplate", "exported_namespace": "shop", "name": "shop"}
    found = {
        state: registry.get_sample_value(
            "cloudflare_worker_template_followers", {**labels, "state": state}
        )
        for state in ("ready", "updating", "waiting", "failed")
    }
    assert found == {"ready": 0, "updating": 0, "waiting": 3, "failed": 1}


async def test_status_tells_when_all_will_have_the_version(world: World) -> None:
    settings = {"waves": [1], "pause": {"duration": "2m"}, "maxUnavailable": 1}
    await fleet(world, 6, rollout=settings)
    assert "eta" not in world.status(TEMPLATE)
    publish(world, "two")
    await world.settle(20)
    eta, now = parse_timestamp(world.status(TEMPLATE)["eta"]), world.clock.now().timestamp()
    assert eta is not None
    assert 100 < eta - now < 130  # a pause, and eleven calls
    await world.settle(200)
    assert rollout(world)["phase"] == "Succeeded"
    assert "eta" not in world.status(TEMPLATE)


async def test_how_a_rollout_ends_is_counted_once(world: World) -> None:
    await fleet(world, 2, rollout={"waves": [1]})
    publish(world, "two")
    await world.settle(400)
    publish(world, BAD)
    await world.settle(400)
    world.order(TEMPLATE, "retry now")
    await world.settle(400)
    world.order(TEMPLATE, "abort now")
    await world.settle(400)
    counted = [line for line in world.operator.rollouts if line.startswith("WorkerTemplate")]
    outcomes = ("Succeeded", "Succeeded", "Stopped", "Stopped", "Aborted")
    assert counted == [f"WorkerTemplate {outcome}" for outcome in outcomes]
    world.operator.rollouts.clear()
    await world.restart()
    await world.settle(400)
    assert world.operator.rollouts == []
    assert set(TEMPLATE_ROLLOUTS) == set(OUTCOMES)


async def test_what_people_change_goes_before_a_fleet(world: World) -> None:
    keys = await fleet(world, 3, rollout={"maxUnavailable": "100%"})
    publish(world, "two")
    await world.reconcile(TEMPLATE)
    world.apply(customer("mine"))
    order = await world.settle()
    assert order.index(ObjectKey("CustomerWorker", "shop", "mine")) < min(map(order.index, keys))
