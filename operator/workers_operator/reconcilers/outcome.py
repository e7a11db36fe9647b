"""The one place that maps an error's handling to conditions and to the next pass."""

from collections.abc import Mapping
from dataclasses import dataclass

from workers_operator.domain.conditions import RECONCILING, STALLED, Fact
from workers_operator.domain.handling import Handled, RateLimited, Stalled, Waiting
from workers_operator.engine.runner import Result


@dataclass(frozen=True)
class Failure:
    """A failed step: which condition it concerns, and why."""

    type: str
    error: Handled

    def fact(self) -> Fact:
        """The condition of the step."""
        return Fact(self.type, "False", self.error.reason, self.error.message)

    def progress(self) -> Fact:
        """Stalled where trying again is no use, else Reconciling."""
        if isinstance(self.error, Stalled):
            return Fact(STALLED, "True", self.error.reason, self.error.message)
        return Fact(RECONCILING, "True", "ProgressingWithRetry", "will be tried again by itself")

    def result(self, *, again: float | None = None) -> Result:
        """When the next pass comes; ``again``: seconds after which even what is stalled is looked at."""
        match self.error:
            case Stalled():
                return Result(requeue_after=again, terminal=True)
            case Waiting(after=after) | RateLimited(after=after):
                return Result(requeue_after=after)
        return Result(retry=True)


def merge(facts: Mapping[str, Fact], failure: Failure | None) -> Mapping[str, Fact]:
    """``facts`` with the failed step's own."""
    return facts if failure is None else {**facts, failure.type: failure.fact()}
