"""Tallies: requests counted by outcome and by response time, so that two versions can be compared. Pure.

Response times are counted in buckets, each 2^(1/8) as wide as the one before: a response time is known to 9 percent.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil, log2
from typing import Final

BUCKETS_PER_OCTAVE: Final = 8


def upper_ms(bucket: int) -> float:
    """Return the upper end of a bucket in milliseconds: bucket 0 holds times up to 2^(1/8) ms."""
    return float(2 ** ((bucket + 1) / BUCKETS_PER_OCTAVE))


def first_above(milliseconds: float) -> int:
    """Return the first bucket that holds only longer times."""
    return max(1, ceil(log2(milliseconds) * BUCKETS_PER_OCTAVE)) if milliseconds > 0 else 1


@dataclass(frozen=True, slots=True)
class Tally:
    """Requests to one version. ``failed``: of all kinds; ``times``: bucket → requests."""

    requests: int = 0
    failed: int = 0
    times: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        """Return the tally of both."""
        return Tally(
            self.requests + other.requests,
            self.failed + other.failed,
            dict(Counter(self.times) + Counter(other.times)),
        )

    @property
    def error_rate(self) -> float:
        """The share of the requests that failed; 0 without requests."""
        return self.failed / self.requests if self.requests else 0.0

    def from_bucket(self, bucket: int) -> int:
        """Return the number of requests in a bucket and all above it."""
        return sum(count for at, count in self.times.items() if at >= bucket)

    def bucket_at(self, level: float) -> int:
        """Return the bucket of a quantile: a share of ``level`` lies in it and those below. 0 without requests."""
        below, found = 0, 0
        for found in sorted(self.times):
            below += self.times[found]
            if below >= level * self.requests:
                break
        return found
