"""What the page keeps to itself, and what it takes for text."""

import json
from typing import Final

import pytest
from playwright.sync_api import Error, Route, expect

from support.browsing import Served, Tab
from support.fleets import ago, condition, healthy, show
from support.rest_api import ADMIN, RestApi

MARKUP: Final = "<img src=x onerror=\"document.title='owned'\">"
WORKER: Final = "/#/workers/shop-main?namespace=shop"


def test_a_token_goes_into_no_address_and_outlives_no_tab(rest: RestApi, visit: Tab) -> None:
    show(rest, "shop-main", healthy())
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    page = visit.sign_in(ADMIN, WORKER)
    expect(page.get_by_role("heading", name="shop-main")).to_be_visible()
    assert ADMIN not in page.url
    assert not [url for url in asked if ADMIN in url]
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("Object.values(sessionStorage)") == [ADMIN]
    page.reload()
    expect(page.get_by_role("heading", name="shop-main")).to_be_visible()
    other = page.context.new_page()
    other.goto(WORKER)
    expect(other.get_by_label("Token of your Kubernetes account")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Token of your Kubernetes account")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_the_page_asks_nobody_but_its_gateway(rest: RestApi, gateway: Served, visit: Tab) -> None:
    show(rest, "shop-main", healthy())
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    page = visit.sign_in(ADMIN)
    for place in (WORKER, f"{WORKER}&tab=yaml", "/#/platforms"):
        page.goto(place)
        page.wait_for_load_state()
    assert {url.startswith(gateway.url) for url in asked} == {True}


def test_a_token_that_is_not_valid_is_refused_in_the_words_of_the_api(visit: Tab) -> None:
    page = visit.sign_in("nobodys-token")
    expect(page.get_by_role("alert")).to_contain_text("the token is not valid for this API")
    assert page.evaluate("sessionStorage.length") == 0


def test_a_token_that_is_revoked_signs_out(rest: RestApi, gateway: Served, visit: Tab) -> None:
    show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN)
    expect(page.get_by_text("1 worker", exact=True)).to_be_visible()
    rest.server.reviews.tokens.clear()
    gateway.do(lambda: rest.clock.advance(20))
    expect(page.get_by_text("You were signed out: the token is not valid")).to_be_visible()
    assert "shop-main" not in page.content()


@pytest.mark.parametrize("tab", ["", "events", "yaml", "logs"])
def test_what_others_have_written_is_text(rest: RestApi, visit: Tab, tab: str) -> None:
    status = healthy()
    status["conditions"][0] = condition("Ready", "ScriptRejected", MARKUP, "False")
    status["rollout"] = {**status["rollout"], "message": MARKUP}
    status["source"]["from"] = MARKUP
    status["urls"] = ["javascript:document.title='owned'", MARKUP]
    status["history"][0]["by"] = status["history"][0]["message"] = MARKUP
    status["scaling"] = {"current": 1, "desired": 1, "reason": MARKUP}
    rest.put(MARKUP, "shop", customerId=MARKUP, status=status, vars={"A": MARKUP})
    rest.server.events.append({"reason": MARKUP, "message": MARKUP, "firstTimestamp": ago(hours=1)})
    entry = json.dumps({"time": ago(hours=1), "level": "error", "message": MARKUP, "stack": MARKUP})
    notice = json.dumps({"message": MARKUP})
    stream = f"event: notice\ndata: {notice}\n\nevent: log\ndata: {entry}\n\n"

    def answer(route: Route) -> None:
        route.fulfill(body=stream, content_type="text/event-stream")

    visit.page.route("**/logs?**", answer)
    page = visit.sign_in(ADMIN)
    expect(page.get_by_role("link", name=MARKUP)).to_be_visible()
    page.get_by_role("link", name=MARKUP).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(MARKUP)
    if tab:
        page.get_by_role("button", name=tab, exact=False).click()
    expect(page.get_by_role("main").get_by_text("onerror").nth(2)).to_be_visible()
    assert page.locator("img, a[href^='javascript']").count() == 0
    assert page.title() != "owned"


def test_the_browser_itself_refuses_scripts_and_markup_from_elsewhere(visit: Tab) -> None:
    page = visit.page
    page.goto("/")
    with pytest.raises(Error, match="TrustedHTML"):
        page.evaluate("document.body.innerHTML = '<b>bold</b>'")
    page.evaluate("""() => {
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.head.append(style);
    }""")
    assert page.locator("body").is_visible()
    assert any("Content Security Policy" in problem for problem in visit.problems)
    visit.problems.clear()
