"""Deletions that need no call: of what was never sent, and what an object says that another finalizer holds."""

import pytest

from support.cloudflare import KVNamespace, Pair
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer, released


class TestNeverDeployed:
    """Nothing was ever sent for it: it goes at once, whatever the platform is like."""

    @pytest.mark.parametrize("trouble", ["token", "storage", "suspended", "set-up", "none"])
    async def test_it_goes_at_once(self, world: World, trouble: str) -> None:
        if trouble == "token":
            world.add_platform("bad")
            world.cloudflare.tokens.discard("canary-token-5f1d7c")
            world.api.put_secret("code24-workers", "bad", {"token": "wrong-token-1"})
        elif trouble == "storage":
            theirs = KVNamespace("bad-routes", {"platform": Pair("{}", {"dispatchNamespace": "x"})})
            world.cloudflare.kv["e" * 32] = theirs
            await world.advance(10)
            world.add_platform("bad")
        elif trouble == "suspended":
            world.add_platform("bad", suspend=True)
        elif trouble == "set-up":
            world.cloudflare.fail("POST namespace", times=99)
            world.add_platform("bad")
        key = world.apply(customer(platform="bad"))
        await world.settle()
        assert world.status(key)["observedGeneration"] == 1
        assert "versions" not in world.status(key)
        with world.calls() as calls:
            world.delete(key)
            await world.settle()
        assert key not in world.api
        assert calls.writes == [released(key)]

    async def test_one_whose_upload_failed_waits_for_its_platform(self, world: World) -> None:
        world.cloudflare.fail("PUT script", carried_out=True)
        key = world.apply(customer())
        await world.reconcile(key)
        world.cloudflare.tokens.clear()
        world.request_check(PLATFORM)
        await world.settle()
        world.delete(key)
        done = await world.reconcile(key)
        assert done.conditions["Routed"] == "False CredentialsRejected"
        world.add_platform(token="another-token")
        await world.settle(60)
        assert (world.scripts(), world.routes(), key in world.api) == ({}, set(), False)


@pytest.mark.parametrize("ready", [True, False])
async def test_held_by_another_finalizer_it_says_that_the_worker_is_removed(
    world: World, ready: bool
) -> None:
    missing = customer(script=None, source={"r2": {"key": "none.js"}})
    world.apply(customer() if ready else missing)
    await world.settle()
    body = world.api[SHOP]
    body["metadata"]["finalizers"].append("example.org/hold")
    world.api.update(SHOP, body)
    world.delete(SHOP)
    await world.settle()
    assert world.api[SHOP]["metadata"]["finalizers"] == ["example.org/hold"]
    conditions = {c["type"]: c for c in world.status(SHOP)["conditions"]}
    assert (conditions["Ready"]["status"], conditions["Routed"]["reason"]) == ("False", "Removed")
    assert not {"url", "urls", "versions", "platform"} & world.status(SHOP).keys()
    assert (world.scripts(), world.routes()) == ({}, set())
