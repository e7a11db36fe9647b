"""Screenshots of the fleet page: light, dark, and on a small screen."""

import math
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect

from support.browsing import Served, tab
from support.fleets import STEPS, Status, ago, condition, rolling, scaled, show, show_platform
from support.rest_api import ADMIN, RestApi

_LARGE: Final = {"width": 1280, "height": 800}
_SMALL: Final = {"width": 390, "height": 780}
_SCHEMES: Final[Mapping[str, Mapping[str, Any]]] = {
    "light": {"viewport": _LARGE, "color_scheme": "light"},
    "dark": {"viewport": _LARGE, "color_scheme": "dark"},
    "small": {"viewport": _SMALL, "color_scheme": "light"},
}


def take(browser: Browser, gateway: Served, rest: RestApi, folder: Path) -> None:
    """Write ``page-<what>-<scheme>.png`` into a folder."""
    _prepare(gateway, rest)
    for scheme, options in _SCHEMES.items():
        with tab(browser, gateway.url, locale="en-GB", **options) as visit:
            page = visit.sign_in(ADMIN)
            expect(page.locator(".count")).to_have_text(re.compile("^[0-9,]+ workers$"))
            page.mouse.move(0, 0)
            page.screenshot(path=folder / f"page-workers-{scheme}.png")
            for name in ("canary", "scaled"):
                page.goto(f"/#/workers/shop-{name}?namespace=shop")
                _settled(page)
                page.screenshot(path=folder / f"page-{name}-{scheme}.png", full_page=True)
            page.goto("/#/platforms")
            expect(page.get_by_role("region", name="default")).to_be_visible()
            page.screenshot(path=folder / f"page-platforms-{scheme}.png")


def _prepare(gateway: Served, rest: RestApi) -> None:
    canary = {"rollout": {"strategy": "Canary", "steps": list(STEPS)}}
    for minutes in range(240, 0, -5):
        gateway.do(partial(show, rest, "shop-canary", _busy(minutes), **canary))
    metrics = [{"type": "RequestsPerSecond", "averageValue": "50"}]
    autoscaling = {"maxInstances": 10, "metrics": metrics}
    gateway.do(lambda: show(rest, "shop-scaled", scaled(), autoscaling=autoscaling))
    hooks = [{"name": "on-call"}, {"name": "chat", "open": ["a", "b"]}]
    gateway.do(lambda: show_platform(rest, "default", notifications=hooks))
    message = "the API token is not valid: replace it in Secret code24-workers/eu"
    refused = [
        condition(kind, "TokenInvalid", message, "False") for kind in ("Ready", "Authenticated")
    ]
    gateway.do(lambda: show_platform(rest, "eu", conditions=refused))


def _busy(minutes: int) -> Status:
    """A canary with the metrics that it had so many minutes ago: a wave of requests, and errors at its height."""
    wave = math.sin(minutes / 45) ** 2
    status = rolling()
    told = {"until": ago(minutes=minutes), "requestsPerSecond": f"{12 + 60 * wave:.0f}"}
    status["metrics"] |= told | {"errorRate": f"{0.1 + 8 * wave**6:.2f}%"}
    return status


def _settled(page: Page) -> None:
    table = page.get_by_role("region", name="Versions").get_by_role("table")
    expect(table).to_be_visible()
    page.evaluate("document.activeElement?.blur()")
