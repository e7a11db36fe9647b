"""KV namespaces and buckets by name: listed once for all who ask, made once, and nobody else's."""

import asyncio
import re
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.calls import Wire, api, ok, refusal
from support.clock import ManualClock
from support.storage import Storage, Stored
from workers_operator.cloudflare.budget import Urgency
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.reconcilers.inventory import REFRESH_SECONDS, Inventory, created_name

NOW = Urgency.EDIT
scripts = st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
variables = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,80}", fullmatch=True)
owners = st.tuples(scripts, scripts, variables)


class Bench:
    def __init__(self) -> None:
        self.clock, self.storage = ManualClock(), Storage()
        self.wire = Wire(self.storage)
        self.api = api(self.wire, self.clock)
        self.inventory = Inventory(self.clock)

    def kv(self, title: str) -> "asyncio.Future[str | None]":
        return asyncio.ensure_future(self.inventory.kv_namespace(self.api, title, NOW))

    async def make_kv(self, title: str) -> str:
        return await self.inventory.create_kv_namespace(self.api, title, NOW)

    async def make_bucket(self, name: str) -> None:
        await self.inventory.create_bucket(self.api, name, NOW)

    @property
    def calls(self) -> list[str]:
        short = {"/storage/kv/namespaces": "kv", "/r2/buckets": "buckets"}
        return [f"{m} {short[path]}" for m, _, path in (x.partition(" ") for x in self.wire.lines)]


@given(owners)
def test_a_made_buckets_name_is_one_that_r2_takes(owner: tuple[str, str, str]) -> None:
    name = created_name("r2Bucket", *owner)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*[a-z0-9]", name)
    assert 3 <= len(name) <= 63


@given(owners)
def test_a_made_namespaces_title_is_short_enough(owner: tuple[str, str, str]) -> None:
    assert len(created_name("kvNamespace", *owner)) <= 512


@given(owners, owners)
def test_no_two_get_the_same_name(a: tuple[str, str, str], b: tuple[str, str, str]) -> None:
    assert (created_name("r2Bucket", *a) == created_name("r2Bucket", *b)) == (a == b)
    assert (created_name("kvNamespace", *a) == created_name("kvNamespace", *b)) == (a == b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (("ns", "shop", "CACHE"), ("ns", "shop", "cache")),
        (("ns", "shop", "A_B"), ("ns", "shop-a", "B")),
        (("ns-shop", "a", "B"), ("ns", "shop-a", "B")),
        (("ns", "s" * 60, "A"), ("ns", "s" * 60, "B")),
    ],
)
def test_names_that_look_alike_are_told_apart(
    a: tuple[str, str, str], b: tuple[str, str, str]
) -> None:
    assert created_name("r2Bucket", *a) != created_name("r2Bucket", *b)
    assert created_name("kvNamespace", *a) != created_name("kvNamespace", *b)


async def test_one_listing_serves_all_who_ask() -> None:
    bench = Bench()
    bench.storage.namespaces = {"A": "a", "B": "b"}
    assert await asyncio.gather(*map(bench.kv, ["A", "B", "C", "A"])) == ["a", "b", None, "a"]
    assert await bench.kv("C") is None
    assert bench.calls == ["GET kv"]


async def test_what_was_not_there_is_looked_for_again_after_a_while() -> None:
    bench = Bench()
    assert await bench.kv("A") is None
    bench.storage.namespaces["A"] = "a"
    assert await bench.kv("A") is None
    await bench.clock.advance(REFRESH_SECONDS)
    assert await bench.kv("A") == "a"
    await bench.clock.advance(10 * REFRESH_SECONDS)
    assert await bench.kv("A") == "a"
    assert bench.calls == ["GET kv", "GET kv"]


async def test_many_who_want_one_made_get_one() -> None:
    bench = Bench()
    made = await asyncio.gather(*(bench.make_kv("ns/shop/CACHE") for _ in range(5)))
    assert set(made) == {bench.storage.namespaces["ns/shop/CACHE"]}
    await asyncio.gather(*(bench.make_bucket("ns-shop-data") for _ in range(5)))
    assert bench.calls == ["GET kv", "POST kv", "GET buckets", "POST buckets"]


async def test_what_is_there_is_not_made_again() -> None:
    bench = Bench()
    bench.storage.namespaces["mine"] = "a"
    bench.storage.buckets["mine"] = {}
    assert await bench.make_kv("mine") == "a"
    await bench.make_bucket("mine")
    assert bench.calls == ["GET kv", "GET buckets"]


async def test_a_listing_that_failed_is_no_listing() -> None:
    """Else what is there would be taken for missing, and made a second time."""
    bench = Bench()
    bench.storage.namespaces["mine"] = "a"
    bench.storage.buckets["mine"] = {}
    bench.storage.interfere = lambda _: refusal(500, 1)
    for work in (bench.make_kv("mine"), bench.make_bucket("mine"), bench.kv("mine")):
        with pytest.raises(CloudflareError):
            await work
    bench.storage.interfere = lambda _: None
    assert await bench.kv("mine") == await bench.make_kv("mine") == "a"
    await bench.make_bucket("mine")
    assert "POST" not in " ".join(bench.calls)


async def test_what_may_have_been_made_is_looked_for_before_it_is_made_again() -> None:
    bench = Bench()

    def lose_answers_to_creation(request: httpx.Request) -> httpx.Response | None:
        if request.method == "POST":
            bench.storage.answer(request)
            raise httpx.ReadTimeout("too late", request=request)
        return None

    bench.storage.interfere = lose_answers_to_creation
    for work in (bench.make_kv("mine"), bench.make_bucket("mine")):
        with pytest.raises(CloudflareError):
            await work
    assert await bench.make_kv("mine") == bench.storage.namespaces["mine"]
    await bench.make_bucket("mine")


async def test_what_is_forgotten_is_listed_again() -> None:
    bench = Bench()
    assert await bench.make_kv("mine") == "id-0"
    bench.storage.namespaces = {"other": "x"}
    bench.inventory.forget()
    assert await bench.kv("mine") is None
    assert await bench.kv("other") == "x"


async def test_what_was_made_is_taken_away() -> None:
    bench = Bench()
    await bench.make_kv("mine")
    await bench.make_bucket("mine")
    assert await bench.inventory.delete(bench.api, "kvNamespace", "mine", NOW)
    assert await bench.inventory.delete(bench.api, "r2Bucket", "mine", NOW)
    assert (bench.storage.namespaces, bench.storage.buckets) == ({}, {})
    # Again, as after a crash.
    assert await bench.inventory.delete(bench.api, "kvNamespace", "mine", NOW)
    assert await bench.inventory.delete(bench.api, "r2Bucket", "mine", NOW)


async def test_a_bucket_that_holds_objects_stays() -> None:
    bench = Bench()
    bench.storage.buckets["mine"] = {"a": Stored(b"x")}
    assert not await bench.inventory.delete(bench.api, "r2Bucket", "mine", NOW)
    assert "mine" in bench.storage.buckets


@pytest.mark.parametrize("answer", [lambda: refusal(500, 1), lambda: refusal(409, 1)])
async def test_a_deletion_that_failed_is_said(answer: Callable[[], httpx.Response]) -> None:
    bench = Bench()
    bench.storage.interfere = lambda r: answer() if r.method == "DELETE" else None
    with pytest.raises(CloudflareError):
        await bench.inventory.delete(bench.api, "r2Bucket", "mine", NOW)


async def test_the_names_of_buckets_come_page_by_page() -> None:
    wire = Wire(
        lambda r: (
            ok({"buckets": [{"name": "b"}]})
            if "cursor" in r.url.params
            else ok({"buckets": [{"name": "a"}]}, cursor="1")
        )
    )
    inventory = Inventory(ManualClock())
    await inventory.create_bucket(api(wire), "b", NOW)
    assert len(wire.requests) == 2
