"""One worker, in a browser."""

import re
from typing import Any

from playwright.sync_api import Page, Route, expect

from support.browsing import Served, Tab
from support.fleets import (
    STEPS,
    ago,
    condition,
    failed,
    healthy,
    rolling,
    scaled,
    show,
    show_platform,
)
from support.rest_api import ADMIN, RestApi
from workers_operator.domain import conditions
from workers_operator.domain.worker import ObjectKey

CANARY = {"rollout": {"strategy": "Canary", "steps": list(STEPS)}}
WORKER = "/#/workers/shop-main?namespace=shop"


def lines(page: Page, label: str) -> list[str]:
    """The items of a list, each in one line."""
    found = page.get_by_role("list", name=label).get_by_role("listitem").all_inner_texts()
    return [" ".join(text.split()) for text in found]


def test_a_rollout_is_drawn_as_it_happens(rest: RestApi, gateway: Served, visit: Tab) -> None:
    show(rest, "shop-main", rolling(), **CANARY)
    page = visit.sign_in(ADMIN, WORKER)
    expect(page.get_by_role("list", name="Steps")).to_be_visible()
    shares = ["5a08c7d1 canary 10 %", "4f2a91c0 stable 90 %", "0c9d13ab previous 0 %"]
    assert lines(page, "Shares of the requests") == shares
    smoke, ten, fifty, all_ = lines(page, "Steps")
    assert (smoke, fifty, all_) == ("smoke test", "50 % until promoted", "100 %")
    assert ten.startswith("10 % for 5m, 2m")
    assert ten.endswith(" left")
    gateway.do(lambda: show(rest, "shop-main", rolling(paused=True), **CANARY))
    expect(page.locator(".share.new .fill")).to_have_attribute("width", "50")
    assert lines(page, "Shares of the requests")[0] == "5a08c7d1 canary 50 %"
    gateway.do(lambda: show(rest, "shop-main", healthy("5a08c7d1"), **CANARY))
    expect(page.get_by_text("5a08c7d1 answers and is healthy")).to_be_visible()
    expect(page.get_by_role("list", name="Steps")).to_have_count(0)
    assert lines(page, "Shares of the requests")[0] == "5a08c7d1 stable 100 %"


def test_the_steps_are_those_of_the_platform_if_the_worker_asks_for_none(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    analysed = [{**STEPS[1], "analysis": {}}, STEPS[2]]
    canary = {"rollout": {"strategy": "Canary", "steps": analysed}}
    status = rolling()
    status["rollout"] = {**status["rollout"], "settingsFrom": "Platform"}
    show(rest, "shop-main", status)
    page = visit.sign_in(ADMIN, WORKER)
    expect(page.get_by_role("list", name="Shares of the requests")).to_be_visible()
    expect(page.get_by_role("list", name="Steps")).to_have_count(0)
    gateway.do(lambda: show_platform(rest, "default", canary))
    gateway.do(lambda: show(rest, "shop-main", status))
    expect(page.get_by_role("list", name="Steps")).to_be_visible()
    smoke, ten, fifty, _ = lines(page, "Steps")
    assert (smoke, fifty) == ("smoke test", "50 % until promoted")
    assert ten.startswith("10 % with analysis for 5m, 2m")
    expect(page.get_by_role("region", name="Rollout")).to_contain_text("as the platform asks for")


def test_conditions_are_told_in_plain_words(rest: RestApi, visit: Tab) -> None:
    show(rest, "shop-main", failed())
    page = visit.sign_in(ADMIN, WORKER)
    card = page.get_by_role("region", name="Conditions")
    expect(card).to_contain_text("It is not as its object asks for")
    expect(card).to_contain_text("Its script is not uploaded as asked for")
    expect(card).to_contain_text("Deployed · ScriptRejected · 3h ago")
    expect(card).to_contain_text("Uncaught ReferenceError: fetchh is not defined")
    expect(card).to_contain_text("It waits until something is changed")


TYPES = sorted(
    value
    for name, value in vars(conditions).items()
    if name.isupper() and not name.startswith("_") and isinstance(value, str)
)


def test_every_condition_that_the_operator_writes_has_words(rest: RestApi, visit: Tab) -> None:
    assert {"Ready", "ScalingActive", "NotificationsDelivered"} <= set(TYPES)
    for status in ("True", "False", "Unknown"):
        all_ = [condition(type_, "Pending", "", status) for type_ in TYPES]
        show(rest, f"shop-{status.lower()}", {**healthy(), "conditions": all_})
    page = visit.sign_in(ADMIN)
    for status in ("True", "False", "Unknown"):
        page.goto(f"/#/workers/shop-{status.lower()}?namespace=shop")
        card = page.get_by_role("region", name="Conditions").get_by_role("listitem")
        expect(card).to_have_count(len(TYPES))
        told = [item.locator(".badge").inner_text() for item in card.all()]
        assert [words for words in told if not words or f" is {status}" in words] == []
        assert len(set(told)) >= len(TYPES) - 1  # a word of their own, also of Ready under way


def test_what_a_worker_follows_and_what_is_particular_about_it_is_told(
    rest: RestApi, visit: Tab
) -> None:
    status = healthy()
    status["template"] = {"kind": "WorkerTemplate", "name": "shop", "version": "4f2a91c0"}
    status["limits"] = {"cpuMs": 50, "subRequests": 20}
    status["source"] |= {"updateAvailable": "sha256:" + "1" * 64}
    show(rest, "shop-main", status, sessionAffinity="Cookie")
    rest.server.objects[ObjectKey("WorkerTemplate", "shop", "shop")] = {
        "metadata": {"name": "shop"},
        "status": {
            "version": "5a08c7d1",
            "rollout": {"version": "5a08c7d1", "phase": "Progressing", "wave": "2/3"},
            "followers": {"total": 100, "updated": 40, "ready": 38, "failed": 1},
        },
    }
    show(rest, "shop-plain", healthy())
    page = visit.sign_in(ADMIN, WORKER)
    facts, template = page.locator(".title"), page.get_by_role("region", name="Template")
    expect(template).to_contain_text("WorkerTemplate shop, version 4f2a91c0")
    expect(template).to_contain_text("wave 2/3")
    expect(template).to_contain_text(
        "40 of 100 followers have or get it, 38 ready with it, 1 failed"
    )
    expect(facts).to_contain_text("kept on an instance by a cookie")
    expect(facts).to_contain_text("50 ms CPU, 20 subrequests")
    expect(facts).to_contain_text("newer code is there, and held back")
    page.goto("/#/workers/shop-plain?namespace=shop")
    expect(page.get_by_role("heading", name="shop-plain")).to_be_visible()
    for absent in ("Sessions", "Limits", "held back"):
        expect(facts).not_to_contain_text(absent)
    expect(template).to_have_count(0)


def test_the_plot_of_requests_begins_before_the_page_was_opened(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    def measured(minutes: int, rate: str) -> None:
        status = healthy()
        status["metrics"] |= {"until": ago(minutes=minutes), "requestsPerSecond": rate}
        show(rest, "shop-main", status)

    measured(60, "10")
    page = visit.sign_in(ADMIN, WORKER)
    requests = page.get_by_role("region", name="Requests")
    expect(requests).to_contain_text("12,000")
    expect(requests.locator("canvas")).to_have_count(0)  # one point is no line
    gateway.do(lambda: measured(30, "20"))
    expect(requests.locator("canvas")).to_be_visible()
    page.reload()
    expect(requests.locator("canvas")).to_be_visible()


def test_health_metrics_and_versions_are_shown(rest: RestApi, visit: Tab) -> None:
    show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN, WORKER)
    health = page.get_by_role("region", name="Health")
    expect(health.get_by_role("img")).to_have_count(2)
    day, month = health.get_by_role("img").all()
    expect(day).to_have_accessible_name("Last 24 hours: up 98.61 %, 1 cell with outages")
    expect(month).to_have_accessible_name("Last 30 days: up 99.30 %, 2 cells with outages")
    requests = page.get_by_role("region", name="Requests").inner_text()
    for figure in ("12,000", "41", "0.19%", "45ms", "120ms", "9ms (15%)", "64MB"):
        assert figure in requests
    versions = page.get_by_role("region", name="Versions").get_by_role("row")
    expect(versions).to_have_count(3)
    expect(versions.nth(1)).to_contain_text("4f2a91c0")
    expect(versions.nth(1)).to_contain_text("100 %")


def test_strips_count_outages_that_last_that_stand_for_several_and_time_unwatched(
    rest: RestApi, visit: Tab
) -> None:
    status = healthy()
    outages = [
        {"from": ago(hours=20), "to": ago(hours=10), "downtime": "1h"},
        {"from": ago(hours=1)},
    ]
    status["health"] = {"state": "Unhealthy", "watchedSince": ago(hours=20), "outages": outages}
    show(rest, "shop-main", status)
    page = visit.sign_in(ADMIN, WORKER)
    health = page.get_by_role("region", name="Health")
    expect(health.get_by_role("img")).to_have_count(2)
    day, month = health.get_by_role("img").all()
    # Two hours of the twenty that somebody watched.
    expect(day).to_have_accessible_name(re.compile("^Last 24 hours: up (89.9.|90.0.) %"))
    expect(month).to_have_accessible_name(re.compile("^Last 30 days: up (89.9.|90.0.) %"))
    assert day.locator(".unwatched").count() in (7, 8)
    assert month.locator(".unwatched").count() == 29
    lasting, several = health.get_by_role("list", name="Outages").get_by_role("listitem").all()
    expect(lasting).to_contain_text("unhealthy, for ")
    expect(lasting).to_contain_text(" so far")
    expect(several).to_contain_text("unhealthy for 1h")


def test_a_worker_that_nobody_has_looked_at_yet_is_shown(rest: RestApi, visit: Tab) -> None:
    show(rest, "shop-main", {})
    page = visit.sign_in(ADMIN, WORKER)
    for text in (
        "The operator has not looked at it yet.",
        "No version has taken over from another one yet.",
        "It was not probed yet.",
        "There were no requests yet, or they are not counted yet.",
        "It has no autoscaler. Instances: none yet.",
    ):
        expect(page.get_by_text(text)).to_be_visible()


def test_a_worker_that_is_a_moment_old_is_up(rest: RestApi, visit: Tab) -> None:
    status = healthy()
    status["health"] = {"state": "Healthy", "watchedSince": ago(seconds=1)}
    show(rest, "shop-main", status)
    page = visit.sign_in(ADMIN, WORKER)
    health = page.get_by_role("region", name="Health")
    expect(health.get_by_role("img").first).to_have_accessible_name(
        "Last 24 hours: up 100 %, 0 cells with outages"
    )


def test_a_platform_without_an_object_has_no_state_to_tell(rest: RestApi, visit: Tab) -> None:
    page = visit.sign_in(ADMIN, "/#/platforms")
    expect(page.get_by_text("there is no object that could tell")).to_be_visible()


def test_the_autoscaler_is_plotted(rest: RestApi, visit: Tab) -> None:
    metrics = [{"type": "RequestsPerSecond", "averageValue": "50"}]
    show(rest, "shop-main", scaled(), autoscaling={"maxInstances": 10, "metrics": metrics})
    page = visit.sign_in(ADMIN, WORKER)
    scaling = page.get_by_role("region", name="Scaling")
    expect(scaling).to_contain_text("4 instances (1 to 10)")
    expect(scaling).to_contain_text("RequestsPerSecond is below target")
    expect(scaling.locator("canvas")).to_be_visible()
    # Something is drawn on it.
    drawn = "c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some((v) => v > 0)"
    assert scaling.locator("canvas").evaluate(drawn)


def test_events_and_yaml_are_as_kubernetes_has_them(rest: RestApi, visit: Tab) -> None:
    show(rest, "shop-main", healthy(), vars={"GREETING": "hello"})
    event = {"type": "Warning", "reason": "RolledBack", "message": "version 5a08c7d1: errors"}
    rest.server.events.append({**event, "metadata": {"creationTimestamp": "2026-01-31T08:00:00Z"}})
    page = visit.sign_in(ADMIN, WORKER)
    page.get_by_role("button", name="Events").click()
    expect(page.get_by_text("version 5a08c7d1: errors")).to_be_visible()
    page.get_by_role("button", name="YAML").click()
    expect(page.get_by_text("GREETING: hello")).to_be_visible()
    assert page.url.endswith("tab=yaml")


def test_a_worker_that_is_deleted_is_said_to_be_gone(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    key = show(rest, "shop-main", healthy())
    page = visit.sign_in(ADMIN, WORKER)
    expect(page.get_by_role("button", name="Scale")).to_be_visible()
    gateway.do(lambda: rest.remove(key))
    expect(page.get_by_text("The worker is gone.")).to_be_visible()
    expect(page.get_by_role("button", name="Scale")).to_have_count(0)


def test_platforms_tell_their_budget_and_their_problems(
    rest: RestApi, gateway: Served, visit: Tab
) -> None:
    show_platform(rest, "default")
    show(rest, "shop-broken", failed())
    page = visit.sign_in(ADMIN, "/#/platforms")
    card = page.get_by_role("region", name="default")
    expect(card).to_contain_text("1,200 calls in 5m")
    expect(card).to_contain_text("3 uploads: within 5m")
    expect(card).to_contain_text("code24-dispatcher-production")
    expect(card).to_contain_text("shop-broken ScriptRejected")
    gateway.do(lambda: show_platform(rest, "eu"))
    expect(page.get_by_role("region", name="eu")).to_be_visible()


def test_what_is_left_of_the_budget_is_told_as_far_as_the_operator_tells_it(
    rest: RestApi, visit: Tab
) -> None:
    show_platform(rest, "default")
    told: dict[str, Any] = {}

    def answer(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        body["platforms"][0]["budget"] |= told
        route.fulfill(response=response, json=body)

    visit.page.route("**/api/platforms", answer)
    page = visit.sign_in(ADMIN, "/#/platforms")
    card = page.get_by_role("region", name="default")
    expect(card).to_contain_text("1,200 calls in 5m")
    expect(card.get_by_role("img")).to_have_count(0)
    told |= {"left": 240, "waiting": 16, "secondsPerCall": "0.25"}
    page.reload()
    expect(card).to_contain_text("1,200 calls in 5m, about 240 of them left")
    gauge = card.get_by_role("img", name="About 240 of 1,200 calls are left")
    expect(gauge.locator(".fill")).to_have_attribute("width", "20")
    expect(card).to_contain_text("Up to 16 calls wait for their turn, the last one for about 4s")


def test_platforms_tell_who_is_told_of_problems_and_their_events(rest: RestApi, visit: Tab) -> None:
    hooks = [{"name": "ops", "open": ["a", "b"]}, {"name": "chat", "failure": "it answers 500"}]
    refused = condition("NotificationsDelivered", "WebhookFailing", "chat: it answers 500", "False")
    metrics = {"failure": "the token may not read them"}
    show_platform(rest, "default", notifications=hooks, metrics=metrics, conditions=[refused])
    event = {"type": "Warning", "reason": "TokenRejected", "message": "renew the token"}
    rest.server.events.append({**event, "metadata": {"creationTimestamp": "2026-01-31T08:00:00Z"}})
    page = visit.sign_in(ADMIN, "/#/platforms")
    card = page.get_by_role("region", name="default")
    expect(card).to_contain_text("has been told of 2 open problems")
    expect(card).to_contain_text("A webhook does not accept what it is sent")
    expect(card).to_contain_text("out of date: the token may not read them")
    expect(card).not_to_contain_text("renew the token")
    card.get_by_text("Events").click()
    expect(card).to_contain_text("renew the token")


def test_nothing_is_wider_than_a_small_screen(rest: RestApi, visit: Tab) -> None:
    show(rest, "shop-main", rolling(), **CANARY)
    visit.page.set_viewport_size({"width": 360, "height": 740})
    page = visit.sign_in(ADMIN)
    for place in ("/#/", WORKER, f"{WORKER}&tab=yaml", "/#/platforms"):
        page.goto(place)
        expect(page.get_by_role("main")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
