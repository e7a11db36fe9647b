"""Waiting for conditions: polled shortly, with a deadline, and a text that says what did not happen."""

import time
from collections.abc import Callable
from typing import Final, TypeVar

T = TypeVar("T")

PATIENCE: Final = 30.0
"""Seconds after which a condition that is still false fails the test."""
_PAUSE: Final = 0.05


def until(
    condition: Callable[[], T], problem: str | Callable[[], str], seconds: float = PATIENCE
) -> T:
    """The first true value of ``condition``; ``problem`` says what is wrong if there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            text = problem if isinstance(problem, str) else problem()
            raise AssertionError(f"not within {seconds:.0f} s: {text}")
        time.sleep(_PAUSE)
    return value


def holds(condition: Callable[[], object], problem: str, seconds: float) -> None:
    """Fails as soon as ``condition`` is false within the next ``seconds``: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert condition(), problem
        time.sleep(_PAUSE)
