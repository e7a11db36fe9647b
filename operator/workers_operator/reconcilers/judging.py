"""What analyses of requests need: statistical tests, and some patience with metrics."""

from collections.abc import Sequence
from typing import Final, Protocol

from workers_operator.domain.rollout.analysis import Counts

FAILURES: Final = 4
"""Attempts in a row to read metrics that may fail before they are not waited for."""


class StatisticalTests(Protocol):
    """Makes statistical tests: ``statistics.process.ExactTests``."""

    async def p_values(self, counts: Sequence[Counts]) -> Sequence[float]:
        """Return the p-value of each test. Raises TestsUnavailable."""
