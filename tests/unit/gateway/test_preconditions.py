"""ETag, If-Match, Prefer and Idempotency-Key."""

import pytest

from workers_operator.gateway.http.preconditions import (
    MAX_WAIT,
    check_match,
    etag,
    idempotency_key,
    matches,
    wait_seconds,
)
from workers_operator.gateway.http.problems import ApiProblem

TAG = etag("uid", "7")


@pytest.mark.parametrize("header", [None, "*", TAG, f"W/{TAG}", f'"other", {TAG}'])
def test_a_state_that_is_named(header: str | None) -> None:
    assert matches(header, TAG)
    check_match(header, TAG)


@pytest.mark.parametrize("header", ["", '"uid.8"', "uid.7", '"'])
def test_a_state_that_is_not_named(header: str) -> None:
    with pytest.raises(ApiProblem) as refused:
        check_match(header, TAG)
    assert refused.value.status_code == 412


@pytest.mark.parametrize(
    ("parameter", "prefer", "seconds"),
    [
        (None, None, 0),
        ("5", None, 5),
        ("2.5s", "wait=9", 2.5),
        (None, "wait=9", 9),
        (None, "respond-async, wait=10", 10),
        (None, "handling=lenient", 0),
        ("99999", None, MAX_WAIT),
    ],
)
def test_how_long_an_answer_may_be_held(
    parameter: str | None, prefer: str | None, seconds: float
) -> None:
    assert wait_seconds(parameter, prefer) == seconds


@pytest.mark.parametrize("wait", ["-1", "inf", "nan", "1e9", "", "٣", "9" * 50])
def test_a_time_that_is_none(wait: str) -> None:
    with pytest.raises(ApiProblem) as refused:
        wait_seconds(wait, None)
    assert refused.value.status_code == 400


def test_a_key_belongs_to_a_caller_and_a_request() -> None:
    mine, again = idempotency_key("k", "me", b"a"), idempotency_key("k", "me", b"a")
    other, theirs = idempotency_key("k", "me", b"b"), idempotency_key("k", "you", b"a")
    assert mine == again
    assert mine is not None
    assert other is not None
    assert theirs is not None
    assert mine.key == other.key != theirs.key
    assert mine.request != other.request
    assert "me" not in str(mine)


@pytest.mark.parametrize("key", ["", " ", "a b", "é", "a" * 129, "a\n"])
def test_a_key_that_is_none(key: str) -> None:
    with pytest.raises(ApiProblem) as refused:
        idempotency_key(key, "me", b"")
    assert refused.value.status_code == 400
