"""Analytics Engine's SQL on the recorded points: a subset of its ClickHouse dialect, carried out by SQLite.

A query runs on a connection of its own, in memory, that holds a table for each dataset and may only read; it is cut off
when it takes too long. What is translated: INTERVAL, toDateTime, toUnixTimestamp, toStartOfInterval, NOW, count(),
uniq, quantileWeighted, if, FORMAT. developers.cloudflare.com/analytics/analytics-engine/sql-reference
"""

import json
import math
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

COLUMNS: Final = (
    "timestamp", "_sample_interval", "index1",
    *(f"blob{i}" for i in range(1, 21)), *(f"double{i}" for i in range(1, 21)),
)  # fmt: skip
FORMATS: Final = ("JSON", "JSONEachRow", "TabSeparated")
_SECONDS: Final = 10.0
_STEPS: Final = 10_000  # virtual machine instructions between two looks at the clock
_MAX_ROWS: Final = 10_000
# A DateTime is an integer of its own range, so that NOW() - INTERVAL '1' DAY is arithmetic and a result shows its type.
_EPOCH: Final = 1 << 52
_UNITS: Final = {"SECOND": 1, "MINUTE": 60, "HOUR": 3600, "DAY": 86_400, "WEEK": 604_800}
_FORMAT: Final = re.compile(r"\s+FORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
_INTERVAL: Final = re.compile(
    r"INTERVAL\s+'?(\d+)'?\s+(SECOND|MINUTE|HOUR|DAY|WEEK)S?\b", re.IGNORECASE
)
_COUNT: Final = re.compile(r"\bcount\s*\(\s*\)", re.IGNORECASE)
_QUANTILE: Final = re.compile(
    r"\bquantile(?:Exact)?Weighted\s*\(\s*([0-9.]+)\s*\)\s*\(", re.IGNORECASE
)
_DISTINCT: Final = re.compile(r"\bcount\s*\(\s*DISTINCT\b|\buniq\s*\(", re.IGNORECASE)
_SHOW_TABLES: Final = re.compile(r"\s*SHOW\s+TABLES\s*;?\s*$", re.IGNORECASE)
_QUOTED: Final = re.compile(r"""('(?:[^']|'')*'|"(?:[^"]|"")*")""")
_DIVISION: Final = re.compile(r"(?<!\*)/(?!\*)")
# What stands before or after a text that `timestamp` is compared with; the text is a DateTime, then.
_AFTER_TIMESTAMP: Final = re.compile(
    r"\btimestamp\s*(?:==?|!=|<>|[<>]=?|(?:\s|\bNOT\b)*\b(?:BETWEEN\b|IN\s*\())\s*$", re.IGNORECASE
)
_BEFORE_TIMESTAMP: Final = re.compile(r"\s*(?:==?|!=|<>|[<>]=?)\s*timestamp\b", re.IGNORECASE)
_NEXT_IN_LIST: Final = re.compile(r"\s*(?:,|AND)\s*", re.IGNORECASE)
_FUNCTIONS: Final = (
    "abs", "avg", "ceil", "count", "floor", "length", "like", "lower", "max", "min", "pow", "round",
    "substr", "substring", "sum", "upper",
    "if", "now", "quantile_weighted", "todatetime", "tostartofinterval", "tounixtimestamp",
)  # fmt: skip
"""SQLite's that mean the same in both dialects, and our own."""
_READS: Final = (
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
)


class QueryRefused(Exception):
    """The query is none that can be carried out here; the message says why."""


@dataclass(frozen=True)
class Table:
    """A result. ``meta``: (column, ClickHouse's type)."""

    meta: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Any, ...], ...]
    format: str


Point = Mapping[str, Any]


def run(sql: str, datasets: Mapping[str, Callable[[], Iterable[Point]]]) -> Table:
    """Carries a query out. ``datasets``: name → its points, asked for only if the query names it.

    Raises QueryRefused.
    """
    text, wanted = _with_format(sql)
    if _SHOW_TABLES.match(text):
        listed = tuple((name, "dataset") for name in sorted(datasets))
        return Table((("dataset", "String"), ("type", "String")), listed, wanted)
    translated = _translated(text)
    connection = sqlite3.connect(":memory:")
    try:
        for name, points in datasets.items():
            if re.search(rf"\b{re.escape(name)}\b", text):
                _load(connection, name, points())
        _restrict(connection)
        cursor = connection.execute(translated)
        rows = cursor.fetchmany(_MAX_ROWS)
    except (sqlite3.Error, sqlite3.Warning, ValueError, OverflowError) as error:
        raise QueryRefused(str(error)) from None
    finally:
        connection.close()
    names = [column[0] for column in cursor.description or ()]
    meta = tuple(zip(names, _types(rows, len(names)), strict=True))
    return Table(meta, tuple(tuple(map(_shown, row)) for row in rows), wanted)


def _with_format(sql: str) -> tuple[str, str]:
    match = _FORMAT.search(sql)
    if match is None:
        return sql, "JSON"
    for name in FORMATS:
        if name.lower() == match[1].lower():
            return sql[: match.start()], name
    raise QueryRefused(f"unknown format {match[1]}; there are: {', '.join(FORMATS)}")


def _translated(sql: str) -> str:
    """The query as SQLite takes it; what stands in quotes stays as it is, but for texts beside `timestamp`."""
    intervals = _INTERVAL.sub(lambda m: str(int(m[1]) * _UNITS[m[2].upper()]), sql)
    parts = _QUOTED.split(intervals)
    translated = [_plain(parts[0])]
    is_time = False
    for before, quoted, after in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        is_time = quoted.startswith("'") and bool(
            _AFTER_TIMESTAMP.search(before)
            or _BEFORE_TIMESTAMP.match(after)
            or (is_time and _NEXT_IN_LIST.fullmatch(before))
        )
        translated.append(_moment(quoted) if is_time else quoted)
        translated.append(_plain(after))
    return "".join(translated)


def _moment(quoted: str) -> str:
    try:
        return str(_EPOCH + _seconds(quoted[1:-1]))
    except ValueError:
        raise QueryRefused(f"{quoted} is no DateTime, but compared with one") from None


def _plain(part: str) -> str:
    part = _DIVISION.sub("* 1.0 /", part)  # of two integers, too, it gives a float
    part = _QUANTILE.sub(r"quantile_weighted(\1, ", _COUNT.sub("count(*)", part))
    return _DISTINCT.sub("count(DISTINCT ", part)


def _load(connection: sqlite3.Connection, name: str, points: Iterable[Point]) -> None:
    columns = ", ".join(
        f'"{column}"{" REAL" if column.startswith("double") else ""}' for column in COLUMNS
    )
    marks = ", ".join("?" * len(COLUMNS))
    connection.execute(f'CREATE TABLE "{name}" ({columns})')
    connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', map(_row, points))  # noqa: S608
    connection.commit()


def _row(point: Point) -> tuple[Any, ...]:
    blobs, doubles = _filled(point.get("blobs"), ""), _filled(point.get("doubles"), 0.0)
    indexes: Sequence[Any] = point.get("indexes") or [""]
    moment = datetime.fromisoformat(str(point["timestamp"])).astimezone(UTC)
    return (_EPOCH + int(moment.timestamp()), 1, indexes[0] or "", *blobs, *doubles)


def _filled(values: Sequence[Any] | None, empty: Any) -> list[Any]:
    given = [empty if value is None else value for value in (values or ())][:20]
    return given + [empty] * (20 - len(given))


def _restrict(connection: sqlite3.Connection) -> None:
    """Functions of the dialect; from here on the connection only reads, and not for long."""
    connection.create_function("now", 0, lambda: _EPOCH + int(time.time()))
    connection.create_function("todatetime", 1, lambda value: _EPOCH + _seconds(value))
    connection.create_function("tounixtimestamp", 1, _seconds)
    connection.create_function(
        "tostartofinterval", 2, lambda value, step: _EPOCH + _seconds(value) // step * step
    )
    connection.create_function("if", 3, lambda test, yes, no: yes if test else no)
    connection.create_aggregate("quantile_weighted", 3, _Quantile)  # type: ignore[arg-type]
    deadline = time.monotonic() + _SECONDS
    connection.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS)
    connection.execute("PRAGMA case_sensitive_like = ON")
    connection.set_authorizer(_allowed)


def _allowed(action: int, _: str | None, name: str | None, *__: str | None) -> int:
    known = action != sqlite3.SQLITE_FUNCTION or str(name).lower() in _FUNCTIONS
    return sqlite3.SQLITE_OK if action in _READS and known else sqlite3.SQLITE_DENY


class _Quantile:
    """quantileWeighted(level)(value, weight)."""

    def __init__(self) -> None:
        self._level = 0.5
        self._values: list[tuple[float, float]] = []

    def step(self, level: float, value: float, weight: float) -> None:
        self._level = level
        self._values.append((float(value), float(weight)))

    def finalize(self) -> float:
        total = sum(weight for _, weight in self._values)
        passed = 0.0
        for value, weight in sorted(self._values):
            passed += weight
            if passed >= total * self._level:
                return value
        return math.nan


def _seconds(value: Any) -> int:
    """Unix seconds of a DateTime, of one as text, or of a number."""
    if isinstance(value, int | float):
        return int(value) - (_EPOCH if value >= _EPOCH else 0)
    return int(datetime.fromisoformat(str(value)).replace(tzinfo=UTC).timestamp())


def _shown(value: Any) -> Any:
    if isinstance(value, bytes):
        raise QueryRefused("a result is binary")
    if _is_time(value):
        return datetime.fromtimestamp(value - _EPOCH, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return value


def _is_time(value: Any) -> bool:
    return isinstance(value, int) and value >= _EPOCH


def _types(rows: Sequence[tuple[Any, ...]], count: int) -> list[str]:
    found = []
    for i in range(count):
        values = [row[i] for row in rows if row[i] is not None]
        if values and all(map(_is_time, values)):
            found.append("DateTime")
        elif values and all(isinstance(v, int) for v in values):
            found.append("UInt64")
        elif values and all(isinstance(v, int | float) for v in values):
            found.append("Float64")
        else:
            found.append("String")
    return found


def rendered(table: Table) -> tuple[str, str]:
    """(body, content type) in the format that was asked for."""
    names = [name for name, _ in table.meta]
    objects = [dict(zip(names, row, strict=True)) for row in table.rows]
    if table.format == "JSONEachRow":
        return "".join(json.dumps(o) + "\n" for o in objects), "application/x-ndjson"
    if table.format == "TabSeparated":
        lines = ("\t".join(map(_plain_text, row)) + "\n" for row in table.rows)
        return "".join(lines), "text/tab-separated-values"
    meta = [{"name": name, "type": kind} for name, kind in table.meta]
    body = {
        "meta": meta,
        "data": objects,
        "rows": len(objects),
        "rows_before_limit_at_least": len(objects),
    }
    return json.dumps(body), "application/json"


def _plain_text(value: Any) -> str:
    """A whole Float64 has no point."""
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
