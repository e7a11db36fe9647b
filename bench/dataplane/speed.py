"""How fast requests are answered: beside workerd alone, behind the dispatcher, and with reads of KV and R2."""

import json
import statistics
import time
from typing import Final

import httpx

from bench.dataplane.hops import Figures, Hop, Ladder, measured
from bench.dataplane.site import KEYS, Site, entry
from bench.dataplane.wrk import Target
from bench.report import Report
from workers_operator.authoring.bundling import WORKERS

_ROUNDS: Final = 3
_SECONDS: Final = 2.0
_COLD: Final = 5
"""Requests that read keys which nobody has read before."""
# The dispatcher with bindings that answer at once: what is left is its own JavaScript.
_ALONE: Final = """
const entry = ENTRY;
const env = {
  ENVIRONMENT: 'dev',
  WORKER_METADATA: { get: async () => entry },
  DISPATCHER: { get: () => ({ fetch: async () => new Response('ok') }) },
  WORKERS_ANALYTICS: { writeDataPoint() {} },
};
export default { fetch: (request) => dispatcher.fetch(request, env) };
"""


def requests(
    ladder: Ladder, site: Site, *, rounds: int = _ROUNDS, seconds: float = _SECONDS
) -> Report:
    """The ratios of the request path."""
    report = Report("requests", "wrk with one thread; the fronts take turns; medians of the rounds")
    pids = site.pids()
    [bare] = [hop for hop in ladder.hops() if hop.name == "one script"]
    plain = Hop("plain", site.plain(), pids)
    dispatched = Hop("dispatched", site.dispatched(), pids)
    alone = Hop("alone", _dispatcher_alone(site), pids)
    found = measured([bare, plain, dispatched, alone], rounds=rounds, seconds=seconds)
    direct, script = found[bare.name], found["plain"]
    report.at_least(
        "account script ÷ bare workerd, requests/s at 32", script.rate / direct.rate, 0.5
    )
    report.at_most("… p50 at 1", script.p50 / direct.p50, 2)
    report.at_least(
        "through the dispatcher ÷ directly, requests/s at 32",
        found["dispatched"].rate / script.rate,
        0.6,
    )
    report.at_most(
        "dispatcher and KV lookup add, p50", found["dispatched"].p50 - script.p50, 0.3, " ms"
    )
    report.at_most("… p99", found["dispatched"].p99 - script.p99, 1, " ms")
    report.at_most("the dispatcher's own share, p50", found["alone"].p50 - script.p50, 0.1, " ms")
    for name, figures in found.items():
        report.note(_told(name, figures))
    return report


def _told(name: str, figures: Figures) -> str:
    rates = ", ".join(f"{load.rate:.0f}" for load in figures.many)
    return f"{name}: p50 {figures.p50:.3f} ms, p99 {figures.p99:.2f} ms; requests/s {rates}"


def _dispatcher_alone(site: Site) -> Target:
    code = (WORKERS / "bundles" / "dispatcher.js").read_text()
    head, _, rest = code.rpartition("export {")
    assert "as default" in rest, "the dispatcher's bundle has another shape"
    name = rest.split(" as default")[0].strip()
    wrapped = _ALONE.replace("ENTRY", json.dumps(entry("alone"))).replace(
        "dispatcher.fetch", f"{name}.fetch"
    )
    site.upload("alone", head + wrapped)
    site.route(f"alone.{site.edge.domain}/*", "alone")
    return site.target("alone")


def reads(site: Site) -> Report:
    """What a read of KV or R2 takes in a script: the time of a request with many of them, divided."""
    report = Report(
        "reads",
        f"{KEYS} reads of 1 KiB, one after the other, in one request; less a request without any",
    )
    reader = site.reader()
    with httpx.Client(
        base_url=site.edge.data_url, headers={"Host": reader.host}, timeout=30
    ) as client:
        for kind in ("kv", "r2"):
            _ask(client, kind, KEYS, "warm")
            none = statistics.median(_ask(client, kind, 0, "warm") for _ in range(20))
            warm = statistics.median(_ask(client, kind, KEYS, "warm") for _ in range(20))
            cold = []
            for number in range(_COLD):
                site.fill(f"cold-{kind}-{number}")
                cold.append(_ask(client, kind, KEYS, f"cold-{kind}-{number}"))
            report.at_most(
                f"{kind.upper()} read by binding, warm", (warm - none) / KEYS, 0.2, " ms"
            )
            report.at_most("… cold", (statistics.median(cold) - none) / KEYS, 1, " ms")
    return report


def _ask(client: httpx.Client, kind: str, count: int, prefix: str) -> float:
    """Milliseconds of one request."""
    began = time.perf_counter()
    answer = client.get(f"/{kind}", params={"count": count, "prefix": prefix})
    assert answer.text == "ok", answer.text
    return (time.perf_counter() - began) * 1000
