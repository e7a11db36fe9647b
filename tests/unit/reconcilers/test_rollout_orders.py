"""Orders about a rollout: the way back is one call, and what cannot be done is said."""

import pytest

from support.world import World
from support.world_bodies import NONE_KEPT, SHOP
from unit.reconcilers.rolling import (
    CANARY,
    MANUAL,
    ROUTED,
    THREE,
    TWO,
    begun,
    condition,
    rollout,
    shares,
    versions_there,
)

NOT_AN_ORDER = (
    "not an order; use VERB or VERB:VERSION, where VERB is one of promote, promote-full, pause, resume, abort, retry, "
    "undo"
)


async def test_abort(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    served.forget_calls()
    served.order(SHOP, "abort")
    await served.settle(5)
    assert [w for w in served.writes if "status" not in w] == [ROUTED]
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "Aborted"
    assert served.status(SHOP)["rolloutOrder"] == {"id": "abort"}
    assert condition(served, "Ready")["reason"] == "RolloutAborted"
    assert condition(served, "Stalled")["status"] == "True"
    assert condition(served, "Reconciling")["status"] == "absent"
    assert condition(served, "Healthy")["status"] == "True"
    await served.settle(300)
    assert versions_there(served) == {one}
    await served.restart()
    await served.settle(700)
    assert shares(served) == {one: 100}
    served.order(SHOP, "retry")
    await served.settle(5)
    assert shares(served) == {one: 90, two: 10}


async def test_an_aborted_version_is_not_tried_again_but_another_one_is(served: World) -> None:
    one = await begun(served, CANARY)
    served.order(SHOP, "abort")
    await served.settle(5)
    served.edit(SHOP, instances=1)
    await served.settle(300)
    assert shares(served) == {one: 100}
    served.edit(SHOP, source=THREE)
    await served.settle(5)
    assert shares(served) == {one: 90, rollout(served)["version"]: 10}
    assert condition(served, "Stalled")["status"] == "absent"


async def test_the_end_of_a_rollout_has_a_time_of_its_own(served: World) -> None:
    await begun(served, CANARY)
    began = rollout(served)["stepStartedAt"]
    await served.settle(30)
    served.order(SHOP, "abort")
    await served.settle(5)
    assert rollout(served)["stepStartedAt"] > began
    ended = rollout(served)["stepStartedAt"]
    await served.settle(700)
    assert rollout(served)["stepStartedAt"] == ended


async def test_a_retry_of_another_version_does_nothing(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    served.order(SHOP, "abort")
    await served.settle(5)
    served.order(SHOP, "retry:0badcafe")
    await served.settle(5)
    assert shares(served) == {one: 100}
    problem = served.status(SHOP)["rolloutOrder"]["problem"]
    assert problem == f"version {two} is asked for, not 0badcafe"
    served.order(SHOP, f"retry:{two}")
    await served.settle(5)
    assert shares(served) == {one: 90, two: 10}


async def test_pause_and_resume(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    served.order(SHOP, "pause")
    await served.settle(3000)
    assert shares(served) == {one: 90, two: 10}
    assert (rollout(served)["phase"], rollout(served)["held"]) == ("Paused", True)
    assert condition(served, "Ready")["reason"] == "RolloutPaused"
    served.order(SHOP, "resume")
    await served.settle(50)
    assert shares(served) == {one: 90, two: 10}
    await served.settle(15)
    assert shares(served) == {one: 50, two: 50}


async def test_promote_goes_to_the_next_step_and_full_to_the_end(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    served.order(SHOP, "promote 1")
    await served.settle(5)
    assert shares(served) == {one: 50, two: 50}
    served.order(SHOP, "promote 2")
    await served.settle(5)
    assert shares(served) == {two: 100}
    await begun(served, CANARY, THREE)
    served.order(SHOP, "promote-full")
    await served.settle(5)
    assert shares(served) == {rollout(served)["version"]: 100}


async def test_a_pause_without_end_waits_for_a_promotion(served: World) -> None:
    one = await begun(served, MANUAL)
    await served.settle(5000)
    two = rollout(served)["version"]
    assert shares(served) == {one: 90, two: 10}
    assert rollout(served)["phase"] == "Paused"
    assert "rollout promote goes on" in condition(served, "Ready")["message"]
    served.order(SHOP, "promote")
    await served.settle(5)
    assert shares(served) == {two: 100}


async def test_undo_is_one_write_and_holds_until_the_spec_changes(served: World) -> None:
    one = await begun(served, {})
    await served.settle(300)
    two = served.version(SHOP)
    served.forget_calls()
    served.order(SHOP, "undo")
    await served.settle(5)
    assert [w for w in served.writes if "status" not in w] == [ROUTED]
    assert shares(served) == {one: 100}
    assert condition(served, "Ready")["reason"] == "RolledBack"
    assert served.status(SHOP)["versions"] == {"stable": one, "previous": two}
    await served.settle(1000)
    assert shares(served) == {one: 100}
    served.order(SHOP, "undo again")
    await served.settle(5)
    assert shares(served) == {two: 100}
    assert served.is_ready(SHOP)


async def test_undo_of_a_rollout_under_way_is_an_abort_of_it(served: World) -> None:
    one = await begun(served, CANARY)
    served.order(SHOP, "undo")
    await served.settle(5)
    assert shares(served) == {one: 100}
    assert rollout(served)["phase"] == "RolledBack"


@pytest.mark.parametrize(
    ("order", "problem"),
    [
        ("undo", "there is no former version at the edge"),
        ("undo:0badcafe", "version 0badcafe is not at the edge any more"),
        ("abort", "no rollout is under way"),
        ("promote", "no rollout is under way"),
        ("resume", "no rollout is under way"),
        ("retry", "the version that is asked for was neither aborted nor rolled back"),
        ("rm -rf", NOT_AN_ORDER),
        ("abort:xyz", NOT_AN_ORDER),
    ],
)
async def test_an_order_that_cannot_be_obeyed_says_why(
    served: World, order: str, problem: str
) -> None:
    one = served.version(SHOP)
    served.order(SHOP, order)
    await served.settle(5)
    assert served.status(SHOP)["rolloutOrder"] == {"id": order, "problem": problem}
    assert shares(served) == {one: 100}
    assert served.is_ready(SHOP)


async def test_an_order_for_another_version_does_nothing(served: World) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    served.order(SHOP, "abort:0badcafe")
    await served.settle(5)
    assert shares(served) == {one: 90, two: 10}
    problem = served.status(SHOP)["rolloutOrder"]["problem"]
    assert problem == f"version {two} is being rolled out, not 0badcafe"


async def test_without_history_there_is_nothing_to_undo(served: World) -> None:
    await begun(served, NONE_KEPT)
    await served.settle(500)
    two = served.version(SHOP)
    assert versions_there(served) == {two}
    assert "history" not in served.status(SHOP)
    served.order(SHOP, "undo")
    await served.settle(5)
    assert shares(served) == {two: 100}


@pytest.mark.parametrize("order", ["abort", "undo"])
async def test_the_way_back_needs_no_source(served: World, order: str) -> None:
    one = await begun(served, CANARY)
    two = rollout(served)["version"]
    served.edit(SHOP, source={"r2": {"key": "templates/gone.js"}})
    await served.settle(100)
    assert condition(served, "Ready")["reason"] == "R2ObjectNotFound"
    assert shares(served) == {one: 90, two: 10}
    await served.restart()
    served.order(SHOP, order)
    await served.settle(5)
    assert shares(served) == {one: 100}
    assert served.status(SHOP)["rolloutOrder"] == {"id": order}
    assert condition(served, "Ready")["reason"] == "R2ObjectNotFound"
    served.edit(SHOP, source=TWO)
    await served.settle(100)
    assert shares(served) == {one: 100}
    served.edit(SHOP, source=THREE)
    await served.settle(5)
    assert shares(served)[one] == 90


async def test_the_way_back_after_a_promotion_needs_no_source(served: World) -> None:
    one = await begun(served, {})
    await served.settle(100)
    served.edit(SHOP, source={"r2": {"key": "templates/gone.js"}})
    await served.settle(5)
    served.order(SHOP, "undo")
    await served.settle(5)
    assert shares(served) == {one: 100}
    assert served.answer("shop") == (200, one, "")


async def test_an_abort_goes_out_when_calls_are_scarce_and_an_edit_waits(served: World) -> None:
    one = await begun(served, MANUAL)
    served.cloudflare.requests_left = 20  # fewer than the reserve, which only a way back may use
    served.request_check(SHOP)
    await served.reconcile(SHOP)
    began = served.clock.monotonic()
    served.order(SHOP, "abort")
    await served.reconcile(SHOP)
    assert shares(served) == {one: 100}
    assert served.clock.monotonic() - began < 5
    served.edit(SHOP, routes=[{"pattern": "shop.example.com/*"}])
    await served.reconcile(SHOP)
    assert served.clock.monotonic() - began > 60
