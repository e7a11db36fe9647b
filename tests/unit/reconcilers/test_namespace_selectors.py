"""Grants by the labels of namespaces: a label counts at once, and a start refuses nobody meanwhile."""

from typing import Any

import pytest

from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.errors import from_status

GRANT = {"customers": ["c1"], "hosts": ["*.code24.dev"], "plans": ["*"]}
PAID = GRANT | {"namespaceSelector": {"matchLabels": {"plan": "paid"}}}
FORBIDDEN = from_status(403, "list namespaces", "no")


def tenancy(*grants: Any) -> Any:
    return {"grants": list(grants)}


@pytest.fixture
async def selecting(world: World) -> World:
    """A platform that grants by label. The namespace of SHOP has none."""
    world.api.label_namespace("shop")
    world.edit(PLATFORM, tenancy=tenancy(PAID))
    await world.settle()
    return world


async def ready(world: World) -> None:
    world.apply(customer())
    await world.settle(5)
    assert world.is_ready(SHOP)


async def test_a_label_lets_a_namespace_in_at_once(selecting: World) -> None:
    done = await selecting.reconcile(selecting.apply(customer()))
    assert done.conditions["Deployed"] == "False NotGranted"
    await selecting.settle(5)
    selecting.api.label_namespace("shop", plan="paid")
    assert await selecting.due() == {SHOP}
    await selecting.settle(5)
    assert selecting.is_ready(SHOP)


async def test_a_label_that_is_taken_away_changes_nothing_that_serves(selecting: World) -> None:
    selecting.api.label_namespace("shop", plan="paid")
    await ready(selecting)
    version = selecting.version(SHOP)
    selecting.api.label_namespace("shop", plan="free")
    assert await selecting.due() == {SHOP}
    with selecting.calls() as calls:
        await selecting.settle(5)
    assert [line for line in calls.writes if not line.startswith("apply_status")] == []
    assert not selecting.is_ready(SHOP)
    assert selecting.answer("shop").version == version
    another = selecting.apply(customer("another"))
    done = await selecting.reconcile(another)
    assert done.conditions["Deployed"] == "False NotGranted"


async def test_a_label_that_no_selector_knows_costs_a_look_and_no_call(selecting: World) -> None:
    selecting.api.label_namespace("shop", plan="paid")
    await ready(selecting)
    selecting.api.label_namespace("shop", plan="paid", owner="somebody")
    with selecting.calls() as calls:
        await selecting.settle(1)
    assert (calls.writes, calls.reads) == ([], [])


async def test_annotations_wake_nobody(selecting: World) -> None:
    await selecting.reconcile(selecting.apply(customer()))
    await selecting.settle(5)
    selecting.api.annotate(ObjectKey("Namespace", "", "shop"), note="x")
    assert await selecting.due() == set()


async def test_a_restart_refuses_nobody(selecting: World) -> None:
    selecting.api.label_namespace("shop", plan="paid")
    await ready(selecting)
    await selecting.restart()
    with selecting.calls() as calls:
        await selecting.settle(5)
    assert selecting.is_ready(SHOP)
    assert f"apply_status {SHOP}" not in calls.writes
    assert calls.reads.count("list_namespaces ") == 1


async def test_a_grant_that_selects_instead_of_naming_refuses_nobody(world: World) -> None:
    world.api.label_namespace("shop", plan="paid")
    world.edit(PLATFORM, tenancy=tenancy(GRANT | {"namespaces": ["shop"]}))
    await world.settle()
    await ready(world)
    assert "list_namespaces " not in world.reads
    world.edit(PLATFORM, tenancy=tenancy(PAID))
    with world.calls() as calls:
        await world.settle(5)
    assert world.is_ready(SHOP)
    assert f"apply_status {SHOP}" not in calls.writes


async def test_a_rival_that_loses_its_grant_keeps_nobody_out(selecting: World) -> None:
    selecting.api.label_namespace("other", plan="paid")
    rival = selecting.apply(customer("rival", namespace="other", subdomain="shop", suspend=True))
    await selecting.settle(5)
    selecting.api.label_namespace("shop", plan="paid")
    selecting.apply(customer())
    await selecting.settle(5)
    assert not selecting.is_ready(SHOP)
    selecting.api.label_namespace("other", plan="free")
    assert await selecting.due() == {SHOP, rival}
    await selecting.settle(5)
    assert selecting.is_ready(SHOP)


async def test_a_missing_right_is_said_and_counts_as_no_labels(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.api.label_namespace("shop", plan="paid")
    world.api.fail("list_namespaces", FORBIDDEN)
    world.edit(PLATFORM, tenancy=tenancy(PAID))
    await world.settle()
    done = await world.reconcile(world.apply(customer()))
    assert done.conditions["Deployed"] == "False NotGranted"
    assert "may not list namespaces" in done.message("Deployed")
    assert [r.levelname for r in caplog.records if "may not list namespaces" in r.message] == [
        "WARNING"
    ]
    world.api.label_namespace("shop", plan="paid", again="x")  # as the watch tells, once it may
    await world.settle(5)
    assert world.is_ready(SHOP)


async def test_a_right_that_is_lost_takes_the_labels_along(selecting: World) -> None:
    selecting.api.label_namespace("shop", plan="paid")
    await ready(selecting)
    selecting.operator.namespaces.denied()
    assert await selecting.due() == {SHOP}
    await selecting.settle(5)
    assert "may not list namespaces" in str(selecting.status(SHOP))


async def test_while_the_api_server_is_away_the_platform_waits(world: World) -> None:
    world.api.label_namespace("shop", plan="paid")
    world.api.fail("list_namespaces", from_status(503, "list namespaces", ""))
    world.edit(PLATFORM, tenancy=tenancy(PAID))
    world.apply(customer())
    await world.settle(10)
    assert world.is_ready(SHOP)
