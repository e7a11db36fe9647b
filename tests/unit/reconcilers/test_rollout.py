"""Rollouts: a new version gets no more requests than its step allows."""

from support.scripts import says
from support.world import World
from support.world_bodies import SHOP
from unit.reconcilers.rolling import (
    BAD,
    CANARY,
    MANUAL,
    THREE,
    TWO,
    begun,
    condition,
    rollout,
    routings,
    shares,
    versions_there,
)
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.rollout.progress import OUTCOMES
from workers_operator.metrics import ROLLOUTS


async def test_it_goes_step_by_step_to_all_requests(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    assert shares(served) == {one: 90, two: 10}
    assert rollout(served)["phase"] == "Progressing"
    assert (rollout(served)["step"], rollout(served)["weight"]) == ("2/3", 10)
    assert served.status(SHOP)["versions"] == {"stable": one, "canary": two}
    assert condition(served, "Ready")["reason"] == "RolloutProgressing"
    assert condition(served, "Reconciling")["status"] == "True"
    assert condition(served, "Healthy")["status"] == "True"
    assert "gets 10 % of the requests, step 2/3" in condition(served, "Ready")["message"]
    await served.settle(60)
    assert shares(served) == {one: 50, two: 50}
    await served.settle(120)
    assert shares(served) == {two: 100}
    assert served.is_ready(SHOP)
    assert rollout(served)["phase"] == "Succeeded"
    assert served.status(SHOP)["versions"] == {"stable": two, "previous": one}
    assert routings(served) == 3  # a write for each weight
    assert sum("PUT script" in line for line in served.writes) == 2


async def test_the_former_version_stays_at_the_edge_and_the_one_before_goes(served: World) -> None:
    one = await begun(served, {}, TWO)
    await served.settle(500)
    two = served.version(SHOP)
    assert versions_there(served) == {one, two}
    served.edit(SHOP, source=THREE)
    await served.settle(500)
    assert versions_there(served) == {two, served.version(SHOP)}


async def test_versions_do_not_pile_up_however_often_the_spec_changes(served: World) -> None:
    """An edit a minute; superseded scripts go after a KV window of 90 seconds."""
    for number in range(10):
        served.edit(SHOP, source={"inline": {"script": says(f"edit {number}")}})
        await served.settle(60)
        assert len(versions_there(served)) <= 4


async def test_aborted_versions_do_not_pile_up(served: World) -> None:
    for number in range(5):
        await begun(served, MANUAL, {"inline": {"script": says(f"edit {number}")}})
        served.order(SHOP, f"abort {number}")
        await served.settle(95)
        assert len(versions_there(served)) == 1


async def test_a_new_spec_starts_anew_against_the_version_that_serves(served: World) -> None:
    one = await begun(served, CANARY)
    await served.settle(60)
    served.edit(SHOP, source=THREE)
    await served.settle(5)
    three = rollout(served)["version"]
    assert shares(served) == {one: 90, three: 10}
    await served.settle(200)
    assert shares(served) == {three: 100}
    assert served.status(SHOP)["versions"]["previous"] == one


async def test_a_new_spec_that_cannot_be_uploaded_ends_the_canary_as_well(served: World) -> None:
    one = await begun(served, CANARY)
    served.cloudflare.fail("PUT script", times=99)
    served.edit(SHOP, source=THREE)
    await served.settle(5)
    assert shares(served) == {one: 100}
    assert condition(served, "Ready")["status"] == "False"
    served.cloudflare.faults.clear()
    await served.settle(60)
    assert shares(served)[one] == 90


async def test_two_edits_in_a_second(served: World) -> None:
    one = served.version(SHOP)
    served.edit(SHOP, rollout=CANARY, source=TWO)
    served.edit(SHOP, source=THREE)
    await served.settle(5)
    assert shares(served) == {one: 90, rollout(served)["version"]: 10}


async def test_the_spec_of_the_version_that_serves_ends_it_at_once(served: World) -> None:
    one = await begun(served, CANARY)
    served.edit(SHOP, source={"inline": {"script": says("one")}})
    await served.settle(5)
    assert shares(served) == {one: 100}
    assert served.is_ready(SHOP)
    assert rollout(served)["phase"] == "Succeeded"
    assert rollout(served)["version"] == one


async def test_scaling_changes_no_share(served: World) -> None:
    one = await begun(served, MANUAL)
    two = rollout(served)["version"]
    served.edit(SHOP, instances=4)
    await served.settle(5)
    assert shares(served) == {one: 90, two: 10}
    there = [name for name in served.scripts() if f"--{two}--" in name]
    assert len(there) == 4
    assert served.status(SHOP)["instances"] == 2  # nothing has the content of version one
    served.order(SHOP, "promote")
    await served.settle(5)
    assert served.status(SHOP)["instances"] == 4


async def test_a_restart_goes_on_where_it_was(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    await served.settle(60)
    await served.restart()
    served.forget_calls()
    await served.settle(5)
    assert shares(served) == {one: 50, two: 50}
    assert routings(served) == 0
    await served.settle(120)
    assert shares(served) == {two: 100}


async def test_suspending_stops_the_clock(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    served.edit(SHOP, suspend=True)
    await served.settle(2000)
    assert shares(served) == {one: 90, two: 10}
    served.edit(SHOP, suspend=None)
    await served.settle(55)
    assert shares(served) == {one: 90, two: 10}
    await served.settle(10)
    assert shares(served) == {one: 50, two: 50}


async def test_a_deletion_leaves_nothing(served: World) -> None:
    await begun(served, CANARY)
    served.delete(SHOP)
    await served.settle(300)
    assert served.scripts() == {}
    assert served.routes() == set()


async def test_parking_neither_promotes_nor_forgets(served: World) -> None:
    one = await begun(served, MANUAL)
    two = rollout(served)["version"]
    served.edit(SHOP, instances=0)
    await served.settle(300)
    assert served.answer("shop").error == "parked"
    served.edit(SHOP, instances=2)
    await served.settle(10)
    assert shares(served) == {one: 90, two: 10}


async def test_a_canary_that_somebody_took_out_of_the_routing_is_aborted(served: World) -> None:
    one = await begun(served, MANUAL)
    pairs = served.cloudflare.kv_titled("routes").pairs
    entry = pairs["worker:customer-worker-c1--shop"]
    metadata = {k: v for k, v in entry.metadata.items() if k != "canary"}
    pairs["worker:customer-worker-c1--shop"] = type(entry)(entry.value, metadata)
    await served.settle(120)
    served.request_check(SHOP)
    await served.settle(10)
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "Aborted"


async def test_a_canary_script_that_somebody_deleted_is_uploaded_again(served: World) -> None:
    await begun(served, MANUAL)
    two = rollout(served)["version"]
    [gone, _] = sorted(name for name in served.scripts() if f"--{two}--" in name)
    del served.cloudflare.scripts["ns"][gone]
    served.request_check(SHOP)
    await served.settle(10)
    assert gone in served.scripts()
    assert rollout(served)["phase"] == "Paused"


async def test_the_history_tells_what_became_of_each_version(served: World) -> None:
    one = await begun(served, {})
    two = served.version(SHOP)
    await served.settle(100)
    await begun(served, MANUAL, THREE)
    three = rollout(served)["version"]
    served.order(SHOP, "abort")
    await served.settle(5)
    told = [(e["version"], e["result"]) for e in served.status(SHOP)["history"]]
    assert told == [(three, "Aborted"), (two, "Serving"), (one, "Previous")]
    newest = served.status(SHOP)["history"][0]
    assert newest["message"] == "it was aborted"
    assert newest["source"] == "inline"
    assert newest["digest"].startswith("sha256:")
    served.edit(SHOP, rollout={"historyLimit": 1})
    await served.settle(5)
    assert len(served.status(SHOP)["history"]) == 1


async def test_how_a_rollout_ends_is_counted_once(served: World) -> None:
    await begun(served, {})
    await served.settle(400)
    await begun(served, CANARY, THREE)
    served.order(SHOP, "abort")
    await served.settle(700)
    served.order(SHOP, "undo")
    await served.settle(400)
    counted = [f"default {outcome}" for outcome in ("Succeeded", "Aborted", "RolledBack")]
    assert served.operator.rollouts == counted
    assert set(ROLLOUTS) == set(OUTCOMES)


async def test_a_retry_that_fails_at_once_is_counted_again(served: World) -> None:
    await begun(served, {}, BAD)
    await served.settle(60)
    served.order(SHOP, "retry")
    await served.settle(60)
    assert served.operator.rollouts == ["default Aborted", "default Aborted"]


async def test_rollouts_are_announced(served: World) -> None:
    served.events.posted.clear()
    await begun(served, CANARY)
    two = rollout(served)["version"]
    served.order(SHOP, "abort")
    await served.settle(5)
    told = served.events.about(SHOP)
    assert told[0] == f"Normal RolloutStarted: version {two} is being rolled out"
    assert f"Normal RolloutStep: version {two} gets 10 % of the requests" in told
    assert any(line.startswith("Warning RolloutAborted") for line in told)


async def test_a_version_that_turns_bad_after_its_smoke_test_is_rolled_back(served: World) -> None:
    one = served.version(SHOP)

    def throws(host: str, path: str) -> ProbeAnswer | None:
        version = served.cloudflare.answer(host, path).version
        return ProbeAnswer(500, version, "worker_exception") if version != one else None

    served.prober.override = throws
    await begun(served, {})
    await served.settle(120)
    assert shares(served) == {one: 100}
    assert condition(served, "Ready")["reason"] == "RolledBackUnhealthy"
