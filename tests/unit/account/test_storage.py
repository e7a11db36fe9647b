"""KV namespaces and buckets by name: listed once for all who ask, made once, and nobody else's."""

import asyncio
import re
from collections.abc import Callable, Sequence

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import platforms
from support.calls import ok, refusal
from support.storage import Storage, Stored
from workers_operator.account.observer import REFRESH_SECONDS
from workers_operator.cloudflare.errors import CloudflareError
from workers_operator.domain.names import Creator, created_bucket_name, created_kv_title
from workers_operator.domain.plan.actions import (
    Action,
    DeleteBucket,
    DeleteKVNamespace,
    EnsureBucket,
    EnsureKVNamespace,
)
from workers_operator.domain.plan.execution import Execution
from workers_operator.engine.priority import Priority

NOW = Priority.EDIT
scripts = st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
variables = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,80}", fullmatch=True)
owners = st.tuples(st.builds(Creator, scripts, scripts, scripts, scripts), variables)


class Bench(platforms.Bench):
    def __init__(self) -> None:
        self.storage = Storage()
        super().__init__(self.storage)
        self.observer, self.executor = self.platform.observer, self.platform.executor

    def kv(self, title: str) -> "asyncio.Future[str | None]":
        return asyncio.ensure_future(self.observer.kv_namespace(title, NOW))

    async def execute(self, *actions: Action) -> Execution:
        return await self.executor.execute(actions, NOW)

    async def carry_out(self, *actions: Action) -> None:
        """Execute, and raise what has failed."""
        execution = await self.execute(*actions)
        if execution.failed is not None:
            raise execution.failed.error

    async def make_kv(self, title: str) -> str | None:
        """Plan and execute what makes a namespace."""
        if await self.observer.kv_namespace(title, NOW) is None:
            await self.carry_out(EnsureKVNamespace(title))
        return await self.observer.kv_namespace(title, NOW)

    async def make_bucket(self, name: str) -> None:
        """Plan and execute what makes a bucket."""
        if not await self.observer.has_bucket(name, NOW):
            await self.carry_out(EnsureBucket(name))

    async def delete_kv(self, title: str) -> None:
        """Plan and execute what deletes a namespace."""
        identifier = await self.observer.kv_namespace(title, NOW)
        if identifier is not None:
            await self.carry_out(DeleteKVNamespace(title, identifier))

    @property
    def calls(self) -> list[str]:
        short = {"/storage/kv/namespaces": "kv", "/r2/buckets": "buckets"}
        return [f"{m} {short[path]}" for m, _, path in (x.partition(" ") for x in self.wire.lines)]


@given(owners)
def test_a_made_buckets_name_is_one_that_r2_takes(owner: tuple[Creator, str]) -> None:
    name = created_bucket_name(*owner)
    assert re.fullmatch(r"[a-z0-9][a-z0-9-]*[a-z0-9]", name)
    assert 3 <= len(name) <= 63


@given(owners)
def test_a_made_namespaces_title_is_short_enough(owner: tuple[Creator, str]) -> None:
    assert len(created_kv_title(*owner)) <= 512


@given(owners, owners)
def test_no_two_get_the_same_name(one: tuple[Creator, str], other: tuple[Creator, str]) -> None:
    assert (created_bucket_name(*one) == created_bucket_name(*other)) == (one == other)
    assert (created_kv_title(*one) == created_kv_title(*other)) == (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            (Creator("ns", "team", "shop", "u"), "CACHE"),
            (Creator("ns", "team", "shop", "u"), "cache"),
        ),
        ((Creator("ns", "team", "shop", "u"), "A_B"), (Creator("ns", "team", "shop-a", "u"), "B")),
        ((Creator("ns", "team-a", "b", "u"), "C"), (Creator("ns", "team", "a-b", "u"), "C")),
        ((Creator("ns", "team", "s" * 60, "u"), "A"), (Creator("ns", "team", "s" * 60, "u"), "B")),
        ((Creator("ns", "team", "shop", "u"), "A"), (Creator("ns", "team", "shop", "v"), "A")),
    ],
)
def test_names_that_look_alike_are_told_apart(
    one: tuple[Creator, str], other: tuple[Creator, str]
) -> None:
    assert created_bucket_name(*one) != created_bucket_name(*other)


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
    await bench.clock.advance(REFRESH_SECONDS + 0.001)
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
    # A plan that was made before another one was carried out changes nothing, either.
    await bench.carry_out(EnsureKVNamespace("mine"), EnsureBucket("mine"))
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
    await bench.clock.advance(0.1)
    assert await bench.make_kv("mine") == bench.storage.namespaces["mine"]
    await bench.make_bucket("mine")


async def test_what_is_forgotten_is_listed_again() -> None:
    bench = Bench()
    assert await bench.make_kv("mine") == "id-0"
    bench.storage.namespaces = {"other": "x"}
    await bench.clock.advance(0.1)
    bench.platform.snapshot.distrust_storage()
    assert await bench.kv("mine") is None
    assert await bench.kv("other") == "x"


async def test_what_was_made_is_taken_away() -> None:
    bench = Bench()
    await bench.make_kv("mine")
    await bench.make_bucket("mine")
    for _ in range(2):  # again, as after a crash
        await bench.delete_kv("mine")
        await bench.carry_out(DeleteBucket("mine"))
        assert (bench.storage.namespaces, bench.storage.buckets) == ({}, {})
        assert await bench.kv("mine") is None
        assert not await bench.observer.has_bucket("mine", NOW)


async def test_a_bucket_that_holds_objects_stays() -> None:
    bench = Bench()
    bench.storage.buckets["mine"] = {"a": Stored(b"x")}
    await bench.observer.has_bucket("mine", NOW)
    await bench.carry_out(DeleteBucket("mine"))
    assert "mine" in bench.storage.buckets
    assert await bench.observer.has_bucket("mine", NOW)


@pytest.mark.parametrize("answer", [lambda: refusal(500, 1), lambda: refusal(409, 1)])
async def test_a_deletion_that_failed_is_said(answer: Callable[[], httpx.Response]) -> None:
    bench = Bench()
    bench.storage.interfere = lambda r: answer() if r.method == "DELETE" else None
    with pytest.raises(CloudflareError):
        await bench.carry_out(DeleteBucket("mine"))


async def test_the_names_of_buckets_come_page_by_page() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        last = "cursor" in request.url.params
        names: Sequence[str] = ["b"] if last else ["a"]
        return ok({"buckets": [{"name": n} for n in names]}, cursor="" if last else "1")

    bench = platforms.Bench(answer)
    assert await bench.platform.observer.has_bucket("b", NOW)
    assert len(bench.wire.requests) == 2
