"""Workers that exchange hosts and paths: what nobody asks for any more is free, whoever still has it at the edge."""

from collections.abc import Mapping, Sequence

import pytest

from support.handles import condition
from support.world import World
from support.world_bodies import OTHER_ZONE, SHOP, customer
from workers_operator.domain.worker import ObjectKey

KEY_A, KEY_B, KEY_C = (ObjectKey("CustomerWorker", "shop", name) for name in "abc")
DISPATCHER = "dispatcher"


def routes(*patterns: str) -> list[Mapping[str, str]]:
    return [{"pattern": pattern} for pattern in patterns]


async def deployed(world: World, **hosts: str) -> World:
    """A world with workers by name, each at its host."""
    for name, host in hosts.items():
        world.apply(customer(name, name, subdomain=host))
        await world.advance(1)
    await world.settle()
    assert all(world.is_ready(key_of(name)) for name in hosts)
    return world


def key_of(name: str) -> ObjectKey:
    return ObjectKey("CustomerWorker", "shop", name)


async def settled(world: World, edits: Sequence[tuple[ObjectKey, str]]) -> None:
    """Edit in order, with the passes that are due in between; then nobody waits for anything but its next probe."""
    for key, host in edits:
        world.edit(key, subdomain=host)
        await world.settle()
    await world.settle(3)
    for key, host in edits:
        assert world.is_ready(key), world.status(key)["conditions"]
        assert world.answer(host).version == world.version(key)


@pytest.mark.parametrize("first", [KEY_A, KEY_B])
async def test_two_workers_exchange_their_hosts(world: World, first: ObjectKey) -> None:
    await deployed(world, a="blue", b="green")
    wanted = {KEY_A: "green", KEY_B: "blue"}
    order = [first, *(wanted.keys() - {first})]
    await settled(world, [(key, wanted[key]) for key in order])


async def test_the_passes_of_both_may_run_at_once(world: World) -> None:
    await deployed(world, a="blue", b="green")
    world.edit(KEY_A, subdomain="green")
    world.edit(KEY_B, subdomain="blue")
    await world.settle(3)
    assert world.answer("green").version == world.version(KEY_A)
    assert world.answer("blue").version == world.version(KEY_B)
    assert world.is_ready(KEY_A)
    assert world.is_ready(KEY_B)


async def test_three_workers_go_round(world: World) -> None:
    await deployed(world, a="x", b="y", c="z")
    await settled(world, [(KEY_A, "y"), (KEY_B, "z"), (KEY_C, "x")])


async def test_a_chain_ends_at_a_free_host(world: World) -> None:
    await deployed(world, a="x", b="y")
    await settled(world, [(KEY_A, "y"), (KEY_B, "z")])
    assert world.answer("x").status == 404


async def test_until_the_holder_gives_it_up_it_is_named_as_who_keeps_it(world: World) -> None:
    await deployed(world, a="blue", b="green")
    world.edit(KEY_A, subdomain="green")
    await world.settle()
    done = await world.reconcile(KEY_A)
    assert done.conditions["Routed"] == "False HostnameConflict"
    assert "green.code24.dev/* belongs to CustomerWorker 'b'" in done.message("Routed")
    assert world.answer("green").version == world.version(KEY_B)


async def test_paths_of_one_host_are_exchanged(world: World) -> None:
    host = "cust.code24.dev"
    world.apply(customer("a", "a", routes=routes(f"{host}/one/*", f"{host}/moved/*")))
    world.apply(customer("b", "b", routes=routes(f"{host}/two/*")))
    await world.settle()
    world.edit(KEY_A, routes=routes(f"{host}/two/*"))
    await world.settle()
    world.edit(KEY_B, routes=routes(f"{host}/one/*", f"{host}/moved/*"))
    await world.settle(3)
    assert world.is_ready(KEY_A)
    assert world.is_ready(KEY_B)
    assert world.answer(host, "/two/x").version == world.version(KEY_A)
    for path in ("/one/x", "/moved/x"):
        assert world.answer(host, path).version == world.version(KEY_B)


@pytest.mark.parametrize("customers", [("c1", "c1"), ("c1", "c2")])
async def test_zone_routes_are_exchanged_and_stay(world: World, customers: Sequence[str]) -> None:
    patterns = ("one.example.com/*", "two.example.com/*")
    for name, owner, pattern in zip("ab", customers, patterns, strict=True):
        world.apply(customer(name, name, customerId=owner, routes=routes(pattern)))
    await world.settle()
    world.edit(KEY_A, routes=routes(patterns[1]))
    world.edit(KEY_B, routes=routes(patterns[0]))
    await world.settle(3)
    assert world.is_ready(KEY_A)
    assert world.is_ready(KEY_B)
    assert world.cloudflare.zones[OTHER_ZONE].routes == dict.fromkeys(patterns, DISPATCHER)
    assert world.answer("two.example.com").version == world.version(KEY_A)
    assert world.answer("one.example.com").version == world.version(KEY_B)


@pytest.mark.parametrize("customers", [("c1", "c1"), ("c1", "c2")])
async def test_workers_of_two_namespaces_are_told_that_they_wait_for_each_other(
    world: World, customers: Sequence[str]
) -> None:
    wanted = {
        ObjectKey("CustomerWorker", namespace, namespace): (has, asked, customer_id)
        for (namespace, has, asked), customer_id in zip(
            [("one", "blue", "green"), ("two", "green", "blue")], customers, strict=True
        )
    }
    for key, (has, _, customer_id) in wanted.items():
        world.apply(
            customer(key.name, namespace=key.namespace, customerId=customer_id, subdomain=has)
        )
    await world.settle(5)
    for key, (_, asked, _) in wanted.items():
        world.edit(key, subdomain=asked)
    await world.settle(1200)
    for key, (has, asked, _) in wanted.items():
        message = condition(world.api[key], "Routed")["message"]
        holder = "belongs to a worker of another namespace, which asks for another host"
        assert f"{asked}.code24.dev/* {holder}" in message
        assert "have that worker take a free host first" in message
        waited = "a worker of another namespace waits for that"
        assert f"the worker keeps {has}.code24.dev/*; {waited}" in message
        assert world.answer(has).version == world.version(key)

    one, two = wanted
    world.edit(one, subdomain="free")
    await world.settle(700)
    assert world.is_ready(two)
    world.edit(one, subdomain="green")
    await world.settle(700)
    assert world.answer("green").version == world.version(one)
    assert world.answer("blue").version == world.version(two)


async def test_another_customer_gets_a_host_that_is_given_up(world: World) -> None:
    await deployed(world, a="blue")
    world.apply(customer("b", "b", customerId="c2", routes=routes("*.blue.code24.dev/*")))
    await world.settle()
    world.edit(KEY_B, subdomain="blue")
    await world.settle()
    assert not world.is_ready(KEY_B)
    world.cloudflare.fail("PUT script ns/customer-worker-c1--a", times=9, code=10021)
    world.edit(KEY_A, subdomain="green", source={"inline": {"script": "broken"}})
    await world.settle(3)
    assert world.is_ready(KEY_B)
    assert world.answer("blue").version == world.version(KEY_B)


async def test_what_no_object_answers_for_keeps_its_host(world: World) -> None:
    await deployed(world, a="blue")
    world.api.remove(KEY_A)
    done = await world.reconcile(world.apply(customer(subdomain="blue")))
    assert done.conditions["Routed"] == "False HostnameConflict"
    assert "another worker" in done.message("Routed")
    assert world.answer("blue").status == 200


async def test_an_object_that_is_made_anew_for_another_customer_succeeds_to_its_host(
    world: World,
) -> None:
    await world.reconcile(world.apply(customer(scriptName="mine")))
    world.api.remove(SHOP)
    await world.reconcile(world.apply(customer(scriptName="mine", customerId="c2")))
    assert world.is_ready(SHOP)


@pytest.mark.parametrize("customers", [("c1", "c1"), ("c1", "c2")])
@pytest.mark.parametrize("first", ["a", "b"])
async def test_zone_routes_are_exchanged_between_two_platforms(
    two: World, customers: Sequence[str], first: str
) -> None:
    """Each learns only in time that the other one's worker asks for what it has itself."""
    two.delete(SHOP)
    patterns, platforms = ("one.example.com/*", "two.example.com/*"), ("default", "eu")
    for name, owner, pattern, platform in zip("ab", customers, patterns, platforms, strict=True):
        body = customer(name, name, customerId=owner, platform=platform, routes=routes(pattern))
        two.apply(body)
    await two.settle(5)
    assert two.is_ready(KEY_A)
    assert two.is_ready(KEY_B)
    wanted = {KEY_A: patterns[1], KEY_B: patterns[0]}
    for key in (key_of(first), *(wanted.keys() - {key_of(first)})):
        two.edit(key, routes=routes(wanted[key]))
        await two.settle(5)
        if key == key_of(first):
            message = next(
                c["message"] for c in two.status(key)["conditions"] if c["type"] == "Routed"
            )
            assert "another worker, which keeps it until it gives it up" in message
            assert "dispatcher" not in message
    await two.settle(120)
    assert two.is_ready(KEY_A), two.status(KEY_A)["conditions"]
    assert two.is_ready(KEY_B), two.status(KEY_B)["conditions"]
    assert two.cloudflare.zones[OTHER_ZONE].routes == {
        patterns[1]: DISPATCHER,
        patterns[0]: "eu-dispatcher",
    }
    assert two.answer("two.example.com").version == two.version(KEY_A)
    assert two.answer("one.example.com").version == two.version(KEY_B)


async def test_a_worker_without_any_other_route_gives_up_what_one_elsewhere_asks_for(
    two: World,
) -> None:
    one, other = "one.example.com/*", "two.example.com/*"
    # Its default host is another customer's: nothing else is served.
    two.apply(customer("a", "a", customerId="c2", subdomain="shop", routes=routes(one)))
    two.apply(customer("b", "b", customerId="c3", platform="eu", routes=routes(other)))
    await two.settle(5)
    two.edit(KEY_A, routes=routes(other))
    await two.settle(5)
    assert two.answer("one.example.com").status == 200, "until somebody else asks for it"
    two.edit(KEY_B, routes=routes(one))
    await two.settle(150)
    assert two.cloudflare.zones[OTHER_ZONE].routes == {other: DISPATCHER, one: "eu-dispatcher"}
    assert two.answer("one.example.com").version == two.version(KEY_B)
    assert two.answer("two.example.com").version == two.version(KEY_A)
