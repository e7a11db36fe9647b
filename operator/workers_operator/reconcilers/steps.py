"""Steps of a pass: each names the condition that its failure concerns."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from workers_operator.desired.report import Report
from workers_operator.domain.errors import ReconcileError
from workers_operator.resources import WorkerStatus


class StepFailed(Exception):
    """A step failed: ``condition`` is the type that its error concerns."""

    def __init__(self, condition: str, error: ReconcileError) -> None:
        super().__init__(f"{condition}: {error}")
        self.condition = condition
        self.error = error


class Notes(Protocol):
    """Writes status in the middle of a pass, before something that nobody else would know of afterwards."""

    async def creating(self, so_far: Report) -> None:
        """Write down what is about to be created: its name and its deletion."""

    async def uploading(self, status: WorkerStatus) -> None:
        """Write down, as ``status`` does, which scripts are being uploaded over those that are there."""

    async def tested(self, status: WorkerStatus) -> None:
        """Write down, as ``status`` does, what a test has decided about a rollout."""


@contextmanager
def concerning(condition: str) -> Iterator[None]:
    """Turn a ReconcileError inside into the failure of a step. The innermost step counts."""
    try:
        yield
    except ReconcileError as error:
        raise StepFailed(condition, error) from error
