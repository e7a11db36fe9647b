"""/accounts/{account_id}/workers/scripts/{script_name}/schedules: cron triggers."""

from starlette.requests import Request
from starlette.responses import Response

from local_edge.api.envelope import ApiError, ok
from local_edge.api.requests import array_of
from local_edge.api.scripts.finding import ScriptFinder
from local_edge.events.cron import Cron, InvalidCron
from local_edge.events.timer import CronTimer
from local_edge.jsontypes import Json
from local_edge.storage.stores import Stores

MAX_CRONS = 250
"""Cron triggers of the account (paid plan)."""


class ScheduleEndpoints:
    def __init__(self, stores: Stores, timer: CronTimer) -> None:
        self._schedules = stores.triggers.schedules
        self._timer = timer
        self._finder = ScriptFinder(stores)

    async def get(self, request: Request) -> Response:
        return ok(self._view(self._finder.script(request).script.name))

    async def put(self, request: Request) -> Response:
        """Replace all cron triggers of a script."""
        script = self._finder.script(request).script.name
        crons = list(dict.fromkeys(_cron(item) for item in await array_of(request)))
        others = [s for s in self._schedules.all() if s.script != script]
        if len(others) + len(crons) > MAX_CRONS:
            raise ApiError(400, 10072, "workers.api.error.too_many_crons")
        self._schedules.replace(script, crons)
        self._timer.changed()
        return ok(self._view(script))

    def _view(self, script: str) -> dict[str, object]:
        schedules = [
            {"cron": s.cron, "created_on": s.created_on, "modified_on": s.created_on}
            for s in self._schedules.of(script)
        ]
        return {"schedules": schedules}


def _cron(item: Json) -> str:
    cron = item.get("cron") if isinstance(item, dict) else None
    if not isinstance(cron, str):
        text = "Could not parse request body. Please ensure the request is valid and try again."
        raise ApiError(400, 10026, text)
    try:
        Cron.parse(cron)
    except InvalidCron:
        raise ApiError(400, 10100, f"invalid cron string: {cron}") from None
    return cron
