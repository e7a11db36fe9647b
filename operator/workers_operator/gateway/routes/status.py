"""The state of the API and of the platforms."""

from collections import Counter
from collections.abc import Mapping
from contextlib import suppress

from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from workers_operator import __version__
from workers_operator.domain.timestamps import stamp
from workers_operator.gateway.access.callers import Caller, about
from workers_operator.gateway.cache.counting import by_platform, counts_of
from workers_operator.gateway.http.answering import errors, json_response
from workers_operator.gateway.http.problems import ApiProblem, forbidden
from workers_operator.gateway.services import Reading, Reads, Visitor, Who
from workers_operator.gateway.shapes.status import (
    CAPABILITIES,
    ENDPOINTS,
    NAME,
    ApiState,
    ApiStatusModel,
    PlatformModel,
    PlatformsAnswerModel,
    platform_of,
)
from workers_operator.index.objects import PLATFORM_KIND, Readiness

router = APIRouter(tags=["Status"])


@router.get(
    "/api/status",
    response_model=ApiStatusModel,
    responses=errors(),
    operation_id="getStatus",
    summary="State of the API",
)
async def get_status(reading: Reads, caller: Visitor) -> Response:
    """Whether the API works; to callers with a token also accounts, platforms and counts."""
    shown = ApiStatusModel(
        platform=NAME,
        timestamp=stamp(reading.clock.now()),
        status=_state(reading),
        endpoints=ENDPOINTS,
        capabilities=CAPABILITIES,
    )
    if caller is not None and reading.cache.is_filled:
        with suppress(ApiProblem):  # what cannot be known now is left out
            shown = await _with_details(reading, caller, shown)
    return json_response(shown)


def _state(reading: Reading) -> ApiState:
    if not reading.cache.is_filled:
        return "starting"
    is_well = all(platform.is_ready for platform in reading.platforms.all())
    return "operational" if is_well and not reading.cache.is_stale else "degraded"


async def _with_details(reading: Reading, caller: Caller, shown: ApiStatusModel) -> ApiStatusModel:
    scope = await reading.scope(caller)
    counts = by_platform(reading.cache, scope)
    total = sum(counts.values(), Counter[Readiness]())
    details: dict[str, object] = {"version": __version__, "workers": counts_of(total)}
    if await reading.may(caller, about(PLATFORM_KIND, "list", "")):
        found = _platforms(reading, counts)
        default = next((p for p in found if p.name == "default"), found[0] if found else None)
        details |= {
            "platforms": found,
            "account_id": default.account_id if default is not None else None,
        }
    return shown.model_copy(update=details)


def _platforms(
    reading: Reading, counts: Mapping[str, Counter[Readiness]]
) -> tuple[PlatformModel, ...]:
    return tuple(
        platform_of(platform, counts_of(counts.get(platform.name, Counter())))
        for platform in reading.platforms.all()
    )


@router.get(
    "/api/platforms",
    response_model=PlatformsAnswerModel,
    responses=errors(403),
    operation_id="listPlatforms",
    summary="List platforms",
)
async def list_platforms(reading: Reads, caller: Who) -> Response:
    """The platforms, with the workers that the caller may list. It needs the permission to list WorkersPlatforms."""
    reading.check_filled()
    if not await reading.may(caller, about(PLATFORM_KIND, "list", "")):
        raise forbidden("list WorkersPlatforms")
    counts = by_platform(reading.cache, await reading.scope(caller))
    found = _platforms(reading, counts)
    stale = reading.cache.is_stale or None
    return json_response(PlatformsAnswerModel(platforms=found, total=len(found), stale=stale))


@router.get("/healthz", include_in_schema=False)
async def healthz() -> Response:
    """Whether the process answers."""
    return PlainTextResponse("ok\n")
