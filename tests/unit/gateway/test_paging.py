"""Cursors: what an answer held is understood, and nothing else is."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.gateway.http.paging import Position, cursor_of, position_of
from workers_operator.gateway.http.problems import ApiProblem

POSITION = Position("shop", "tenant", "CustomerWorker", "shop")


@given(st.builds(Position, st.text(), st.text(), st.text(), st.text()), st.text())
def test_a_cursor_is_understood(position: Position, query: str) -> None:
    try:
        cursor = cursor_of(position, query)
    except UnicodeEncodeError:
        return
    if len(cursor) <= 1024:
        assert position_of(cursor, query) == position


def test_a_cursor_belongs_to_its_filters() -> None:
    with pytest.raises(ApiProblem, match="other filters"):
        position_of(cursor_of(POSITION, "ready=true"), "ready=false")


@pytest.mark.parametrize(
    "forged",
    [
        "",
        "x",
        "%%%",
        "é",
        base64.urlsafe_b64encode(b"null").decode(),
        base64.urlsafe_b64encode(b"[1,2,3,4,5]").decode(),
        base64.urlsafe_b64encode(b"[" * 700).decode(),
        base64.urlsafe_b64encode(json.dumps(["a"] * 4).encode()).decode(),
        "A" * 5000,
    ],
)
def test_a_forged_cursor_is_refused(forged: str) -> None:
    with pytest.raises(ApiProblem) as refused:
        position_of(forged, "")
    assert refused.value.status_code == 400
