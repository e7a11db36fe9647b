"""Tokens, labelled Secrets and ConfigMaps: who uses what has changed is woken."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, ClassVar

import pytest

from support.clock import idle
from support.scripts import says
from support.world import PLATFORM, World
from support.world_bodies import OPERATOR_NAMESPACE, SHOP, customer, secret
from workers_operator.domain.reasons import Reason
from workers_operator.kube.errors import KubeUnavailable
from workers_operator.sources.secrets import WATCHED_LABEL

LABELS = {WATCHED_LABEL: "true"}
AWAY = KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, "away")
Sleep = Callable[[float], Awaitable[None]]


@asynccontextmanager
async def running(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run until the end of the block."""
    task = asyncio.get_running_loop().create_task(work)
    yield
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class TestTokens:
    """A platform whose Secret holds another token has a pass."""

    async def test_another_token_wakes_the_platform(self, world: World) -> None:
        watchers, sleep = world.operator.watchers, world.clock.sleep
        async with running(watchers.watch_tokens(sleep)):
            await world.advance(10)
            assert await world.due() == set()
            token = {"token": "another-token"}
            world.api.put_secret(OPERATOR_NAMESPACE, "default", token)
            await world.advance(5)
            assert await world.due() == {PLATFORM}
            world.cloudflare.tokens.add("another-token")
            await world.settle()
            assert world.is_ready(PLATFORM)
            await world.advance(10)
            assert await world.due() == set()

    async def test_the_same_token_in_another_secret_wakes_nobody(self, world: World) -> None:
        watchers, sleep = world.operator.watchers, world.clock.sleep
        async with running(watchers.watch_tokens(sleep)):
            token = {"token": "canary-token-5f1d7c", "more": "x"}
            world.api.put_secret(OPERATOR_NAMESPACE, "default", token)
            await world.advance(5)
            assert await world.due() == set()

    async def test_a_secret_that_is_gone_wakes_the_platform(self, world: World) -> None:
        watchers, sleep = world.operator.watchers, world.clock.sleep
        async with running(watchers.watch_tokens(sleep)):
            world.api.delete_secret(OPERATOR_NAMESPACE, "default")
            await world.advance(5)
            assert await world.due() == {PLATFORM}

    async def test_workers_and_platforms_that_cannot_be_read_are_passed_over(
        self, world: World
    ) -> None:
        world.apply(customer())
        world.edit(PLATFORM, environment="elsewhere")
        await world.settle(15)
        watchers, sleep = world.operator.watchers, world.clock.sleep
        async with running(watchers.watch_tokens(sleep)):
            world.api.delete_secret(OPERATOR_NAMESPACE, "default")
            await world.advance(5)
            assert PLATFORM not in await world.due()


class TestSecrets:
    """A Secret with the label is followed within seconds."""

    async def test_one_that_changes_wakes_who_uses_it(self, world: World) -> None:
        world.api.put_secret("shop", "shop", {"token": "a-secret-value"}, labels=LABELS)
        await world.reconcile(world.apply(customer(secrets=[secret("TOKEN", "shop")])))
        one = world.version(SHOP)
        async with running(world.operator.watchers.watch_secrets(world.clock.sleep)):
            await world.settle(15)
            world.api.put_secret("shop", "shop", {"token": "another-value"}, labels=LABELS)
            world.api.fail("get_secret_metadata", AWAY)
            await world.advance(5)
            assert await world.due() == set()
            await world.advance(5)
            assert await world.due() == {SHOP}
            await world.settle()
            assert world.version(SHOP) != one

    async def test_one_without_the_label_is_looked_at_by_nobody(self, world: World) -> None:
        world.api.put_secret("shop", "shop", {"token": "a-secret-value"})
        await world.reconcile(world.apply(customer(secrets=[secret("TOKEN", "shop")])))
        world.forget_calls()
        async with running(world.operator.watchers.watch_secrets(world.clock.sleep)):
            await world.advance(20)
            assert world.reads == []


class Watch:
    """A watch that tells when it runs."""

    def __init__(self) -> None:
        self.runs = self.ends = 0

    async def run(self, sleep: Sleep) -> None:
        self.runs += 1
        try:
            await sleep(1e9)
        finally:
            self.ends += 1


class TestConfigMaps:
    """ConfigMaps are watched once an object names one."""

    async def test_the_watch_starts_with_the_first_object_that_names_one(
        self, world: World
    ) -> None:
        watch, watchers = Watch(), world.operator.watchers
        async with running(watchers.watch_config_maps(watch, world.clock.sleep)):
            await world.advance(10)
            assert (watch.runs, watchers.config_maps()) == (0, [])
            source = {"configMap": {"name": "code", "key": "worker.js"}}
            world.apply(customer(script=None, source=source))
            await world.advance(1)
            assert watch.runs == 1
            assert watchers.config_maps() == [("shop", "code")]
        await idle()

    async def test_one_that_changes_wakes_who_names_it(self, world: World) -> None:
        source = {"configMap": {"name": "code", "key": "worker.js"}}
        world.api.put_config_map("shop", "code", {"worker.js": says("one")})
        await world.reconcile(world.apply(customer(script=None, source=source)))
        await world.settle(15)
        assert world.is_ready(SHOP)
        world.operator.watchers.config_map_changed("shop", "other", None)
        world.operator.watchers.config_map_changed("other", "code", None)
        assert await world.due() == set()
        world.operator.watchers.config_map_changed("shop", "code", None)
        assert await world.due() == {SHOP}


class TestNamespaces:
    """Namespaces are watched as long as a platform's grants select by labels."""

    SELECTING: ClassVar = {"grants": [{"namespaceSelector": {}, "customers": ["*"]}]}

    async def test_the_watch_runs_between_the_first_selector_and_the_last(
        self, world: World
    ) -> None:
        watch, follower = Watch(), world.operator.namespaces
        async with running(follower.watch(watch, world.clock.sleep)):
            await world.advance(5)
            assert watch.runs == 0
            for number in (1, 2):
                world.edit(PLATFORM, tenancy=self.SELECTING)
                await world.advance(5)
                assert watch.runs == number - 1, "before the labels have been listed"
                await world.settle()
                await world.advance(1)
                assert (watch.runs, watch.ends) == (number, number - 1)
                world.edit(PLATFORM, tenancy={"grants": []})
                await world.advance(1)
                assert (watch.runs, watch.ends) == (number, number)
                await world.settle()
        assert world.reads.count("list_namespaces ") == 2

    async def test_a_platform_that_is_gone_needs_no_watch(self, world: World) -> None:
        world.edit(PLATFORM, tenancy=self.SELECTING)
        await world.settle()
        watch, follower = Watch(), world.operator.namespaces
        async with running(follower.watch(watch, world.clock.sleep)):
            await world.advance(1)
            world.delete(PLATFORM)
            await world.settle(1)
            await world.advance(1)
            assert (watch.runs, watch.ends) == (1, 1)

    async def test_what_ends_the_watch_is_not_swallowed(self, world: World) -> None:
        class Broken(Watch):
            async def run(self, sleep: Sleep) -> None:
                raise LookupError("broken")

        world.edit(PLATFORM, tenancy=self.SELECTING)
        await world.settle()
        work = world.operator.namespaces.watch(Broken(), world.clock.sleep)
        task = asyncio.get_running_loop().create_task(work)
        await world.advance(2)
        with pytest.raises(LookupError, match="broken"):
            task.result()
