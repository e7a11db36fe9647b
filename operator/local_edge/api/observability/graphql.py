"""/graphql: the GraphQL Analytics API. Its responses have no envelope, and errors come with status 200."""

import json
from collections.abc import Callable
from functools import cached_property

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_edge.analytics.dataset import Dataset
from local_edge.analytics.queries import Query, QueryProblem, failed
from local_edge.api.envelope import ApiError
from local_edge.api.ratelimit import RateLimiter
from local_edge.api.requests import bearer_of, body_of
from local_edge.jsontypes import Json, JsonObject, object_at, text_at
from local_edge.storage.database import Database
from local_edge.storage.tokens import digest_of

_MAX_BODY = 1024 * 1024
_DEPLETED = "rate limiter budget depleted, try again after 5 minutes"
_MALFORMED = "query contains error, please review it and retry"


class GraphQLEndpoints:
    """`limiter` counts the queries of a token, in addition to the limit of all requests."""

    def __init__(
        self, data: Dataset, database: Database, limiter: RateLimiter, account_id: str
    ) -> None:
        self._data = data
        self._database = database
        self._limiter = limiter
        self._account_id = account_id

    async def post(self, request: Request) -> Response:
        verdict = self._limiter.count(digest_of(bearer_of(request) or ""))
        if not verdict.allowed:
            headers = {"retry-after": str(verdict.seconds)}
            return JSONResponse(failed([QueryProblem(_DEPLETED)]), 429, headers)
        body = _object(await body_of(request, _MAX_BODY))
        text = text_at(body, "query")
        if text is None:
            return JSONResponse(failed([QueryProblem(_MALFORMED)]))
        query = Query(
            text=text,
            variables=object_at(body, "variables"),
            operation=text_at(body, "operationName"),
            budget=verdict.remaining,
        )
        return JSONResponse(await self._database.run(lambda: self._run(query)))

    @cached_property
    def _run(self) -> Callable[[Query], JsonObject]:
        # The library takes a quarter of a second to load, which an edge that nobody asks for metrics need not spend.
        from local_edge.analytics.execution import run
        from local_edge.analytics.schema import schema_of

        schema = schema_of(self._data, self._account_id)
        return lambda query: run(schema, query)


def _object(data: bytes) -> dict[str, Json]:
    try:
        found = json.loads(data)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ApiError(400, 10026, "The request body must be a JSON object.")
    return found
