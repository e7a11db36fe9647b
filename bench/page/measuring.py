"""What a browser has to do for a list of 5,000 workers."""

import time
from collections.abc import Mapping
from typing import Any, Final

from playwright.sync_api import Browser, Page

from support.browsing import Served, tab
from support.fleets import fill
from support.rest_api import ADMIN, RestApi
from workers_operator.authoring.bundling import packed_size
from workers_operator.gateway.page.files import FOLDER

WORKERS: Final = 5000
_VIEW: Final = {"width": 1360, "height": 860}
# The browser's own account of what it was busy with for 50 ms and longer.
_WATCH: Final = """
window.busy = [];
new PerformanceObserver((list) => window.busy.push(...list.getEntries().map((e) => e.duration)))
  .observe({ type: "longtask", buffered: true });
"""
_BUSY: Final = (
    "() => { const found = Math.max(0, ...window.busy); window.busy.length = 0; return found; }"
)
_READY: Final = """() => {
  const told = document.querySelector(".count")?.textContent ?? "";
  return told === "5,000 workers" && document.querySelectorAll("tbody tr").length > 5;
}"""
_ROWS: Final = "() => document.querySelectorAll('tbody td.c-name').length > 5"
# Scrolls through everything in two seconds; the longest time between two frames.
_SCROLL: Final = """() => new Promise((resolve) => {
  const box = document.querySelector(".scroller");
  const began = performance.now();
  let [last, longest] = [began, 0];
  const step = (now) => {
    longest = Math.max(longest, now - last);
    last = now;
    const share = Math.min(1, (now - began) / 2000);
    box.scrollTop = share * box.scrollHeight;
    if (share < 1) requestAnimationFrame(step);
    else resolve(longest);
  };
  requestAnimationFrame(step);
})"""
# From a key press to the frame that shows what it came to.
_SEARCH: Final = """(text) => new Promise((resolve) => {
  const field = document.querySelector("input[type=search]");
  const began = performance.now();
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now() - began)));
})"""
_HEAP: Final = "() => performance.memory.usedJSHeapSize / 1048576"

Figures = Mapping[str, str]


def measure(browser: Browser, gateway: Served, rest: RestApi) -> Figures:
    """Return the figures by what they are about."""
    script = (FOLDER / "static" / "page.js").read_bytes()
    found = {"script, compressed": f"{packed_size(script) / 1000:.1f} kB"}
    with tab(browser, gateway.url, viewport=_VIEW) as visit:
        page = visit.page
        page.add_init_script(_WATCH)
        visit.sign_in(ADMIN)
        page.wait_for_function(_READY)
        found |= _load(page)
        found["rows in the document"] = str(page.locator("tbody tr").count())
        found["scroll through all in 2 s: longest time between frames"] = _ms(
            page.evaluate(_SCROLL)
        )
        searches = sorted(
            float(page.evaluate(_SEARCH, text)) for text in ("s", "shop-4", "customer-57", "")
        )
        found["search: from key to frame, slowest of four"] = _ms(searches[-1])
        page.evaluate(_BUSY)
        gateway.do(lambda: fill(rest, WORKERS))
        time.sleep(3)  # all changes are taken in
        found["all 5,000 change at once: longest task"] = _ms(page.evaluate(_BUSY))
        found["heap"] = f"{page.evaluate(_HEAP):.0f} MiB"
    return found


def _load(page: Page) -> Figures:
    """A load with a token that is known already."""
    began = time.monotonic()
    page.reload(wait_until="commit")
    page.wait_for_function(_ROWS)
    rows = time.monotonic() - began
    page.wait_for_function(_READY)
    return {
        "load until the first rows": _ms(rows * 1000),
        "load until all 5,000": _ms((time.monotonic() - began) * 1000),
        "longest task of the load": _ms(page.evaluate(_BUSY)),
    }


def _ms(value: Any) -> str:
    return "below 50 ms" if value == 0 else f"{float(value):.0f} ms"


def table(figures: Figures) -> str:
    """Return the figures as a table of a document."""
    lines = "".join(f"| {name} | {value} |\n" for name, value in figures.items())
    return f"| what | figure |\n| --- | --- |\n{lines}"
