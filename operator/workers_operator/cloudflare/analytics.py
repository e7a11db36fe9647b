"""Reads analytics: the dispatcher's data points by SQL, and Cloudflare's own counts by GraphQL.

developers.cloudflare.com/analytics/analytics-engine/sql-api,
developers.cloudflare.com/analytics/graphql-api/tutorials/querying-workers-metrics
"""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.errors import Rejected, ServerError
from workers_operator.domain.reasons import Reason
from workers_operator.domain.timestamps import parse_timestamp, stamp_unix
from workers_operator.engine.priority import Priority

SQL: Final = "/accounts/{account}/analytics_engine/sql"
GRAPHQL: Final = "/graphql"
PAGE: Final = 10_000  # rows of a result, groups of a dataset

# The columns are the dispatcher's: workers/src/dispatcher.js. A parked worker has no traffic.
_TRAFFIC: Final = """
SELECT blob2 AS worker, blob3 AS version, double3 AS instance,
  toUnixTimestamp(toStartOfInterval(timestamp, INTERVAL '1' MINUTE)) AS minute,
  SUM(_sample_interval) AS requests,
  SUM(IF(blob4 = 'exception', _sample_interval, 0)) AS exception,
  SUM(IF(blob4 = 'limit', _sample_interval, 0)) AS exceeded,
  SUM(IF(blob4 = 'not_found', _sample_interval, 0)) AS unavailable,
  SUM(IF(blob4 = 'ok' AND double1 >= 500, _sample_interval, 0)) AS failed,
  SUM(IF(blob4 = 'ok' AND (double1 >= 502 AND double1 <= 504 OR double1 >= 520 AND double1 <= 530),
    _sample_interval, 0)) AS origin,
  SUM(_sample_interval * double2) AS total,
  quantileExactWeighted(0.5)(double2, _sample_interval) AS p50,
  quantileExactWeighted(0.9)(double2, _sample_interval) AS p90,
  quantileExactWeighted(0.99)(double2, _sample_interval) AS p99,
  MAX(double2) AS longest
FROM {dataset}
WHERE blob2 <> '' AND blob4 <> 'parked' AND blob7 = '{environment}'
  AND timestamp >= toDateTime({since}) AND timestamp < toDateTime({until})
GROUP BY worker, version, instance, minute
ORDER BY minute, worker, version, instance
"""
_LOADS: Final = """
SELECT blob2 AS worker, toUnixTimestamp(toStartOfInterval(timestamp, INTERVAL '{step}' SECOND)) AS start,
  SUM(_sample_interval) AS requests
FROM {dataset}
WHERE blob2 IN ({workers}) AND blob4 <> 'parked' AND blob7 = '{environment}'
  AND timestamp >= toDateTime({since}) AND timestamp < toDateTime({until})
GROUP BY worker, start
ORDER BY start, worker
"""
_USAGE: Final = """
SELECT blob8 AS customer, blob2 AS worker, SUM(_sample_interval) AS requests,
  SUM(IF(blob4 <> 'ok' OR double1 >= 500, _sample_interval, 0)) AS errors
FROM {dataset}
WHERE blob2 <> '' AND blob4 <> 'parked' AND blob7 = '{environment}'
  AND timestamp >= toDateTime({since}) AND timestamp < toDateTime({until})
GROUP BY customer, worker
ORDER BY customer, worker
"""
_PAGED: Final = "LIMIT {page} OFFSET {offset} FORMAT JSON"
_CONSUMPTION: Final = """
query Consumption($account: string!, $namespace: string!, $since: Time!, $until: Time!, $after: string!) {
  viewer {
    accounts(filter: {accountTag: $account}) {
      workersInvocationsAdaptive(
        limit: 10000
        filter: {
          dispatchNamespaceName: $namespace, datetime_geq: $since, datetime_lt: $until, scriptName_gt: $after
        }
        orderBy: [scriptName_ASC]
      ) {
        dimensions { scriptName }
        sum { requests cpuTimeUs responseBodySize }
      }
    }
  }
}
"""
_INVOCATIONS: Final = """
query Invocations($account: string!, $namespace: string!, $since: Time!, $until: Time!, $after: string!) {
  viewer {
    accounts(filter: {accountTag: $account}) {
      workersInvocationsAdaptive(
        limit: 10000
        filter: {
          dispatchNamespaceName: $namespace, datetime_geq: $since, datetime_lt: $until, scriptName_gt: $after
        }
        orderBy: [scriptName_ASC, datetimeMinute_ASC]
      ) {
        dimensions { scriptName datetimeMinute }
        sum { requests cpuTimeUs responseBodySize }
        quantiles { cpuTimeP50 cpuTimeP99 memoryUsageBytesP99 }
      }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class DataPoints:
    """The data points of an environment's dispatchers: platforms of an account may share a dataset.

    Both are identifiers, as the schema of WorkersPlatforms holds them to.
    """

    dataset: str
    environment: str


@dataclass(frozen=True, slots=True)
class TrafficRow:
    """A minute of one instance's requests. ``minute``: Unix time; times in milliseconds.

    ``errors``: by kind. ``quantiles``: (value, level), ascending.
    """

    worker: str
    version: str
    instance: int
    minute: int
    requests: int
    errors: Mapping[str, int]
    total_ms: float
    quantiles: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """What the invocations of a script came to."""

    requests: int
    cpu_us: int
    response_bytes: int


@dataclass(frozen=True, slots=True)
class InvocationsRow:
    """A minute of one script's invocations. ``minute``: Unix time; ``quantiles``: of CPU µs; ``memory``: bytes."""

    script: str
    minute: int
    sums: Sums
    quantiles: tuple[tuple[float, float], ...]
    memory: int


async def traffic(
    api: Api, points: DataPoints, since: int, until: int, priority: Priority
) -> AsyncGenerator[TrafficRow, None]:
    """Yield the traffic between two Unix times, by worker, version, instance and minute: one call per 10,000 rows.

    Raises CloudflareError.
    """
    async for row in rows_of(api, points, _TRAFFIC, (since, until), priority):
        yield _traffic_row(row)


async def loads(
    api: Api,
    points: DataPoints,
    workers: Sequence[str],
    span: tuple[int, int],
    step: int,
    priority: Priority,
) -> AsyncGenerator[tuple[str, int, int], None]:
    """Yield (worker, first second of a step, requests): one call per 10,000.

    ``workers``: script names. ``span``: two Unix times; ``step``: seconds. Raises CloudflareError.
    """
    quoted = ", ".join("'" + worker.replace("'", "''") + "'" for worker in workers)
    text = _LOADS.replace("{workers}", quoted).replace("{step}", str(step))
    async for row in rows_of(api, points, text, span, priority):
        yield (
            str(row.get("worker") or ""),
            whole_number(row.get("start")),
            whole_number(row.get("requests")),
        )


async def usage(
    api: Api, points: DataPoints, since: int, until: int, priority: Priority
) -> AsyncGenerator[tuple[str, str, int, int], None]:
    """Yield (customer, worker, requests, errors) between two Unix times. Raises CloudflareError."""
    async for row in rows_of(api, points, _USAGE, (since, until), priority):
        customer, worker = str(row.get("customer") or ""), str(row.get("worker") or "")
        yield customer, worker, whole_number(row.get("requests")), whole_number(row.get("errors"))


async def consumption(
    api: Api, namespace: str, since: int, until: int, priority: Priority
) -> AsyncGenerator[tuple[str, Sums], None]:
    """Yield what the scripts of a dispatch namespace came to between two Unix times. Raises CloudflareError."""
    after = ""
    while True:
        groups = await _ask(api, _CONSUMPTION, namespace, (since, until, after), priority)
        for group in groups:
            row = _invocations_row(group)
            after = row.script
            yield row.script, row.sums
        if len(groups) < PAGE:
            return


async def rows_of(
    api: Api, points: DataPoints, text: str, span: tuple[int, int], priority: Priority
) -> AsyncGenerator[Mapping[str, Any], None]:
    """Yield the rows of a query, page after page. ``span``: two Unix times. Raises CloudflareError."""
    since, until = span
    given = {**asdict(points), "since": since, "until": until}
    for name, value in given.items():
        text = text.replace(f"{{{name}}}", str(value))
    offset = 0
    while True:
        page = text + _PAGED.replace("{page}", str(PAGE)).replace("{offset}", str(offset))
        try:
            answer = await api.query(SQL, priority=priority, content=page.encode())
        except Rejected as error:
            if points.dataset not in error.message:
                raise
            return  # a dataset exists once something is written to it
        rows = _rows(answer)
        for row in rows:
            yield row
        offset += len(rows)
        if len(rows) < PAGE:
            return


async def invocations(
    api: Api, namespace: str, since: int, until: int, priority: Priority
) -> AsyncGenerator[InvocationsRow, None]:
    """Yield the invocations of a dispatch namespace's scripts by minute: a call per 10,000 of them.

    Raises CloudflareError.
    """
    after = ""
    while True:
        groups = await _ask(api, _INVOCATIONS, namespace, (since, until, after), priority)
        # The last script of a full page may have more minutes: it comes again with the next page.
        whole = groups
        if len(groups) == PAGE:
            last = groups[-1]["dimensions"]["scriptName"]
            whole = [group for group in groups if group["dimensions"]["scriptName"] != last]
        for group in whole:
            yield _invocations_row(group)
        if len(groups) < PAGE or not whole:
            return
        after = str(whole[-1]["dimensions"]["scriptName"])


async def _ask(
    api: Api, query: str, namespace: str, span: tuple[int, int, str], priority: Priority
) -> list[Mapping[str, Any]]:
    """Return a page of groups. ``span``: two Unix times, and the script name after which the page begins."""
    since, until, after = span
    variables = {
        "account": api.account_id,
        "namespace": namespace,
        "since": stamp_unix(since),
        "until": stamp_unix(until),
        "after": after,
    }
    body = json.dumps({"query": query, "variables": variables})
    answer = await api.query(
        GRAPHQL, priority=priority, content=body.encode(), content_type="application/json"
    )
    return _groups(answer)


def _rows(answer: bytes) -> list[Mapping[str, Any]]:
    match _json(answer, SQL):
        case {"data": [*rows]}:
            return [row for row in rows if isinstance(row, Mapping)]
    raise ServerError(Reason.CLOUDFLARE_ERROR, f"POST {SQL}: the result has no data")


def _groups(answer: bytes) -> list[Mapping[str, Any]]:
    """Return the groups of a GraphQL answer, whose errors come with HTTP 200."""
    found = _json(answer, GRAPHQL)
    match found:
        case {"errors": [{"message": message}, *_]}:
            raise Rejected(Reason.REQUEST_REJECTED, f"POST {GRAPHQL}: {message}")
        case {"data": {"viewer": {"accounts": [{"workersInvocationsAdaptive": [*groups]}, *_]}}}:
            return [group for group in groups if isinstance(group, Mapping)]
        case {"data": {"viewer": {"accounts": []}}}:
            return []
    raise ServerError(Reason.CLOUDFLARE_ERROR, f"POST {GRAPHQL}: the result has no data")


def _json(answer: bytes, endpoint: str) -> object:
    try:
        found: object = json.loads(answer)
    except (ValueError, RecursionError):
        message = f"POST {endpoint}: the result is not JSON"
        raise ServerError(Reason.CLOUDFLARE_ERROR, message) from None
    return found


def _traffic_row(row: Mapping[str, Any]) -> TrafficRow:
    # What a proxy answers for the origin behind it is part of what failed.
    origin = min(whole_number(row.get("origin")), whole_number(row.get("failed")))
    kinds = {
        "exception": row.get("exception"),
        "limit": row.get("exceeded"),
        "unavailable": row.get("unavailable"),
        "status": whole_number(row.get("failed")) - origin,
        "origin": origin,
    }
    levels = ((0.5, "p50"), (0.9, "p90"), (0.99, "p99"), (1.0, "longest"))
    return TrafficRow(
        worker=str(row.get("worker") or ""),
        version=str(row.get("version") or ""),
        instance=whole_number(row.get("instance")),
        minute=whole_number(row.get("minute")),
        requests=whole_number(row.get("requests")),
        errors={kind: count for kind, value in kinds.items() if (count := whole_number(value))},
        total_ms=_number(row.get("total")),
        quantiles=tuple((_number(row.get(name)), level) for level, name in levels),
    )


def _invocations_row(group: Mapping[str, Any]) -> InvocationsRow:
    dimensions, sums = group.get("dimensions") or {}, group.get("sum") or {}
    quantiles = group.get("quantiles") or {}
    return InvocationsRow(
        script=str(dimensions.get("scriptName") or ""),
        minute=parse_timestamp(str(dimensions.get("datetimeMinute"))) or 0,
        sums=Sums(
            requests=whole_number(sums.get("requests")),
            cpu_us=whole_number(sums.get("cpuTimeUs")),
            response_bytes=whole_number(sums.get("responseBodySize")),
        ),
        quantiles=(
            (_number(quantiles.get("cpuTimeP50")), 0.5),
            (_number(quantiles.get("cpuTimeP99")), 0.99),
        ),
        memory=whole_number(quantiles.get("memoryUsageBytesP99")),
    )


def _number(value: object) -> float:
    """Return a number, 0 for anything else: ClickHouse writes large ones as text, and has NaN and infinity."""
    try:
        found = float(value) if isinstance(value, int | float | str) else 0.0
    except (ValueError, OverflowError):
        return 0.0
    return found if abs(found) < 1e18 else 0.0  # NaN is not below anything


def whole_number(value: object) -> int:
    """Return a number of a result, 0 for anything else."""
    return round(_number(value))
