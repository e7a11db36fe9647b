"""Run Analytics Engine SQL, a subset of the ClickHouse dialect, on the recorded points with SQLite.

Each query runs on its own read-only in-memory connection with one table per dataset, and has a time limit. Translated
to SQLite are INTERVAL, toDateTime, toUnixTimestamp, toStartOfInterval, NOW, count(), uniq, quantileWeighted, if and
FORMAT. Reference: developers.cloudflare.com/analytics/analytics-engine/sql-reference
"""

import json
import math
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, TypeGuard

from local_edge.jsontypes import Json, JsonObject

COLUMNS: Final = (
    "timestamp", "_sample_interval", "index1",
    *(f"blob{i}" for i in range(1, 21)), *(f"double{i}" for i in range(1, 21)),
)  # fmt: skip
FORMATS: Final = ("JSON", "JSONEachRow", "TabSeparated")
_SECONDS: Final = 10.0
_STEPS: Final = 10_000  # virtual machine instructions between two checks of the time limit
_MAX_ROWS: Final = 10_000
# A DateTime is stored as seconds plus this offset: NOW() - INTERVAL '1' DAY is plain arithmetic, and a DateTime in a
# result is recognizable.
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
# The text before or after a string that is compared with `timestamp`; such a string is a DateTime.
_AFTER_TIMESTAMP: Final = re.compile(
    r"\btimestamp\s*(?:==?|!=|<>|[<>]=?|(?:\s|\bNOT\b)*\b(?:BETWEEN\b|IN\s*\())\s*$", re.IGNORECASE
)
_BEFORE_TIMESTAMP: Final = re.compile(r"\s*(?:==?|!=|<>|[<>]=?)\s*timestamp\b", re.IGNORECASE)
_NEXT_IN_LIST: Final = re.compile(r"\s*(?:,|AND)\s*", re.IGNORECASE)
_FUNCTIONS: Final = (
    "abs", "avg", "ceil", "count", "floor", "length", "like", "lower", "max", "min", "pow", "round",
    "substr", "substring", "sum", "upper",
    "if", "ln", "log", "now", "quantile_weighted", "todatetime", "tostartofinterval", "tounixtimestamp",
)  # fmt: skip
"""The functions of SQLite with the same meaning in both dialects, and those defined here."""
_READS: Final = (
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
)


class QueryRefused(Exception):
    """The query cannot be executed; the message explains why."""


Value = str | int | float | bytes | None
"""A value of SQLite."""


@dataclass(frozen=True)
class QueryResult:
    """A query's result. ``meta`` holds (column, ClickHouse type)."""

    meta: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Value, ...], ...]
    format: str


def run(sql: str, datasets: Mapping[str, Callable[[], Iterable[JsonObject]]]) -> QueryResult:
    """Execute a query. ``datasets`` maps names to points, which are loaded only if the query needs them.

    Raises QueryRefused.
    """
    text, wanted = _with_format(sql)
    if _SHOW_TABLES.match(text):
        listed = tuple((name, "dataset") for name in sorted(datasets))
        return QueryResult((("dataset", "String"), ("type", "String")), listed, wanted)
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
    return QueryResult(meta, tuple(tuple(map(_shown, row)) for row in rows), wanted)


def _with_format(sql: str) -> tuple[str, str]:
    match = _FORMAT.search(sql)
    if match is None:
        return sql, "JSON"
    for name in FORMATS:
        if name.lower() == match[1].lower():
            return sql[: match.start()], name
    raise QueryRefused(f"unknown format {match[1]}; expected one of: {', '.join(FORMATS)}")


def _translated(sql: str) -> str:
    """Translate a query to SQLite. Quoted strings are kept, except DateTimes compared with `timestamp`."""
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
        translated.append(_datetime(quoted) if is_time else quoted)
        translated.append(_plain(after))
    return "".join(translated)


def _datetime(quoted: str) -> str:
    try:
        return str(_EPOCH + _seconds(quoted[1:-1]))
    except ValueError:
        raise QueryRefused(f"{quoted} is compared with a DateTime, but is not one") from None


def _plain(part: str) -> str:
    part = _DIVISION.sub("* 1.0 /", part)  # a division of integers yields a float, too
    part = _QUANTILE.sub(r"quantile_weighted(\1, ", _COUNT.sub("count(*)", part))
    return _DISTINCT.sub("count(DISTINCT ", part)


def _load(connection: sqlite3.Connection, name: str, points: Iterable[JsonObject]) -> None:
    columns = ", ".join(
        f'"{column}"{" REAL" if column.startswith("double") else ""}' for column in COLUMNS
    )
    marks = ", ".join("?" * len(COLUMNS))
    connection.execute(f'CREATE TABLE "{name}" ({columns})')
    connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', map(_row, points))  # noqa: S608
    connection.commit()


def _row(point: JsonObject) -> tuple[Json, ...]:
    blobs, doubles = _filled(point.get("blobs"), "", 20), _filled(point.get("doubles"), 0.0, 20)
    (index,) = _filled(point.get("indexes"), "", 1)
    moment = datetime.fromisoformat(str(point["timestamp"])).astimezone(UTC)
    return (_EPOCH + int(moment.timestamp()), 1, index, *blobs, *doubles)


def _filled(values: Json, empty: str | float, count: int) -> list[Json]:
    """Return the first `count` values, with `empty` for null and missing ones."""
    given = values[:count] if isinstance(values, list) else []
    padded = [*given, *[None] * (count - len(given))]
    return [empty if value is None else value for value in padded]


def _restrict(connection: sqlite3.Connection) -> None:
    """Define the functions of the dialect, and restrict the connection to reading, with a time limit."""
    connection.create_function("now", 0, lambda: _EPOCH + int(time.time()))
    connection.create_function("todatetime", 1, lambda value: _EPOCH + _seconds(value))
    connection.create_function("tounixtimestamp", 1, _seconds)
    connection.create_function(
        "tostartofinterval", 2, lambda value, step: _EPOCH + _seconds(value) // step * step
    )
    for name in ("log", "ln"):  # SQLite's log is the decimal one
        connection.create_function(name, 1, _logarithm)
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


def _logarithm(value: Value) -> float:
    """Return the natural logarithm, infinite and not a number where ClickHouse's is."""
    number = float(value or 0)
    if number <= 0:
        return math.nan if number else -math.inf
    return math.log(number)


def _seconds(value: Value) -> int:
    """Return the Unix time of a DateTime, a DateTime string, or a number."""
    if isinstance(value, int | float):
        return int(value) - (_EPOCH if value >= _EPOCH else 0)
    return int(datetime.fromisoformat(str(value)).replace(tzinfo=UTC).timestamp())


def _shown(value: Value) -> Value:
    if isinstance(value, bytes):
        raise QueryRefused("the result is binary")
    if _is_time(value):
        return datetime.fromtimestamp(value - _EPOCH, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return value


def _is_time(value: Value) -> TypeGuard[int]:
    return isinstance(value, int) and value >= _EPOCH


def _types(rows: Sequence[tuple[Value, ...]], count: int) -> list[str]:
    found = []
    for column in range(count):
        values = [row[column] for row in rows if row[column] is not None]
        if values and all(map(_is_time, values)):
            found.append("DateTime")
        elif values and all(isinstance(v, int) for v in values):
            found.append("UInt64")
        elif values and all(isinstance(v, int | float) for v in values):
            found.append("Float64")
        else:
            found.append("String")
    return found


def rendered(table: QueryResult) -> tuple[str, str]:
    """Return (body, content type) in the requested format."""
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


def _plain_text(value: Value) -> str:
    """Format a value; an integral Float64 has no decimal point."""
    return str(value).removesuffix(".0") if isinstance(value, float) else str(value)
