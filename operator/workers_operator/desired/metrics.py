"""Metrics as status.metrics has them: rounded, and renewed only where that tells something new. Pure."""

from typing import Final

from workers_operator.domain.metrics.window import WINDOW, MetricsWindow, digits, significant
from workers_operator.domain.tenancy.customer_plans import Limits
from workers_operator.domain.timestamps import parse_timestamp, stamp_unix
from workers_operator.resources import CpuStatus, MetricsStatus

RENEW_SECONDS: Final = 300
"""A worker's metrics are written as often at most."""
_MIB: Final = 1024 * 1024


def is_due(known: MetricsStatus | None, until: int | None) -> bool:
    """Whether metrics up to a Unix time may replace the known ones. ``until``: None before the first data."""
    return is_due_after(told_until(known), until)


def told_until(known: MetricsStatus | None) -> int | None:
    """Return the Unix time up to which metrics tell, 0 if it cannot be read; None if there are none."""
    return None if known is None else parse_timestamp(known.until) or 0


def is_due_after(known: int | None, until: int | None) -> bool:
    """Whether metrics up to a Unix time may replace those up to ``known``; None: there are none."""
    if until is None or known is None:
        return until is not None
    return until - known >= RENEW_SECONDS


def renewed(
    known: MetricsStatus | None,
    window: MetricsWindow | None,
    limits: Limits,
    *,
    is_written: bool = False,
) -> MetricsStatus | None:
    """Return the metrics that a status should have: the known ones, unless the window's differ and are due.

    ``is_written``: whether the status is written anyway, so that those that are due are renewed even if they tell
    nothing new: they are due again five minutes later, with what is written now. A worker that has never had a request
    has none.
    """
    if window is None or not is_due(known, window.until):
        return known
    if known is None:
        return metrics_of(window, limits) if window.traffic else None
    found = metrics_of(window, limits)
    is_same = found.model_copy(update={"until": known.until}) == known
    return known if is_same and not is_written else found


def metrics_of(window: MetricsWindow, limits: Limits) -> MetricsStatus:
    """Return a window's metrics, each rounded to two significant digits."""
    traffic, used = window.all_traffic, window.all_consumption
    p50, p99 = used.cpu.quantile(0.5), used.cpu.quantile(0.99)
    cpu = None
    if p50 is not None and p99 is not None:
        share = p99 / 1000 / limits.cpu_ms if limits.cpu_ms else None
        cpu = CpuStatus(
            p50=_milliseconds(p50 / 1000),
            p99=_milliseconds(p99 / 1000),
            usage=_percent(share) if share is not None else None,
        )
    average, slow = traffic.average_ms, traffic.times.quantile(0.99)
    return MetricsStatus(
        window=f"{WINDOW // 60}m",
        until=stamp_unix(window.until),
        requests=int(significant(traffic.requests)),
        errors=int(significant(traffic.failed)),
        error_rate=_percent(traffic.failed / traffic.requests) if traffic.requests else None,
        requests_per_second=digits(traffic.requests / window.seconds),
        avg_response_time=_milliseconds(average) if average is not None else None,
        p99_response_time=_milliseconds(slow) if slow is not None else None,
        cpu=cpu,
        memory=f"{digits(used.memory / _MIB)}MB" if used.memory else None,
    )


def _milliseconds(value: float) -> str:
    return f"{digits(value)}ms"


def _percent(share: float) -> str:
    return f"{digits(100 * share)}%"
