"""Queries and failures, as they come and go over HTTP."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from local_edge.jsontypes import Json, JsonObject


@dataclass(frozen=True)
class Query:
    text: str
    variables: JsonObject
    operation: str | None
    budget: int
    """The number of queries that the client may still send."""


@dataclass(frozen=True)
class QueryProblem:
    message: str
    path: Sequence[str | int] | None = None
    """Where it is in the response."""


def failed(problems: Iterable[QueryProblem]) -> JsonObject:
    """Return the response to a query that was not answered."""
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return {"data": None, "errors": [_error(problem, stamp) for problem in problems]}


def _error(problem: QueryProblem, stamp: str) -> JsonObject:
    path: list[Json] | None = [str(part) for part in problem.path] if problem.path else None
    return {"message": problem.message, "path": path, "extensions": {"timestamp": stamp}}
