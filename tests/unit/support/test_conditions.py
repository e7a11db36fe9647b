"""The judges that other tests rely on: each verdict and each violation is reached at least once."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.conditions import kstatus, violations, violations_in_progress

GENERATION = 3


def condition(kind: str, status: str = "True", **fields: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "status": status,
        "reason": "Because",
        "message": "it is so",
        "observedGeneration": GENERATION,
        **fields,
    }


def thing(
    *conditions: Mapping[str, Any], observed: int | None = GENERATION, **metadata: Any
) -> dict[str, Any]:
    status: dict[str, Any] = {"conditions": list(conditions)}
    if observed is not None:
        status["observedGeneration"] = observed
    return {"metadata": {"name": "x", "generation": GENERATION, **metadata}, "status": status}


READY = condition("Ready")
NOT_READY = condition("Ready", "False")
UNKNOWN = condition("Ready", "Unknown")
RECONCILING = condition("Reconciling")
STALLED = condition("Stalled")


@pytest.mark.parametrize(
    ("obj", "verdict"),
    [
        (thing(READY), "Current"),
        (thing(NOT_READY), "InProgress"),
        (thing(UNKNOWN), "InProgress"),
        (thing(NOT_READY, RECONCILING), "InProgress"),
        (thing(NOT_READY, STALLED), "Failed"),
        (thing(STALLED, RECONCILING), "Failed"),
        (thing(RECONCILING, STALLED), "InProgress"),
        (thing(READY, condition("Stalled", "False")), "Current"),
        (thing(READY, observed=GENERATION - 1), "InProgress"),
        (thing(observed=-1), "InProgress"),
        (thing(READY, observed=None), "Current"),
        (thing(READY, deletionTimestamp="2026-01-31T08:00:00Z"), "Terminating"),
        ({"metadata": {"name": "x", "generation": 1}}, "Current"),
    ],
)
def test_kstatus(obj: dict[str, Any], verdict: str) -> None:
    assert kstatus(obj) == verdict


@pytest.mark.parametrize(
    "obj",
    [
        thing(READY, condition("Healthy")),
        thing(NOT_READY, condition("Healthy", "False")),
        thing(NOT_READY, STALLED),
        thing(NOT_READY, RECONCILING),
        thing(NOT_READY, condition("RateLimited")),
    ],
)
def test_a_good_status_violates_nothing(obj: dict[str, Any]) -> None:
    assert violations(obj) == []
    assert violations_in_progress(obj) == []


@pytest.mark.parametrize(
    ("obj", "names"),
    [
        (thing(READY, condition("Drifted")), {"FAIL0001", "WARN0001"}),
        (thing(), {"FAIL0002"}),
        (thing(UNKNOWN, RECONCILING), {"FAIL0003"}),
        (thing(UNKNOWN, STALLED), {"FAIL0004"}),
        (thing(NOT_READY, RECONCILING, STALLED), {"FAIL0005"}),
        (thing(NOT_READY, observed=GENERATION + 1), {"FAIL0006"}),
        (thing(READY, observed=GENERATION - 1), {"FAIL0007", "FAIL0009"}),
        (
            thing(READY, condition("Healthy", observedGeneration=GENERATION - 1)),
            {"FAIL0008", "FAIL0009"},
        ),
        (thing(READY, condition("Drifted", "False")), {"WARN0001"}),
        (thing(NOT_READY, condition("Drifted", reason="Other")), {"WARN0002"}),
        (thing(NOT_READY, condition("Reconciling", "False")), {"WARN0003"}),
        (thing(NOT_READY, condition("Stalled", "False")), {"WARN0004"}),
        (thing({**NOT_READY, "observedGeneration": None}), {"WARN0005"}),
    ],
)
def test_violations_at_rest(obj: dict[str, Any], names: set[str]) -> None:
    assert {problem.partition(":")[0] for problem in violations(obj)} == names


@pytest.mark.parametrize(
    ("obj", "names"),
    [
        (thing(RECONCILING), {"FAIL0002"}),
        (thing(), {"FAIL0002", "FAIL0011"}),
        (thing(UNKNOWN), {"FAIL0011"}),
        (thing(UNKNOWN, STALLED), {"FAIL0004", "FAIL0011"}),
        (thing(UNKNOWN, RECONCILING), set()),
        (thing(READY, RECONCILING, observed=GENERATION - 1), set()),
        (thing(NOT_READY, RECONCILING, STALLED), {"FAIL0005"}),
        (thing(NOT_READY, observed=GENERATION + 1), {"FAIL0006"}),
        (thing(UNKNOWN, condition("Reconciling", "False")), {"FAIL0011", "WARN0003"}),
    ],
)
def test_violations_in_progress(obj: dict[str, Any], names: set[str]) -> None:
    assert {problem.partition(":")[0] for problem in violations_in_progress(obj)} == names
