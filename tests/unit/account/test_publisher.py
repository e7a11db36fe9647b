"""Routing writes: one carries many, nobody waits for nobody, and everybody hears how theirs ended."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from support.calls import Wire, ok, refusal
from support.clock import idle
from unit.account.publishing import Bench, change, succeed, target
from workers_operator.account.publisher import BATCH, LINGER_SECONDS
from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.cloudflare import kv
from workers_operator.cloudflare.errors import CloudflareError, ServerError, TooManyRequests
from workers_operator.domain.errors import Transient
from workers_operator.domain.plan.actions import Publish
from workers_operator.domain.serving import Mark, Serving
from workers_operator.domain.tenancy.rest import MOST
from workers_operator.engine.priority import Priority


async def test_one_change_goes_out_at_once() -> None:
    bench = Bench()
    (done,) = bench.submit(change("shop", "a.code24.dev"))
    await idle()
    assert done.done()
    assert bench.calls() == [("write", ["host:a.code24.dev", "worker:shop"])]
    assert bench.pair("worker:shop")["value"] == "value of shop"
    assert bench.snapshot.paths("a.code24.dev")[""].script_name == "shop"
    assert bench.worker("shop").mark is not None


async def test_one_write_carries_all_that_are_due() -> None:
    bench = Bench()
    done = bench.submit(*(change(f"w{n}", f"h{n}.code24.dev") for n in range(100)))
    await idle()
    assert all(each.done() for each in done)
    assert len(bench.wire.requests) == 1
    assert len(bench.wire.body()) == 200


async def test_workers_on_one_host_are_merged() -> None:
    bench = Bench()
    shop, blog = change("shop", "a.code24.dev"), change("blog", "a.code24.dev")
    paths = {("a.code24.dev", "/b"): target("blog", "1")}
    blog = Publish("blog", paths, blog.hosts, blog.mark, "")
    bench.submit(shop, blog)
    await idle()
    assert set(bench.snapshot.paths("a.code24.dev")) == {"", "/b"}
    assert set(bench.pair("host:a.code24.dev")["metadata"]["routes"]) == {"", "/b"}


async def test_a_later_change_of_the_same_worker_wins() -> None:
    bench = Bench()
    done = bench.submit(
        change("shop", "a.code24.dev", "11111111"), change("shop", "a.code24.dev", "22222222")
    )
    await idle()
    assert all(each.done() for each in done)
    assert len(bench.wire.requests) == 1
    assert bench.snapshot.paths("a.code24.dev")[""].serving.hash == "22222222"
    mark = bench.worker("shop").mark
    assert mark is not None
    assert mark.serving.hash == bench.pair("worker:shop")["metadata"]["hash"] == "22222222"


async def test_a_change_that_comes_during_a_write_goes_with_the_next() -> None:
    gate = asyncio.Event()
    bench = Bench()

    async def wait(request: httpx.Request) -> httpx.Response:
        await gate.wait()
        return ok()

    bench.connect(Wire(wait))
    (first,) = bench.submit(change("shop", "a.code24.dev"))
    await idle()
    (second,) = bench.submit(change("blog", "b.code24.dev"))
    await idle()
    assert len(bench.wire.requests) == 1
    gate.set()
    await asyncio.gather(first, second)
    assert len(bench.wire.requests) == 2


async def test_it_waits_for_who_is_about_to_join_and_no_longer() -> None:
    bench = Bench()
    with bench.publisher.joining():
        bench.submit(change("shop", "a.code24.dev"))
        await idle()
        assert bench.wire.requests == []
    await idle()
    assert len(bench.wire.requests) == 1


async def test_it_does_not_wait_for_ever() -> None:
    bench = Bench()
    with bench.publisher.joining():
        bench.submit(change("shop", "a.code24.dev"))
        await bench.clock.advance(LINGER_SECONDS)
        assert len(bench.wire.requests) == 1


async def test_a_full_batch_does_not_wait() -> None:
    bench = Bench()
    with bench.publisher.joining():
        bench.submit(*(change(f"w{n}", f"h{n}.code24.dev") for n in range(BATCH)))
        await idle()
        assert len(bench.wire.requests) == 1


async def test_where_calls_are_scarce_it_waits_for_a_batch_that_is_worth_one() -> None:
    bench = Bench()
    ticket = await bench.budget.acquire(Priority.RESYNC)  # under way, so the next one waits
    others = asyncio.ensure_future(bench.budget.acquire(Priority.RESYNC))
    await idle()
    with bench.publisher.joining():
        bench.submit(change("shop", "a.code24.dev"))
        await bench.clock.advance(LINGER_SECONDS * 2)
        bench.submit(change("blog", "b.code24.dev"))
        await bench.clock.advance(BATCH * bench.budget.seconds_per_call())
    bench.budget.release(ticket, {"date": "now"})
    await others
    await idle()
    assert [len(keys) for _, keys in bench.calls()] == [4]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda _: refusal(500, 1), ServerError),
        (lambda _: refusal(429, 971), TooManyRequests),
        (lambda _: ok({"unsuccessful_keys": ["host:a.code24.dev"]}), ServerError),
    ],
)
async def test_everybody_hears_of_an_error_and_the_next_write_is_a_new_one(
    answer: Callable[[httpx.Request], httpx.Response], error: type[CloudflareError]
) -> None:
    answers = iter([answer])
    bench = Bench(lambda request: next(answers, succeed)(request))
    done = bench.submit(change("shop", "a.code24.dev"), change("blog", "b.code24.dev"))
    await idle()
    for each in done:
        with pytest.raises(error):
            await each
    assert bench.snapshot.paths("a.code24.dev") == {}
    await bench.clock.advance(301)
    (again,) = bench.submit(change("shop", "a.code24.dev"))
    await idle()
    assert again.result() is None


async def test_a_caller_who_has_gone_does_not_harm_the_others() -> None:
    bench = Bench()
    gone, stays = bench.submit(change("shop", "a.code24.dev"), change("blog", "b.code24.dev"))
    gone.cancel()
    await idle()
    assert stays.result() is None


def lost(request: httpx.Request) -> httpx.Response:
    raise httpx.ReadTimeout("too late", request=request)


@pytest.mark.parametrize(
    "answer",
    [
        lost,
        lambda _: httpx.Response(502, html="<h1>Bad gateway</h1>"),
        lambda _: refusal(500, 1),
        lambda _: ok({"unsuccessful_keys": ["host:a.code24.dev"]}),
    ],
    ids=["no answer", "a proxy's 502", "500", "a part of it"],
)
async def test_a_write_that_may_have_been_carried_out_puts_the_snapshot_in_doubt(
    answer: Callable[[httpx.Request], httpx.Response],
) -> None:
    """Else an object that is deleted before the next listing leaves its route behind."""
    bench = Bench(answer)
    (done,) = bench.submit(change("shop", "a.code24.dev"))
    await idle()
    assert done.exception() is not None
    assert bench.snapshot.routing.is_unconfirmed


async def test_a_write_that_was_refused_does_not() -> None:
    bench = Bench(lambda _: refusal(404, 10007))
    (done,) = bench.submit(change("shop", "a.code24.dev"))
    await idle()
    assert done.exception() is not None
    assert not bench.snapshot.routing.is_unconfirmed


async def test_a_deleted_worker_leaves_no_key() -> None:
    bench = Bench()
    mark = Mark("u", "o", Serving("11111111", 1))
    bench.written({"a.code24.dev": {"": target("shop")}}, {"shop": mark})
    bench.submit(change("shop", None, "11111111", "a.code24.dev"))
    await idle()
    assert bench.calls() == [("delete", ["host:a.code24.dev", "worker:shop"])]
    nothing = AccountSnapshot().worker("shop", [], "dispatcher", {})
    assert bench.worker("shop", "a.code24.dev") == nothing


async def test_a_move_is_reachable_all_the_time() -> None:
    """The new hostname leads to the worker before the old one stops doing so."""
    bench = Bench()
    mark = Mark("u", "o", Serving("1", 1))
    bench.written({"a.code24.dev": {"": target("shop")}}, {"shop": mark})
    bench.submit(change("shop", "b.code24.dev", "11111111", "a.code24.dev"))
    await idle()
    assert bench.calls() == [
        ("write", ["host:b.code24.dev", "worker:shop"]),
        ("delete", ["host:a.code24.dev"]),
    ]


@pytest.mark.parametrize(
    "second", [lambda: refusal(429, 971), lambda: refusal(404, 10007), lambda: refusal(401, 1000)]
)
async def test_a_write_of_which_the_first_half_was_carried_out_is_known_or_in_doubt(
    second: Callable[[], httpx.Response],
) -> None:
    """New keys are written, old ones are not deleted: what was written must not be forgotten."""
    bench = Bench(lambda request: ok() if request.method == "PUT" else second())
    mark = Mark("u", "o", Serving("1", 1))
    bench.written({"b.code24.dev": {"": target("blog")}}, {"blog": mark})
    bench.submit(change("shop", "a.code24.dev"), change("blog", None, "1", "b.code24.dev"))
    await idle()
    assert len(bench.wire.requests) == 2
    known = bench.worker("shop").hosts.keys() == {"a.code24.dev"}
    assert known or bench.snapshot.routing.is_unconfirmed


async def test_one_host_with_too_many_routes_does_not_harm_the_others() -> None:
    bench = Bench()
    many = {("a.code24.dev", f"/path/{n:040}"): target("shop") for n in range(20)}
    mark = Mark("u", "o", Serving("11111111", 1))
    too_many = Publish("shop", many, frozenset({"a.code24.dev"}), mark, "")
    refused, fine = bench.submit(too_many, change("blog", "b.code24.dev"))
    await idle()
    error = refused.exception()
    assert isinstance(error, Transient)  # the next plan finds the room taken
    assert error.reason == "TooManyRoutes"
    assert fine.result() is None


async def test_no_write_has_more_keys_than_cloudflare_takes() -> None:
    bench, changes = Bench(), []
    for worker in range(2500):
        hosts = [f"w{worker}-{number}.code24.dev" for number in range(5)]
        mark = Mark(f"u{worker}", f"CustomerWorker shop/w{worker}", Serving("11111111", 1))
        routes = {(host, ""): target(f"w{worker}") for host in hosts}
        changes.append(Publish(f"w{worker}", routes, frozenset(hosts), mark, "test"))
    done = bench.submit(*changes, priority=Priority.RESYNC)
    await bench.clock.advance(200)
    assert all(each.done() and each.exception() is None for each in done)
    sizes = [len(keys) for _, keys in bench.calls()]
    assert len(sizes) > 1
    assert max(sizes) <= kv.MAX_BULK_KEYS
    written = {key for what, keys in bench.calls() for key in keys if what == "write"}
    assert written >= {f"worker:w{n}" for n in range(2500)}


async def test_a_rest_that_was_written_is_not_written_again() -> None:
    bench = Bench()
    bench.cooldown = 600.0
    mark = Mark("u-shop", "CustomerWorker shop/shop", Serving("11111111", 1))
    bench.written({"a.code24.dev": {"": target("shop")}}, {"shop": mark})
    bench.submit(change("shop", None, "11111111", "a.code24.dev"))
    await idle()
    assert [kind for kind, _ in bench.calls()] == ["write", "delete"]
    # The deletion did not happen: a process that begins anew finds the rest and the host.
    bench.written({"a.code24.dev": {"": target("shop")}}, {"shop": mark})
    bench.submit(change("shop", None, "11111111", "a.code24.dev"))
    await idle()
    assert [kind for kind, _ in bench.calls()] == ["write", "delete", "delete"]


async def test_a_namespace_that_gives_up_hosts_in_a_loop_has_so_many_rests_only() -> None:
    bench = Bench()
    bench.cooldown = 600.0
    mark = Mark("u-shop", "CustomerWorker shop/shop", Serving("11111111", 1))
    for turn in range(3):
        hosts = [f"h{turn}-{n}.code24.dev" for n in range(400)]
        bench.written({host: {"": target("shop")} for host in hosts}, {"shop": mark})
        bench.submit(change("shop", "kept.code24.dev", "11111111", *hosts))
        await idle()
    rests = [key for _, keys in bench.calls() for key in keys if key.startswith("rest:")]
    assert len(rests) == MOST
    others = replace(mark, owner="CustomerWorker b/x")
    bench.written({"b.code24.dev": {"": target("blog")}}, {"blog": others})
    bench.submit(change("blog", None, "11111111", "b.code24.dev"))
    await idle()
    assert "rest:b.code24.dev" in bench.calls()[-2][1]


async def test_everybody_hears_of_a_fault_of_ours_and_the_next_write_is_a_new_one() -> None:
    bench = Bench()
    del bench.cooldown  # asking for it fails
    done = bench.submit(change("shop", "a.code24.dev"), change("blog", "b.code24.dev"))
    await idle()
    assert all(each.done() for each in done)
    for each in done:
        with pytest.raises(AttributeError):
            await each
    bench.cooldown = 0.0
    (again,) = bench.submit(change("shop", "a.code24.dev"))
    await idle()
    assert again.result() is None
