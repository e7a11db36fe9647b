"""Whose settings a rollout follows: the worker's, else its platform's, else the defaults."""

from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer
from unit.reconcilers.rolling import CANARY, MANUAL, THREE, TWO, rollout, shares
from workers_operator.desired.rollout import settings_of
from workers_operator.resources import RolloutSpec

IMMEDIATE = {"strategy": "Immediate", "historyLimit": 2}


def test_the_settings_of_a_worker_replace_those_of_its_platform_as_a_whole() -> None:
    own, platform = RolloutSpec(history_limit=2), RolloutSpec.model_validate(CANARY)
    assert settings_of(own, platform).spec == own
    assert settings_of(None, platform).spec == platform
    assert settings_of(None, None).spec == RolloutSpec()
    origins = [
        settings_of(*two).origin for two in ((own, platform), (None, platform), (None, None))
    ]
    assert origins == ["Worker", "Platform", "Default"]


async def test_a_worker_without_settings_follows_those_of_its_platform(served: World) -> None:
    one = served.version(SHOP)
    served.edit(PLATFORM, rollout=MANUAL)
    await served.settle(5)
    served.edit(SHOP, source=TWO)
    await served.settle(5)
    assert rollout(served)["settingsFrom"] == "Platform"
    assert shares(served) == {one: 90, rollout(served)["version"]: 10}


async def test_a_worker_with_settings_of_its_own_does_not(served: World) -> None:
    served.edit(PLATFORM, rollout=MANUAL)
    await served.settle(5)
    served.edit(SHOP, source=TWO, rollout=IMMEDIATE)
    await served.settle(5)
    assert rollout(served)["settingsFrom"] == "Worker"
    assert shares(served) == {rollout(served)["version"]: 100}


async def test_a_platform_that_changes_its_settings_changes_a_rollout_under_way(
    served: World,
) -> None:
    served.edit(PLATFORM, rollout=MANUAL)
    await served.settle(5)
    served.edit(SHOP, source=TWO)
    await served.settle(5)
    served.edit(PLATFORM, rollout=None)
    await served.settle(5)
    assert shares(served) == {rollout(served)["version"]: 100}
    assert rollout(served)["settingsFrom"] == "Default"


async def test_the_settings_of_a_platform_upload_and_set_up_nothing_anew(served: World) -> None:
    other = served.apply(customer("other"))
    await served.settle(5)
    served.forget_calls()
    served.edit(PLATFORM, rollout=MANUAL)
    await served.settle(5)
    assert [line for line in served.writes if line.startswith(("PUT", "DELETE", "POST"))] == []
    served.edit(other, source=THREE)
    await served.settle(5)
    assert served.status(other)["rollout"]["phase"] == "Paused"
