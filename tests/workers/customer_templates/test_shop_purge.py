"""Purging the customer template "ecommerce" by tag."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from workers.templates import Ask, Site, Template, asking, run_template, state

KEY = {"PURGE_KEY": "right"}
PURGE = "/.well-known/code24/purge"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("ecommerce.js", tmp_path_factory.mktemp("shop")) as template:
        yield template


@pytest.fixture
def ask(shop: Template, site: Site) -> Ask:
    return asking(shop, site)


def purge(ask: Ask, **order: Any) -> httpx.Response:
    """The answer, once copies of what is asked from now on are younger: those of the same millisecond are not."""
    headers = {"Authorization": "Bearer right"}
    content = json.dumps(order).encode()
    answer = ask(PURGE, "POST", secrets=KEY, headers=headers, content=content)
    answered_ms = time.time_ns() // 1_000_000
    while time.time_ns() // 1_000_000 == answered_ms:
        pass
    return answer


def test_a_purge_takes_away_what_bears_the_tag(site: Site, ask: Ask, path: str) -> None:
    other = f"{path}-other"
    site.put(path, "page", ("Cache-Tag", f"a, {path}"))
    site.put(other, "page", ("Surrogate-Key", "a b"))
    for target in (path, other):
        assert "Cache-Tag" not in ask(target).headers
        assert state(ask(target)) == "HIT"
    assert purge(ask, tags=[path.upper()]).status_code == 200
    assert (state(ask(path)), state(ask(other))) == ("MISS", "HIT")
    assert (state(ask(path)), state(ask(other))) == ("HIT", "HIT")
    purge(ask, tags=["a"])
    assert (state(ask(path)), state(ask(other))) == ("MISS", "MISS")


def test_a_purge_of_a_path(site: Site, ask: Ask, path: str) -> None:
    targets = (path, f"{path}?size=1", f"{path}/below")
    for target in targets:
        site.put(target, "page")
        ask(target)
    purge(ask, paths=[path])
    assert [state(ask(target)) for target in targets] == ["MISS", "MISS", "HIT"]


def test_a_purge_of_everything(site: Site, path: str, tmp_path: Path) -> None:
    site.put(path, "page")
    with run_template("ecommerce.js", tmp_path) as shop:  # no other test's copies are to suffer
        ask = asking(shop, site)
        assert [state(ask(path)) for _ in range(2)] == ["MISS", "HIT"]
        purge(ask, everything=True)
        assert [state(ask(path)) for _ in range(2)] == ["MISS", "HIT"]


def test_what_is_purged_is_not_served_even_where_the_origin_is_away(
    site: Site, ask: Ask, path: str
) -> None:
    site.put(path, "recalled", ("Cache-Tag", "recall"))
    ask(path)
    purge(ask, tags=["recall"])
    site.fails(path, "vanishes")
    assert ask(path).status_code == 502


@pytest.mark.parametrize(
    ("secrets", "method", "headers", "content", "status"),
    [
        ({}, "POST", {"Authorization": "Bearer right"}, b'{"tags": ["a"]}', 404),
        (KEY, "GET", {"Authorization": "Bearer right"}, None, 405),
        (KEY, "POST", {}, b'{"tags": ["a"]}', 403),
        (KEY, "POST", {}, b'{"key": ["right"], "tags": ["a"]}', 403),
        (KEY, "POST", {"Authorization": "Bearer wrong"}, b'{"key": "right", "tags": ["a"]}', 403),
        (KEY, "POST", {"Authorization": "Bearer right"}, b"", 400),
        (KEY, "POST", {"Authorization": "Bearer right"}, b"null", 400),
        (KEY, "POST", {"Authorization": "Bearer right"}, b"[1", 400),
        (KEY, "POST", {"Authorization": "Bearer right"}, b'{"tags": "a"}', 400),
        (KEY, "POST", {"Authorization": "Bearer right"}, b'{"tags": []}', 400),
        (KEY, "POST", {"Authorization": "Bearer right"}, b'{"tags": ["' + b"a" * 300 + b'"]}', 400),
        (KEY, "POST", {"Authorization": "Bearer right"}, b" " * 100_000, 400),
        (KEY, "POST", {}, b'{"key": "right", "tags": ["a"]}', 200),
    ],
)
def test_who_may_purge_what(
    ask: Ask, secrets: dict[str, str], method: str, headers: dict[str, str], content: bytes, status: int
) -> None:  # fmt: skip
    answer = ask(PURGE, method, secrets=secrets, headers=headers, content=content)
    assert answer.status_code == status
    assert "right" not in answer.text.replace("the right one", "")


def test_keys_are_not_guessed(ask: Ask) -> None:
    headers = {"Authorization": "Bearer wrong", "CF-Connecting-IP": "192.0.2.1"}
    answers = [ask(PURGE, "POST", secrets=KEY, headers=headers, content=b"{}") for _ in range(12)]
    assert [answer.status_code for answer in answers] == [403] * 10 + [429] * 2
