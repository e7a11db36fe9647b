"""Minutes that are read again, because some of their rows come late: what is known of them, and what is new. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from workers_operator.domain.metrics.window import Consumption, MetricsWindow, Place, Traffic

Minute = Mapping[str, MetricsWindow]  # script name -> what happened in one minute


@dataclass(frozen=True, slots=True)
class Growth:
    """What was not known before. ``traffic``: by script name, response times only as sums."""

    traffic: Mapping[str, Traffic] = field(default_factory=dict)
    cpu_us: int = 0

    def __add__(self, other: "Growth") -> "Growth":
        """Return the growth of both."""
        traffic = dict(self.traffic)
        for name, more in other.traffic.items():
            traffic[name] = traffic.get(name, Traffic()) + more
        return Growth(traffic, self.cpu_us + other.cpu_us)


def merged(known: Minute, found: Minute) -> Minute:
    """Return a minute as two readings tell it: rows are added to it late and never taken back.

    An answer may lack some rows that an earlier one had, so that the greater number of each instance counts.
    """
    whole = dict(known)
    for name, window in found.items():
        before = known.get(name)
        whole[name] = window if before is None else _joined(before, window)
    return whole


def growth(known: Minute, now: Minute) -> Growth:
    """Return what a minute has that was not known of it."""
    traffic: dict[str, Traffic] = {}
    cpu_us = 0
    for name, window in now.items():
        before = known.get(name)
        if before is window:
            continue
        former = before.all_traffic if before is not None else Traffic()
        spent = before.all_consumption if before is not None else Consumption()
        if (more := window.all_traffic.beyond(former)) != Traffic():
            traffic[name] = more
        cpu_us += max(0, window.all_consumption.cpu_us - spent.cpu_us)
    return Growth(traffic, cpu_us)


def _joined(before: MetricsWindow, after: MetricsWindow) -> MetricsWindow:
    traffic: dict[Place, Traffic] = dict(before.traffic)
    for place, one in after.traffic.items():
        if one.requests >= traffic.get(place, Traffic()).requests:
            traffic[place] = one
    consumption: dict[Place, Consumption] = dict(before.consumption)
    for place, used in after.consumption.items():
        if used.invocations >= consumption.get(place, Consumption()).invocations:
            consumption[place] = used
    return replace(after, traffic=traffic, consumption=consumption)
