"""Durations: what Go writes is read, anything else is refused by name."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers_operator.resources import parse_duration
from workers_operator.resources.durations import PATTERN

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
parts = st.tuples(st.integers(0, 10**6), st.sampled_from(sorted(SECONDS)))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5m", 300), ("1h30m", 5400), ("90s", 90), ("250ms", 0.25), ("2.5s", 2.5), ("0s", 0)],
)
def test_examples(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@given(st.lists(parts, min_size=1, max_size=5))
def test_parts_add_up(pieces: list[tuple[int, str]]) -> None:
    text = "".join(f"{number}{unit}" for number, unit in pieces)
    assert parse_duration(text) == pytest.approx(sum(n * SECONDS[unit] for n, unit in pieces))


@given(st.text(alphabet="0123456789.msh -\n", max_size=8) | st.text(max_size=8))
@example("")
@example("5")
@example("5m\n")
@example("\u0665s")
@example("1.s")
@example("-5s")
def test_it_takes_exactly_what_the_pattern_of_the_crd_takes(text: str) -> None:
    if re.compile(PATTERN.replace("$", r"\Z"), re.ASCII).search(text):
        assert parse_duration(text) >= 0
    else:
        with pytest.raises(ValueError, match=re.escape(repr(text))):
            parse_duration(text)
