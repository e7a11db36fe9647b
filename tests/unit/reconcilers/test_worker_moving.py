"""A worker moves to another platform: it answers there before it goes here, and nothing of it stays behind."""

import pytest

from support.scripts import says
from support.world import World
from support.world_bodies import BASE, RESTS, SHOP, customer, removed, stated, uploaded
from support.world_operator import KV_WINDOW
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.runner import Result

EU = ObjectKey("WorkersPlatform", "", "eu")
TO_EU = [
    f"PUT kv eu-routes host:shop.eu.code24.dev worker:{BASE}",
    f"DELETE kv routes host:shop.code24.dev worker:{BASE}",
]


async def test_it_is_deployed_there_before_it_is_removed_here(two: World) -> None:
    one = two.version(SHOP)
    two.edit(SHOP, platform="eu")
    done = await two.reconcile(SHOP)
    assert done.writes == [
        uploaded(one, space="eu-ns"),
        TO_EU[0],
        RESTS,
        TO_EU[1],
        removed(one),
        stated(SHOP),
    ]
    assert done.status["platform"] == "eu"
    assert two.answer("shop.eu.code24.dev").status == 200
    assert (two.scripts(), two.routes()) == ({}, set())
    again = await two.reconcile(SHOP)
    assert (again.writes, again.reads) == ([], [])


async def test_it_stays_here_until_it_answers_there(two: World) -> None:
    two.cloudflare.zones["1" * 32].routes.pop("*.eu.code24.dev/*")
    two.edit(SHOP, platform="eu")
    done = await two.reconcile(SHOP)
    assert done.conditions["Routed"] == "False AwaitingPropagation"
    assert done.status["platform"] == "default"
    assert two.answer("shop").status == 200
    two.cloudflare.zones["1" * 32].routes["*.eu.code24.dev/*"] = "eu-dispatcher"
    await two.settle(10)
    assert two.status(SHOP)["platform"] == "eu"
    assert two.routes() == set()


@pytest.mark.parametrize("match", ["DELETE script ns", "DELETE kv routes"])
async def test_a_removal_that_fails_is_retried(two: World, match: str) -> None:
    two.cloudflare.fail(match)
    two.edit(SHOP, platform="eu")
    done = await two.reconcile(SHOP)
    assert done.result == Result(retry=True)
    assert done.conditions["Routed"] == "False CloudflareError"
    assert done.status["platform"] == "default"
    await two.settle(5)
    assert two.is_ready(SHOP)
    assert two.status(SHOP)["platform"] == "eu"
    assert (two.scripts(), two.routes()) == ({}, set())


async def test_after_a_restart_in_between_it_is_removed_all_the_same(two: World) -> None:
    two.cloudflare.fail("DELETE script ns")
    two.edit(SHOP, platform="eu")
    await two.reconcile(SHOP)
    await two.restart()
    await two.settle()
    assert two.status(SHOP)["platform"] == "eu"
    assert (two.scripts(), two.routes()) == ({}, set())


async def test_what_another_worker_has_got_there_meanwhile_stays(two: World) -> None:
    two.cloudflare.fail("DELETE script ns")
    two.edit(SHOP, platform="eu")
    await two.reconcile(SHOP)  # routes and mark are gone, the script is not
    other = two.apply(customer("other", "two", scriptName=BASE, customerId="c2"))
    await two.reconcile(other)
    await two.settle(5)
    assert two.status(SHOP)["platform"] == "eu"
    assert two.is_ready(other)
    assert two.answer("other") == (200, two.version(other), "")


async def test_a_former_platform_that_is_gone_holds_nothing_up(two: World) -> None:
    two.api.remove(ObjectKey("WorkersPlatform", "", "default"))
    two.edit(SHOP, platform="eu")
    await two.settle(5)
    assert two.is_ready(SHOP)
    assert two.status(SHOP)["platform"] == "eu"
    assert len(two.scripts()) == 1  # left as it is


async def test_a_former_platform_whose_token_is_refused_is_waited_for(two: World) -> None:
    two.add_platform("eu", token="another-token")
    await two.reconcile(EU)
    two.cloudflare.tokens.discard("canary-token-5f1d7c")
    two.edit(SHOP, platform="eu")
    done = await two.reconcile(SHOP)
    assert done.conditions["Routed"] == "False CredentialsRejected"
    assert done.status["platform"] == "default"
    assert two.answer("shop.eu.code24.dev").status == 200
    assert ObjectKey("WorkersPlatform", "", "default") in await two.due()
    await two.settle()
    two.add_platform(token="yet-another-token")
    await two.reconcile(ObjectKey("WorkersPlatform", "", "default"))
    await two.settle(90)
    assert two.status(SHOP)["platform"] == "eu"
    assert two.routes() == set()


async def test_moving_back_in_between_removes_nothing(two: World) -> None:
    two.cloudflare.fail("DELETE kv routes", times=2)
    two.edit(SHOP, platform="eu")
    await two.reconcile(SHOP)
    two.edit(SHOP, platform="default")
    await two.settle(5)
    assert two.is_ready(SHOP)
    assert two.answer("shop").status == 200


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("status", [400, 500])
async def test_a_move_that_was_refused_and_is_taken_back_leaves_nothing_there(
    two: World, status: int, restarted: bool
) -> None:
    """Whatever is uploaded there, nothing leads to it, and then nobody wants it."""
    two.cloudflare.fail("PUT kv eu-routes", status=status, times=1000)
    two.edit(SHOP, platform="eu", instances=2)
    await two.settle(30)
    assert len(two.scripts("eu-ns")) == 2
    assert two.answer("shop").status == 200
    if restarted:
        await two.restart()
        await two.settle(30)
    two.edit(SHOP, platform="default")
    await two.settle(2 * KV_WINDOW)
    assert (two.scripts("eu-ns"), two.routes("eu-routes")) == ({}, set())
    assert two.is_ready(SHOP)
    assert two.answer("shop").status == 200


async def test_deleted_while_it_moves_it_goes_from_both(two: World) -> None:
    two.cloudflare.fail("DELETE kv routes", times=1)
    two.edit(SHOP, platform="eu", source={"inline": {"script": says("two")}})
    await two.reconcile(SHOP)
    two.delete(SHOP)
    await two.settle(5)
    assert SHOP not in two.api
    for space, title in (("ns", "routes"), ("eu-ns", "eu-routes")):
        assert (two.scripts(space), two.routes(title)) == ({}, set())


async def test_a_platform_by_another_name_at_the_same_place_removes_nothing(two: World) -> None:
    """The object ``default`` is made anew under another name: what serves is the same."""
    two.delete(ObjectKey("WorkersPlatform", "", "default"))
    two.add_platform(
        "renamed",
        domain="code24.dev",
        dispatch={"namespace": "ns", "dispatcher": "dispatcher"},
        storage={"metadataNamespace": "routes", "dataBucket": "data"},
    )
    await two.settle(31)  # it waits for the first one to yield its place
    two.forget_calls()
    two.edit(SHOP, platform="renamed")
    done = await two.reconcile(SHOP)
    assert done.calls == []
    assert done.status["platform"] == "renamed"
    await two.settle(31)
    assert ObjectKey("WorkersPlatform", "", "default") not in two.api
    assert two.answer("shop").status == 200
