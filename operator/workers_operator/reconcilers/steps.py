"""Steps of a pass: each names the condition that its failure concerns."""

from collections.abc import Iterator
from contextlib import contextmanager

from workers_operator.domain.errors import ReconcileError


class StepFailed(Exception):
    """A step failed: ``condition`` is the type that its error concerns."""

    def __init__(self, condition: str, error: ReconcileError) -> None:
        super().__init__(f"{condition}: {error}")
        self.condition = condition
        self.error = error


@contextmanager
def concerning(condition: str) -> Iterator[None]:
    """Turn a ReconcileError inside into the failure of a step. The innermost step counts."""
    try:
        yield
    except ReconcileError as error:
        raise StepFailed(condition, error) from error
