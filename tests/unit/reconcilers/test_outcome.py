"""Each kind of failure has its condition and its next pass."""

import pytest

from workers_operator.cloudflare.errors import (
    NotFound,
    OutcomeUnknown,
    ScriptRejected,
    TooManyRequests,
    Unauthorized,
)
from workers_operator.domain.conditions import Fact
from workers_operator.domain.handling import Handled, RateLimited, Stalled, Transient, Waiting
from workers_operator.engine.runner import Result
from workers_operator.kube.errors import KubeForbidden, KubeUnavailable
from workers_operator.reconcilers.apply import InfrastructureLost
from workers_operator.reconcilers.outcome import Failure, merge
from workers_operator.reconcilers.platforms import PlatformUnusable

RETRY, FINAL = Result(retry=True), Result(terminal=True)


def after(seconds: float) -> Result:
    return Result(requeue_after=seconds)


@pytest.mark.parametrize(
    ("error", "progress", "result"),
    [
        (Stalled("R", "m"), "Stalled", FINAL),
        (ScriptRejected("R", "m"), "Stalled", FINAL),
        (NotFound("R", "m"), "Stalled", FINAL),
        (Waiting("R", "m", after=7), "Reconciling", after(7)),
        (Unauthorized("R", "m", after=60), "Reconciling", after(60)),
        (PlatformUnusable("R", "m", after=30), "Reconciling", after(30)),
        (InfrastructureLost("R", "m", after=5), "Reconciling", after(5)),
        (RateLimited("R", "m", after=9), "Reconciling", after(9)),
        (TooManyRequests("R", "m", after=9), "Reconciling", after(9)),
        (Transient("R", "m"), "Reconciling", RETRY),
        (OutcomeUnknown("R", "m"), "Reconciling", RETRY),
        (KubeUnavailable("R", "m"), "Reconciling", RETRY),
        (KubeForbidden("R", "m"), "Reconciling", RETRY),
        (Handled("R", "m"), "Reconciling", RETRY),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_what_follows_from_a_failure(error: Handled, progress: str, result: Result) -> None:
    failure = Failure("Deployed", error)
    assert failure.fact() == Fact("Deployed", "False", "R", "m")
    assert (failure.progress().type, failure.progress().status) == (progress, "True")
    assert failure.result() == result


def test_the_failed_steps_fact_replaces_what_was_found_before() -> None:
    found = {"Deployed": Fact("Deployed", "True", "Uploaded", ""), "A": Fact("A", "True", "X", "")}
    failure = Failure("Deployed", Stalled("R", "m"))
    assert merge(found, failure) == {"A": found["A"], "Deployed": failure.fact()}
    assert merge(found, None) == found
