"""Routes that do not fit into the routing entry of their host: the others are served, and so are all other workers."""

from collections.abc import Mapping, Sequence
from typing import Final

from support.world import World
from support.world_bodies import OTHER_ZONE, SHOP, customer
from workers_operator.domain.worker import ObjectKey

OTHER = ObjectKey("CustomerWorker", "shop", "other")
HOST: Final = "many.code24.dev"
FIT: Final = 12  # routes of ``many`` that surely fit into one entry
TOO_MANY: Final = range(19)


def path(number: int) -> str:
    return f"/{'x' * 60}{number:02}"


def many(numbers: Sequence[int], host: str = HOST) -> list[Mapping[str, str]]:
    return [{"pattern": f"{host}{path(number)}/*"} for number in numbers]


def served(world: World, key: ObjectKey = SHOP, host: str = HOST) -> list[int]:
    """The numbers of the routes that lead to a worker."""
    version = world.version(key)
    return [n for n in range(99) if world.answer(host, f"{path(n)}/a").version == version]


async def test_those_that_fit_are_served_and_the_others_are_refused(world: World) -> None:
    patterns = [*many(TOO_MANY), {"pattern": "else.code24.dev/*"}]
    done = await world.reconcile(world.apply(customer(routes=patterns)))
    assert done.conditions["Routed"] == "False TooManyRoutes"
    assert done.conditions["Stalled"] == "True TooManyRoutes"
    assert done.conditions["Healthy"] == "True ProbeSucceeded"
    for host in ("shop", "else"):
        assert world.answer(host).version == world.version(SHOP)
    found = served(world)
    assert FIT <= len(found) < len(TOO_MANY)
    assert found == list(range(len(found)))
    message = done.message("Routed")
    assert message.startswith(
        f"route {HOST}{path(len(found))}/* does not fit: the routes of {HOST}"
    )
    assert "use another host" in message
    assert message.endswith(f"; {len(TOO_MANY) - len(found) - 1} more routes are refused, too")
    assert len(done.status["urls"]) == len(found) + 2
    again = await world.reconcile(SHOP)
    assert again.writes == []


async def test_it_goes_on_being_updated_and_is_ready_once_they_fit(world: World) -> None:
    await world.reconcile(world.apply(customer(routes=many(TOO_MANY))))
    world.edit(SHOP, instances=2)
    await world.reconcile(SHOP)
    assert world.status(SHOP)["instances"] == 2
    world.edit(SHOP, routes=many(range(FIT)))
    done = await world.reconcile(SHOP)
    assert done.conditions["Ready"] == "True Succeeded"
    assert served(world) == list(range(FIT))


async def test_those_that_are_served_keep_their_room(world: World) -> None:
    """Whatever is added, and wherever in the list."""
    await world.reconcile(world.apply(customer(routes=many(range(50, 50 + FIT)))))
    world.edit(SHOP, routes=many([*range(8), *range(50, 50 + FIT)]))
    await world.reconcile(SHOP)
    assert set(served(world)) >= set(range(50, 50 + FIT))


async def test_zone_routes_are_made_for_those_that_fit(world: World) -> None:
    host = "many.example.com"
    await world.reconcile(world.apply(customer(routes=many(TOO_MANY, host))))
    found = served(world, host=host)
    attached = world.cloudflare.zones[OTHER_ZONE].routes
    assert set(attached) == {f"{host}{path(n)}/*" for n in found}
    world.edit(SHOP, routes=None)
    await world.reconcile(SHOP)
    assert attached == {}


async def test_another_worker_of_the_host_gets_what_is_left_and_then_the_rest(world: World) -> None:
    await world.reconcile(world.apply(customer(routes=many(range(FIT)))))
    done = await world.reconcile(world.apply(customer("other", "two", routes=many(range(30, 40)))))
    assert done.conditions["Routed"] == "False TooManyRoutes"
    assert "Stalled" not in done.conditions  # it is free once the other worker gives it up
    assert world.answer("other").version == world.version(OTHER)
    assert served(world) == list(range(FIT))
    world.edit(SHOP, routes=many(range(2)))
    await world.settle(40)
    assert world.is_ready(OTHER)
    assert served(world, OTHER) == list(range(30, 40))
    assert served(world) == [0, 1]


async def test_two_workers_that_fill_a_host_at_once_get_what_fits(world: World) -> None:
    """Each plans for an empty entry."""
    world.apply(customer(routes=many(range(10), "many.example.com")))
    world.apply(customer("other", "two", routes=many(range(30, 40), "many.example.com")))
    await world.settle(40)
    found = [served(world, key, "many.example.com") for key in (SHOP, OTHER)]
    assert sorted(map(len, found))[1] == 10
    assert sum(map(len, found)) >= FIT
    assert sum(map(world.is_ready, (SHOP, OTHER))) == 1
    for host, key in (("shop", SHOP), ("other", OTHER)):
        assert world.answer(host).version == world.version(key)
    attached = world.cloudflare.zones[OTHER_ZONE].routes
    assert len(attached) == sum(map(len, found))
