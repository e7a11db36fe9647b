"""tests.yaml: what it may say, and how an answer is judged."""

from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.authoring import AuthoringError
from workers_operator.authoring.cases import (
    CaseResponse,
    Expected,
    differences,
    load_tests,
    with_origin,
)
from workers_operator.domain.errors import Stalled

ANSWER = CaseResponse(
    200,
    {"content-type": "application/json", "x-a": "1"},
    b'{"a": {"b": [1, {"c": true, "d": "x"}]}, "e": null}',
    data_points=1,
)


def judged(**expected: Any) -> list[str]:
    return differences(Expected.model_validate(expected, by_alias=True), ANSWER)


@pytest.mark.parametrize(
    "expected",
    [
        {},
        {"headers": {"X-A": "1", "Content-Type": "application/json", "X-B": None}},
        {"bodyContains": ['"c": true', "{"], "bodyLacks": ["z"]},
        {"bodyJson": {"a": {"b": [1, {"c": True}]}}},
        {"bodyJson": {"a": {"b": [1, {}]}, "e": None}},
        {"dataPoints": 1},
    ],
)
def test_an_answer_as_expected(expected: dict[str, Any]) -> None:
    assert judged(**expected) == []


@pytest.mark.parametrize(
    ("expected", "problem"),
    [
        ({"status": 404}, "status is 200, expected 404"),
        ({"headers": {"X-A": "2"}}, 'header X-A is "1", expected "2"'),
        ({"headers": {"X-A": None}}, 'header X-A is "1", expected null'),
        ({"headers": {"X-B": ""}}, 'header X-B is null, expected ""'),
        ({"bodyContains": ["z"]}, 'body lacks "z": '),
        ({"bodyLacks": ["null"]}, 'body holds "null"'),
        ({"bodyJson": {"a": {"b": [1]}}}, "body.a.b is [1, "),
        ({"bodyJson": {"a": {"b": [1, {"c": False}]}}}, "body.a.b[1].c is true, expected false"),
        ({"bodyJson": {"a": {"b": [True, {}]}}}, "body.a.b[0] is 1, expected true"),
        ({"bodyJson": {"z": 1}}, "body.z is missing"),
        ({"bodyJson": [1]}, "body is "),
        ({"dataPoints": 0}, "1 data points were written, expected 0"),
    ],
)
def test_an_answer_that_is_not(expected: dict[str, Any], problem: str) -> None:
    [found] = judged(**expected)
    assert found.startswith(problem)


def test_a_body_that_is_no_json() -> None:
    expected = Expected.model_validate({"bodyJson": {}}, by_alias=True)
    assert differences(expected, CaseResponse(200, {}, b"<h1>")) == ['body is no JSON: "<h1>"']


def test_the_origins_address_stands_where_the_placeholder_was() -> None:
    text = yaml.safe_dump(
        {
            "parameters": {"origin": "{origin}/base"},
            "cases": [{"name": "a", "expect": {"headers": {"Location": "{origin}/x"}}}],
        }
    )
    found = with_origin(load_tests(text.encode(), "tests.yaml"), "http://127.0.0.1:7")
    assert found.parameters == {"origin": "http://127.0.0.1:7/base"}
    assert found.cases[0].expect.headers == {"Location": "http://127.0.0.1:7/x"}


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("cases: []", "cases: "),
        ("cases: [{}]", "cases.0.name: "),
        ("cases: [{name: a, expects: {}}]", "cases.0.expects: "),
        ("cases: [{name: a, request: {path: x}}]", "cases.0.request.path: "),
        ("cases: [{name: a, request: {path: /a b}}]", "cases.0.request.path: "),
        ("cases: [{name: a, request: {headers: {'A B': x}}}]", "cases.0.request.headers.A B"),
        ("cases: [{name: a, expect: {status: ok}}]", "cases.0.expect.status: "),
        ("origin: {/: {status: 99}}\ncases: [{name: a}]", "origin./.status: "),
    ],
)
def test_what_tests_may_not_say(text: str, word: str) -> None:
    with pytest.raises(AuthoringError) as caught:
        load_tests(text.encode(), "tests.yaml")
    assert str(caught.value).startswith("tests.yaml: ")
    assert word in str(caught.value)


@given(st.text(max_size=100))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(AuthoringError, Stalled):
        load_tests(text.encode(), "tests.yaml")
