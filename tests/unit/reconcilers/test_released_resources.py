"""What ``create: true`` made: it goes once no script is bound to it, if it is to be deleted."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import Stored
from support.world import World
from support.world_bodies import CREATOR, NONE_KEPT, SHOP, customer
from workers_operator.domain.names import created_bucket_name, created_kv_title

Binding = Mapping[str, Any]
CREATED_KV = {"name": "CACHE", "type": "kvNamespace", "create": True}
CREATED_BUCKET = {"name": "FILES", "type": "r2Bucket", "create": True}
TITLE = created_kv_title(CREATOR, "CACHE")
BUCKET = created_bucket_name(CREATOR, "FILES")


async def deploy(world: World, *bindings: Binding) -> None:
    done = await world.reconcile(world.apply(customer(bindings=list(bindings))))
    assert world.is_ready(SHOP), done.message()


@pytest.mark.parametrize("created", [CREATED_KV, CREATED_BUCKET], ids=["KV", "R2"])
async def test_what_happens_on_deletion_is_no_content(world: World, created: Binding) -> None:
    await deploy(world, created)
    one = world.version(SHOP)
    for deletion in ("Delete", "Retain", None):
        world.edit(SHOP, bindings=[{**created, **({"deletion": deletion} if deletion else {})}])
        done = await world.reconcile(SHOP)
        assert done.calls == []
        assert world.version(SHOP) == one
        assert world.is_ready(SHOP)


@pytest.mark.parametrize("deletion", ["Retain", "Delete"])
async def test_it_is_kept_or_deleted(world: World, deletion: str) -> None:
    bindings = [b | {"deletion": deletion} for b in (CREATED_KV, CREATED_BUCKET)]
    await deploy(world, *bindings)
    world.edit(SHOP, bindings=[], rollout=NONE_KEPT)
    await world.reconcile(SHOP)
    left = [r["name"] for r in world.status(SHOP).get("resources", ())]
    assert left == ([TITLE, BUCKET] if deletion == "Delete" else [])
    assert TITLE in {kv.title for kv in world.cloudflare.kv.values()}
    await world.settle(100)
    assert "resources" not in world.status(SHOP)
    titles = {kv.title for kv in world.cloudflare.kv.values()}
    assert (TITLE in titles, BUCKET in world.cloudflare.buckets) == (deletion == "Retain",) * 2


async def test_it_stays_for_a_former_version_that_may_serve_again(world: World) -> None:
    await deploy(world, CREATED_KV | {"deletion": "Delete"})
    world.edit(SHOP, bindings=[])
    await world.settle(1000)
    assert [r["name"] for r in world.status(SHOP)["resources"]] == [TITLE]
    assert TITLE in {kv.title for kv in world.cloudflare.kv.values()}
    world.edit(SHOP, vars={"A": "1"})
    await world.settle(1000)
    assert "resources" not in world.status(SHOP)
    assert TITLE not in {kv.title for kv in world.cloudflare.kv.values()}


async def test_a_bucket_with_objects_stays_in_status(world: World) -> None:
    await deploy(world, CREATED_BUCKET | {"deletion": "Delete"})
    world.cloudflare.buckets[BUCKET]["a"] = Stored(b"x")
    world.edit(SHOP, bindings=[], rollout=NONE_KEPT)
    await world.settle(100)
    assert [r["name"] for r in world.status(SHOP)["resources"]] == [BUCKET]
    world.cloudflare.buckets[BUCKET].clear()
    world.request_check(SHOP)
    await world.settle()
    assert BUCKET not in world.cloudflare.buckets
    assert "resources" not in world.status(SHOP)
