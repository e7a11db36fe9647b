"""Routes: claimed by one worker each, attached to zones and detached again, and never taken from anybody."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from support.cloudflare import Script
from support.scripts import says
from support.world import World
from support.world_bodies import (
    BASE,
    OTHER_ZONE,
    SHOP,
    ZONE,
    customer,
    stated,
)
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.runner import Result

EXAMPLE = "shop.example.com/*"


def routes(*patterns: str) -> list[Mapping[str, str]]:
    return [{"pattern": pattern} for pattern in patterns]


class TestZoneRoutes:
    """Zone routes besides the platform's own."""

    async def test_a_route_that_is_given_up_is_detached_before_its_entry_goes(
        self, world: World
    ) -> None:
        await world.reconcile(world.apply(customer(routes=routes(EXAMPLE, "example.com/a*"))))
        world.edit(SHOP, routes=routes("example.com/a*"))
        done = await world.reconcile(SHOP)
        assert done.writes == [
            f"DELETE route example.com {EXAMPLE}",
            "PUT kv routes rest:shop.example.com",
            "DELETE kv routes host:shop.example.com",
            stated(SHOP),
        ]
        assert world.answer("shop.example.com").status == 0
        assert world.answer("example.com", "/abc").status == 200
        assert world.answer("example.com", "/b").status == 0

    async def test_the_new_route_answers_before_the_old_one_goes(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        world.edit(SHOP, subdomain="other")
        done = await world.reconcile(SHOP)
        assert done.calls == [
            "PUT kv routes host:other.code24.dev rest:shop.code24.dev",
            "DELETE kv routes host:shop.code24.dev",
        ]
        assert world.answer("other").status == 200
        assert world.answer("shop").status == 404

    @pytest.mark.parametrize("script", ["theirs", None])
    async def test_a_zone_route_of_somebody_else_stays(
        self, world: World, script: str | None
    ) -> None:
        world.cloudflare.account_scripts["theirs"] = Script.of("x")
        world.cloudflare.zones[OTHER_ZONE].routes[EXAMPLE] = script
        done = await world.reconcile(world.apply(customer(routes=routes(EXAMPLE))))
        assert not any("example.com" in call for call in done.calls)
        assert done.conditions["Routed"] == "False RouteNotOwned"
        assert done.conditions["Stalled"] == "True RouteNotOwned"
        assert f"leads to {'another' if script else 'no'} Worker" in done.message("Routed")
        world.edit(SHOP, routes=None)
        await world.reconcile(SHOP)
        assert world.is_ready(SHOP)
        assert world.cloudflare.zones[OTHER_ZONE].routes == {EXAMPLE: script}

    @pytest.mark.parametrize("script", ["legacy", None])
    async def test_a_zone_route_over_the_default_host_is_named(
        self, world: World, script: str | None
    ) -> None:
        await world.reconcile(world.apply(customer()))
        assert world.is_ready(SHOP)
        world.cloudflare.account_scripts["legacy"] = Script.of("x")
        world.cloudflare.zones[ZONE].routes["shop.code24.dev/*"] = script
        await world.settle(700)  # seen at the next resync
        conditions = {c["type"]: c for c in world.status(SHOP)["conditions"]}
        assert conditions["Routed"]["reason"] == conditions["Stalled"]["reason"] == "RouteNotOwned"
        assert "zone route shop.code24.dev/* leads to" in conditions["Routed"]["message"]
        assert world.cloudflare.zones[ZONE].routes["shop.code24.dev/*"] == script
        del world.cloudflare.zones[ZONE].routes["shop.code24.dev/*"]
        await world.settle(700)
        assert world.is_ready(SHOP)

    async def test_a_worker_below_a_zone_route_that_was_there_first_says_so_at_once(
        self, world: World
    ) -> None:
        world.cloudflare.account_scripts["legacy"] = Script.of("x")
        world.cloudflare.zones[ZONE].routes["shop.code24.dev/*"] = "legacy"
        await world.settle(350)  # the platform lists its account
        done = await world.reconcile(world.apply(customer()))
        assert done.conditions["Routed"] == "False RouteNotOwned"
        assert "zone route shop.code24.dev/* leads to" in done.message("Routed")
        assert world.cloudflare.zones[ZONE].routes["shop.code24.dev/*"] == "legacy"

    async def test_a_zone_route_over_a_part_of_a_host_is_no_failure(self, world: World) -> None:
        world.cloudflare.account_scripts["legacy"] = Script.of("x")
        world.cloudflare.zones[ZONE].routes["shop.code24.dev/old/*"] = "legacy"
        await world.settle(350)
        done = await world.reconcile(world.apply(customer()))
        assert done.conditions["Ready"] == "True Succeeded"

    async def test_a_zone_route_of_somebody_else_outlives_the_worker(self, world: World) -> None:
        await world.reconcile(world.apply(customer(routes=routes(EXAMPLE))))
        world.cloudflare.account_scripts["theirs"] = Script.of("x")
        world.cloudflare.zones[OTHER_ZONE].routes[EXAMPLE] = "theirs"
        world.request_check(SHOP)
        assert (await world.reconcile(SHOP)).conditions["Routed"] == "False RouteNotOwned"
        world.delete(SHOP)
        await world.reconcile(SHOP)
        assert SHOP not in world.api
        assert world.cloudflare.zones[OTHER_ZONE].routes == {EXAMPLE: "theirs"}

    @pytest.mark.parametrize(
        ("pattern", "reason"),
        [
            ("shop.elsewhere.org/*", "RouteOutsideZones"),
            ("*.code24.dev/*", "RouteReserved"),
            ("*.dev/*", "InvalidRoute"),
            ("a..b.example.com/*", "InvalidRoute"),
        ],
    )
    async def test_what_cannot_be_routed_is_refused(
        self, world: World, pattern: str, reason: str
    ) -> None:
        done = await world.reconcile(world.apply(customer(routes=routes(pattern))))
        assert done.conditions["Routed"] == f"False {reason}"
        assert done.conditions["Stalled"] == f"True {reason}"
        assert done.result.terminal
        assert world.routes() == {f"worker:{BASE}", "host:shop.code24.dev"}
        assert set(world.cloudflare.zones[ZONE].routes) == {"*.code24.dev/*"}

    async def test_a_zone_is_listed_once(self, world: World) -> None:
        first = world.apply(customer("a", routes=routes("a.example.com/*")))
        second = world.apply(customer("b", routes=routes("b.example.com/*")))
        with world.calls() as calls:
            await world.settle()
        assert calls.reads == ["GET routes example.com"]
        assert world.is_ready(first)
        assert world.is_ready(second)


BAD: Mapping[str, Sequence[str]] = {
    "InvalidRoute": ["a..b.example.com/*"],
    "RouteOutsideZones": ["shop.elsewhere.org/*"],
    "RouteReserved": ["*.code24.dev/*"],
    "RouteNotOwned": ["theirs.example.com/*"],
    "HostnameConflict": ["taken.example.com/*"],
}
GOOD = ("good.example.com/*", "fine.example.com/a/*")


class TestOneBadRoute:
    """One route that cannot be served takes nothing else down."""

    @pytest.fixture
    async def taken(self, world: World) -> World:
        world.cloudflare.account_scripts["theirs"] = Script.of("x")
        world.cloudflare.zones[OTHER_ZONE].routes["theirs.example.com/*"] = "theirs"
        await world.reconcile(
            world.apply(customer("taken", routes=routes(*BAD["HostnameConflict"])))
        )
        world.forget_calls()
        return world

    @pytest.mark.parametrize("reason", BAD)
    async def test_what_is_right_is_served(self, taken: World, reason: str) -> None:
        patterns = routes(GOOD[0], *BAD[reason], GOOD[1])
        done = await taken.reconcile(taken.apply(customer(routes=patterns)))
        assert done.conditions["Routed"] == done.conditions["Ready"] == f"False {reason}"
        assert done.conditions["Healthy"] == "True ProbeSucceeded"
        assert BAD[reason][0] in done.message("Routed")
        assert "more" not in done.message("Routed")
        hosts = ["shop.code24.dev", "good.example.com", "fine.example.com"]
        assert [url.split("/")[2] for url in done.status["urls"]] == hosts
        for host in hosts:
            assert taken.answer(host, "/a/x").version == done.status["versions"]["stable"]

    async def test_the_first_one_is_named_and_the_others_are_counted(self, taken: World) -> None:
        bad = [pattern for patterns in BAD.values() for pattern in patterns]
        done = await taken.reconcile(taken.apply(customer(routes=routes(*bad))))
        assert done.conditions["Routed"] == "False InvalidRoute"
        assert "a..b.example.com" in done.message("Routed")
        assert done.message("Routed").endswith("; 4 more routes are refused, too")

    async def test_it_goes_on_being_updated_and_probed(self, taken: World) -> None:
        await taken.reconcile(taken.apply(customer(routes=routes("shop.elsewhere.org/*"))))
        one = taken.version(SHOP)
        taken.edit(SHOP, source={"inline": {"script": says("two")}})
        done = await taken.reconcile(SHOP)
        assert taken.version(SHOP) != one
        assert taken.answer("shop").version == taken.version(SHOP)
        asked = len(taken.prober.asked)
        await taken.settle(120)
        assert len(taken.prober.asked) > asked
        assert {name for name in taken.scripts() if BASE in name} == {
            f"{BASE}--{version}--0" for version in (one, taken.version(SHOP))
        }
        assert done.conditions["Stalled"] == "True RouteOutsideZones"

    async def test_it_is_ready_once_the_bad_one_goes(self, taken: World) -> None:
        await taken.reconcile(taken.apply(customer(routes=routes("shop.elsewhere.org/*"))))
        taken.edit(SHOP, routes=routes(GOOD[0]))
        done = await taken.reconcile(SHOP)
        assert done.conditions["Ready"] == "True Succeeded"

    async def test_the_default_host_may_be_the_bad_one(self, taken: World) -> None:
        key = taken.apply(customer("other", subdomain="taken", routes=routes(GOOD[0])))
        done = await taken.reconcile(key)
        assert done.conditions["Routed"] == "False HostnameConflict"
        assert done.status["url"] == "https://good.example.com/"
        assert taken.answer("good.example.com").status == 200

    @pytest.mark.parametrize(
        "pattern",
        [
            "good.example.com/api",
            "good.example.com/a*",
            "good.example.com/a/*",
            "*.good.example.com/*",
        ],
    )
    async def test_what_is_left_is_probed_whatever_its_form(
        self, taken: World, pattern: str
    ) -> None:
        await taken.reconcile(
            taken.apply(customer(subdomain="taken", customerId="c2", routes=routes(pattern)))
        )
        healthy = next(c for c in taken.status(SHOP)["conditions"] if c["type"] == "Healthy")
        assert healthy["reason"] == "ProbeSucceeded"

    async def test_a_right_route_of_a_worker_with_a_bad_one_is_claimed(self, taken: World) -> None:
        await taken.reconcile(taken.apply(customer(routes=routes("a..b/*", GOOD[0]))))
        await taken.advance(1)
        done = await taken.reconcile(taken.apply(customer("other", routes=routes(GOOD[0]))))
        assert done.conditions["Routed"] == "False HostnameConflict"


OTHER = ObjectKey("CustomerWorker", "shop", "other")
Spec = Mapping[str, Any]
CLAIMS: Mapping[str, tuple[Spec, str, Sequence[str]]] = {
    "the script name": ({"scriptName": BASE}, "Deployed", ["ScriptNameConflict", "'shop'"]),
    "the host": ({"subdomain": "shop"}, "Routed", ["HostnameConflict", "'shop'"]),
    "the host of another customer": (
        {"subdomain": "shop", "customerId": "c2"},
        "Routed",
        ["HostnameConflict", "'shop'"],
    ),
    "another customer's path of it": (
        {"customerId": "c2", "routes": routes("shop.code24.dev/a/*")},
        "Routed",
        ["HostnameConflict"],
    ),
    "a wildcard above it, as another customer": (
        {"customerId": "c2", "routes": routes("*.shop.code24.dev/*", "shop.code24.dev/")},
        "Routed",
        ["HostnameConflict"],
    ),
}


class TestClaims:
    """What two objects want belongs to the one that has it, else to the elder."""

    @pytest.mark.parametrize("case", CLAIMS)
    @pytest.mark.parametrize("elder_deployed", [True, False])
    async def test_the_younger_waits_and_takes_over(
        self, world: World, case: str, elder_deployed: bool
    ) -> None:
        spec, condition, words = CLAIMS[case]
        elder = world.apply(customer())
        if elder_deployed:
            await world.reconcile(elder)
        await world.advance(1)
        younger = world.apply(customer("other", **spec))
        done = await world.reconcile(younger)
        if elder_deployed:
            assert world.answer("shop").version == world.version(elder)
        assert "host:shop.code24.dev" not in " ".join(done.calls)
        assert done.conditions[condition] == f"False {words[0]}"
        assert all(word in done.message(condition) for word in words[1:])
        assert done.result == Result(requeue_after=30)
        await world.settle()
        assert world.is_ready(elder)
        world.delete(elder)
        await world.settle()  # it is woken by the deletion
        assert elder not in world.api
        assert world.is_ready(younger)

    async def test_objects_of_other_namespaces_are_not_named(self, world: World) -> None:
        await world.reconcile(world.apply(customer("secret-name", subdomain="shop")))
        await world.advance(1)
        key = world.apply(customer("mine", namespace="theirs", subdomain="shop"))
        done = await world.reconcile(key)
        assert done.conditions["Routed"] == "False HostnameConflict"
        assert "another worker" in done.message("Routed")
        assert "secret-name" not in done.message("Routed")

    async def test_one_customers_workers_share_a_host_by_paths(self, world: World) -> None:
        shop = world.apply(customer())
        await world.reconcile(shop)
        other = world.apply(customer("other", "two", routes=routes("shop.code24.dev/a/*")))
        await world.reconcile(other)
        assert world.is_ready(other)
        assert world.answer("shop", "/a/b").version == world.version(other)
        assert world.answer("shop", "/").version == world.version(shop)

    async def test_who_gives_up_a_host_lets_the_next_one_have_it(self, world: World) -> None:
        shop = world.apply(customer())
        await world.reconcile(shop)
        await world.advance(1)
        other = world.apply(customer("other", subdomain="shop"))
        await world.reconcile(other)
        world.edit(shop, subdomain="free")
        await world.settle()  # far less than its recheck
        assert world.is_ready(other)
        assert world.answer("shop").version == world.version(other)
        assert world.answer("free").version == world.version(shop)

    async def test_an_object_that_is_made_anew_succeeds_to_what_it_left(self, world: World) -> None:
        await world.reconcile(world.apply(customer()))
        world.api.remove(SHOP)  # without its finalizer's pass
        again = await world.reconcile(world.apply(customer()))
        assert world.is_ready(SHOP)
        assert [line.split()[:2] for line in again.calls] == [["PUT", "kv"]]

    async def test_a_script_name_at_the_edge_of_an_object_that_is_gone_belongs_to_nobody_else(
        self, world: World
    ) -> None:
        await world.reconcile(world.apply(customer()))
        world.api.remove(SHOP)
        done = await world.reconcile(world.apply(customer("other", scriptName=BASE)))
        assert done.conditions["Deployed"] == "False ScriptNameConflict"
        assert "another worker" in done.message("Deployed")


async def test_hosts_that_browsers_take_are_served(world: World) -> None:
    hosts = (
        "qa--two.code24.dev",
        "my_shop.code24.dev",
        "r3---sn-x.code24.dev",
        "i\u2764.code24.dev",
    )
    patterns = routes(*(f"{host}/*" for host in hosts))
    await world.reconcile(world.apply(customer(subdomain="qa--one", routes=patterns)))
    assert world.is_ready(SHOP)
    for host in ("qa--one.code24.dev", *hosts[:3], "xn--i-7iq.code24.dev"):
        assert world.answer(host).version == world.version(SHOP)


PATHS: Mapping[str, str] = {
    "p1.{}/%c3%bcber/*": "/%C3%BCber/x",
    "p2.{}/%62log/*": "/blog/x",
    "p3.{}/a/../b/*": "/b/x",
    "p4.{}/files[1]/*": "/files[1]/x",
    "p5.{}/a//b/*": "/a/b/x",
    "p6.{}/über/*": "/%c3%bcber/x",
    "p7.{}/hello/*": "/%68ello//x",
}


@pytest.mark.parametrize("domain", ["code24.dev", "example.com"])
async def test_patterns_and_requests_have_one_form(world: World, domain: str) -> None:
    patterns = [pattern.format(domain) for pattern in PATHS]
    await world.reconcile(world.apply(customer(routes=routes(*patterns))))
    assert world.is_ready(SHOP)
    for pattern, path in zip(patterns, PATHS.values(), strict=True):
        assert world.answer(pattern.partition("/")[0], path).version == world.version(SHOP), pattern


@pytest.mark.parametrize("host", ["exact.code24.dev", "exact.example.com"])
async def test_an_exact_path_means_no_query_below_every_domain(world: World, host: str) -> None:
    await world.reconcile(world.apply(customer(routes=routes(f"{host}/api", f"{host}/b*"))))
    assert world.answer(host, "/api").version == world.version(SHOP)
    assert world.answer(host, "/api?x=1").version is None
    assert world.answer(host, "/b?x=1").version == world.version(SHOP)


async def test_the_platforms_own_zone_is_enough_for_its_hosts(world: World) -> None:
    done = await world.reconcile(world.apply(customer(routes=routes("a.shop.code24.dev/*"))))
    assert "POST route code24.dev a.shop.code24.dev/*" not in done.writes
    assert world.answer("a.shop.code24.dev").status == 200
    assert set(world.cloudflare.zones[ZONE].routes) == {"*.code24.dev/*"}
