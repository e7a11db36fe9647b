"""What axe finds: nothing that is serious, in light and dark, on large and small screens."""

from typing import Any, Final

import pytest
from playwright.sync_api import Browser, expect

from support.browsing import Served, tab
from support.fleets import STEPS, failed, fill, rolling, scaled, show, show_platform
from support.rest_api import ADMIN, RestApi

WORKER: Final = "/#/workers/shop-main?namespace=shop"
OPTIONS: Final = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "small": {"viewport": {"width": 390, "height": 844}},
}


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_axe_finds_nothing_serious(
    rest: RestApi, gateway: Served, browser: Browser, options: dict[str, Any]
) -> None:
    fill(rest, 200)
    canary = {"rollout": {"strategy": "Canary", "steps": list(STEPS)}}
    show(rest, "shop-main", rolling(), **canary)
    metrics = [{"type": "RequestsPerSecond", "averageValue": "50"}]
    show(rest, "shop-scaled", scaled(), autoscaling={"maxInstances": 10, "metrics": metrics})
    show(rest, "shop-broken", failed())
    hooks = [{"name": "ops", "open": ["a"]}, {"name": "chat", "failure": "it answers 500"}]
    show_platform(rest, "default", notifications=hooks)
    found: dict[str, list[str]] = {}
    with tab(browser, gateway.url, **options) as visit:
        visit.page.goto("/")
        expect(visit.page.get_by_role("heading")).to_be_visible()
        found["login"] = visit.accessibility()
        page = visit.sign_in(ADMIN)
        expect(page.get_by_text("203 workers", exact=True)).to_be_visible()
        found["list"] = visit.accessibility()
        for name in ("main", "scaled", "broken"):
            page.goto(f"/#/workers/shop-{name}?namespace=shop")
            expect(page.get_by_role("region", name="Versions").get_by_role("table")).to_be_visible()
            found[name] = visit.accessibility()
        for name in ("Logs", "Events", "YAML"):
            page.goto(f"{WORKER}&tab={name.lower()}")
            expect(page.get_by_role("region", name=name, exact=True)).to_be_visible()
            found[name] = visit.accessibility()
        page.goto(WORKER)
        page.get_by_role("button", name="Abort").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found["dialog"] = visit.accessibility()
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("dialog")).to_be_visible()
        found["deletion"] = visit.accessibility()
        page.keyboard.press("Escape")
        page.goto("/#/platforms")
        page.get_by_role("region", name="default").get_by_text("Events").click()
        expect(page.get_by_text("There are no Events")).to_be_visible()
        found["platforms"] = visit.accessibility()
    assert {place: problems for place, problems in found.items() if problems} == {}
