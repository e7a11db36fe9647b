"""Entries of hosts that several workers share: each keeps the list of hosts that it may send requests to."""

import json
from typing import Any

from support.clock import idle
from unit.account.publishing import Bench, change
from workers_operator.domain.egress.policy import Egress
from workers_operator.domain.plan.actions import Publish
from workers_operator.domain.serving import Mark, Serving, Target, host_entry, parse_host_metadata

HOST = "a.code24.dev"
LISTED = Egress.of(["api.example.com"])
SERVING = Serving("11111111", 1, egress=LISTED)
BLOG = Target("blog", "c1", SERVING)
MARK = Mark("u-blog", "CustomerWorker shop/blog", SERVING)


def as_listed(bench: Bench, mark: Mark | None = MARK) -> None:
    """Have the account hold the blog's route and mark, as a listing of the keys shows them."""
    entry = host_entry(HOST, {"/blog": BLOG})
    bench.written(
        {HOST: parse_host_metadata(json.loads(json.dumps(entry.metadata)))}, {"blog": mark}
    )


def routes(bench: Bench) -> dict[str, Any]:
    """The routes of the entry that was written, by path."""
    value = json.loads(bench.pair(f"host:{HOST}")["value"])
    return {route["path"]: route for route in value["routes"]}


async def test_a_neighbours_list_is_written_again() -> None:
    bench = Bench()
    as_listed(bench)
    bench.submit(change("shop", HOST))
    await idle()
    assert routes(bench)["/blog"]["egress"] == ["api.example.com"]
    assert "egress" not in routes(bench)[""]
    assert bench.snapshot.paths(HOST)["/blog"] == BLOG


async def test_a_neighbour_that_changes_in_the_same_write() -> None:
    bench = Bench()
    as_listed(bench)
    fewer = Serving("11111111", 1, egress=Egress.of([]))
    blog = Publish(
        "blog",
        {(HOST, "/blog"): Target("blog", "c1", fewer)},
        frozenset({HOST}),
        Mark("u-blog", "CustomerWorker shop/blog", fewer),
        "test",
    )
    bench.submit(blog, change("shop", HOST))
    await idle()
    assert routes(bench)["/blog"]["egress"] == []
    assert bench.pair("worker:blog")["metadata"]["egress"] == []


async def test_a_neighbour_whose_mark_is_lost_may_send_nothing_until_its_next_pass() -> None:
    bench = Bench()
    as_listed(bench, None)
    bench.submit(change("shop", HOST))
    await idle()
    assert routes(bench)["/blog"]["egress"] == []
    assert bench.snapshot.paths(HOST)["/blog"] != BLOG
