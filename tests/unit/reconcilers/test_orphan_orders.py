"""OrphanOrders about orphans, by annotation: they are carried out once, and told of; a mistake changes nothing."""

from typing import Any

import pytest

from support.world import PLATFORM, World
from support.world_bodies import BASE, SHOP, customer
from workers_operator.domain.plan.orders import ADOPT, REMOVE
from workers_operator.domain.worker import ObjectKey

HEIR = ObjectKey("CustomerWorker", "heirs", "blog")


@pytest.fixture
async def orphaned(world: World) -> World:
    """A worker that serves, and whose object somebody has taken away with its finalizer."""
    world.apply(customer(routes=[{"pattern": "shop.example.com/*"}]))
    await world.settle(100)
    assert world.is_ready(SHOP)
    world.api.remove(SHOP)
    world.forget_calls()
    return world


def order(world: World, **annotations: str | None) -> None:
    names = {"remove": REMOVE, "adopt": ADOPT}
    world.api.annotate(PLATFORM, **{names[name]: value for name, value in annotations.items()})


def results(world: World) -> dict[str, tuple[bool, str]]:
    found = world.status(PLATFORM)["orphanOrders"]["results"]
    return {r["name"]: (r["done"], r["message"]) for r in found}


def account_writes(world: World) -> list[str]:
    return [line for line in world.writes if not line.startswith(("apply_status", "set_fin"))]


async def test_an_orphan_is_removed_at_once_with_all_that_it_has(orphaned: World) -> None:
    order(orphaned, remove=BASE)
    assert await orphaned.due() == {PLATFORM}
    await orphaned.settle()
    assert results(orphaned) == {BASE: (True, "it is removed")}
    assert orphaned.scripts() == {}
    assert [r for z in orphaned.cloudflare.zones.values() for r in z.routes] == ["*.code24.dev/*"]
    assert "orphans" not in orphaned.status(PLATFORM)
    assert f"Normal OrphanOrderDone: {BASE}: it is removed" in orphaned.events.about(PLATFORM)


async def test_an_order_is_carried_out_once(orphaned: World) -> None:
    order(orphaned, remove=BASE)
    await orphaned.settle()
    orphaned.apply(customer())
    await orphaned.settle(100)
    orphaned.api.remove(SHOP)  # an orphan of the same name, while the annotation is still there
    await orphaned.settle(1000)
    await orphaned.restart()
    await orphaned.settle(1000)
    assert orphaned.answer("shop").status == 200
    order(orphaned, remove=None)
    await orphaned.settle()
    assert "orphanOrders" not in orphaned.status(PLATFORM)
    order(orphaned, remove=BASE)
    await orphaned.settle()
    assert orphaned.answer("shop").status == 404


async def test_a_worker_of_an_object_is_no_orphan(world: World) -> None:
    world.apply(customer())
    await world.settle(100)
    world.forget_calls()
    order(world, remove=f"{BASE},unknown", adopt="other=CustomerWorker/a/b")
    await world.settle()
    assert {name: done for name, (done, _) in results(world).items()} == {
        BASE: False,
        "unknown": False,
        "other": False,
    }
    assert account_writes(world) == []
    assert world.is_ready(PLATFORM)


async def test_a_worker_of_an_object_cannot_be_adopted(world: World) -> None:
    world.apply(customer())
    await world.settle(100)
    world.forget_calls()
    order(world, adopt=f"{BASE}=CustomerWorker/heirs/blog")
    await world.settle()
    assert results(world) == {BASE: (False, "no worker of this name serves without an object")}
    assert account_writes(world) == []


@pytest.mark.parametrize(
    "annotations",
    [
        {"remove": f"{BASE},../x"},
        {"remove": BASE, "adopt": "x"},
        {"remove": BASE, "adopt": f"{BASE}=CustomerWorker/a/b"},
        {"remove": ""},
    ],
)
async def test_a_mistake_is_told_and_changes_nothing(
    orphaned: World, annotations: dict[str, str]
) -> None:
    order(orphaned, **annotations)
    await orphaned.settle()
    status = orphaned.status(PLATFORM)["orphanOrders"]
    assert status["problem"]
    assert "results" not in status
    assert account_writes(orphaned) == []
    assert orphaned.is_ready(PLATFORM)
    told = orphaned.events.about(PLATFORM)
    assert f"Warning OrphanOrderInvalid: {status['problem']}" in told
    with orphaned.calls() as calls:
        await orphaned.settle(1000)
    assert not [line for line in calls.writes if "worker:" in line]


async def test_what_fails_is_told_and_not_tried_again(orphaned: World) -> None:
    orphaned.cloudflare.fail(f"DELETE script ns/{BASE}", status=500)
    order(orphaned, remove=BASE)
    await orphaned.settle()
    [(done, message)] = results(orphaned).values()
    assert not done
    assert message
    assert any(e.startswith("Warning OrphanOrderFailed") for e in orphaned.events.about(PLATFORM))


async def test_an_object_of_another_namespace_takes_an_adopted_worker_over(
    orphaned: World,
) -> None:
    mark, value = _kept(orphaned)
    order(orphaned, adopt=f"{BASE}=CustomerWorker/heirs/blog")
    await orphaned.settle()
    assert results(orphaned)[BASE][0], results(orphaned)
    assert account_writes(orphaned) == [f"PUT kv routes worker:{BASE}"]
    assert _kept(orphaned) == ({**mark, "owner": "CustomerWorker heirs/blog"}, value)
    served = orphaned.answer("shop")
    assert served.status == 200
    heir = customer("blog", "two", namespace="heirs", scriptName=BASE, subdomain="shop")
    orphaned.apply(heir)
    await orphaned.settle(100)
    assert orphaned.is_ready(HEIR)
    assert orphaned.answer("shop").version == orphaned.version(HEIR)


async def test_without_an_adoption_it_does_not(orphaned: World) -> None:
    heir = customer("blog", "two", namespace="heirs", scriptName=BASE, subdomain="shop")
    done = await orphaned.reconcile(orphaned.apply(heir))
    assert done.conditions["Deployed"] == "False ScriptNameConflict"
    order(orphaned, adopt=f"{BASE}=CustomerWorker/heirs/blog")
    await orphaned.settle(60)
    assert orphaned.is_ready(HEIR)


async def test_an_object_with_another_script_name_cannot_adopt(orphaned: World) -> None:
    orphaned.apply(customer("blog", namespace="heirs"))
    await orphaned.settle(100)
    orphaned.forget_calls()
    order(orphaned, adopt=f"{BASE}=CustomerWorker/heirs/blog")
    await orphaned.settle()
    [(done, message)] = results(orphaned).values()
    assert not done
    assert "has another script name" in message
    assert account_writes(orphaned) == []


async def test_a_worker_cannot_order(orphaned: World) -> None:
    other = orphaned.apply(customer("other", annotations={REMOVE: BASE}))
    await orphaned.settle(1000)
    assert orphaned.is_ready(other)
    assert orphaned.answer("shop").status == 200


def _kept(world: World) -> tuple[Any, Any]:
    pair = world.cloudflare.kv_titled("routes").pairs[f"worker:{BASE}"]
    return pair.metadata, pair.value
