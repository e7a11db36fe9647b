"""Counts the requests to each version by outcome and response time, from the dispatcher's data points.

developers.cloudflare.com/analytics/analytics-engine/sql-reference
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from workers_operator.cloudflare.analytics import DataPoints, rows_of, whole_number
from workers_operator.cloudflare.api import Api
from workers_operator.domain.metrics.tally import BUCKETS_PER_OCTAVE
from workers_operator.engine.priority import Priority

_WORKERS: Final = 500  # of a query: their names are part of its text
# Data points are counted as they were kept, not as what they stand for: a test must know how few they are.
_OUTCOMES: Final = """
SELECT blob2 AS worker, blob3 AS version, IF(double2 < 1, 0, floor(log(double2) * {buckets})) AS bucket,
  count() AS samples, SUM(IF(blob4 <> 'ok' OR double1 >= 500, 1, 0)) AS failed
FROM {dataset}
WHERE blob2 IN ({workers}) AND blob4 <> 'parked' AND blob7 = '{environment}'
  AND timestamp >= toDateTime({since}) AND timestamp < toDateTime({until})
GROUP BY worker, version, bucket
ORDER BY worker, version, bucket
"""
_PER_E: Final = BUCKETS_PER_OCTAVE / log(2)


@dataclass(frozen=True, slots=True)
class OutcomesRow:
    """Requests to one version that took about as long: ``bucket`` is one of ``domain.metrics.tally``."""

    worker: str
    version: str
    bucket: int
    requests: int
    failed: int


async def outcomes(
    api: Api,
    points: DataPoints,
    workers: Sequence[str],
    span: tuple[int, int],
    priority: Priority,
) -> AsyncGenerator[OutcomesRow, None]:
    """Yield what the requests to some workers came to. ``span``: two Unix times. Raises CloudflareError."""
    for first in range(0, len(workers), _WORKERS):
        some = workers[first : first + _WORKERS]
        quoted = ", ".join("'" + worker.replace("'", "''") + "'" for worker in some)
        text = _OUTCOMES.replace("{workers}", quoted).replace("{buckets}", repr(_PER_E))
        async for row in rows_of(api, points, text, span, priority):
            yield OutcomesRow(
                worker=str(row.get("worker") or ""),
                version=str(row.get("version") or ""),
                bucket=whole_number(row.get("bucket")),
                requests=whole_number(row.get("samples")),
                failed=whole_number(row.get("failed")),
            )
