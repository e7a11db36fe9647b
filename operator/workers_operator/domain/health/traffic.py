"""Degradation: whether what visitors' requests came to exceeds a worker's budgets, and who is at fault. Pure."""

from dataclasses import dataclass
from typing import Final

from workers_operator.domain.metrics.window import (
    MINUTE,
    MetricsWindow,
    Traffic,
    digits,
    significant,
)

LEAST_REQUESTS: Final = 20
"""Fewer requests in a window say nothing: one failure among three is no error rate."""
_LEAVE: Final = 0.8
"""A degraded worker has to come down to this share of a budget: one that hovers around it does not flap."""
_MOST: Final = 0.8
"""An instance with so many of the errors, and with fewer of the requests, is the one at fault."""
_AT_FAULT: Final = {
    "exception": "the script throws exceptions (workers-operator logs shows them)",
    "limit": "the script exceeds its limits on CPU time, memory or subrequests",
    "unavailable": "the dispatcher finds no script",
    "status": "the worker answers with a status of 500 or more",
    "origin": "the worker answers with 502 to 504 or 520 to 530, as if the origin behind it failed",
}


@dataclass(frozen=True, slots=True)
class Budgets:
    """What requests may come to: a share of errors, a 99th percentile of response times; None: anything."""

    error_rate: float | None = None
    response_ms: float | None = None


def excess(window: MetricsWindow, budgets: Budgets, *, was_degraded: bool) -> str | None:
    """Return what exceeds a budget, "" if nothing does, None if there are too few requests to tell.

    ``window``: of the version that serves. A worker without any request is not degraded.
    """
    total = window.all_traffic
    if total.requests < LEAST_REQUESTS:
        return None if total.requests else ""
    factor = _LEAVE if was_degraded else 1.0
    of = f"of {significant(total.requests):.0f} requests in {window.seconds // MINUTE} minutes"
    rate, slow = total.failed / total.requests, total.times.quantile(0.99)
    if budgets.error_rate is not None and rate > budgets.error_rate * factor:
        return f"{digits(100 * rate)}% {of} failed, more than spec.health.maxErrorRate: {_fault(window, total)}"
    if budgets.response_ms is not None and slow is not None and slow > budgets.response_ms * factor:
        took = f"the slowest 1% {of} took {digits(slow)}ms or more"
        return f"{took}, more than spec.health.maxResponseTime"
    return ""


def _fault(window: MetricsWindow, total: Traffic) -> str:
    """Return what most of the errors are, and on which instance, if it is one."""
    kind, count = max(total.errors.items(), key=lambda item: (item[1], item[0]))
    fault = _AT_FAULT.get(kind, kind)
    for (_, instance), one in sorted(window.traffic.items()):
        most = one.errors.get(kind, 0) >= _MOST * count
        if most and one.requests < _MOST * total.requests:
            return f"{fault}, on instance {instance}"
    return fault
