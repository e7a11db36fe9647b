"""The fleet page in Debian's Chromium, and a gateway that serves it."""

import asyncio
import shutil
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.types import ASGIApp

from support.waiting import until
from workers_operator.authoring.page import libraries

Finding = Mapping[str, Any]
_NAMES: Final = ("chromium", "chromium-browser")
_SANDBOX: Final = "--no-sandbox"  # tests run as root, for whom Chromium has none
# All rules; but of what passes, axe need not describe every node, which takes most of its time.
_VIOLATIONS: Final = "axe.run({ resultTypes: ['violations'] }).then((found) => found.violations)"
_SERIOUS: Final = ("serious", "critical")
PATIENCE_MILLISECONDS: Final = 15_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser. Fails where there is none: a test that can't run must not look like one that passed."""
    path = next((found for name in _NAMES if (found := shutil.which(name))), None)
    assert path, "Chromium is not on PATH, and these tests need it: apt-get install chromium"
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[_SANDBOX])
        yield browser
        browser.close()


class Served:
    """An application that is served by a thread of its own. ``url``: its address."""

    def __init__(self, app: ASGIApp) -> None:
        listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(app, lifespan="off", log_config=None, server_header=False)
        self._server = uvicorn.Server(config)
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._thread = threading.Thread(target=self._run, args=(listening,))
        self._thread.start()
        until(lambda: self._server.started, "the gateway does not start")

    def _run(self, listening: socket.socket) -> None:
        with self._runner:
            self._runner.run(self._server.serve(sockets=[listening]))

    def do(self, change: Callable[[], object]) -> None:
        """Do something in the application's thread, to which everything behind it belongs."""

        async def done() -> None:
            if isinstance(found := change(), Awaitable):
                await found

        asyncio.run_coroutine_threadsafe(done(), self._loop).result()

    def stop(self) -> None:
        """Return when it is stopped; streams that are open are cut off."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()


@contextmanager
def served(app: ASGIApp) -> Iterator[Served]:
    """An application that is stopped at the end."""
    made = Served(app)
    try:
        yield made
    finally:
        made.stop()


class Tab:
    """A tab with the page. ``problems``: what the browser complains of."""

    def __init__(self, browser: Browser, address: str, **options: Any) -> None:
        self.context = browser.new_context(base_url=address, **options)
        self.context.set_default_timeout(PATIENCE_MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", self._heard)
        self.page.on("dialog", lambda dialog: self.problems.append(f"dialog {dialog.message}"))

    def _heard(self, message: Any) -> None:
        # The browser itself notes every answer that is an error, which tests ask for.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.problems.append(message.text)

    def sign_in(self, token: str, place: str = "/") -> Page:
        """Open a place and sign in."""
        self.page.goto(place)
        self.page.get_by_label("Token of your Kubernetes account").fill(token)
        self.page.get_by_role("button", name="Sign in").click()
        return self.page

    def accessibility(self) -> list[str]:
        """What axe finds to be serious."""
        axe = libraries(lambda _: None) / "axe-core" / "axe.min.js"
        self.page.evaluate(axe.read_text())
        found: list[Finding] = self.page.evaluate(_VIOLATIONS)
        return [_told(f) for f in found if f["impact"] in _SERIOUS]

    def close(self) -> None:
        """Close the tab. Fails if the browser has complained of anything."""
        self.context.close()
        assert not self.problems, "\n".join(self.problems)


def _told(finding: Finding) -> str:
    nodes = "; ".join(node["html"][:160] for node in finding["nodes"][:3])
    return f"{finding['id']} ({finding['impact']}): {finding['help']}: {nodes}"


@contextmanager
def tab(browser: Browser, address: str, **options: Any) -> Iterator[Tab]:
    """A tab that is closed at the end. ``options``: of a browser context, such as color_scheme."""
    made = Tab(browser, address, **options)
    yield made
    made.close()
