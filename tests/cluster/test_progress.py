"""What the person who waits sees, on a terminal and in a log."""

import io

import pytest

from local_cluster.progress import Progress, duration


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 s"), (2.34, "2.3 s"), (9.96, "10 s"), (59.6, "1 min 00 s"), (326, "5 min 26 s")],
)
def test_durations_are_short(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_log_gets_few_plain_lines() -> None:
    clock, output = Clock(), io.StringIO()
    with Progress(output, live=False, clock=clock).step("building") as step:
        for done in range(40):
            step.update(f"{done} of 40")
            clock.now += 0.5

    assert output.getvalue().splitlines() == [
        "  building: 6 of 40, 3.0 s so far",
        "  building: 36 of 40, 18 s so far",
        "  building: 20 s",
    ]


def test_a_terminal_shows_one_line_that_moves() -> None:
    clock, output = Clock(), io.StringIO()
    with Progress(output, live=True, clock=clock).step("building") as step:
        step.update("0 of 2")
        clock.now += 1.0
        step.update("1 of 2")

    assert output.getvalue().split("\r\x1b[K")[1:] == [
        "  building: 0 of 2, 0.0 s",
        "  building: 1 of 2, 1.0 s",
        "  building: 1.0 s\n",
    ]


def test_a_step_that_fails_says_so() -> None:
    output = io.StringIO()
    with (
        pytest.raises(RuntimeError),
        Progress(output, live=False, clock=Clock()).step("building"),
    ):
        raise RuntimeError

    assert output.getvalue() == "  building: failed after 0.0 s\n"
