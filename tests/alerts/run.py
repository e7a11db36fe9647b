"""Tests the alerts and the dashboard with Debian's Prometheus: ``make test-alerts``.

First promtool checks and tests the rules. Then Prometheus scrapes an operator beside a local edge and a local cluster,
real faults fire the alerts, and whatever a rule or panel reads has data in the end. It takes about eight minutes.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "operator"), str(ROOT / "tests"), str(ROOT)]

from alerts import promtool  # noqa: E402
from alerts.faults import Faults  # noqa: E402
from alerts.server import Prometheus, fast, prometheus  # noqa: E402
from bench.observability.panels import ROWS  # noqa: E402
from bench.observability.picture import draw  # noqa: E402
from support.bed import bed  # noqa: E402
from support.promql import alerts, metrics_in, rules  # noqa: E402
from toolchain import debian  # noqa: E402

PICTURE: Final = ROOT / "docs" / "images" / "dashboard.svg"
_PATIENCE: Final = 240.0


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def await_alerts(server: Prometheus, began: float, *names: str) -> None:
    """Return once these alerts have fired, since their faults began. Exits with 1 if one of them does not."""
    left, deadline = set(names), time.monotonic() + _PATIENCE
    while left:
        for name in sorted(left & server.fired(began)):
            say(f"    {name} fired after {time.monotonic() - began:.0f} s")
            left.discard(name)
        if time.monotonic() > deadline:
            pending = server.query('ALERTS{alertstate="pending"}')
            names_ = sorted({found["metric"]["alertname"] for found in pending})
            sys.exit(f"not within {_PATIENCE:.0f} s: {', '.join(sorted(left))}; pending: {names_}")
        time.sleep(0.5)


def cause_what_few_notice(server: Prometheus, faults: Faults) -> None:
    """Cause the faults of visitors, workers and platforms, and await the alert of each."""
    say("==> traffic with errors, broken workers, broken platforms")
    started = time.monotonic()
    server.scrape(faults.operator.address)
    faults.start_traffic()
    before, began = server.fired(started), time.monotonic()
    assert not before, f"alerts before the first fault: {before}"
    faults.break_workers()
    faults.break_template()
    faults.begin_rollout()
    faults.break_platforms()
    faults.overwrite_script()
    faults.fill_namespace()
    await_alerts(
        server,
        began,
        *("WorkersDeploymentFailing", "WorkersUnhealthy", "WorkersOwnershipConflict"),
        *("WorkersPlatformTokenInvalid", "WorkersPlatformNotReady", "WorkersApiBudgetExhausted"),
        *("WorkersErrorRateHigh", "WorkersSingleErrorRateHigh", "WorkersSlow", "WorkersLimitsExceeded"),
        *("WorkersNotReady", "WorkersMetricsStale", "WorkersOrphans", "WorkersScriptsNearAllowance"),
        *("WorkersContentTampered", "WorkersTemplateStopped"),
    )  # fmt: skip


def cause_what_all_notice(server: Prometheus, faults: Faults) -> None:
    """Cause the faults of the operator and of Cloudflare's API, and await the alert of each."""

    def cause(what: str, fault: Callable[[], None], *names: str) -> None:
        say(f"==> {what}")
        began = time.monotonic()
        fault()
        if faults.operator.process.alive:
            server.scrape(faults.operator.address)
        await_alerts(server, began, *names)

    cause("a bug of the operator", faults.plant_bug, "WorkersOperatorPanics")
    cause("Cloudflare's API fails", faults.fail_calls, "WorkersApiErrors")
    cause(
        "calls take so long that objects wait",
        lambda: faults.slow_calls(1.5),
        "WorkersOperatorQueueSlow",
    )
    names = ("WorkersApiSlow", "WorkersOperatorQueueStuck")
    cause("calls take so long that nothing gets done", lambda: faults.slow_calls(10), *names)
    cause("no operator", faults.stop_operator, "WorkersOperatorDown")
    cause("no leader", faults.take_lease, "WorkersOperatorNoLeader")


def without_data(server: Prometheus, began: float) -> Iterator[str]:
    """Whatever a rule or a panel reads and had no data in this run, and alerts that no fault has fired."""
    for name in sorted(set(alerts()) - server.fired(began)):
        yield f"alert {name}"
    read = {name for rule in rules() for name in metrics_in(rule["expr"])}
    for name in sorted(read):
        if not server.query(f"count_over_time({name}[1h])"):
            yield f"metric {name}"
    for row in ROWS:
        for spec in row.panels:
            for query in spec.queries:
                if not server.over(in_this_run(query.expr), 5):
                    yield f"panel {spec.title}: {query.expr}"


def in_this_run(expression: str) -> str:
    """A panel's expression with values for its variables."""
    for name, value in (("platform", ".*"), ("namespace", ".*"), ("worker", ".*")):
        expression = expression.replace(f'"${name}"', f'"{value}"')
    return fast(expression.replace("$__rate_interval", "5m"))


def main() -> None:
    """Run everything. Exits with 1 at the first thing that is not as it must be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rules-only", action="store_true", help="only what promtool tests")
    parser.add_argument("--write-docs", action="store_true", help=f"draw {PICTURE.name}")
    options = parser.parse_args()
    tools = {name: debian.program(name, "prometheus", say) for name in ("promtool", "prometheus")}
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="alerts-") as temporary:
        folder = Path(temporary)
        say("==> promtool")
        say(promtool.check(tools["promtool"], folder).strip())
        if options.rules_only:
            return
        with bed("local", folder) as made, prometheus(tools["prometheus"], folder / "p") as server:
            faults = Faults(made)
            try:
                cause_what_few_notice(server, faults)
                cause_what_all_notice(server, faults)
            finally:
                faults.close()
            if missing := list(without_data(server, began)):
                sys.exit("without data:\n" + "\n".join(missing))
            if options.write_docs:
                draw(PICTURE, lambda expression: server.over(in_this_run(expression), 4))
    say(f"{len(alerts())} passed, 0 failed ({time.monotonic() - began:.0f} s): all alerts fired")


if __name__ == "__main__":
    main()
