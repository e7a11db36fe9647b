"""/accounts/{account_id}/analytics_engine/sql: queries on what scripts have written."""

from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError
from local_edge.api.requests import body_of
from local_edge.storage import analytics_sql
from local_edge.storage.analytics_sql import QueryRefused
from local_edge.storage.database import Database
from local_edge.storage.points import Points

_MAX_QUERY = 64 * 1024


class AnalyticsEndpoints:
    """The answer is not wrapped in the API's envelope."""

    def __init__(self, points: Points, database: Database) -> None:
        self._points = points
        self._database = database

    async def post(self, request: Request) -> Response:
        return await self._answer((await body_of(request, _MAX_QUERY)).decode(errors="replace"))

    async def get(self, request: Request) -> Response:
        return await self._answer(request.query_params.get("query", ""))

    async def _answer(self, sql: str) -> Response:
        if not sql.strip():
            raise ApiError(
                400, 10001, "The body has to be a query, e.g. SELECT count() FROM events."
            )
        datasets = {name: partial(self._points.of, name) for name in self._points.datasets()}
        try:
            table = await self._database.run(lambda: analytics_sql.run(sql, datasets))
        except QueryRefused as error:
            raise ApiError(422, 10001, f"The query can't be carried out: {error}.") from None
        body, content_type = analytics_sql.rendered(table)
        return Response(body, media_type=content_type)
