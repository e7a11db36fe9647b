"""How an error is reported and when the next pass runs: the one place that maps an error's handling to both. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from workers_operator.domain.conditions import RECONCILING, STALLED, Fact
from workers_operator.domain.errors import Paused, RateLimited, ReconcileError, Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.engine.runner import Result


@dataclass(frozen=True)
class Failure:
    """A failed step: the condition that it concerns, and why it failed."""

    type: str
    error: ReconcileError

    def fact(self) -> Fact:
        """Return the condition of the step."""
        return Fact(self.type, "False", self.error.reason, self.error.message)

    def progress(self) -> Fact:
        """Return Stalled if retrying is no use, else Reconciling."""
        if isinstance(self.error, Stalled):
            return Fact(STALLED, "True", self.error.reason, self.error.message)
        return Fact(
            RECONCILING, "True", Reason.PROGRESSING_WITH_RETRY, "the operator retries by itself"
        )

    def result(self, *, again: float | None = None) -> Result:
        """Return when the next pass runs. ``again``: seconds after which the object is looked at in any case."""
        match self.error:
            case Stalled():
                return Result(requeue_after=again, terminal=True)
            case Paused(after=after):
                return Result(requeue_after=after, retry=True)
            case Waiting(after=after):
                return Result(requeue_after=after if again is None else min(after, again))
            case RateLimited(after=after):
                return Result(requeue_after=after)
        return Result(retry=True)


def merge(facts: Mapping[str, Fact], failure: Failure | None) -> Mapping[str, Fact]:
    """Return ``facts`` with the failed step's own."""
    return facts if failure is None else {**facts, failure.type: failure.fact()}
