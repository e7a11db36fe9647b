"""Which hosts workers may send requests to: the outbound Worker, the bindings to it, and the routing entries."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import Script
from support.world import PLATFORM, World
from support.world_bodies import (
    BASE,
    ROUTED,
    SHOP,
    customer,
    elite,
    service,
    stated,
    uploaded,
)
from workers_operator.domain.worker import ObjectKey

LISTED = {"allow": ["api.example.com"]}
OUTBOUND, DISPATCHER, ROUTER = "dispatcher-egress", "dispatcher", "dispatcher-services"
BLOG = ObjectKey("CustomerWorker", "shop", "blog")
BRAND = ObjectKey("EliteWorker", "shop", "brand")


def env(world: World, script: str) -> Mapping[str, Mapping[str, Any]]:
    """The bindings of a Worker of the account."""
    return world.cloudflare.account_scripts[script].bindings


def rules(world: World) -> Any:
    """The platform's rules, as the outbound Worker reads them."""
    return env(world, OUTBOUND)["EGRESS"]["json"]


def routes(world: World, host: str = "shop") -> dict[str, Any]:
    """The routes of a host as the dispatcher reads them, by path."""
    pair = world.cloudflare.kv_titled("routes").pairs[f"host:{host}.code24.dev"]
    return {route["path"]: route for route in json.loads(pair.value)["routes"]}


async def confine(world: World, **spec: Any) -> None:
    """Deploy a worker with a list."""
    await world.reconcile(world.apply(customer(egress=LISTED, **spec)))
    assert world.is_ready(SHOP)
    world.forget_calls()


class TestNobodyAsks:
    """Without any list everything is as ever."""

    async def test_there_is_no_outbound_worker(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        assert set(world.cloudflare.account_scripts) == {DISPATCHER}
        assert set(env(world, DISPATCHER)) == {
            "DISPATCHER", "PROBE_KEY", "WORKER_METADATA", "WORKERS_ANALYTICS", "ENVIRONMENT",
        }  # fmt: skip
        assert "outbound" not in env(world, DISPATCHER)["DISPATCHER"]
        assert "egress" not in routes(world)[""]

    async def test_somebody_elses_worker_of_that_name_is_no_obstacle(self, world: World) -> None:
        world.cloudflare.account_scripts[OUTBOUND] = Script.of("theirs")
        await world.advance(300)
        done = await world.reconcile(PLATFORM)
        assert (done.calls, world.is_ready(PLATFORM)) == ([], True)

    async def test_private_hosts_alone_ask_for_nothing(self, world: World) -> None:
        world.edit(PLATFORM, egress={"allowPrivate": ["127.0.0.1"]})
        await world.settle(5)
        assert set(world.cloudflare.account_scripts) == {DISPATCHER}


class TestOneWorker:
    """A worker with a list of its own."""

    async def test_all_that_leads_to_it_comes_first(self, world: World) -> None:
        done = await world.reconcile(world.apply(customer(egress=LISTED)))
        version = world.version(SHOP)
        assert done.calls == [
            f"PUT account-script {OUTBOUND}",
            f"PUT account-script {DISPATCHER}",
            uploaded(version),
            ROUTED,
        ]
        assert world.is_ready(SHOP)
        assert world.answer("shop").status == 200

    async def test_what_is_bound_to_what(self, world: World) -> None:
        await confine(world)
        bound = env(world, DISPATCHER)
        plain = {"type": "dispatch_namespace", "name": "DISPATCHER", "namespace": "ns"}
        assert bound["DISPATCHER"] == plain
        outbound = {"worker": {"service": OUTBOUND}, "params": [{"name": "allow"}]}
        assert bound["CONFINED"] == plain | {"name": "CONFINED", "outbound": outbound}
        assert rules(world) == {"allow": None, "allowPrivate": []}
        assert "managed-by-code24-workers-operator" in (
            world.cloudflare.account_scripts[OUTBOUND].tags
        )

    async def test_its_list_is_in_its_routes_and_in_its_mark(self, world: World) -> None:
        await confine(world, routes=[{"pattern": "example.com/shop/*"}])
        pairs = world.cloudflare.kv_titled("routes").pairs
        assert routes(world)[""]["egress"] == ["api.example.com"]
        value = json.loads(pairs["host:example.com"].value)
        assert [r["egress"] for r in value["routes"]] == [["api.example.com"]]
        assert pairs[f"worker:{BASE}"].metadata["egress"] == ["api.example.com"]

    async def test_an_empty_list_is_a_list(self, world: World) -> None:
        await world.reconcile(world.apply(customer(egress={"allow": []})))
        assert routes(world)[""]["egress"] == []

    async def test_a_change_of_the_list_costs_one_write(self, world: World) -> None:
        await confine(world)
        world.edit(SHOP, egress={"allow": ["b.example", "a.example"]})
        done = await world.reconcile(SHOP)
        assert done.calls == [ROUTED]
        assert routes(world)[""]["egress"] == ["a.example", "b.example"]
        world.edit(SHOP, egress={"allow": ["a.example", "b.example"]})
        assert (await world.reconcile(SHOP)).calls == []

    async def test_a_second_one_costs_what_any_worker_costs(self, world: World) -> None:
        await confine(world)
        done = await world.reconcile(world.apply(customer("blog", egress=LISTED)))
        assert [line.split()[:2] for line in done.calls] == [["PUT", "script"], ["PUT", "kv"]]

    async def test_a_restart_writes_nothing(self, world: World) -> None:
        await confine(world)
        await world.settle(320)  # until the platform has noted how the outbound Worker was left
        await world.restart()
        await world.settle(400)
        assert world.writes == []

    async def test_without_its_list_it_is_as_any_other_and_the_outbound_worker_stays(
        self, world: World
    ) -> None:
        """Edges may know the former entry for a while."""
        await confine(world)
        world.edit(SHOP, egress=None)
        done = await world.reconcile(SHOP)
        assert done.calls == [ROUTED]
        assert "egress" not in routes(world)[""]
        await world.advance(300)
        assert (await world.reconcile(PLATFORM)).calls == []
        assert {"DISPATCHER", "CONFINED"} <= env(world, DISPATCHER).keys()

    async def test_an_orphan_stays_confined(self, world: World) -> None:
        await confine(world, policies={"deletion": "Orphan"})
        world.delete(SHOP)
        await world.settle(700)
        assert SHOP not in world.api
        assert routes(world)[""]["egress"] == ["api.example.com"]
        assert world.answer("shop").status == 200

    @pytest.mark.parametrize("lost", [OUTBOUND, DISPATCHER])
    async def test_what_somebody_has_deleted_is_deployed_again(
        self, world: World, lost: str
    ) -> None:
        await confine(world)
        del world.cloudflare.account_scripts[lost]
        await world.advance(300)
        done = await world.reconcile(PLATFORM)
        assert done.calls == [f"PUT account-script {lost}"]
        assert world.answer("shop").status == 200

    async def test_somebody_elses_worker_of_the_outbound_ones_name(self, world: World) -> None:
        world.cloudflare.account_scripts[OUTBOUND] = Script.of("theirs")
        await world.advance(300)
        await world.reconcile(PLATFORM)
        done = await world.reconcile(world.apply(customer(egress=LISTED)))
        assert done.conditions["Deployed"] == "False DispatcherNotOwned"
        assert f"'{OUTBOUND}'" in done.message("Deployed")
        assert done.calls == []


class TestNeighbours:
    """Workers that share a host, or call one another."""

    async def test_a_neighbour_keeps_its_list(self, world: World) -> None:
        await confine(world)
        await world.restart()
        await world.settle(1)
        brand = elite(subdomain="shop", egress={"allow": ["www.example.com"]})
        await world.reconcile(world.apply(brand))
        assert world.is_ready(BRAND)
        lists = {path: route["egress"] for path, route in routes(world).items()}
        assert lists == {"": ["api.example.com"], "/elite/brand": ["www.example.com"]}
        await world.settle(700)
        assert world.is_ready(SHOP)
        assert routes(world)[""]["egress"] == ["api.example.com"]

    async def test_a_neighbour_without_a_list_is_not_confined(self, world: World) -> None:
        await confine(world)
        await world.reconcile(world.apply(elite(subdomain="shop")))
        assert "egress" not in routes(world)["/elite/brand"]

    async def test_a_callee_stays_confined_whoever_calls_it(self, world: World) -> None:
        await confine(world)
        await world.reconcile(world.apply(customer("blog", bindings=[service("SHOP", "shop")])))
        assert world.is_ready(BLOG)
        assert {"DISPATCHER", "CONFINED"} <= env(world, ROUTER).keys()

    async def test_a_callee_that_is_confined_later(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        await world.reconcile(world.apply(customer("blog", bindings=[service("SHOP", "shop")])))
        assert "CONFINED" not in env(world, ROUTER)
        world.edit(SHOP, egress=LISTED)
        done = await world.reconcile(SHOP)
        assert done.calls == [
            *(f"PUT account-script {name}" for name in (OUTBOUND, DISPATCHER, ROUTER)),
            ROUTED,
        ]


class TestPlatform:
    """A platform with a list for all workers."""

    async def test_all_are_confined_before_the_platform_is_ready(self, fresh: World) -> None:
        fresh.edit(PLATFORM, egress={"allow": ["b.example", "a.example"]})
        await fresh.settle()
        assert fresh.is_ready(PLATFORM)
        assert rules(fresh) == {"allow": ["a.example", "b.example"], "allowPrivate": []}
        assert "DISPATCHER" not in env(fresh, DISPATCHER)
        assert "CONFINED" in env(fresh, DISPATCHER)
        await fresh.reconcile(fresh.apply(customer()))
        assert "egress" not in routes(fresh)[""]
        assert fresh.answer("shop").status == 200

    async def test_a_change_of_its_list_uploads_the_outbound_worker_only(
        self, fresh: World
    ) -> None:
        fresh.edit(PLATFORM, egress={"allow": ["*"]})
        fresh.apply(customer())
        await fresh.settle(5)
        fresh.forget_calls()
        egress = {"allow": ["a.example"], "allowPrivate": ["127.0.0.1"]}
        fresh.edit(PLATFORM, egress=egress)
        await fresh.settle(5)
        assert [line for line in fresh.writes if line.startswith("PUT")] == [
            f"PUT account-script {OUTBOUND}"
        ]
        assert rules(fresh) == egress

    async def test_a_platform_whose_list_is_removed(self, fresh: World) -> None:
        fresh.edit(PLATFORM, egress={"allow": ["*"]})
        await fresh.settle()
        fresh.edit(PLATFORM, egress=None)
        await fresh.settle(5)
        assert rules(fresh) == {"allow": None, "allowPrivate": []}
        assert {"DISPATCHER", "CONFINED"} <= env(fresh, DISPATCHER).keys()


async def test_cookies_for_parent_domains_are_the_platforms_choice(world: World) -> None:
    assert "PARENT_DOMAIN_COOKIES" not in env(world, DISPATCHER)
    names = {"namespace": "ns", "dispatcher": "dispatcher"}
    world.edit(PLATFORM, dispatch=names | {"parentDomainCookies": True})
    await world.settle(5)
    assert env(world, DISPATCHER)["PARENT_DOMAIN_COOKIES"]["text"] == "allow"


class TestParameters:
    """The URLs that templates fetch are of public hosts, or of those that the platform names."""

    @pytest.mark.parametrize("host", ["127.0.0.1:8080", "metadata.google.internal", "0x7f.1"])
    async def test_a_private_origin_is_refused(self, world: World, host: str) -> None:
        shop = customer(script=None, template="ecommerce", parameters={"origin": f"http://{host}"})
        done = await world.reconcile(world.apply(shop))
        assert done.conditions["SourceResolved"] == "False ParameterInvalid"
        assert done.conditions["Stalled"] == "True ParameterInvalid"
        message = done.message("SourceResolved")
        assert message == (
            "spec.parameters.origin: must be the URL of a public host, or of one that the WorkersPlatform "
            "names in spec.egress.allowPrivate"
        )
        assert done.calls == []

    async def test_a_private_site_is_refused(self, world: World) -> None:
        done = await world.reconcile(world.apply(elite(parameters={"site": "http://10.0.0.1/"})))
        assert done.conditions["SourceResolved"] == "False ParameterInvalid"

    async def test_every_origin_of_an_api_is_looked_at(self, world: World) -> None:
        upstreams = [
            {"version": f"v{number}", "origin": f"https://{host}"}
            for number, host in enumerate(("api.example.com", "169.254.169.254"))
        ]
        api = customer(script=None, template="api", parameters={"upstreams": upstreams})
        done = await world.reconcile(world.apply(api))
        assert done.message("SourceResolved").startswith("spec.parameters.upstreams[1].origin:")

    async def test_what_the_platform_names_is_allowed_at_once(self, world: World) -> None:
        parameters = {"origin": "http://127.0.0.1:8080"}
        shop = customer(script=None, template="ecommerce", parameters=parameters)
        await world.reconcile(world.apply(shop))
        assert not world.is_ready(SHOP)
        world.edit(PLATFORM, egress={"allowPrivate": ["127.0.0.1"]})
        await world.settle(5)
        assert world.is_ready(SHOP)
        assert stated(SHOP) in world.writes
