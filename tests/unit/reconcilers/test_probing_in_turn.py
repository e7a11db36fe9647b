"""Probes wait for slots of their own, and not for long: what is said of a worker whose probe has to wait."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from support.scripts import says
from support.world import World
from support.world_bodies import SHOP, customer
from workers_operator.domain.health.probes import LATE, ProbeAnswer
from workers_operator.engine.priority import Priority, Urgency

TWO = {"inline": {"script": says("two")}}
NOBODY = ProbeAnswer(0, None, "no connection")


@asynccontextmanager
async def hanging(world: World, namespace: str = "shop") -> AsyncIterator[None]:
    """Probes of other workers in the namespace that do not end inside the block."""
    slots = world.operator.probe_slots
    async with AsyncExitStack() as stack:
        for _ in range(slots.number):
            slot = slots.slot(Priority(Urgency.EDIT, namespace), clock=world.clock, patience=0.0)
            assert await stack.enter_async_context(slot)
        yield


def always(answer: ProbeAnswer) -> Callable[[str, str], ProbeAnswer | None]:
    return lambda host, path: answer


async def test_a_new_version_is_not_called_ready_before_it_is_probed(world: World) -> None:
    async with hanging(world):
        done = await world.reconcile(world.apply(customer()))
        assert done.conditions["Ready"] == "False AwaitingPropagation"
        assert done.conditions["Reconciling"] == "True Progressing"
        assert "not probed yet" in done.message()
        assert world.prober.asked == []
        assert done.result.requeue_after is not None
        assert done.result.requeue_after < 5
    await world.settle(5)
    assert world.is_ready(SHOP)


async def test_a_pass_does_not_wait_long_for_its_probe(world: World) -> None:
    async with hanging(world):
        began = world.clock.monotonic()
        await world.reconcile(world.apply(customer()))
        assert world.clock.monotonic() - began < 2


async def test_a_worker_in_another_namespace_is_probed_at_once(world: World) -> None:
    async with hanging(world, "other"):
        began = world.clock.monotonic()
        await world.reconcile(world.apply(customer()))
        assert world.is_ready(SHOP)
        assert world.clock.monotonic() - began < 0.1


async def test_what_was_said_of_a_worker_stands_until_it_is_probed_again(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    before = world.status(SHOP)
    async with hanging(world):
        await world.advance(70)
        done = await world.reconcile(SHOP)
        assert (done.writes, done.events) == ([], [])
        assert done.status == before
    await world.advance(70)
    world.prober.asked.clear()
    await world.reconcile(SHOP)
    assert len(world.prober.asked) == 1


async def test_a_worker_that_hangs_stays_unhealthy(world: World) -> None:
    world.prober.override = always(ProbeAnswer(0, None, LATE))
    await world.reconcile(world.apply(customer()))
    await world.settle(120)
    before = world.status(SHOP)
    assert before["health"]["state"] == "Unhealthy"
    async with hanging(world):
        await world.advance(70)
        assert (await world.reconcile(SHOP)).writes == []
    assert world.status(SHOP) == before


async def test_an_edit_is_not_called_ready_by_what_was_said_before(world: World) -> None:
    await world.reconcile(world.apply(customer()))
    async with hanging(world):
        world.edit(SHOP, source=TWO)
        done = await world.reconcile(SHOP)
        assert done.conditions["Ready"] == "False AwaitingPropagation"
    await world.settle(5)
    assert world.is_ready(SHOP)


async def test_between_two_probes_a_version_that_does_not_answer_is_on_its_way(
    world: World,
) -> None:
    world.prober.override = always(NOBODY)
    first = await world.reconcile(world.apply(customer()))
    assert first.conditions["Reconciling"] == "True Progressing"
    between = await world.reconcile(SHOP)
    assert (between.writes, between.events) == ([], [])
    assert between.conditions["Reconciling"] == "True Progressing"


async def test_a_worker_that_moves_is_not_removed_between_two_probes(world: World) -> None:
    """A pass that probes nothing knows no more than the last probe: the version does not answer on the new platform."""
    world.add_platform("b")
    world.apply(customer())
    await world.settle()
    world.prober.override = always(NOBODY)
    world.edit(SHOP, platform="b")
    await world.reconcile(SHOP)
    await world.reconcile(SHOP)
    assert world.scripts("ns")
    assert "host:shop.code24.dev" in world.routes()
    world.prober.override = lambda host, path: None
    await world.settle(10)
    assert world.is_ready(SHOP)
    assert not world.scripts("ns")
