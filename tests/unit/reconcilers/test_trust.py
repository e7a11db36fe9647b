"""What a dispatch namespace trusts its scripts with: nothing, unless the platform says otherwise."""

from support.cloudflare import Script
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer
from workers_operator.engine.runner import Result
from workers_operator.reconcilers.platform.setup import TRUST_SECONDS

NAMES = {"namespace": "ns", "dispatcher": "dispatcher"}


async def test_a_new_namespace_is_left_untrusted(fresh: World) -> None:
    done = await fresh.reconcile(PLATFORM)
    assert "PUT namespace ns" not in done.writes
    assert fresh.cloudflare.trusted == set()


async def test_what_somebody_has_trusted_is_corrected_within_an_hour(world: World) -> None:
    world.cloudflare.trusted.add("ns")
    await world.advance(TRUST_SECONDS)
    done = await world.reconcile(PLATFORM)
    assert done.calls == ["PUT namespace ns"]
    assert world.cloudflare.trusted == set()
    assert world.is_ready(PLATFORM)
    await world.advance(TRUST_SECONDS)
    assert (await world.reconcile(PLATFORM)).calls == []


async def test_a_platform_that_trusts_its_workers_says_so_before_it_is_ready(fresh: World) -> None:
    fresh.edit(PLATFORM, dispatch={**NAMES, "trusted": True})
    done = await fresh.reconcile(PLATFORM)
    assert list(done.calls).count("PUT namespace ns") == 1
    assert fresh.cloudflare.trusted == {"ns"}
    assert fresh.is_ready(PLATFORM)
    await fresh.restart()
    assert (await fresh.reconcile(PLATFORM)).writes == []


async def test_a_change_of_trust_uploads_the_workers_again(world: World) -> None:
    """A script gets what its namespace trusts it with when it is uploaded."""
    await world.reconcile(world.apply(customer()))
    before = world.version(SHOP)
    world.edit(PLATFORM, dispatch={**NAMES, "trusted": True})
    await world.settle(5)
    assert world.cloudflare.trusted == {"ns"}
    trusted = world.version(SHOP)
    assert trusted != before
    assert world.answer("shop").version == trusted
    world.edit(PLATFORM, dispatch=NAMES)
    await world.settle(5)
    assert world.cloudflare.trusted == set()
    assert world.version(SHOP) == before
    assert world.answer("shop").version == before


async def test_a_namespace_with_somebody_elses_scripts_keeps_its_trust(world: World) -> None:
    world.cloudflare.trusted.add("ns")
    world.cloudflare.scripts["ns"]["theirs"] = Script.of("x")
    await world.advance(TRUST_SECONDS)
    done = await world.reconcile(PLATFORM)
    assert done.calls == []
    assert world.cloudflare.trusted == {"ns"}
    assert world.is_ready(PLATFORM)
    assert "'ns' is trusted, and stays so" in done.message("Provisioned")
    assert "such as 'theirs'" in done.message("Provisioned")
    del world.cloudflare.scripts["ns"]["theirs"]
    await world.advance(TRUST_SECONDS)
    done = await world.reconcile(PLATFORM)
    assert done.calls == ["PUT namespace ns"]
    assert "trusted" not in done.message("Provisioned")


async def test_a_correction_that_fails_is_said_and_tried_again(world: World) -> None:
    for lost in (False, True):
        world.cloudflare.trusted.add("ns")
        world.cloudflare.fail("PUT namespace", lose_answer=lost)
        await world.advance(TRUST_SECONDS)
        done = await world.reconcile(PLATFORM)
        assert done.conditions["Provisioned"].startswith("False Cloudflare")
        assert done.result == Result(retry=True)
        await world.settle(10)
        assert world.is_ready(PLATFORM)
        assert world.cloudflare.trusted == set()


async def test_a_namespace_whose_creation_was_not_answered_is_looked_for(fresh: World) -> None:
    fresh.cloudflare.fail("POST namespace", lose_answer=True)
    await fresh.reconcile(PLATFORM)
    assert "ns" in fresh.cloudflare.scripts
    done = await fresh.reconcile(PLATFORM)
    assert fresh.is_ready(PLATFORM)
    assert "POST namespace ns" not in done.writes
