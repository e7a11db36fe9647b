"""Each kind of failure has its condition and its next pass."""

import pytest

from workers_operator.account.executor import InfrastructureLost
from workers_operator.account.platforms import PlatformUnusable
from workers_operator.cloudflare.errors import (
    NotFound,
    OutcomeUnknown,
    ScriptRejected,
    TooManyRequests,
    Unauthorized,
)
from workers_operator.desired.outcome import Failure, merge
from workers_operator.domain.conditions import Fact
from workers_operator.domain.errors import RateLimited, ReconcileError, Stalled, Transient, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.engine.runner import Result
from workers_operator.kube.errors import KubeForbidden, KubeUnavailable

WHY = Reason.CONFLICT
RETRY, FINAL = Result(retry=True), Result(terminal=True)


def after(seconds: float) -> Result:
    return Result(requeue_after=seconds)


@pytest.mark.parametrize(
    ("error", "progress", "result"),
    [
        (Stalled(WHY, "m"), "Stalled", FINAL),
        (ScriptRejected(WHY, "m"), "Stalled", FINAL),
        (NotFound(WHY, "m"), "Stalled", FINAL),
        (Waiting(WHY, "m", after=7), "Reconciling", after(7)),
        (Unauthorized(WHY, "m", after=60), "Reconciling", after(60)),
        (PlatformUnusable(WHY, "m", after=30), "Reconciling", after(30)),
        (InfrastructureLost(WHY, "m", after=5), "Reconciling", after(5)),
        (RateLimited(WHY, "m", after=9), "Reconciling", after(9)),
        (TooManyRequests(WHY, "m", after=9), "Reconciling", after(9)),
        (Transient(WHY, "m"), "Reconciling", RETRY),
        (OutcomeUnknown(WHY, "m"), "Reconciling", RETRY),
        (KubeUnavailable(WHY, "m"), "Reconciling", RETRY),
        (KubeForbidden(WHY, "m"), "Reconciling", RETRY),
        (ReconcileError(WHY, "m"), "Reconciling", RETRY),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_follows_from_a_failure(error: ReconcileError, progress: str, result: Result) -> None:
    failure = Failure("Deployed", error)
    assert failure.fact() == Fact("Deployed", "False", WHY, "m")
    assert (failure.progress().type, failure.progress().status) == (progress, "True")
    assert failure.result() == result


def test_the_failed_steps_fact_replaces_what_was_found_before() -> None:
    found = {"Deployed": Fact("Deployed", "True", "Uploaded", ""), "A": Fact("A", "True", "X", "")}
    failure = Failure("Deployed", Stalled(WHY, "m"))
    assert merge(found, failure) == {"A": found["A"], "Deployed": failure.fact()}
    assert merge(found, None) == found
