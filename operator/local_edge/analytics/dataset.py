"""Answer for the dataset `workersInvocationsAdaptive`, within its limits.

The limits are those that Cloudflare's `settings` node tells; their messages are Cloudflare's, too. Source:
developers.cloudflare.com/analytics/graphql-api/limits and /errors.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from local_edge.analytics.aggregates import DIMENSIONS, MEASURES, Aggregate, Value, grouped
from local_edge.analytics.filters import Filter, InvalidFilter, Seconds, seconds_of, test_of
from local_edge.storage.telemetry.invocations import RETENTION, Invocations

NAME = "workersInvocationsAdaptive"
NOT_OLDER_THAN = RETENTION
"""Seconds."""
MAX_DURATION = 31 * 24 * 3600
"""Seconds that a query may span."""
MAX_PAGE_SIZE = 10_000
MAX_FIELDS = 50

FIELDS: dict[str, Callable[[Aggregate], Value]] = {
    **{
        name: lambda rows, dimension=dimension: dimension.of(rows.key)  # type: ignore[misc]
        for name, dimension in DIMENSIONS.items()
    },
    **{
        f"{group}_{name}": measure.of
        for group, measures in MEASURES.items()
        for name, measure in measures.items()
    },
}
"""The fields of a row by their paths, such as `scriptName` and `sum_requests`."""
ORDERS = {f"{field}_{way}": (field, way) for field in FIELDS for way in ("ASC", "DESC")}
"""The values of `orderBy`."""


class QueryFailed(Exception):
    """The dataset does not answer this query; the text is the error's message."""


@dataclass(frozen=True)
class Question:
    """The arguments of a query, and the fields that it asks for."""

    account: str
    filter: Filter
    limit: object
    order: Sequence[str]
    dimensions: Sequence[str]
    fields: int
    """The number of fields, dimensions included."""


class Dataset:
    """`clock` tells the Unix time; invocations are known `delay` seconds after they ended."""

    def __init__(self, invocations: Invocations, delay: float, clock: Callable[[], float]) -> None:
        self._invocations = invocations
        self._delay = delay
        self._clock = clock

    def answer(self, question: Question) -> list[Aggregate]:
        """Return the rows of a query. Raises QueryFailed."""
        limit = _limit(question)
        if question.fields > MAX_FIELDS:
            raise QueryFailed(f"number of fields can't be more than {MAX_FIELDS}")
        try:
            passes, seconds = test_of(question.filter), self._seconds(question)
            orders = [ORDERS[name] for name in question.order]
        except InvalidFilter as error:
            raise QueryFailed(f'error parsing args for "{NAME}": filter: {error}') from None
        except KeyError as error:
            text = f"unknown value {error.args[0]}"
            raise QueryFailed(f'error parsing args for "{NAME}": orderBy: {text}') from None
        known = self._clock() - self._delay
        groups = self._invocations.between(
            math.floor(seconds.first), math.ceil(seconds.end), arrived=known
        )
        rows = grouped((group for group in groups if passes(group.key)), question.dimensions)
        return _sorted(rows, orders)[:limit]

    def _seconds(self, question: Question) -> Seconds:
        """Return the seconds to look at. Without a lower bound, these are as many as a query may span."""
        now = self._clock()
        wanted = seconds_of(question.filter)
        end = min(wanted.end, math.floor(now) + 1)
        if wanted.first == -math.inf:
            return Seconds(end - MAX_DURATION, end)
        if wanted.first < now - NOT_OLDER_THAN:
            raise QueryFailed(f"cannot request data older than {NOT_OLDER_THAN}s")
        span = end - wanted.first
        if span - 1 > MAX_DURATION:
            raise QueryFailed(
                f'query time range is too large for account "{question.account}". '
                f"Time range can't be wider than {MAX_DURATION}s, but it's {span:.0f}s"
            )
        return Seconds(wanted.first, end)


def _limit(question: Question) -> int:
    limit = question.limit
    if isinstance(limit, int) and 0 < limit <= MAX_PAGE_SIZE:
        return limit
    raise QueryFailed(f"limit must be positive number and not greater than {MAX_PAGE_SIZE}")


def _sorted(rows: list[Aggregate], orders: Iterable[tuple[str, str]]) -> list[Aggregate]:
    for field, way in reversed(list(orders)):
        rows = sorted(rows, key=lambda row: _sort_key(FIELDS[field](row)), reverse=way == "DESC")
    return rows


def _sort_key(value: Value) -> tuple[bool, Value]:
    return value is not None, value if value is not None else 0
