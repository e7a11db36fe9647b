"""What goes wrong with a worker is said, and retried if that is of use; what may have been done is looked at first."""

import pytest

from support.cloudflare import KVNamespace
from support.scripts import says
from support.world import PLATFORM, World
from support.world_bodies import BASE, ROUTED, SHOP, customer, secret, stated, uploaded
from workers_operator.engine.runner import Result

BROKEN = {"inline": {"script": says("SyntaxError!")}}
TWO = {"inline": {"script": says("two")}}
EXAMPLE = [{"pattern": "shop.example.com/*"}]


async def deployed(world: World) -> str:
    """A worker that serves; its version."""
    await world.reconcile(world.apply(customer()))
    return world.version(SHOP)


class TestRejectedScripts:
    """A script that Cloudflare rejects: the serving version stays, and the same version is not tried again."""

    async def test_the_serving_version_stays(self, world: World) -> None:
        one = await deployed(world)
        world.edit(SHOP, source=BROKEN)
        done = await world.reconcile(SHOP)
        assert [line.rpartition(" -> ")[2] for line in done.calls] == ["400 10021"]
        assert done.conditions == {
            "Ready": "False ScriptRejected",
            "SourceResolved": "True Resolved",
            "Deployed": "False ScriptRejected",
            "Routed": "True VersionAnswers",
            "Healthy": "True ProbeSucceeded",
            "Stalled": "True ScriptRejected",
        }
        assert "SyntaxError!" in done.message("Deployed")
        assert done.result.terminal
        assert done.result.requeue_after is not None
        assert done.events == [f"Warning ScriptRejected: {done.message()}"]
        assert world.version(SHOP) == one
        assert world.answer("shop") == (200, one, "")

    @pytest.mark.parametrize("deployed_before", [True, False])
    @pytest.mark.parametrize("restarted", [True, False])
    async def test_it_is_not_tried_again(
        self, world: World, deployed_before: bool, restarted: bool
    ) -> None:
        if deployed_before:
            await deployed(world)
        world.apply(customer(script="SyntaxError!"))
        await world.reconcile(SHOP)
        if restarted:
            await world.restart()
            await world.settle()
        again = await world.reconcile(SHOP)
        assert (again.writes, again.reads) == ([], [])
        assert again.conditions["Deployed"] == "False ScriptRejected"

    async def test_what_was_mended_while_the_operator_was_away_is_tried(self, world: World) -> None:
        """The code is the same: a version is also its secrets, limits and bindings."""
        world.api.put_secret("shop", "shop", {"token": "no-good"})
        world.cloudflare.fail("PUT script", status=400, code=10021)
        done = await world.reconcile(world.apply(customer(secrets=[secret("TOKEN", "shop")])))
        assert done.conditions["Ready"] == "False ScriptRejected"
        assert done.calls[0].startswith(
            f"PUT script ns/{BASE}--{done.status['versions']['rejected']}--0"
        )
        world.api.put_secret("shop", "shop", {"token": "a-good-one"})
        await world.restart()
        await world.settle()
        assert world.is_ready(SHOP)
        assert "rejected" not in world.status(SHOP)["versions"]

    async def test_one_of_another_kind_says_what_to_change(self, world: World) -> None:
        script = "addEventListener('fetch', f) // SyntaxError!"
        done = await world.reconcile(world.apply(customer(source={"inline": {"script": script}})))
        assert done.conditions["Ready"] == "False ScriptRejected"
        assert done.message().endswith(": set its type to ServiceWorker")

    async def test_another_version_and_a_requested_check_try_again(self, world: World) -> None:
        world.apply(customer(script="SyntaxError!"))
        first = await world.reconcile(SHOP)
        world.request_check(SHOP)
        assert (await world.reconcile(SHOP)).calls == first.calls
        world.edit(SHOP, vars={"A": "b"})
        assert len((await world.reconcile(SHOP)).calls) == 1
        world.edit(SHOP, source=TWO)
        await world.reconcile(SHOP)
        assert world.is_ready(SHOP)

    async def test_the_version_that_serves_is_no_new_trial(self, world: World) -> None:
        await deployed(world)
        world.edit(SHOP, source=BROKEN)
        await world.reconcile(SHOP)
        world.edit(SHOP, source={"inline": {"script": says("one")}})
        done = await world.reconcile(SHOP)
        assert done.writes == [stated(SHOP)]
        assert world.is_ready(SHOP)


class TestLostAnswers:
    """A write whose answer was lost may have been carried out."""

    async def test_an_upload_that_was_carried_out_is_not_repeated(self, world: World) -> None:
        world.cloudflare.fail("PUT script", lose_answer=True)
        key = world.apply(customer())
        first = await world.reconcile(key)
        assert first.result == Result(retry=True)
        assert first.conditions["Deployed"] == "False CloudflareUnreachable"
        [script] = world.scripts()
        second = await world.reconcile(key)
        assert second.reads == [f"GET script ns/{script}"]
        assert second.calls == [ROUTED]
        assert world.is_ready(key)

    async def test_an_upload_that_was_not_carried_out_is_repeated(self, world: World) -> None:
        world.cloudflare.fail("PUT script", lose_answer=True)
        key = world.apply(customer())
        await world.reconcile(key)
        [script] = world.scripts()
        world.cloudflare.scripts["ns"].clear()
        second = await world.reconcile(key)
        assert second.reads == [f"GET script ns/{script} -> 404 10092"]
        assert second.calls == [f"PUT script ns/{script}", ROUTED]

    async def test_of_uploads_side_by_side_no_answer_is_lost(self, world: World) -> None:
        world.cloudflare.fail("--1", status=500)
        key = world.apply(customer(instances=3))
        first = await world.reconcile(key)
        assert len(world.scripts()) == 2
        assert first.result.retry
        second = await world.reconcile(key)
        assert second.calls == [uploaded(world.version(key), 1), ROUTED]

    @pytest.mark.parametrize("carried_out", [True, False])
    async def test_a_routing_write_is_looked_at(self, world: World, carried_out: bool) -> None:
        if carried_out:
            world.cloudflare.fail("PUT kv", lose_answer=True)
        else:
            world.cloudflare.fail("PUT kv", status=502)
        key = world.apply(customer())
        first = await world.reconcile(key)
        assert first.result == Result(retry=True)
        assert first.conditions["Routed"].startswith("False Cloudflare")
        assert first.conditions["Deployed"] == "True Uploaded"
        second = await world.reconcile(key)
        assert second.reads[:2] == ["GET scripts ns", "GET keys routes"]
        assert second.calls == ([] if carried_out else [ROUTED])
        assert world.is_ready(key)

    @pytest.mark.parametrize("carried_out", [True, False])
    async def test_a_zone_route_is_looked_at(self, world: World, carried_out: bool) -> None:
        world.cloudflare.fail("POST route", lose_answer=carried_out, status=500)
        key = world.apply(customer(routes=EXAMPLE))
        first = await world.reconcile(key)
        assert first.conditions["Routed"].startswith("False Cloudflare")
        second = await world.reconcile(key)
        assert second.reads == ["GET routes example.com"]
        made = ["POST route example.com shop.example.com/*"]
        assert second.calls == ([] if carried_out else made)
        assert world.is_ready(key)


@pytest.mark.parametrize(
    ("match", "condition"),
    [
        ("PUT script", "Deployed"),
        ("PUT kv", "Routed"),
        ("POST route", "Routed"),
        ("GET routes", "Deployed"),
    ],
)
@pytest.mark.parametrize("kind", ["500", "no connection", "blocked"])
async def test_what_passes_is_retried(world: World, match: str, condition: str, kind: str) -> None:
    if kind == "no connection":
        world.cloudflare.fail(match, refuse_connection=True)
    else:
        world.cloudflare.fail(match, status={"500": 500, "blocked": 429}[kind])
    key = world.apply(customer(routes=EXAMPLE))
    first = await world.reconcile(key)
    assert first.conditions[condition].startswith("False ")
    assert first.conditions["Reconciling"] == "True ProgressingWithRetry"
    assert first.result == (Result(requeue_after=300) if kind == "blocked" else Result(retry=True))
    await world.settle(302)
    assert world.is_ready(key)


async def test_a_write_that_is_refused_stalls_the_worker(world: World) -> None:
    world.cloudflare.fail("POST route", status=400, code=10022)
    done = await world.reconcile(world.apply(customer(routes=EXAMPLE)))
    assert done.conditions["Routed"] == "False RequestRejected"
    assert done.conditions["Stalled"] == "True RequestRejected"


class TestTokens:
    """A token that is refused concerns the platform: its workers wait for it."""

    async def test_workers_wait_and_wake(self, world: World) -> None:
        one = await deployed(world)
        before = world.status(SHOP)
        other = world.apply(customer("other"))
        world.cloudflare.tokens.clear()
        done = await world.reconcile(other)
        assert done.conditions["Deployed"] == "False CredentialsRejected"
        assert PLATFORM in await world.due()
        await world.settle()
        assert not world.operator.platforms.is_usable("default")
        assert world.status(PLATFORM)["conditions"][0]["reason"] == "CredentialsRejected"
        world.forget_calls()
        # The one that serves says nothing; the new one waits.
        quiet = await world.reconcile(SHOP)
        assert quiet.writes == []
        assert world.status(SHOP) == before
        waits = await world.reconcile(other)
        assert waits.result == Result(requeue_after=30)
        assert "WorkersPlatform 'default'" in waits.message("Deployed")
        world.cloudflare.tokens.add("another-token")
        world.api.put_secret("code24-workers", "default", {"token": "another-token"})
        await world.reconcile(PLATFORM)
        assert await world.due() >= {SHOP, other}
        await world.settle()
        assert world.is_ready(other)
        assert world.answer("shop") == (200, one, "")

    async def test_a_token_that_is_refused_while_the_platform_is_looked_at(
        self, world: World
    ) -> None:
        world.cloudflare.tokens.clear()
        world.request_check(PLATFORM)
        done = await world.reconcile(PLATFORM)
        assert done.conditions["Authenticated"] == "False CredentialsRejected"
        assert done.result == Result(requeue_after=60)


class TestLostInfrastructure:
    """The dispatch namespace or the KV namespace is gone: the platform is set up again, and its workers with it."""

    @pytest.mark.parametrize("lost", ["dispatch namespace", "KV namespace"])
    async def test_all_comes_back(self, world: World, lost: str) -> None:
        await deployed(world)
        if lost == "dispatch namespace":
            del world.cloudflare.scripts["ns"]
        else:
            del world.cloudflare.kv[world.cloudflare.kv_id("routes")]
        world.edit(SHOP, source=TWO)
        done = await world.reconcile(SHOP)
        assert done.conditions["Ready"] == "False PlatformNotReady"
        assert done.result == Result(requeue_after=5)
        assert not world.operator.platforms.is_usable("default")
        assert PLATFORM in await world.due()
        await world.settle(10)
        assert world.operator.platforms.is_usable("default")
        assert world.is_ready(SHOP)
        assert world.answer("shop") == (200, world.version(SHOP), "")

    async def test_a_bindings_target_that_is_gone_is_looked_for(self, world: World) -> None:
        world.cloudflare.kv["0" * 32] = KVNamespace("CACHE")
        await world.advance(10)
        binding = {"name": "CACHE", "type": "kvNamespace", "title": "CACHE"}
        await world.reconcile(world.apply(customer(bindings=[binding])))
        assert world.is_ready(SHOP)
        moved = world.cloudflare.kv.pop("0" * 32)
        world.edit(SHOP, source=TWO)
        refused = await world.reconcile(SHOP)
        assert refused.conditions["Deployed"] == "False RequestRejected"
        # What was known of namespaces holds no longer.
        absent = await world.reconcile(SHOP)
        assert absent.reads == ["GET kv-namespaces"]
        assert absent.conditions["Deployed"] == "False KVNamespaceNotFound"
        world.cloudflare.kv["1" * 32] = moved
        await world.settle(20)
        assert world.is_ready(SHOP)
        [script] = [s for s in world.scripts() if world.version(SHOP) in s]
        assert world.scripts()[script].bindings["CACHE"]["namespace_id"] == "1" * 32


class TestObjects:
    """Objects that ask for nothing, or for what nobody can make."""

    async def test_one_that_the_current_crd_would_reject_names_the_field(
        self, world: World
    ) -> None:
        one = await deployed(world)
        world.edit(SHOP, instances=-1)
        done = await world.reconcile(SHOP)
        assert done.calls == []
        assert done.conditions["SourceResolved"] == "False InvalidSpec"
        assert done.conditions["Stalled"] == "True InvalidSpec"
        assert done.message("SourceResolved").startswith("spec.instances: ")
        assert done.result == Result(terminal=True)
        assert world.status(SHOP)["versions"] == {"stable": one}

    async def test_one_whose_platform_does_not_exist_waits_for_it(self, world: World) -> None:
        key = world.apply(customer(platform="other"))
        done = await world.reconcile(key)
        assert done.conditions["Deployed"] == "False PlatformNotFound"
        message = (
            "there is no WorkersPlatform 'other'; create it, or set spec.platform to another one"
        )
        assert done.message("Deployed") == message  # nothing of those that there are
        assert done.result == Result(requeue_after=30)
        assert [line.split()[0] for line in done.writes] == ["set_finalizers", "apply_status"]
        world.add_platform("other")
        await world.settle()
        assert world.is_ready(key)
        assert world.answer("shop.other.code24.dev").status == 200

    async def test_a_status_that_is_too_late_is_not_written(self, world: World) -> None:
        """The object has been replaced by another one of its name during the pass."""
        key = world.apply(customer())
        again = customer(script="two")
        old = world.prober.override

        def replace(host: str, path: str) -> None:
            world.prober.override = old
            world.api.remove(key)
            world.api.create(again)

        world.prober.override = replace
        done = await world.reconcile(key)
        assert done.status == {"observedGeneration": -1}
        await world.settle()
        assert world.is_ready(key)
        assert world.scripts()[f"{BASE}--{world.version(key)}--0"].text == says("two")
