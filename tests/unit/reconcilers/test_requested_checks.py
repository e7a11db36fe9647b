"""Checks that are requested again and again: what they cost, and that each of them is handled in the end."""

import asyncio
from collections.abc import Mapping
from typing import Any

from support.scripts import says
from support.world import World
from support.world_bodies import SHOP, customer
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Priority

LISTING = "GET keys routes"


def listings(world: World) -> int:
    """How often the account was listed since the last look."""
    count = world.reads.count(LISTING)
    world.forget_calls()
    return count


def handled(world: World, key: ObjectKey = SHOP) -> str | None:
    return world.status(key).get("lastHandledReconcileAt")


async def deploy(world: World, name: str = "shop", namespace: str = "shop") -> ObjectKey:
    body = customer(name, namespace=namespace, customerId=f"c-{name}")
    key = world.apply(body)
    await world.settle()
    assert world.is_ready(key)
    world.forget_calls()
    return key


async def ask_in_a_loop(world: World, key: ObjectKey, count: int) -> list[str]:
    """Request one check after another; return those that were handled at once."""
    at_once = []
    for number in range(count):
        world.request_check(key, f"{number:03}")
        await world.settle()
        if handled(world, key) == f"{number:03}":
            at_once.append(f"{number:03}")
    return at_once


async def test_a_loop_of_requests_lists_the_account_ten_times_and_then_twice_a_minute(
    world: World,
) -> None:
    await deploy(world)
    assert await ask_in_a_loop(world, SHOP, 100) == [f"{n:03}" for n in range(10)]
    assert listings(world) == 10
    await world.settle(31)
    assert handled(world) == "099"
    assert listings(world) == 1


async def test_while_a_check_waits_nothing_is_said_and_nothing_is_done(world: World) -> None:
    await deploy(world)
    await ask_in_a_loop(world, SHOP, 11)
    before: Mapping[str, Any] = world.status(SHOP)
    world.request_check(SHOP, "one more")
    world.prober.asked.clear()
    done = await world.reconcile(SHOP)
    assert (done.writes, done.reads, done.events) == ([], [], [])
    assert done.status == before
    assert world.prober.asked == []
    assert 0 < (done.result.requeue_after or 0) <= 30
    assert not done.result.retry


async def test_an_edit_does_not_wait_with_the_check(world: World) -> None:
    await deploy(world)
    await ask_in_a_loop(world, SHOP, 12)
    before = world.version(SHOP)
    world.edit(SHOP, source={"inline": {"script": says("two")}})
    await world.settle()
    assert world.version(SHOP) != before
    assert handled(world) == "009"
    await world.settle(31)
    assert handled(world) == "011"


async def test_a_worker_that_fails_has_its_check_handled_too(world: World) -> None:
    await deploy(world)
    await ask_in_a_loop(world, SHOP, 12)
    world.edit(SHOP, source={"configMap": {"name": "missing", "key": "main.js"}})
    await world.settle()
    assert not world.is_ready(SHOP)
    assert handled(world) == "009"
    await world.settle(31)
    assert handled(world) == "011"


async def test_what_one_namespace_asks_for_does_not_hold_up_another(world: World) -> None:
    await deploy(world)
    other = await deploy(world, "other", "other")
    await ask_in_a_loop(world, SHOP, 30)
    world.request_check(other, "now")
    await world.settle()
    assert handled(world, other) == "now"


async def test_many_requests_at_once_share_the_listing_that_begins_after_them(
    world: World,
) -> None:
    keys = [await deploy(world, f"w{n}") for n in range(40)]
    for key in keys:
        world.request_check(key, "now")
    await world.settle()
    assert {handled(world, key) for key in keys} == {"now"}
    assert listings(world) == 1


async def test_those_that_waited_share_one_listing(world: World) -> None:
    keys = [await deploy(world, f"w{n}") for n in range(20)]
    await ask_in_a_loop(world, keys[0], 11)
    world.forget_calls()
    for key in keys:
        world.request_check(key, "now")
    await world.settle()
    assert listings(world) == 0
    await world.settle(31)
    assert {handled(world, key) for key in keys} == {"now"}
    assert listings(world) == 1


async def test_a_listing_that_began_before_the_request_is_not_enough(world: World) -> None:
    """Its page with the worker's key may have been read before somebody removed the key."""
    await deploy(world)
    platform = world.platform()
    began = world.clock.monotonic()
    listing = platform.observer.observe(platform.provisioned, Priority.RESYNC, not_before=began)
    under_way = asyncio.ensure_future(listing)
    await asyncio.sleep(0)
    world.cloudflare.kv_titled("routes").pairs.pop("host:shop.code24.dev")
    world.request_check(SHOP, "now")
    await world.settle()
    await under_way
    assert handled(world) == "now"
    assert "host:shop.code24.dev" in world.routes()
