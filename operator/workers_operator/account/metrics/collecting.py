"""Collects metrics: two queries an interval and platform, whatever the number of workers."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from workers_operator.account.metrics import peaks, seasons
from workers_operator.account.metrics.recent import Minute, RecentMetrics
from workers_operator.cloudflare import analytics
from workers_operator.cloudflare.analytics import DataPoints, InvocationsRow, TrafficRow
from workers_operator.cloudflare.api import Api
from workers_operator.domain import names
from workers_operator.domain.metrics.distribution import Distribution, Group
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
_Traffic = defaultdict[tuple[int, str], dict[Place, Traffic]]
_Consumption = defaultdict[tuple[int, str], dict[Place, Consumption]]


async def collect(
    api: Api,
    recent: RecentMetrics,
    *,
    points: DataPoints,
    dispatch_namespace: str,
    script_names: Mapping[str, str],
    now: float,
    delay: float,
) -> bool:
    """Add the minutes that have become complete since the last time; return whether there were any.

    ``script_names``: base name → script name. ``now``: Unix time. Raises CloudflareError.
    """
    until = newest_complete_minute(now, delay)
    since = max(until - WINDOW, recent.until or 0)
    if since >= until:
        return False
    traffic: _Traffic = defaultdict(dict)
    ours = frozenset(script_names.values())  # platforms of an environment may share a dataset
    async for row in analytics.traffic(api, points, since, until, _PRIORITY):
        if row.worker not in ours:
            continue
        traffic[row.minute, row.worker][row.version, row.instance] = _traffic(row)
    consumption: _Consumption = defaultdict(dict)
    async for group in analytics.invocations(api, dispatch_namespace, since, until, _PRIORITY):
        parsed = names.parse_versioned_name(group.script)
        script_name = script_names.get(parsed.base) if parsed is not None else None
        if parsed is not None and script_name is not None:
            place = (parsed.hash, parsed.instance)
            consumption[group.minute, script_name][place] = _consumption(group)
    minutes = range(since, until, MINUTE)
    recent.add([(start, _minute(start, traffic, consumption)) for start in minutes], until)
    return True


async def collect_seasons(api: Api, recent: RecentMetrics, points: DataPoints) -> None:
    """Add to the loads of the workers whose autoscaler forecasts. Raises CloudflareError."""
    if (until := recent.until) is None:
        return
    for since, script_names in recent.seasons.lacking(until).items():
        wanted = list(script_names)
        found = analytics.loads(api, points, wanted, (since, until), seasons.STEP, _PRIORITY)
        requests = {(name, start): count async for name, start, count in found}
        recent.seasons.add(wanted, requests, until)


async def collect_peaks(api: Api, recent: RecentMetrics, points: DataPoints, now: float) -> bool:
    """Look at what is there of the minutes that are not complete; return whether an autoscaler asks for it.

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


def _minute(start: int, traffic: _Traffic, consumption: _Consumption) -> Minute:
    found = {name for minute, name in (*traffic, *consumption) if minute == start}
    return {
        name: MetricsWindow(
            start,
            start + MINUTE,
            traffic.get((start, name), {}),
            consumption.get((start, name), {}),
        )
        for name in sorted(found)
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
