"""What other platforms have on the account, and other Workers and claims in its zones, is taken from nobody."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.cloudflare import Script
from support.tenancy import everything
from support.world import PLATFORM, World
from support.world_bodies import OTHER_ZONE, SHOP, customer
from workers_operator.domain.worker import ObjectKey


def other(**spec: Any) -> Mapping[str, Any]:
    return customer("evil", namespace="other", **({"customerId": "c2"} | spec))


STAGING: Mapping[str, Any] = {"domain": "staging.code24.dev"}
PUBLIC = "https://api.cloudflare.com/client/v4"


class TestOtherPlatforms:
    """Platforms on one account know each other."""

    @pytest.fixture
    async def staging(self, world: World) -> World:
        """A platform whose workers may claim everything, beside one that serves."""
        world.apply(customer())
        world.add_platform("staging", **STAGING)
        await world.settle(5)
        assert world.is_ready(SHOP)
        return world

    async def test_a_live_host_is_not_taken_over(self, staging: World) -> None:
        routes = [{"pattern": "shop.code24.dev/*"}]
        done = await staging.reconcile(staging.apply(other(platform="staging", routes=routes)))
        assert done.conditions["Routed"] == "False RouteReserved"
        assert staging.answer("shop").version == staging.version(SHOP)

    @pytest.mark.parametrize(
        "binding",
        [
            {"type": "kvNamespace", "title": "routes"},
            {"type": "kvNamespace", "title": "staging-routes"},
            {"type": "r2Bucket", "bucket": "data"},
            {"type": "analyticsEngine", "dataset": "Workers_Analytics"},
            {"type": "analyticsEngine", "dataset": "workers_analytics_events_c1"},
        ],
        ids=str,
    )
    async def test_its_storage_is_out_of_reach(
        self, staging: World, binding: Mapping[str, str]
    ) -> None:
        bindings = [{"name": "X", **binding}]
        done = await staging.reconcile(staging.apply(other(platform="staging", bindings=bindings)))
        assert done.conditions["Deployed"] == "False BindingNotAllowed"
        assert done.calls == []

    async def test_nor_by_its_id(self, staging: World) -> None:
        bindings = [{"name": "X", "type": "kvNamespace", "id": staging.cloudflare.kv_id("routes")}]
        done = await staging.reconcile(staging.apply(other(platform="staging", bindings=bindings)))
        assert done.conditions["Deployed"] == "False BindingNotAllowed"

    async def test_its_bucket_is_no_source(self, staging: World) -> None:
        source = {"r2": {"bucket": "data", "key": "templates/customer/static.js"}}
        done = await staging.reconcile(
            staging.apply(
                customer("evil", None, namespace="other", platform="staging", source=source)
            )
        )
        assert done.conditions["SourceResolved"] == "False NotGranted"

    @pytest.mark.parametrize(
        "url", [PUBLIC, f"{PUBLIC}/", "https://api.cloudflare.com:443/client/v4"]
    )
    async def test_an_account_is_the_same_however_its_address_is_written(
        self, world: World, url: str
    ) -> None:
        world.add_platform("staging", **STAGING, baseUrl=url)
        await world.settle(5)
        bindings = [{"name": "X", "type": "kvNamespace", "title": "routes"}]
        done = await world.reconcile(world.apply(other(platform="staging", bindings=bindings)))
        assert done.conditions["Deployed"] == "False BindingNotAllowed"

    @pytest.fixture(params=["suspended", "malformed", "without its Secret"])
    async def alone(self, staging: World, request: pytest.FixtureRequest) -> World:
        """Staging, after a restart in which production could not be connected."""
        if request.param == "suspended":
            staging.edit(PLATFORM, suspend=True)
        elif request.param == "malformed":
            staging.edit(PLATFORM, interval="soon")
        else:
            staging.api.put_secret("code24-workers", "default", {})
        await staging.restart()
        await staging.settle(5)
        assert not staging.operator.platforms.is_usable("default")
        assert staging.operator.platforms.is_usable("staging")
        return staging

    @pytest.mark.parametrize(
        ("spec", "refused"),
        [
            ({"routes": [{"pattern": "shop.code24.dev/*"}]}, "RouteReserved"),
            ({"bindings": [{"name": "X", "type": "kvNamespace", "title": "routes"}]}, "BindingNotAllowed"),
            ({"bindings": [{"name": "X", "type": "kvNamespace", "id": "$id"}]}, "BindingNotAllowed"),
            ({"bindings": [{"name": "X", "type": "r2Bucket", "bucket": "data"}]}, "BindingNotAllowed"),
        ],
        ids=["host", "title", "id", "bucket"],
    )  # fmt: skip
    async def test_one_that_cannot_be_used_keeps_what_it_has(
        self, alone: World, spec: Mapping[str, Any], refused: str
    ) -> None:
        for binding in spec.get("bindings", ()):
            if binding.get("id") == "$id":
                own = alone.cloudflare.kv_id("routes")
                spec = {"bindings": [{"name": "X", "type": "kvNamespace", "id": own}]}
        done = await alone.reconcile(alone.apply(other(platform="staging", **spec)))
        assert refused in {c["reason"] for c in done.status["conditions"]}
        assert alone.answer("shop").status == 200

    @pytest.fixture
    async def zoned(self, staging: World) -> World:
        """A worker on production serves a host of a zone that staging may route, too."""
        staging.edit(SHOP, routes=[{"pattern": "shop.example.com/*"}])
        await staging.settle(5)
        assert staging.answer("shop.example.com").version == staging.version(SHOP)
        return staging

    @pytest.mark.parametrize("namespace", ["other", "shop"])
    @pytest.mark.parametrize(
        "host",
        ["shop.example.com", "login.shop.example.com", "*.shop.example.com", "sh0p.example.com"],
    )
    async def test_nor_is_a_host_near_a_live_one_of_a_zone(
        self, zoned: World, host: str, namespace: str
    ) -> None:
        customer_id = "c2" if namespace == "shop" else "c1"
        routes = [{"pattern": f"{host}/*"}]
        evil = customer(
            "evil", namespace=namespace, platform="staging", customerId=customer_id, routes=routes
        )
        done = await zoned.reconcile(zoned.apply(evil))
        assert done.conditions["Routed"] == "False HostnameConflict"
        assert "belongs to another worker" in done.message("Routed")
        assert set(zoned.cloudflare.zones[OTHER_ZONE].routes) == {"shop.example.com/*"}
        assert zoned.answer("shop.example.com").version == zoned.version(SHOP)

    async def test_a_host_below_is_served_if_a_grant_names_it(self, zoned: World) -> None:
        [grant] = everything()["grants"]
        grant["hosts"] = ["*", "staging.shop.example.com"]
        zoned.edit(ObjectKey("WorkersPlatform", "", "staging"), tenancy={"grants": [grant]})
        await zoned.settle(5)
        routes = [{"pattern": "staging.shop.example.com/*"}]
        key = zoned.apply(other(platform="staging", routes=routes))
        await zoned.settle(5)
        assert zoned.is_ready(key)


async def test_a_reserved_host_is_kept_from_nobody_to_whom_a_grant_gives_it(world: World) -> None:
    everybody = {"namespaces": ["*"], "customers": ["*"], "hosts": ["*"]}
    owner = {"namespaces": ["shop"], "customers": ["c1"], "hosts": ["www.example.com"]}
    world.edit(PLATFORM, tenancy={"grants": [everybody, owner]})
    await world.settle()
    routes = [{"pattern": "www.example.com/*"}]
    squatter = world.apply(other(routes=routes))
    await world.settle(5)
    assert not world.is_ready(squatter)
    world.apply(customer(routes=routes))
    await world.settle(5)
    assert world.is_ready(SHOP)


class TestWildcardsOfOthers:
    """A zone route of somebody else's takes all hosts of a zone."""

    @pytest.fixture
    async def taken(self, world: World) -> World:
        world.cloudflare.account_scripts["theirs"] = Script.of("x")
        world.cloudflare.zones[OTHER_ZONE].routes["*.example.com/*"] = "theirs"
        everybody = {"namespaces": ["*"], "customers": ["*"], "hosts": ["*"]}
        owner = {"namespaces": ["shop"], "customers": ["c1"], "hosts": ["a.example.com"]}
        world.edit(PLATFORM, tenancy={"grants": [everybody, owner]})
        await world.settle()
        return world

    async def test_none_of_its_hosts_is_shadowed_unless_a_grant_names_it(
        self, taken: World
    ) -> None:
        routes = [{"pattern": "a.example.com/*"}]
        done = await taken.reconcile(taken.apply(other(routes=routes)))
        assert done.conditions["Routed"] == "False RouteNotOwned"
        assert "theirs" not in done.message("Routed")
        taken.apply(customer(routes=routes))
        await taken.settle(5)
        assert taken.is_ready(SHOP), "who may not have it keeps nobody out"
        assert taken.answer("a.example.com").version == taken.version(SHOP)
