"""Fixtures for the fleet page: a browser, and a gateway in memory that serves it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from support.browsing import Served, Tab, chromium, served, tab
from support.rest_api import RestApi

DESKTOP = {"width": 1360, "height": 860}


# Not of the session: while Playwright runs, no other event loop may run in its thread.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as made:
        yield made


@pytest.fixture
def rest() -> RestApi:
    """What is behind the gateway: an empty cluster."""
    return RestApi()


@pytest.fixture
def gateway(rest: RestApi) -> Iterator[Served]:
    """The gateway at an address."""
    with served(rest.app) as made:
        yield made


@pytest.fixture
def visit(browser: Browser, gateway: Served) -> Iterator[Tab]:
    """A tab, where nobody has signed in."""
    with tab(browser, gateway.url, viewport=DESKTOP) as made:
        yield made
