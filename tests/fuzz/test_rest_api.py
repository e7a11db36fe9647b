"""Requests that the OpenAPI document allows, and such that it does not: every answer is one that it describes."""

from typing import Any, Final

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from support.rest_api import ADMIN, RestApi, ready

COUNT: Final = 150
SEED: Final = 7
HEADERS: Final = {"Authorization": f"Bearer {ADMIN}"}
CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
REST: Final = RestApi()
SCHEMA: Final = schemathesis.openapi.from_asgi("/api/openapi.json", REST.app).exclude(
    path="/api/events"  # it does not end
)
SCALING: Final = {
    "maxInstances": 5,
    "metrics": [{"type": "RequestsPerSecond", "averageValue": "100"}],
}


def _refilled() -> None:
    """A worker of either kind, whatever the request before has made of them."""
    REST.server.objects.clear()
    REST.put("shop", autoscaling=SCALING, status=ready(rollout={"version": "22222222"}))
    REST.put("brand", kind="EliteWorker")


@pytest.mark.timeout(120)
@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_is_as_documented(mode: GenerationMode) -> None:
    @seed(SEED)
    @settings(
        max_examples=COUNT,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=SCHEMA.as_strategy(generation_mode=mode))
    def sent(case: Case[Any]) -> None:
        _refilled()
        if len(REST.audit) % 3 and "name" in case.path_parameters:
            case.path_parameters["name"] = ("shop", "brand")[len(REST.audit) % 2]
        case.query.pop("wait", None)  # nobody carries anything out
        case.headers.pop("Prefer", None)
        case.call_and_validate(headers=HEADERS, checks=CHECKS)

    sent()
    assert len(REST.audit) >= COUNT
    assert {200, 202} & {record.status for record in REST.audit}
