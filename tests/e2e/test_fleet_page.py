"""The fleet page in a browser, with a gateway, an operator, a cluster and scripts that really run."""

import json
import re
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect

from support.bed import Place
from support.browsing import Tab, chromium, tab
from support.gateways import CallerAccount, Gateway, role
from support.handles import Worker
from support.scripts import says
from support.waiting import until

MARKUP: Final = "<img src=x onerror=\"document.title='owned'\">"
CANARY: Final = {"strategy": "Canary", "steps": [{"weight": 30, "pause": {}}]}
SEES: Final = [
    {"apiGroups": [""], "resources": ["events"], "verbs": ["list"]},
    {"apiGroups": ["workers.code24.dev"], "resources": ["workersplatforms"], "verbs": ["list"]},
]
TALKS: Final = f"""export default {{
  fetch(request) {{
    if (request.url.endsWith("/talk")) console.log("heard", {json.dumps(MARKUP)});
    return new Response("ok");
  }}
}}
"""
SLOW_MILLISECONDS: Final = 45_000  # what the operator does, and analytics and logs on their way


# Of the module: while Playwright runs, no other event loop may run in its thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as made:
        yield made


@pytest.fixture
def visit(browser: Browser, gateway: Gateway) -> Iterator[Tab]:
    """A tab, where nobody has signed in."""
    with tab(browser, gateway.url) as made:
        yield made


@pytest.fixture
def owner(place: Place) -> CallerAccount:
    """An account that may do everything with the workers of the test's namespace, and see platforms and Events."""
    more = role(place.bed.cluster, f"{place.slug}-sees", SEES)
    account = CallerAccount(place.bed.cluster, place.namespace, "owner")
    return account.bind("workers-view", "workers-edit", "workers-logs", "workers-force", more)


def sees_platforms(place: Place) -> str:
    """The token of an account that may see all platforms."""
    account = CallerAccount(place.bed.cluster, place.namespace, "admin")
    may = role(place.bed.cluster, f"{place.slug}-sees", SEES)
    return account.bind(may, "workers-view", everywhere=True).token()


def at(worker: Worker, **query: str) -> str:
    """The page's address of a worker."""
    more = "".join(f"&{name}={value}" for name, value in query.items())
    return f"/#/workers/{worker.script_name}?namespace={worker.namespace}{more}"


def act(page: Page, action: str) -> None:
    """Order something, and confirm it."""
    page.get_by_role("group", name="Actions").get_by_role("button", name=action, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("button[type=submit]").click()
    expect(dialog).to_have_count(0, timeout=SLOW_MILLISECONDS)


def test_a_canary_is_watched_promoted_undone_and_another_one_aborted(
    place: Place, visit: Tab, owner: CallerAccount
) -> None:
    worker = place.customer("shop", says("one"))
    worker.wait_ready()
    page = visit.sign_in(owner.token())
    page.get_by_role("link", name=worker.script_name).click()
    expect(page.get_by_text("It is as its object asks for")).to_be_visible()
    worker.apply(source={"inline": {"script": says("two")}}, rollout=CANARY)
    expect(page.get_by_text("30 % until promoted")).to_be_visible(timeout=SLOW_MILLISECONDS)
    expect(page.locator(".share.new .fill")).to_have_attribute("width", "30")
    act(page, "Promote")
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=SLOW_MILLISECONDS)
    assert worker.visit().text == "two"
    act(page, "Undo")
    expect(page.get_by_text("one").or_(page.get_by_text("Rolled back")).first).to_be_visible()
    until(lambda: worker.visit().text == "one", "the undo is not carried out")
    worker.apply(source={"inline": {"script": says("three")}}, rollout=CANARY)
    expect(page.get_by_text("30 % until promoted")).to_be_visible(timeout=SLOW_MILLISECONDS)
    act(page, "Abort")
    expect(page.get_by_role("region", name="Rollout")).to_contain_text("Aborted")
    assert worker.visit().text == "one"


def test_a_worker_is_scaled_suspended_and_redeployed(
    place: Place, visit: Tab, owner: CallerAccount
) -> None:
    worker = place.customer("shop", says("one"))
    worker.wait_ready()
    page = visit.sign_in(owner.token(), at(worker))
    page.get_by_role("button", name="Scale").click()
    page.get_by_label("Number of instances").fill("2")
    page.get_by_role("dialog").get_by_role("button", name="Scale").click()
    worker.wait(lambda o: o["status"].get("instances") == 2, "it is not scaled")
    expect(page.get_by_text("Instances: 2")).to_be_visible()
    act(page, "Redeploy")
    worker.wait(lambda o: bool(o["status"].get("lastHandledReconcileAt")), "it is not checked")
    act(page, "Suspend")
    expect(page.get_by_role("button", name="End suspension")).to_be_visible()
    worker.wait(lambda o: o["spec"].get("suspend") is True, "it is not suspended")


def test_log_lines_arrive_as_they_are_logged_and_are_text(
    place: Place, visit: Tab, owner: CallerAccount
) -> None:
    worker = place.customer("shop", TALKS)
    worker.wait_ready()
    page = visit.sign_in(owner.token(), at(worker, tab="logs"))
    expect(page.get_by_role("log")).to_be_visible()

    def heard() -> bool:
        worker.visit(path="/talk")
        return page.get_by_role("log").get_by_text(f"heard {MARKUP}").count() > 0

    until(heard, "no line arrives")
    assert page.locator("img").count() == 0
    assert page.title() != "owned"
    page.goto(at(worker, tab="events"))
    expect(page.get_by_role("region", name="Events").get_by_role("listitem").first).to_be_visible()
    page.goto(at(worker, tab="yaml"))
    expect(page.get_by_text(f"customerId: {place.customer_id}")).to_be_visible()


def test_who_may_only_look_is_offered_nothing_else(place: Place, visit: Tab) -> None:
    worker = place.customer("shop", says("one"))
    worker.wait_ready()
    viewer = CallerAccount(place.bed.cluster, place.namespace, "viewer").bind("workers-view")
    page = visit.sign_in(viewer.token(), at(worker))
    expect(page.get_by_text("It is as its object asks for")).to_be_visible()
    expect(page.get_by_role("group", name="Actions")).to_have_count(0)
    expect(page.get_by_role("button", name="Logs")).to_have_count(0)
    viewer.delete()
    expect(page.get_by_text("You were signed out")).to_be_visible(timeout=SLOW_MILLISECONDS)


def test_a_script_that_does_not_start_shows_its_error(
    place: Place, visit: Tab, owner: CallerAccount
) -> None:
    page = visit.sign_in(owner.token())
    worker = place.customer("shop", f"throw new Error({json.dumps(MARKUP)})")
    expect(page.get_by_role("cell", name="Not ready ScriptRejected")).to_be_visible(
        timeout=SLOW_MILLISECONDS
    )
    page.goto(at(worker))
    conditions = page.get_by_role("region", name="Conditions")
    expect(conditions).to_contain_text("Its script is not uploaded as asked for")
    expect(conditions.get_by_text(MARKUP).first).to_be_visible()
    assert page.locator("img").count() == 0


def test_a_platform_is_shown(place: Place, visit: Tab) -> None:
    platform = place.platform(place.proxy())
    page = visit.sign_in(sees_platforms(place), "/#/platforms")
    card = page.get_by_role("region", name=platform.name)
    expect(card).to_contain_text("Ready", timeout=SLOW_MILLISECONDS)
    expect(card).to_contain_text(f"{platform.name}-dispatcher")
    expect(card).to_contain_text(re.compile(r"[\d,]+ calls in 5m, about [\d,]+ of them left"))
    expect(card.get_by_role("img", name=re.compile("calls are left"))).to_be_visible()
