"""Collect metrics by two queries per interval and platform, whatever the number of workers."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from workers_operator.account.metrics import peaks, seasons
from workers_operator.account.metrics.comparisons import Comparisons
from workers_operator.account.metrics.recent import RecentMetrics
from workers_operator.cloudflare import analytics
from workers_operator.cloudflare.analytics import DataPoints, InvocationsRow, TrafficRow
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.telemetry.outcomes import OutcomesRow, outcomes
from workers_operator.domain import names
from workers_operator.domain.metrics.distribution import Distribution, Group
from workers_operator.domain.metrics.growth import Growth, Minute
from workers_operator.domain.metrics.tally import Tally
from workers_operator.domain.metrics.window import (
    MINUTE,
    WINDOW,
    Consumption,
    MetricsWindow,
    Place,
    Traffic,
    newest_complete_minute,
)
from workers_operator.engine.priority import Priority

_PRIORITY: Final = Priority.RESYNC
_LATE_SECONDS: Final = MINUTE
"""How much of what was read is read again: rows may come so much later than ``spec.metrics.delay``."""
_CATCH_UP_SECONDS: Final = 3600
"""After an outage, minutes as old as this are still counted."""
_Traffic = defaultdict[int, defaultdict[str, dict[Place, Traffic]]]  # minute -> script name
_Consumption = defaultdict[int, defaultdict[str, dict[Place, Consumption]]]
_Outcomes = defaultdict[str, list[OutcomesRow]]  # version -> a row for each bucket


async def collect(
    api: Api,
    recent: RecentMetrics,
    *,
    points: DataPoints,
    dispatch_namespace: str,
    script_names: Mapping[str, str],
    now: float,
    delay: float,
) -> Growth | None:
    """Add the minutes that have become complete since the last time, and return what is new; None without any.

    ``script_names``: base name → script name. ``now``: Unix time. Raises CloudflareError.
    """
    until = newest_complete_minute(now, delay)
    if recent.until is not None and recent.until >= until:
        return None
    since = until - WINDOW
    if recent.until is not None:
        since = max(until - _CATCH_UP_SECONDS, recent.until - _LATE_SECONDS)
    traffic: _Traffic = defaultdict(lambda: defaultdict(dict))
    ours = frozenset(script_names.values())  # platforms of an environment may share a dataset
    async for row in analytics.traffic(api, points, since, until, _PRIORITY):
        if row.worker not in ours:
            continue
        traffic[row.minute][row.worker][row.version, row.instance] = _traffic(row)
    consumption: _Consumption = defaultdict(lambda: defaultdict(dict))
    async for group in analytics.invocations(api, dispatch_namespace, since, until, _PRIORITY):
        parsed = names.parse_versioned_name(group.script)
        script_name = script_names.get(parsed.base) if parsed is not None else None
        if parsed is not None and script_name is not None:
            place = (parsed.hash, parsed.instance)
            consumption[group.minute][script_name][place] = _consumption(group)
    minutes = range(since, until, MINUTE)
    return recent.add(
        [(start, _minute(start, traffic[start], consumption[start])) for start in minutes], until
    )


async def collect_seasons(api: Api, recent: RecentMetrics, points: DataPoints) -> None:
    """Add loads of the workers whose autoscaler forecasts. Raises CloudflareError."""
    if (until := recent.until) is None:
        return
    for since, script_names in recent.seasons.lacking(until).items():
        wanted = list(script_names)
        found = analytics.loads(api, points, wanted, (since, until), seasons.STEP, _PRIORITY)
        requests = {(name, start): count async for name, start, count in found}
        recent.seasons.add(wanted, requests, until)


async def collect_peaks(api: Api, recent: RecentMetrics, points: DataPoints, now: float) -> bool:
    """Collect the incomplete minutes; return whether an autoscaler needs them.

    ``now``: Unix time. Raises CloudflareError.
    """
    wanted = recent.peaks.wanted(now)
    if recent.until is None or not wanted:
        return False
    span = (recent.until, int(now) + 1)
    found: dict[str, float] = {}
    async for name, _, count in analytics.loads(api, points, wanted, span, peaks.STEP, _PRIORITY):
        found[name] = max(found.get(name, 0.0), count / peaks.STEP)
    recent.peaks.renew(found)
    return True


async def collect_comparisons(
    api: Api, recent: RecentMetrics, points: DataPoints, now: float, delay: float
) -> list[str]:
    """Count the new requests to the workers whose rollouts are analysed, and return those workers.

    Those to the followers of templates whose waves are analysed are counted, too. ``now``: Unix time; ``delay``: how
    late data is, in seconds. Raises CloudflareError.
    """
    for comparisons in (recent.before_waves, recent.since_waves):
        await _compare(api, comparisons, points, now, delay)
    return await _compare(api, recent.comparisons, points, now, delay)


async def _compare(
    api: Api, comparisons: Comparisons, points: DataPoints, now: float, delay: float
) -> list[str]:
    renewed: list[str] = []
    for span, script_names in comparisons.lacking(now, delay).items():
        wanted, found = list(script_names), defaultdict[str, _Outcomes](lambda: defaultdict(list))
        async for row in outcomes(api, points, wanted, span, _PRIORITY):
            found[row.worker][row.version].append(row)
        tallies = {name: _tallies(versions) for name, versions in found.items()}
        comparisons.add(wanted, span, tallies)
        renewed += wanted
    comparisons.asked(failed=False)
    return renewed


def _tallies(versions: _Outcomes) -> Mapping[str, Tally]:
    return {
        version: Tally(
            sum(row.requests for row in rows),
            sum(row.failed for row in rows),
            {row.bucket: row.requests for row in rows},
        )
        for version, rows in versions.items()
    }


def _minute(
    start: int,
    traffic: Mapping[str, Mapping[Place, Traffic]],
    consumption: Mapping[str, Mapping[Place, Consumption]],
) -> Minute:
    return {
        name: MetricsWindow(start, start + MINUTE, traffic.get(name, {}), consumption.get(name, {}))
        for name in sorted(traffic.keys() | consumption.keys())
    }


def _traffic(row: TrafficRow) -> Traffic:
    times = Distribution((Group(row.requests, row.quantiles),))
    return Traffic(row.requests, row.errors, row.total_ms, times)


def _consumption(row: InvocationsRow) -> Consumption:
    sums = row.sums
    return Consumption(
        invocations=sums.requests,
        cpu_us=sums.cpu_us,
        cpu=Distribution((Group(sums.requests, row.quantiles),)),
        memory=row.memory,
    )
