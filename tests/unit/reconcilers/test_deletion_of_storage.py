"""What ``create: true`` made goes with its worker if it is asked to, and nobody uses it."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import KVNamespace, Pair, Script, Stored
from support.world import World
from support.world_bodies import CREATOR, RESTS, SHOP, UNROUTED, customer, released, removed
from unit.reconcilers.deleting import deployed, nothing_is_left
from workers_operator.domain.names import created_bucket_name, created_kv_title
from workers_operator.engine.runner import Result

TITLE = created_kv_title(CREATOR, "CACHE")
BUCKET = created_bucket_name(CREATOR, "FILES")


def created(kind: str, deletion: str | None = None) -> Mapping[str, Any]:
    """A binding of which the operator makes the target."""
    name = {"kvNamespace": "CACHE", "r2Bucket": "FILES"}[kind]
    binding = {"name": name, "type": kind, "create": True}
    return binding | ({"deletion": deletion} if deletion else {})


@pytest.mark.parametrize("deletion", [None, "Retain", "Delete"])
async def test_it_is_kept_or_deleted(world: World, deletion: str | None) -> None:
    kinds = ("kvNamespace", "r2Bucket")
    await deployed(world, bindings=[created(kind, deletion) for kind in kinds])
    world.delete(SHOP)
    done = await world.reconcile(SHOP)
    assert nothing_is_left(world)
    deleted = [f"DELETE kv-namespace {TITLE}"]
    assert [line for line in done.writes if "namespace" in line] == (
        deleted if deletion == "Delete" else []
    )
    assert (BUCKET in world.cloudflare.buckets) == (deletion != "Delete")


async def test_storage_goes_last(world: World) -> None:
    version = await deployed(world, bindings=[created("kvNamespace", "Delete")])
    world.delete(SHOP)
    done = await world.reconcile(SHOP)
    assert done.writes == [
        RESTS,
        UNROUTED,
        removed(version),
        f"DELETE kv-namespace {TITLE}",
        released(SHOP),
    ]


async def test_a_bucket_that_holds_objects_and_a_namespace_in_use_stay(world: World) -> None:
    kinds = ("kvNamespace", "r2Bucket")
    await deployed(world, bindings=[created(kind, "Delete") for kind in kinds])
    world.cloudflare.buckets[BUCKET]["a"] = Stored(b"x")
    identifier = world.cloudflare.kv_id(TITLE)
    binding = {"type": "kv_namespace", "name": "A", "namespace_id": identifier}
    world.cloudflare.account_scripts["theirs"] = Script.of("x", bindings=[binding])
    world.delete(SHOP)
    await world.reconcile(SHOP)
    assert nothing_is_left(world)
    assert BUCKET in world.cloudflare.buckets
    assert identifier in world.cloudflare.kv


async def test_what_is_gone_already_needs_no_call(world: World) -> None:
    kinds = ("kvNamespace", "r2Bucket")
    await deployed(world, bindings=[created(kind, "Delete") for kind in kinds])
    del world.cloudflare.kv[world.cloudflare.kv_id(TITLE)]
    del world.cloudflare.buckets[BUCKET]
    world.delete(SHOP)
    await world.settle(5)
    assert nothing_is_left(world)


async def test_buckets_that_were_never_made_cost_one_look(world: World) -> None:
    never = [{**created("r2Bucket", "Delete"), "name": f"B{n}"} for n in range(60)]
    absent = {"configMap": {"name": "absent", "key": "a.js"}}
    refused = world.apply(customer(script=None, source=absent, bindings=never))
    await world.settle(5)
    world.delete(refused)
    with world.calls() as calls:
        await world.settle(5)
    assert refused not in world.api
    assert [line for line in calls.writes if "bucket" in line] == []
    assert len([line for line in calls.reads if "buckets" in line]) <= 1


async def test_storage_that_was_not_made_for_it_stays(world: World) -> None:
    world.cloudflare.kv["f" * 32] = KVNamespace("THEIRS", {"a": Pair("b")})
    world.cloudflare.buckets["team"] = {}
    await world.advance(10)
    theirs = [
        {"name": "A", "type": "kvNamespace", "title": "THEIRS"},
        {"name": "B", "type": "r2Bucket", "bucket": "team"},
    ]
    await deployed(world, bindings=theirs)
    world.delete(SHOP)
    await world.reconcile(SHOP)
    assert nothing_is_left(world)
    assert "f" * 32 in world.cloudflare.kv
    assert "team" in world.cloudflare.buckets


async def test_a_deletion_that_fails_is_retried(world: World) -> None:
    await deployed(world, bindings=[created("r2Bucket", "Delete")])
    world.cloudflare.fail("DELETE bucket", status=500)
    world.delete(SHOP)
    done = await world.reconcile(SHOP)
    assert done.result == Result(retry=True)
    await world.settle(5)
    assert nothing_is_left(world)
    assert BUCKET not in world.cloudflare.buckets
