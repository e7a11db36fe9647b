"""Distributions: quantiles of groups of requests, put together to quantiles of all of them. Pure.

Analytics give a few quantiles of each group (a minute of one instance). Between two of them, a group's values are taken
to be spread evenly; of all groups together, as many are at most ``x`` as their shares up to ``x`` add up to. This is
exact where there is one group, and close where groups are alike, as the instances of one version are.
"""

from bisect import bisect_right
from dataclasses import dataclass
from typing import Final

_STEPS: Final = 40  # halvings: more than a double's resolution of any duration


@dataclass(frozen=True, slots=True)
class Group:
    """Some requests. ``points``: (value, share of the requests that have at most this value), ascending in both."""

    requests: int
    points: tuple[tuple[float, float], ...]

    @property
    def longest(self) -> float:
        """The largest value that is known."""
        return self.points[-1][0] if self.points else 0.0

    def share(self, value: float) -> float:
        """Return the share of the requests with at most ``value``."""
        place = bisect_right(self.points, value, key=lambda point: point[0])
        if place == len(self.points):
            return 1.0
        low, below = self.points[place - 1] if place else (0.0, 0.0)
        high, above = self.points[place]
        return below + (above - below) * max(0.0, value - low) / (high - low)


@dataclass(frozen=True, slots=True)
class Distribution:
    """The values of many requests."""

    groups: tuple[Group, ...] = ()

    def __add__(self, other: "Distribution") -> "Distribution":
        """Return the distribution of both."""
        return Distribution(self.groups + other.groups)

    @property
    def requests(self) -> int:
        """The number of values."""
        return sum(group.requests for group in self.groups)

    def quantile(self, level: float) -> float | None:
        """Return the value that a share of ``level`` does not exceed; None without values."""
        groups = [group for group in self.groups if group.requests and group.points]
        total = sum(group.requests for group in groups)
        if not total:
            return None
        if len(groups) == 1:
            known = [value for value, share in groups[0].points if share == level]
            if known:
                return known[0]
        low, high = 0.0, max(group.longest for group in groups)
        for _ in range(_STEPS):
            middle = (low + high) / 2
            at_most = sum(group.requests * group.share(middle) for group in groups)
            low, high = (low, middle) if at_most >= level * total else (middle, high)
        return high


NO_VALUES: Final = Distribution()
