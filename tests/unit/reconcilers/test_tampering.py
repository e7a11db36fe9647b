"""Somebody with the account's token changes what is ours: it is noticed in the listings, repaired, and told."""

from typing import Any

import pytest

from support.cloudflare import Script
from support.interruptions import Fate, Interruption
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer

EVIL = 'export default { fetch() { return new Response("evil") } }'
INTERVALS = 700.0  # seconds in which the account is listed and every worker is looked at


@pytest.fixture
async def shop(world: World) -> World:
    """A world with a worker of two instances, at rest."""
    world.apply(customer(instances=2))
    await world.settle(400)
    assert world.is_ready(SHOP)
    world.forget_calls()
    return world


def name_of(world: World, instance: int = 0) -> str:
    return next(n for n in world.scripts() if n.endswith(f"--{instance}"))


def overwrite(world: World, name: str, text: str = EVIL) -> None:
    """What ``wrangler deploy`` with a stolen token does."""
    before = world.cloudflare.scripts["ns"][name]
    evil = Script.of(text, tags=before.tags)
    evil.modified = world.cloudflare.now()
    world.cloudflare.scripts["ns"][name] = evil


def tampering(world: World, key: Any = SHOP) -> list[str]:
    return [e for e in world.events.about(key) if e.startswith("Warning ContentTampered")]


def uploads(world: World) -> list[str]:
    return [line for line in world.writes if line.startswith("PUT script")]


async def test_an_overwritten_script_is_uploaded_again_and_told(shop: World) -> None:
    name, ours = name_of(shop, 1), shop.scripts()[name_of(shop, 1)].text
    overwrite(shop, name)
    await shop.settle(INTERVALS)
    assert shop.scripts()[name].text == ours
    assert uploads(shop) == [f"PUT script ns/{name}"]
    [event] = tampering(shop)
    assert f"somebody else has changed script {name}: it is uploaded again" in event
    assert shop.operator.repairs == ["default content"]
    assert shop.is_ready(SHOP)
    assert not any("PUT kv" in line for line in shop.writes)


async def test_changed_settings_of_the_same_code_are_noticed(shop: World) -> None:
    name = name_of(shop)
    script = shop.scripts()[name]
    bindings = [*script.metadata["bindings"]]
    script.metadata["bindings"] = [{"type": "plain_text", "name": "EVIL", "text": "1"}]
    script.modified = shop.cloudflare.now()
    await shop.settle(INTERVALS)
    assert shop.scripts()[name].metadata["bindings"] == bindings
    assert len(tampering(shop)) == 1


async def test_it_costs_no_call_to_look(shop: World) -> None:
    with shop.calls() as quiet:
        await shop.settle(3000)
    overwrite(shop, name_of(shop))
    with shop.calls() as busy:
        await shop.settle(3000)
    assert sorted(quiet.reads) == sorted(busy.reads)


async def test_what_was_changed_while_no_operator_ran_is_noticed(shop: World) -> None:
    name = name_of(shop)
    overwrite(shop, name)
    await shop.restart()
    await shop.settle(INTERVALS)
    assert EVIL not in shop.scripts()[name].text
    assert len(tampering(shop)) == 1


async def test_a_restart_writes_nothing_and_says_nothing(shop: World) -> None:
    await shop.restart()
    await shop.settle(INTERVALS)
    assert [line for line in shop.writes if not line.startswith("apply_status Work")] == []
    assert tampering(shop) == []


async def test_our_own_uploads_say_nothing(shop: World) -> None:
    shop.edit(SHOP, instances=4)
    await shop.settle(INTERVALS)
    shop.edit(SHOP, source={"inline": {"script": "export default {}"}})
    await shop.settle(INTERVALS)
    shop.edit(SHOP, instances=1)
    await shop.settle(INTERVALS)
    del shop.cloudflare.scripts["ns"][name_of(shop)]
    await shop.settle(INTERVALS)
    await shop.restart()
    await shop.settle(INTERVALS)
    assert tampering(shop) == []
    assert len(shop.status(SHOP)["scripts"]) == 1


@pytest.mark.parametrize("fate", ["killed before", "killed after", "lost"])
@pytest.mark.parametrize("call", range(3))
async def test_an_operator_that_dies_while_it_repairs_raises_no_false_alarm(
    shop: World, call: int, fate: Fate
) -> None:
    """It may be its own upload that it finds after its restart."""
    del shop.cloudflare.scripts["ns"][name_of(shop)]
    await shop.interrupt(Interruption(call, fate), INTERVALS)
    await shop.settle(INTERVALS)
    assert len(shop.scripts()) == 2
    assert shop.is_ready(SHOP)
    assert tampering(shop) == []


async def test_an_upgrade_takes_scripts_as_they_are(shop: World) -> None:
    """A status that was written before there was a record of scripts."""
    body = shop.api[SHOP]
    del body["status"]["scripts"]
    shop.api.update(SHOP, body)
    await shop.restart()
    await shop.settle(INTERVALS)
    assert tampering(shop) == []
    assert uploads(shop) == []
    overwrite(shop, name_of(shop))
    await shop.settle(INTERVALS)
    assert len(tampering(shop)) == 1


async def test_a_worker_that_moves_raises_no_alarm(shop: World) -> None:
    shop.add_platform("second")
    await shop.settle(10)
    shop.edit(SHOP, platform="second")
    await shop.settle(INTERVALS)
    assert shop.status(SHOP)["platform"] == "second"
    assert tampering(shop) == []


async def test_pinned_content_that_its_source_has_no_more_is_repaired_from_another_instance(
    world: World,
) -> None:
    source = {"inline": {"script": "export default {}"}, "updatePolicy": "Pinned"}
    world.apply(customer(instances=2, source=source))
    await world.settle(400)
    overwrite(world, name_of(world, 1))
    await world.settle(INTERVALS)
    assert world.is_ready(SHOP)
    assert EVIL not in world.scripts()[name_of(world, 1)].text


async def test_a_fight_with_another_tool_ends(shop: World) -> None:
    name = name_of(shop)
    for _ in range(12):
        overwrite(shop, name)
        await shop.settle(INTERVALS)
    assert len(uploads(shop)) == 5
    assert not shop.is_ready(SHOP)
    conditions = {c["type"]: c for c in shop.status(SHOP)["conditions"]}
    assert conditions["Stalled"]["reason"] == "ContentTampered"
    assert conditions["Deployed"]["status"] == "False"
    assert f"script {name} keeps being changed by somebody else" in conditions["Ready"]["message"]
    await shop.advance(86_400)
    await shop.settle(INTERVALS)
    assert EVIL not in shop.scripts()[name].text
    assert shop.is_ready(SHOP)


async def test_a_changed_mark_is_written_again(shop: World) -> None:
    pairs = shop.cloudflare.kv_titled("routes").pairs
    mark, before = next((k, v) for k, v in pairs.items() if k.startswith("worker:"))
    changed = {**before.metadata, "instances": 1}
    pairs[mark] = type(before)(before.value, changed)
    await shop.settle(INTERVALS)
    assert shop.cloudflare.kv_titled("routes").pairs[mark].metadata == before.metadata
    assert any(e.startswith("Warning RoutesRestored") for e in shop.events.about(SHOP))


class TestThePlatformsOwnWorkers:
    """Dispatcher, service router and outbound Worker."""

    @staticmethod
    def overwrite(world: World, *, tags: bool) -> Script:
        name = "dispatcher" if "dispatcher" in world.cloudflare.account_scripts else ""
        name = name or next(iter(world.cloudflare.account_scripts))
        ours = world.cloudflare.account_scripts[name]
        evil = Script.of(EVIL, tags=ours.tags if tags else ())
        evil.modified = world.cloudflare.now()
        world.cloudflare.account_scripts[name] = evil
        return ours

    @pytest.mark.parametrize("tags", [True, False], ids=["with our tags", "without"])
    async def test_an_overwritten_dispatcher_is_deployed_again(
        self, world: World, *, tags: bool
    ) -> None:
        await world.settle(INTERVALS)
        ours = self.overwrite(world, tags=tags)
        await world.settle(INTERVALS)
        assert ours.text in [s.text for s in world.cloudflare.account_scripts.values()]
        [event] = tampering(world, PLATFORM)
        assert "it is deployed again" in event
        assert world.operator.repairs == ["default content"]
        assert world.is_ready(PLATFORM)

    async def test_after_a_restart_it_is_noticed(self, world: World) -> None:
        await world.settle(INTERVALS)
        self.overwrite(world, tags=True)
        await world.restart()
        await world.settle(INTERVALS)
        assert len(tampering(world, PLATFORM)) == 1
        await world.restart()
        await world.settle(INTERVALS)
        assert len(tampering(world, PLATFORM)) == 1

    async def test_the_routers_new_entrypoints_raise_no_alarm(self, world: World) -> None:
        world.apply(customer())
        binding = {"name": "OTHER", "type": "service", "service": "customer-1"}
        world.apply(customer("caller", subdomain="caller", bindings=[binding]))
        await world.settle(INTERVALS)
        await world.restart()
        await world.settle(INTERVALS)
        assert tampering(world, PLATFORM) == []

    async def test_a_fight_over_the_dispatcher_ends(self, world: World) -> None:
        await world.settle(INTERVALS)
        for _ in range(12):
            self.overwrite(world, tags=True)
            await world.settle(INTERVALS)
        assert len([w for w in world.writes if w.startswith("PUT account-script")]) == 5
        conditions = {c["type"]: c for c in world.status(PLATFORM)["conditions"]}
        assert conditions["DispatcherReady"]["reason"] == "ContentTampered"
        assert not world.is_ready(PLATFORM)
