"""RFC 3339 timestamps, there and back."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.timestamps import parse_timestamp, stamp, stamp_unix

EIGHT = "2026-01-31T08:00:00Z"


def test_a_moment_as_a_timestamp() -> None:
    assert stamp(datetime(2026, 1, 31, 8, 0, 0, 999_999, tzinfo=UTC)) == EIGHT
    assert stamp_unix(1_769_846_400.9) == EIGHT


@pytest.mark.parametrize("text", [EIGHT, "2026-01-31T08:00:00.75Z", "2026-01-31T09:00:00+01:00"])
def test_a_timestamp_as_unix_time(text: str) -> None:
    assert parse_timestamp(text) == 1_769_846_400


@pytest.mark.parametrize(
    "text", [None, "", "yesterday", "2026-01-31T08:00:00", "2026-02-30T08:00:00Z"]
)
def test_what_is_no_timestamp_of_a_time_zone(text: str | None) -> None:
    assert parse_timestamp(text) is None


@given(st.integers(0, 4_102_444_800))
def test_there_and_back(seconds: int) -> None:
    assert parse_timestamp(stamp_unix(seconds)) == seconds
