"""The feature "validation" of the customer template "api"."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from workers.apis import asking, code
from workers.templates import Ask, Site, Template, run_template


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("api.js", tmp_path_factory.mktemp("api")) as template:
        yield template


@pytest.fixture
def ask(api: Template, site: Site) -> Ask:
    return asking(api, site)


SCHEMA = {
    "type": "object",
    "required": ["item"],
    "additionalProperties": False,
    "properties": {
        "item": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"},
        "count": {"type": "integer", "minimum": 1, "exclusiveMaximum": 10, "multipleOf": 3},
        "tags": {
            "type": "array",
            "items": {"enum": ["a", "b"]},
            "maxItems": 2,
            "uniqueItems": True,
        },
        "either": {"anyOf": [{"type": "null"}, {"type": "boolean"}]},
        "fixed": {"const": 1},
        "free": {},
    },
}
RULES = [
    {"method": "POST", "path": "/orders/{id}", "body": SCHEMA},
    {
        "method": "GET",
        "path": "/orders",
        "query": {
            "required": ["page"],
            "additionalProperties": False,
            "properties": {
                "page": {"type": "integer", "minimum": 1},
                "all": {"type": "boolean"},
                "tag": {"type": "array", "items": {"type": "string"}},
                "id": {"type": "array", "items": {"type": "integer"}},
            },
        },
    },
]


@pytest.mark.parametrize(
    ("body", "problems"),
    [
        ({"item": "ab"}, []),
        ({"item": "äb"}, ["body.item"]),
        (
            {
                "item": "ab",
                "count": 3,
                "tags": ["a", "b"],
                "either": None,
                "fixed": 1,
                "free": [{}],
            },
            [],
        ),
        ({}, ["body.item"]),
        ({"item": 7}, ["body.item"]),
        ({"item": "a"}, ["body.item"]),
        ({"item": "abcde"}, ["body.item"]),
        ({"item": "ab", "count": 0}, ["body.count"]),
        ({"item": "ab", "count": 1.5}, ["body.count"]),
        ({"item": "ab", "count": 12}, ["body.count"]),
        ({"item": "ab", "count": 4}, ["body.count"]),
        ({"item": "ab", "tags": ["a", "a"]}, ["body.tags"]),
        ({"item": "ab", "tags": ["c"]}, ["body.tags[0]"]),
        ({"item": "ab", "tags": ["a"] * 100_000}, ["body.tags"]),
        ({"item": "ab", "either": 7}, ["body.either"]),
        ({"item": "ab", "fixed": 2}, ["body.fixed"]),
        ({"item": "ab", "more": 1}, ["body.more"]),
        ({"item": "ab", "__proto__": 1}, ["body.__proto__"]),
        ({"item": "ab", "constructor": 1}, ["body.constructor"]),
        ({f"x{n}": 1 for n in range(100)}, 20),
        ([], ["body"]),
        (None, ["body"]),
        ("secret", ["body"]),
    ],
)
def test_bodies(ask: Ask, site: Site, body: Any, problems: list[str] | int) -> None:
    site.put("/base/orders/7", "done")
    answer = ask(
        "/v1/orders/7",
        "POST",
        headers={"Content-Type": "application/json"},
        content=json.dumps(body).encode(),
        on={"validation": {"rules": RULES}},
    )
    if problems == []:
        assert answer.text == "done"
        assert json.loads(site.asked[-1].body) == body
        return
    assert code(answer) == (400, "invalid_request")
    found = [problem["path"] for problem in answer.json()["error"]["problems"]]
    assert (len(found) if isinstance(problems, int) else found) == problems
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("kind", "content", "path"),
    [
        ("application/json", b"{", "body"),
        ("application/json", b"", "body"),
        ("application/json", b'"\xff"', "body"),
        ("text/plain", b'{"item": "ab"}', "header Content-Type"),
        ("application/json", b"[" * 100_000 + b"]" * 100_000, "body"),
        ("application/problem+json", b"7", "body"),
    ],
)
def test_bodies_that_are_no_json(ask: Ask, kind: str, content: bytes, path: str) -> None:
    on = {"validation": {"rules": RULES}}
    answer = ask("/v1/orders/7", "POST", headers={"Content-Type": kind}, content=content, on=on)
    assert code(answer) == (400, "invalid_request")
    assert answer.json()["error"]["problems"][0]["path"] == path


@pytest.mark.parametrize(
    ("query", "problems"),
    [
        ("page=1", []),
        ("page=1&all=true&tag=a", []),
        ("page=1&tag=a&tag=b", []),
        ("page=1&id=7", []),
        ("page=1&id=7&id=8", []),
        ("page=1&id=7&id=x", ["query.id[1]"]),
        ("", ["query.page"]),
        ("page=one", ["query.page"]),
        ("page=0", ["query.page"]),
        ("page=1&page=2", ["query.page"]),
        ("page=1&all=maybe", ["query.all"]),
        ("page=1&sort=up", ["query.sort"]),
        ("page=1&__proto__=x", ["query.__proto__"]),
    ],
)
def test_queries(ask: Ask, site: Site, query: str, problems: list[str]) -> None:
    site.put(f"/base/orders?{query}", "done")
    answer = ask(f"/v1/orders?{query}", on={"validation": {"rules": RULES}})
    if not problems:
        assert answer.text == "done"
    else:
        assert [p["path"] for p in answer.json()["error"]["problems"]] == problems


def test_requests_without_a_rule_go_through(ask: Ask, site: Site, path: str) -> None:
    site.put(f"/base{path}", "done")
    for target in (path, f"{path}/"):
        site.put(f"/base{target}", "done")
        answer = ask(f"/v1{target}", "POST", content=b"{", on={"validation": {"rules": RULES}})
        assert answer.text == "done"


def test_a_rule_that_is_none(ask: Ask) -> None:
    rules = [{"method": "POST", "path": "/x", "body": {"type": "string", "pattern": "("}}]
    answer = ask(
        "/v1/x",
        "POST",
        headers={"Content-Type": "application/json"},
        content=b'"text"',
        on={"validation": {"rules": rules}},
    )
    assert code(answer) == (422, "invalid_parameters")
