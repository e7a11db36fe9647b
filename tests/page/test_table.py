"""The list of all workers, in a browser."""

from typing import Final

import pytest
from playwright.sync_api import Page, Route, expect

from support.browsing import Served, Tab
from support.fleets import ago, failed, fill, healthy, show
from support.rest_api import ADMIN, TENANT, RestApi

MANY: Final = 5000
MOST_ROWS: Final = 60
LONGEST_TASK_MILLISECONDS: Final = 1000
# What the browser was busy with in one go, as it counts it itself: 50 ms and longer.
WATCH_TASKS: Final = """() => {
  window.tasks = [];
  new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((e) => e.duration)))
    .observe({ entryTypes: ["longtask"] });
}"""


def names(page: Page) -> list[str]:
    """The workers in view, in order."""
    return page.locator("tbody td.c-name a").all_inner_texts()


def row(page: Page, name: str) -> str:
    """What the table says of a worker, in one line."""
    found = page.get_by_role("row").filter(has=page.get_by_role("link", name=name, exact=True))
    return " ".join(found.inner_text().split())


@pytest.mark.timeout(180)
def test_five_thousand_workers_are_listed_without_lag(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    fill(rest, MANY)
    page = visit.sign_in(ADMIN)
    expect(page.get_by_text("5,000 workers", exact=True)).to_be_visible()
    expect(page.get_by_role("table")).to_have_attribute("aria-rowcount", str(MANY + 1))
    assert page.get_by_role("row").count() < MOST_ROWS
    page.evaluate(WATCH_TASKS)
    box = page.locator(".scroller")
    for share in (0.25, 0.5, 0.75, 1):
        box.evaluate("(e, share) => { e.scrollTop = share * e.scrollHeight; }", share)
        number = min(MANY - 1, round(share * MANY))
        expect(page.locator(f"[data-row='{number}']")).to_be_visible()
    page.get_by_role("button", name="Requests/s").click()
    page.get_by_role("searchbox").press_sequentially("tenant-17/ customer-57")
    page.get_by_role("searchbox").fill("shop-0417")
    expect(page.get_by_text("1 of 5,000 workers")).to_be_visible()
    gateway.do(lambda: fill(rest, MANY))  # every worker changes at once
    expect(page.get_by_text("1 of 5,000 workers")).to_be_visible()
    assert max([0, *page.evaluate("window.tasks")]) < LONGEST_TASK_MILLISECONDS


def test_a_row_tells_what_the_status_tells(rest: RestApi, visit: Tab) -> None:
    show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN)
    expect(page.get_by_text("1 worker", exact=True)).to_be_visible()
    told = "Ready Healthy shop-main shop/shop-main customer-123 ecommerce 41 0.19% 3 4f2a91c0 40d"
    assert row(page, "shop-main") == told


def test_changes_are_shown_as_they_happen(rest: RestApi, gateway: Served, visit: Tab) -> None:
    key = show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN)
    expect(page.get_by_role("row")).to_have_count(2)
    gateway.do(lambda: show(rest, "shop-main", failed()))
    expect(page.get_by_role("cell", name="Not ready ScriptRejected")).to_be_visible()
    gateway.do(lambda: show(rest, "shop-other", healthy()))
    expect(page.get_by_text("2 workers", exact=True)).to_be_visible()
    gateway.do(lambda: rest.remove(key))
    expect(page.get_by_text("1 worker", exact=True)).to_be_visible()
    assert names(page) == ["shop-other"]


def test_a_worker_that_comes_while_the_list_is_read_is_counted(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    show(rest, "shop-main", healthy())

    def late(route: Route) -> None:
        listed = route.fetch()
        gateway.do(lambda: show(rest, "shop-other", healthy()))
        expect(visit.page.get_by_role("link", name="shop-other")).to_be_visible()
        route.fulfill(response=listed)

    visit.page.route("**/api/workers/?**", late)
    page = visit.sign_in(ADMIN)
    expect(page.get_by_text("2 workers", exact=True)).to_be_visible()


def test_search_filters_and_order_are_in_the_address(rest: RestApi, visit: Tab) -> None:
    fill(rest, 100)
    show(rest, "zebra", failed())
    page = visit.sign_in(ADMIN)
    page.get_by_role("button", name="Not ready").click()
    page.get_by_role("searchbox").fill("zeb")
    page.get_by_role("button", name="Worker").click()
    expect(page.get_by_text("1 of 101 workers")).to_be_visible()
    address = page.url
    assert address.endswith("#/?state=Not+ready&q=zeb&sort=-name")
    page.reload()
    expect(page.get_by_role("button", name="Not ready")).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_text("1 of 101 workers")).to_be_visible()
    page.get_by_role("link", name="zebra").click()
    expect(page.get_by_role("heading", name="zebra")).to_be_visible()
    page.get_by_role("link", name="All workers").click()
    assert page.url == address
    page.get_by_role("button", name="Clear filters").click()
    expect(page.get_by_text("101 workers", exact=True)).to_be_visible()
    assert names(page)[0] == "zebra"


def test_the_order_is_by_number_where_there_are_numbers(rest: RestApi, visit: Tab) -> None:
    for name, rate in (("a", "9.5"), ("b", "120"), ("c", "41")):
        status = healthy()
        status["metrics"]["requestsPerSecond"] = rate
        show(rest, name, status)
    unknown = healthy()
    del unknown["metrics"]
    show(rest, "d", unknown)
    page = visit.sign_in(ADMIN, "/#/?sort=-rps")
    expect(page.get_by_role("row")).to_have_count(5)
    assert names(page) == ["b", "c", "a", "d"]


def test_the_table_is_worked_by_keyboard(rest: RestApi, visit: Tab) -> None:
    fill(rest, 300)
    page = visit.sign_in(ADMIN)
    expect(page.get_by_text("300 workers", exact=True)).to_be_visible()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.locator("th.c-age button").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="shop-0000")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="shop-0001")).to_be_focused()
    page.keyboard.press("End")
    expect(page.get_by_role("link", name="shop-0299")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="API")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="shop-0299")).to_be_visible()
    page.get_by_role("link", name="All workers").click()
    expect(page.get_by_role("link", name="shop-0299")).to_be_visible()


def test_a_tenant_sees_their_own_workers(rest: RestApi, gateway: Served, visit: Tab) -> None:
    show(rest, "shop-main", healthy())
    rest.put("mine", "tenant", metadata={"creationTimestamp": ago(hours=1)})
    page = visit.sign_in(TENANT)
    expect(page.get_by_text("1 worker", exact=True)).to_be_visible()
    gateway.do(lambda: show(rest, "shop-secret", healthy()))
    gateway.do(lambda: rest.put("mine-too", "tenant"))
    expect(page.get_by_text("2 workers", exact=True)).to_be_visible()
    assert names(page) == ["mine", "mine-too"]
    page.goto("/#/workers/shop-main?namespace=shop")
    expect(page.get_by_text("There is no such worker, or you may not see it.")).to_be_visible()
    page.goto("/#/platforms")
    expect(page.get_by_role("alert")).to_contain_text("list WorkersPlatforms")


def test_a_gateway_that_cannot_watch_the_cluster_says_so(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN)
    expect(page.get_by_text("Live")).to_be_visible()
    gateway.do(lambda: rest.connect(False))
    expect(page.get_by_text("there may be newer states")).to_be_visible()
    gateway.do(lambda: rest.connect(True))
    expect(page.get_by_text("Live")).to_be_visible()


def test_a_gateway_that_goes_away_is_told(rest: RestApi, gateway: Served, visit: Tab) -> None:
    show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN)
    expect(page.get_by_text("Live")).to_be_visible()
    gateway.stop()
    expect(page.get_by_text("Disconnected")).to_be_visible()
    expect(page.get_by_text("the gateway cannot be reached. Trying again")).to_be_visible()
    assert names(page) == ["shop-main"]  # what is known stays
