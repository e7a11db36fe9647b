"""Waits end in time, and those of a busy machine later."""

import time
from pathlib import Path

import pytest

from support.waiting import Stopwatch, until


def _presses(pressure: Path, seconds: int) -> None:
    """What Linux tells once something has waited for a core for so long."""
    zeros = "avg10=0.00 avg60=0.00 avg300=0.00"
    pressure.write_text(f"some {zeros} total={seconds * 10**6}\nfull {zeros} total=0\n")


def test_seconds_in_which_something_waited_for_a_core_do_not_count(tmp_path: Path) -> None:
    pressure = tmp_path / "cpu"
    _presses(pressure, 1000)
    watch = Stopwatch(pressure)
    time.sleep(0.01)
    assert 0.01 <= watch.seconds <= watch.wall_seconds
    _presses(pressure, 1060)
    assert watch.seconds == 0
    assert watch.wall_seconds >= 0.01


def test_all_seconds_count_where_the_kernel_does_not_tell(tmp_path: Path) -> None:
    watch = Stopwatch(tmp_path / "cpu")
    time.sleep(0.01)
    assert watch.seconds >= 0.01


def test_what_stays_false_fails_in_time() -> None:
    with pytest.raises(AssertionError, match="not within 0 s: it stays false"):
        until(lambda: False, "it stays false", 0.1)
