"""When a script is ours: a listing is compared with what the operator left."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.tampering import (
    UNDER_WAY,
    UNKNOWN,
    Fingerprint,
    interrupted,
    is_left_alone,
    newest,
    tampered,
)

AT = datetime(2026, 1, 31, 8, tzinfo=UTC)
SCRIPT = ("0a1b2c3d", 0)


def at(seconds: float, etag: str = "e1") -> Fingerprint:
    moment = AT + timedelta(seconds=seconds)
    return Fingerprint(etag, f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z")


@pytest.mark.parametrize(
    ("listed", "is_ours"),
    [
        (at(0), True),
        (at(0.9), True),
        (at(1.1), False),
        (at(0.9, "e2"), True),
        (at(1.1, "e2"), False),
        (Fingerprint("e1", "2026-01-31T08:00:00Z"), True),
        (Fingerprint("e1", "2026-01-31T08:00:00.0000004Z"), True),
        (Fingerprint("e1"), True),
        (Fingerprint("e2"), False),
        (Fingerprint("e1", "gibberish"), True),
        (Fingerprint("e2", "2026-01-31"), False),
        (UNKNOWN, True),
    ],
)
def test_what_a_listing_tells(listed: Fingerprint, *, is_ours: bool) -> None:
    assert is_left_alone(listed, at(0)) is is_ours


@given(st.floats(0.001, 1e6), st.sampled_from(["e1", "e2"]))
def test_a_listing_from_before_our_upload_says_nothing(seconds: float, etag: str) -> None:
    assert is_left_alone(at(-seconds, etag), at(0))


@given(st.floats(0, 1e6), st.sampled_from(["e1", "e2"]))
def test_what_we_have_uploaded_is_ours(seconds: float, etag: str) -> None:
    left = at(seconds, etag)
    assert tampered({SCRIPT: left}, {SCRIPT: left}) == frozenset()
    assert newest(left, left) == left


def test_the_newest_of_both_counts() -> None:
    assert newest(None, None) is None
    assert newest(at(0), None) == newest(None, at(0)) == at(0)
    assert newest(at(0), at(5)) == newest(at(5), at(0)) == at(5)
    assert newest(UNDER_WAY, None) == UNDER_WAY
    assert newest(UNDER_WAY, at(0)) == at(0)


def test_a_script_that_nobody_knows_is_taken_as_it_is() -> None:
    assert tampered({SCRIPT: at(9)}, {}) == frozenset()
    assert tampered({SCRIPT: at(9)}, {SCRIPT: UNKNOWN}) == frozenset()
    assert tampered({}, {SCRIPT: at(0)}) == frozenset()


def test_an_upload_that_is_under_way_is_no_tampering() -> None:
    assert tampered({SCRIPT: at(9, "e2")}, {SCRIPT: UNDER_WAY}) == frozenset()
    assert interrupted({SCRIPT: at(9, "e2")}, {SCRIPT: UNDER_WAY}) == {SCRIPT}
    assert interrupted({}, {SCRIPT: UNDER_WAY}) == frozenset()
