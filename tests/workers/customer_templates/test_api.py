"""The customer template "api" on a real workerd, fronting upstreams on the loopback."""

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from workers.apis import asking, code
from workers.templates import HEALTH_PATH, Ask, Fault, Site, Template, run_template

_numbers = itertools.count()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("api.js", tmp_path_factory.mktemp("api")) as template:
        yield template


@pytest.fixture
def ask(api: Template, site: Site) -> Ask:
    return asking(api, site)


def test_health_asks_nobody(ask: Ask, site: Site) -> None:
    before = len(site.asked)
    assert ask(HEALTH_PATH, on={"keys": {}}).json() == {"status": "ok"}
    assert len(site.asked) == before


@pytest.mark.parametrize("parameters", [None, {}, {"upstreams": "x"}, {"upstreams": [None, {}, 7]}])
def test_without_upstreams(api: Template, parameters: dict[str, Any] | None) -> None:
    answer = api.ask("/v1/x", parameters=parameters)
    assert code(answer) == (404, "unknown_version")


@pytest.mark.parametrize(
    "origin", ["", "ftp://x/", "https://a:secret@api.example/", "https://shop.code24.dev/"]
)
def test_an_upstream_that_is_none(ask: Ask, origin: str) -> None:
    answer = ask("/v1/x", parameters={"upstreams": [{"version": "v1", "origin": origin}]})
    assert code(answer) == (422, "invalid_parameters")
    assert "secret" not in answer.text


def test_what_the_upstream_gets(ask: Ask, site: Site, path: str) -> None:
    site.put(f"/base{path}?a=%20b", "done", status=202)
    forged = {"X-Forwarded-For": "10.0.0.1", "Code24-Client": "admin", "X-Original-URL": "/admin"}
    answer = ask(f"/v1{path}?a=%20b", "PUT", headers={"X-Mine": "1"} | forged, content=b"body")
    assert (answer.status_code, answer.text) == (202, "done")
    asked = site.asked[-1]
    assert (asked.method, asked.target, asked.body) == ("PUT", f"/base{path}?a=%20b", b"body")
    assert asked.headers["x-mine"] == "1"
    assert asked.headers["host"] == urlsplit(site.url).netloc
    assert not {"x-forwarded-for", "code24-client", "x-original-url"} & set(asked.headers)


def test_the_version_may_stay(ask: Ask, site: Site, path: str) -> None:
    site.put(f"/base/v1{path}", "kept")
    assert ask(f"/v1{path}", parameters={"keepVersion": True}).text == "kept"
    site.put("/base/", "root")
    assert ask("/v1").text == "root"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/base/x", "https://shop.code24.dev/v1/x"),
        ("/other", "/other"),
        ("https://elsewhere.example/", "https://elsewhere.example/"),
    ],
)
def test_redirects(ask: Ask, site: Site, path: str, location: str, expected: str) -> None:
    site.put(f"/base{path}", "", ("Location", location), status=307)
    assert ask(f"/v1{path}").headers["Location"] == expected


@pytest.mark.parametrize("fault", ["hangs", "vanishes"])
def test_an_upstream_that_does_not_answer(ask: Ask, site: Site, path: str, fault: Fault) -> None:
    site.fails(f"/base{path}", fault)
    answer = ask(f"/v1{path}", "POST", content=b"x", parameters={"originTimeout": 1})
    assert code(answer) == (502, "origin_unreachable")


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 1000):
        yield b"x" * 1000


@pytest.mark.parametrize(
    ("size", "status"), [(1000, 200), (5000, 200), (6000, 413), (400_000, 413)]
)
def test_a_body_without_a_length(ask: Ask, site: Site, path: str, size: int, status: int) -> None:
    site.put(f"/base{path}", "done")
    answer = ask(f"/v1{path}", "POST", content=chunks(size), parameters={"maxBodyBytes": 5000})
    assert answer.status_code == status
    if status == 200:
        assert len(site.asked[-1].body) == size


# ---- keys


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ({"X-API-Key": "one"}, "shop"),
        ({"X-API-Key": "two:three", "Authorization": "Basic eDp5"}, "partner"),
        ({"Authorization": "Bearer one"}, "shop"),
        ({"X-API-Key": "one", "Code24-Client": "admin"}, "shop"),
    ],
)
def test_who_has_a_key(
    ask: Ask, site: Site, path: str, headers: dict[str, str], client: str
) -> None:
    site.put(f"/base{path}", "done")
    assert ask(f"/v1{path}", headers=headers, on={"keys": {}}).text == "done"
    asked = site.asked[-1].headers
    assert asked["code24-client"] == client
    assert not {"one", "two:three", "Bearer one"} & set(asked.values())


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-API-Key": ""},
        {"X-API-Key": "shop:one"},
        {"X-API-Key": "ONE"},
        {"X-API-Key": "nokey"},
        {"X-API-Key": "noname"},
        {"Authorization": "Basic one"},
        {"Authorization": "Bearer one two"},
        {"X-Other": "one"},
        {"X-API-Key": "x" * 5000},
    ],
)
def test_who_has_none(ask: Ask, site: Site, headers: dict[str, str]) -> None:
    before = len(site.asked)
    address = {"CF-Connecting-IP": f"192.0.2.{next(_numbers) % 250}"}
    assert code(ask("/v1/x", headers=headers | address, on={"keys": {}})) == (401, "unauthorized")
    assert len(site.asked) == before


def test_keys_are_not_guessed(ask: Ask) -> None:
    headers = {"CF-Connecting-IP": "198.51.100.1", "X-API-Key": "guess"}
    answers = [ask("/v1/x", headers=headers, on={"keys": {}}) for _ in range(22)]
    assert [answer.status_code for answer in answers] == [401] * 20 + [429] * 2


def test_no_keys_are_known(api: Template) -> None:
    parameters = {"upstreams": [{"version": "v1", "origin": "http://127.0.0.1:1"}], "keys": {}}
    answer = api.ask(
        "/v1/x", parameters=parameters, features=["keys"], headers={"X-API-Key": "undefined"}
    )
    assert code(answer) == (503, "keys_missing")


@pytest.mark.parametrize(
    ("target", "status"),
    [
        ("/status", 404),
        ("/status/live", 404),
        ("/statuses", 401),
        ("/status/..%2fsecret", 401),
        ("/status/%2e%2e/secret", 401),
        ("//status", 401),
        ("/%73tatus", 401),
        ("/x%ZZ", 401),
        ("/status;x", 401),
    ],
)
def test_paths_that_need_no_key(ask: Ask, target: str, status: int) -> None:
    address = {"CF-Connecting-IP": f"203.0.113.{next(_numbers) % 250}"}
    on = {"keys": {"publicPaths": ["/status"]}}
    assert ask(f"/v1{target}", headers=address, on=on).status_code == status


def test_limits_are_those_of_a_key(ask: Ask, site: Site, path: str) -> None:
    site.put(f"/base{path}", "done")
    on = {"keys": {}, "rate-limit": {"requests": 2, "seconds": 600}}

    def asked_by(key: str, address: str) -> int:
        headers = {"X-API-Key": key, "CF-Connecting-IP": address}
        return ask(f"/v1{path}", headers=headers, on=on).status_code

    assert [asked_by("one", f"192.0.2.{n}") for n in range(4)] == [200, 200, 429, 429]
    assert asked_by("two:three", "192.0.2.1") == 200


# ---- CORS


def test_what_an_upstream_allows_does_not_count(ask: Ask, site: Site, path: str) -> None:
    own = [("Access-Control-Allow-Origin", "*"), ("Access-Control-Allow-Credentials", "true")]
    site.put(f"/base{path}", "done", *own, ("Vary", "Accept"))
    on = {"cors": {"allowOrigins": ["https://app.example"], "exposeHeaders": ["API-Version"]}}
    answer = ask(f"/v1{path}", headers={"Origin": "https://evil.example"}, on=on)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    answer = ask(f"/v1{path}", headers={"Origin": "https://app.example"}, on=on)
    assert answer.headers["Access-Control-Allow-Origin"] == "https://app.example"
    assert answer.headers["Access-Control-Expose-Headers"] == "API-Version"
    assert answer.headers["Vary"] == "Accept, Origin"
    for origin in ("null", "https://app.example.evil.example", "https://APP.example"):
        answer = ask(f"/v1{path}", headers={"Origin": origin}, on=on)
        assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_preflight_needs_no_key_and_reaches_nobody(ask: Ask, site: Site, path: str) -> None:
    before = len(site.asked)
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "PUT"}
    on = {"cors": {"allowOrigins": ["https://app.example"]}, "keys": {}}
    answer = ask(f"/v1{path}", "OPTIONS", headers=headers, on=on)
    assert (answer.status_code, answer.headers["Access-Control-Max-Age"]) == (204, "600")
    assert len(site.asked) == before
    refused = ask(f"/v1{path}", headers={"Origin": "https://app.example"}, on=on)
    assert refused.status_code == 401
    assert refused.headers["Access-Control-Allow-Origin"] == "https://app.example"
