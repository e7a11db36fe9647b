"""The controller: what is observed becomes passes, and passes become the right ones."""

from typing import Any

import pytest

from support.world import PLATFORM, World
from support.world_bodies import SHOP, ZONE, customer, guarded, service
from workers_operator.domain.reasons import Reason
from workers_operator.engine.priority import Urgency
from workers_operator.engine.runner import Result
from workers_operator.kube.errors import KubeForbidden, KubeUnavailable
from workers_operator.resources import WorkerCounts

AWAY = KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, "away")


def urgencies(world: World) -> dict[str, Urgency]:
    """What is due, by name; afterwards nothing is."""
    found = {}
    while (item := world.operator.queue.take()) is not None:
        found[item[0].name] = item[1].urgency
        world.operator.queue.done(item[0])
    return found


class TestObservations:
    """Which changes of an object lead to a pass."""

    @pytest.fixture
    async def world(self, world: World) -> World:
        await world.reconcile(world.apply(customer()))
        await world.settle(15)
        return world

    async def test_a_new_object(self, world: World) -> None:
        world.apply(customer("other"))
        assert urgencies(world) == {"other": Urgency.CREATE}

    async def test_a_change_of_the_spec(self, world: World) -> None:
        world.edit(SHOP, instances=2)
        assert urgencies(world) == {"shop": Urgency.EDIT}

    async def test_a_deletion(self, world: World) -> None:
        world.delete(SHOP)
        assert urgencies(world) == {"shop": Urgency.EDIT}

    @pytest.mark.parametrize(
        "name", ["workers.code24.dev/requestedAt", "reconcile.fluxcd.io/requestedAt"]
    )
    async def test_a_requested_check(self, world: World, name: str) -> None:
        world.api.annotate(SHOP, **{name: "now"})
        assert urgencies(world) == {"shop": Urgency.EDIT}

    async def test_what_concerns_others_means_nothing(self, world: World) -> None:
        world.api.annotate(SHOP, note="x")
        stamp = "2026-01-31T08:00:00Z"
        world.api.set_condition(
            SHOP,
            {"type": "Audited", "status": "True", "reason": "X", "message": "",
             "lastTransitionTime": stamp, "observedGeneration": 1},
        )  # fmt: skip
        assert urgencies(world) == {}
        done = await world.reconcile(SHOP)
        assert done.writes == []
        assert done.conditions["Audited"] == "True X"

    async def test_our_own_writes_mean_nothing(self, world: World) -> None:
        world.edit(SHOP, instances=2)
        await world.settle()
        assert urgencies(world) == {}

    async def test_an_old_state_that_comes_late_means_nothing(self, world: World) -> None:
        old = world.api[SHOP]
        world.edit(SHOP, instances=2)
        await world.settle()
        world.operator.controller.observed(SHOP, old)
        assert urgencies(world) == {}
        await world.reconcile(SHOP)
        assert world.status(SHOP)["instances"] == 2

    async def test_an_older_object_that_is_gone_means_nothing(self, world: World) -> None:
        world.operator.controller.deleted(SHOP, "another-uid")
        assert world.operator.index.objects.get(SHOP) is not None

    async def test_a_state_of_an_object_that_is_gone_means_nothing(self, world: World) -> None:
        old = world.api[SHOP]
        world.delete(SHOP)
        await world.settle()
        assert SHOP not in world.api
        world.operator.controller.observed(SHOP, old)
        assert urgencies(world) == {}
        assert world.operator.index.claims.find(SHOP) is None

    async def test_an_object_whose_former_one_went_unseen_inherits_nothing(
        self, world: World
    ) -> None:
        before = world.api[SHOP]
        with world.api.unwatched():
            world.api.remove(SHOP)
            world.apply(customer(script="export default {}; // another", routes=[]))
        assert world.api[SHOP]["metadata"]["generation"] == before["metadata"]["generation"]
        world.operator.controller.observed(SHOP, world.api[SHOP])
        await world.settle(5)
        assert world.version(SHOP) != before["status"]["versions"]["stable"]
        assert world.is_ready(SHOP)
        world.operator.controller.observed(SHOP, before)
        world.operator.controller.deleted(SHOP, before["metadata"]["uid"])
        assert urgencies(world) == {}

    async def test_a_platform_whose_former_one_went_unseen_inherits_nothing(
        self, world: World
    ) -> None:
        with world.api.unwatched():
            body = world.api.remove(PLATFORM)
            del body["status"]
            world.apply(body | {"spec": body["spec"] | {"egress": {"allow": ["*"]}}})
        world.operator.controller.observed(PLATFORM, world.api[PLATFORM])
        await world.settle(20)
        assert world.is_ready(PLATFORM)
        assert "CONFINED" in world.cloudflare.account_scripts["dispatcher"].bindings
        assert world.is_ready(SHOP)

    async def test_an_end_that_nobody_tells_of(self, world: World) -> None:
        world.delete(SHOP)
        with world.api.unwatched():
            await world.settle()
        assert SHOP not in world.api
        assert world.operator.index.claims.find(SHOP) is not None
        await world.settle(10)
        assert world.operator.index.claims.find(SHOP) is None
        world.delete(PLATFORM)
        with world.api.unwatched():
            await world.settle()
        assert PLATFORM not in world.api
        await world.settle(10)
        assert world.operator.platforms.account("default") is None

    async def test_who_moves_away_wakes_its_callers(self, world: World) -> None:
        caller = world.apply(customer("caller", bindings=[service("IT", "shop")]))
        await world.settle(15)
        assert world.is_ready(caller)
        world.edit(SHOP, platform="eu")
        await world.settle()
        assert not world.is_ready(caller)
        status = {c["type"]: c["reason"] for c in world.status(caller)["conditions"]}
        assert status["Deployed"] == "ServiceNotFound"

    async def test_one_that_becomes_malformed_gives_up_its_claims(self, world: World) -> None:
        await world.advance(1)
        other = world.apply(customer("other", subdomain="free"))
        await world.settle()
        world.edit(SHOP, instances=-1)
        assert world.operator.index.claims.find(SHOP) is None
        assert world.operator.index.claims.find(other) is not None


class TestSeed:
    """Everything is known before anything is done."""

    async def test_all_objects_are_found_platforms_first(self, world: World) -> None:
        key = world.apply(customer())
        await world.settle(15)
        await world.restart()
        assert await world.due() == {PLATFORM}
        assert await world.settle() == [PLATFORM, key]
        counts = WorkerCounts(total=1, ready=1)
        assert world.operator.index.count_workers("default") == counts

    async def test_those_that_were_handled_come_after_those_that_were_not(
        self, world: World
    ) -> None:
        await world.reconcile(world.apply(customer()))
        world.apply(customer("other"))
        await world.restart()
        await world.reconcile(PLATFORM)
        found = urgencies(world)
        assert found["other"] == Urgency.CREATE
        assert found["shop"] == Urgency.RESYNC

    async def test_a_cluster_that_cannot_be_read_is_an_error(self, world: World) -> None:
        world.api.fail("list_objects", AWAY)
        with pytest.raises(KubeUnavailable):
            await world.operator.controller.seed(SHOP.kind)


class TestPasses:
    """What a pass does depends on the object's state."""

    async def test_an_object_that_is_gone_needs_none(self, world: World) -> None:
        done = await world.reconcile(SHOP)
        assert (done.writes, done.reads, done.result) == ([], [], Result())

    @pytest.mark.parametrize("error", [AWAY, KubeForbidden(Reason.FORBIDDEN, "no")])
    async def test_a_status_that_cannot_be_written_is_tried_again(
        self, world: World, error: Any
    ) -> None:
        world.api.fail("apply_status", error)
        key = world.apply(customer())
        done = await world.reconcile(key)
        assert done.result == Result(retry=True)
        assert done.writes[0] == guarded(key)
        again = await world.reconcile(key)
        assert again.calls == []
        assert world.is_ready(key)

    async def test_a_platforms_status_that_cannot_be_written_is_tried_again(
        self, fresh: World
    ) -> None:
        fresh.api.fail("apply_status", AWAY)
        key = fresh.apply(customer())
        assert (await fresh.reconcile(PLATFORM)).result == Result(retry=True)
        # The platform works, and its workers go on.
        await fresh.settle()
        assert fresh.is_ready(key)
        await fresh.settle(2)
        assert fresh.is_ready(PLATFORM)

    async def test_a_platform_that_fails_lets_its_workers_say_so(self, fresh: World) -> None:
        key = fresh.apply(customer())
        fresh.cloudflare.tokens.clear()
        await fresh.settle()
        status = {c["type"]: c["reason"] for c in fresh.status(key)["conditions"]}
        assert status["Deployed"] == "CredentialsRejected"

    async def test_an_object_that_names_no_platform_that_exists_says_so(self, world: World) -> None:
        key = world.apply(customer(platform="none"))
        await world.settle()
        assert "PlatformNotFound" in str(world.status(key))

    async def test_a_platform_that_is_gone_needs_no_pass(self, world: World) -> None:
        world.api.remove(PLATFORM)
        done = await world.reconcile(PLATFORM)
        assert (done.writes, done.reads, done.result) == ([], [], Result())

    async def test_the_counts_of_workers_follow(self, world: World) -> None:
        world.apply(customer())
        world.apply(customer("broken", "SyntaxError!"))
        await world.settle(15)
        assert world.status(PLATFORM)["workers"] == {"total": 2, "ready": 1, "suspended": 0}
        world.delete(SHOP)
        await world.settle(301)
        assert world.status(PLATFORM)["workers"] == {"total": 1, "ready": 0, "suspended": 0}

    async def test_plans_that_change_wake_the_workers(self, world: World) -> None:
        await world.reconcile(world.apply(customer(configuration={"plan": "basic"})))
        world.edit(PLATFORM, plans={"basic": {"maxInstances": 9}})
        assert SHOP not in await world.due()
        await world.reconcile(PLATFORM)
        assert SHOP in await world.due()
        await world.settle()
        world.edit(PLATFORM, interval="1m")
        await world.reconcile(PLATFORM)
        assert SHOP not in await world.due()

    async def test_a_platform_that_recovers_wakes_its_workers(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        world.edit(PLATFORM, suspend=True)
        await world.settle()
        world.edit(PLATFORM, suspend=None)
        await world.reconcile(PLATFORM)
        assert SHOP in await world.due()
        assert world.cloudflare.zones[ZONE].routes == {"*.code24.dev/*": "dispatcher"}
