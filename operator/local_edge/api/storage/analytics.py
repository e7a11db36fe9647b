"""/accounts/{account_id}/analytics_engine/sql: queries on the data points written by scripts."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError
from local_edge.api.requests import body_of
from local_edge.storage.database import Database
from local_edge.storage.telemetry import analytics_sql
from local_edge.storage.telemetry.analytics_sql import QueryRefused
from local_edge.storage.telemetry.points import Points

_MAX_QUERY = 64 * 1024


class AnalyticsEndpoints:
    """Successful responses have no envelope."""

    def __init__(self, points: Points, database: Database) -> None:
        self._points = points
        self._database = database

    async def post(self, request: Request) -> Response:
        return await self._respond((await body_of(request, _MAX_QUERY)).decode(errors="replace"))

    async def get(self, request: Request) -> Response:
        return await self._respond(request.query_params.get("query", ""))

    async def _respond(self, sql: str) -> Response:
        if not sql.strip():
            raise ApiError(400, 10001, "The body must be a query, e.g. SELECT count() FROM events.")
        datasets = {name: partial(self._points.of, name) for name in self._points.datasets()}
        try:
            table = await self._database.run(lambda: analytics_sql.run(sql, datasets))
        except QueryRefused as error:
            raise ApiError(422, 10001, f"The query cannot be executed: {error}.") from None
        body, content_type = analytics_sql.rendered(table)
        return Response(body, media_type=content_type)
