"""What the page does when nothing comes any more, and how often it asks again."""

import re
from typing import Final

from playwright.sync_api import Page, Route, expect

from support.browsing import Served, Tab
from support.fleets import healthy, show
from support.rest_api import ADMIN, RestApi

LOGS: Final = "/#/workers/shop-main?namespace=shop&tab=logs"


def note_connections(page: Page) -> None:
    """Note what the page says of its connection, from now on, in order."""
    page.evaluate("""() => {
      window.said = [];
      const node = document.querySelector(".connection");
      const note = () => window.said.push(node.innerText.trim());
      new MutationObserver(note).observe(node, { subtree: true, childList: true, characterData: true });
    }""")


def test_a_connection_that_died_without_a_word_is_noticed_and_opened_again(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    show(rest, "shop-main", healthy())
    visit.page.clock.install()
    page = visit.sign_in(ADMIN)
    expect(page.get_by_text("Live")).to_be_visible()
    note_connections(page)
    page.clock.fast_forward(15_000)
    gateway.do(lambda: show(rest, "shop-other", healthy()))  # a sign of life
    expect(page.get_by_text("2 workers", exact=True)).to_be_visible()
    page.clock.fast_forward(15_000)
    assert page.evaluate("window.said") == []
    page.clock.fast_forward(21_000)  # nothing comes for longer than the gateway is ever silent
    expect(page.get_by_text("nothing has come from the gateway for a while")).to_be_visible()
    page.clock.run_for(2000)
    expect(page.get_by_text("Live")).to_be_visible()
    assert page.evaluate("window.said") == ["Disconnected", "Live"]


def test_logs_that_cannot_be_read_are_asked_for_less_and_less_often(
    rest: RestApi, visit: Tab
) -> None:
    show(rest, "shop-main", healthy())
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(
            status=429,
            headers={"Retry-After": "90"} if len(asked) == 3 else {},
            content_type="application/json",
            body='{"errors": [{"code": "TooManyRequests", "message": "too many requests for logs"}]}',
        )

    visit.page.route("**/logs?**", refuse)
    visit.page.clock.install()
    page = visit.sign_in(ADMIN, LOGS)
    expect(page.get_by_text(re.compile("too many requests for logs"))).to_be_visible()
    for seconds, count in ((4, 1), (2, 2), (8, 2), (3, 3), (80, 3), (11, 4)):
        page.clock.run_for(1000 * seconds)
        page.wait_for_timeout(100)
        assert len(asked) == count, (seconds, asked)


def test_lines_that_were_read_stay_while_the_stream_cannot_be_opened_again(
    rest: RestApi, visit: Tab
) -> None:
    show(rest, "shop-main", healthy())
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) == 1:
            line = 'event: log\ndata: {"message": "paid"}\n\n'
            route.fulfill(body=line, content_type="text/event-stream")
        else:
            route.fulfill(status=503, body="{}", content_type="application/json")

    visit.page.route("**/logs?**", answer)
    visit.page.clock.install()
    page = visit.sign_in(ADMIN, LOGS)
    expect(page.get_by_text("paid")).to_be_visible()
    page.clock.run_for(6000)
    expect(page.get_by_text("the gateway answered 503")).to_be_visible()
    expect(page.get_by_text("paid")).to_be_visible()


def test_logs_are_there_once_the_worker_is_deployed(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    show(rest, "shop-main", {})
    asked: list[str] = []
    visit.page.on("request", lambda r: asked.append(r.url) if "/logs?" in r.url else None)
    page = visit.sign_in(ADMIN, LOGS)
    expect(page.get_by_text("has never been deployed")).to_be_visible()
    assert len(asked) == 1
    with page.expect_request("**/logs?**", timeout=4000):
        gateway.do(lambda: show(rest, "shop-main", healthy()))
