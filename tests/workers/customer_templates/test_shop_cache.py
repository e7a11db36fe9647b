"""How the customer template "ecommerce" caches: what is stale, and what must not get in."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from support.waiting import until
from workers.templates import HANGS_S, Ask, Fault, Site, Template, asking, run_template, state


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("ecommerce.js", tmp_path_factory.mktemp("shop")) as template:
        yield template


@pytest.fixture
def ask(shop: Template, site: Site) -> Ask:
    return asking(shop, site)


# ---- stale copies


def test_a_stale_page_is_served_while_a_new_one_is_fetched(
    shop: Template, site: Site, ask: Ask, path: str
) -> None:
    site.put(path, "old")
    assert state(ask(path)) == "MISS"
    site.put(path, "new")
    shop.grow_older(90)
    stale = ask(path)
    assert (state(stale), stale.text, int(stale.headers["Age"]) >= 90) == ("STALE", "old", True)
    until(lambda: ask(path).text == "new", lambda: "the new page does not come")
    assert state(ask(path)) == "HIT"
    assert site.count(path) == 2


@pytest.mark.parametrize(
    ("cache_control", "expected"),
    [
        (None, "STALE"),
        ("max-age=60", "STALE"),
        ("max-age=60, must-revalidate", "MISS"),
        ("max-age=60, proxy-revalidate", "MISS"),
        ("s-maxage=60", "MISS"),
        ("s-maxage=60, stale-while-revalidate=60", "STALE"),
        ("max-age=60, stale-while-revalidate=0", "MISS"),
    ],
)
def test_the_origin_says_whether_a_stale_page_will_do(
    shop: Template, site: Site, ask: Ask, path: str, cache_control: str | None, expected: str
) -> None:
    site.put(path, "page", *([("Cache-Control", cache_control)] if cache_control else []))
    ask(path)
    shop.grow_older(90)
    assert state(ask(path)) == expected


FAULTS: list[Fault | int] = ["hangs", "vanishes", 500, 502, 503, 504]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_catalogue_outlives_its_origin(
    shop: Template, site: Site, ask: Ask, path: str, fault: Fault | int
) -> None:
    site.put(path, "page")
    ask(path)
    shop.grow_older(3600)
    if isinstance(fault, int):
        site.put(path, "oh", status=fault)
    else:
        site.fails(path, fault)
    answer = ask(path, parameters={"originTimeout": 1})
    assert (answer.status_code, state(answer), answer.text) == (200, "STALE", "page")
    site.put(path, "again")
    again = ask(path)
    assert (state(again), again.text) == ("MISS", "again")


@pytest.mark.parametrize(
    ("parameters", "seconds"),
    [({}, 90_000), ({"staleIfError": 0}, 200), ({"staleIfError": 60}, 200)],
)
def test_but_not_for_ever(
    shop: Template, site: Site, ask: Ask, path: str, parameters: dict[str, Any], seconds: int
) -> None:
    site.put(path, "page")
    ask(path, parameters=parameters)
    site.fails(path, "vanishes")
    shop.grow_older(seconds)
    answer = ask(path, parameters=parameters)
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "origin_unreachable")


def test_a_page_that_is_gone_or_private_now_is_gone_from_the_cache(
    shop: Template, site: Site, ask: Ask, path: str
) -> None:
    parameters = {"staleWhileRevalidate": 0}
    site.put(path, "page")
    ask(path, parameters=parameters)
    shop.grow_older(90)
    site.put(path, "mine", ("Cache-Control", "private"))
    assert state(ask(path, parameters=parameters)) == "BYPASS; reason=cache-control"
    site.fails(path, "vanishes")
    assert ask(path, parameters=parameters).status_code == 502


def test_an_origin_that_knows_its_page_is_asked_for_its_tag_only(
    shop: Template, site: Site, ask: Ask, path: str
) -> None:
    parameters = {"staleWhileRevalidate": 0}
    site.put(path, "page", ("ETag", '"v1"'), ("Cache-Tag", "a"))
    ask(path, parameters=parameters)
    shop.grow_older(90)
    site.put(path, "", ("ETag", '"v1"'), ("X-New", "1"), status=304)
    answer = ask(path, parameters=parameters)
    assert (answer.status_code, state(answer), answer.text) == (200, "REVALIDATED", "page")
    assert site.asked[-1].headers["if-none-match"] == '"v1"'
    again = ask(path, parameters=parameters)
    assert (state(again), again.text) == ("HIT", "page")


def test_many_visitors_of_a_stale_page_cost_one_request(
    shop: Template, site: Site, ask: Ask, path: str
) -> None:
    site.put(path, "page")
    ask(path)
    shop.grow_older(90)
    site.fails(path, "hangs")
    begun = time.monotonic()
    assert {state(ask(path)) for _ in range(20)} == {"STALE"}
    assert time.monotonic() - begun < HANGS_S, "they have waited for the origin"
    until(lambda: site.count(path) > 1, lambda: "no new page is fetched")
    assert site.count(path) == 2


# ---- what tries to get into the cache


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Scheme": "http", "X-Forwarded-Port": "1"},
        {"Forwarded": "host=evil.example"},
        {"X-Original-URL": "/admin", "X-Rewrite-URL": "/admin"},
        {"X-HTTP-Method-Override": "POST"},
        {"X-Host": "evil.example", "X-Forwarded-Prefix": "/evil"},
        {"Accept-Language": '"><script>alert(1)</script>', "User-Agent": "<script>"},
        {"Cookie": "_ga=<script>alert(1)</script>"},
        {"X-Anything": "else", "Referer": "https://evil.example/"},
        {"If-None-Match": "*", "If-Modified-Since": "Thu, 01 Jan 2099 00:00:00 GMT"},
        {"Code24-Variant": "evil", "Code24-Entry": "{}"},
        {"X-Huge": "x" * 6000},
    ],
)
def test_a_copy_is_made_without_what_a_visitor_brings(
    site: Site, ask: Ask, path: str, headers: dict[str, str]
) -> None:
    site.put(path, "page")
    ask(path, headers=headers)
    [asked] = [asked for asked in site.asked if asked.target == path]
    assert asked.headers.keys() <= {
        "host", "accept", "accept-language", "accept-encoding", "user-agent", "connection",
        "x-forwarded-host", "x-forwarded-proto", "cf-worker", "cf-ew-via",
    }  # fmt: skip
    assert asked.headers["x-forwarded-host"] == "shop.code24.dev"
    assert not set(headers.values()) & set(asked.headers.values())
    assert state(ask(path)) == "HIT"


def test_what_a_visitor_claims_of_others_does_not_reach_the_origin(
    site: Site, ask: Ask, path: str
) -> None:
    forged = {"X-Forwarded-For": "10.0.0.1", "X-Real-IP": "10.0.0.1", "X-Original-URL": "/admin"}
    ask(path, "POST", headers=forged | {"CF-Connecting-IP": "192.0.2.9"}, content=b"a")
    assert site.asked[-1].headers["x-forwarded-for"] == "192.0.2.9"
    assert not {"x-real-ip", "x-original-url"} & set(site.asked[-1].headers)


def test_a_campaigns_mark_is_not_in_the_copy(site: Site, ask: Ask, path: str) -> None:
    site.put(f"{path}?size=a%20b+c", "page")
    answer = ask(f"{path}?utm_source=<script>&size=a%20b+c&UTM_x=1&fbclid")
    assert (answer.status_code, answer.text) == (200, "page")
    assert state(ask(f"{path}?size=a%20b+c")) == "HIT"


@pytest.mark.parametrize(
    "target",
    [
        "/account%00.css", "/account%0a/x.css", "/account%3fx.css", "/account%23x.css", "/account;x.css",
        "/account%2fx.css", "/x/..%2faccount/x.css", "/%2561ccount/x.css", "/%252561ccount/x.css",
        "/static%5c..%5caccount%5cx.css", "/ACCOUNT//x.css", "/account!x.css", "/warenkorb", "/mein-konto/x.png",
        "/x/%c0%ae%c0%ae/x.css", "/%25%32%35%25%32%35%25%32%35%25%32%35%25%32%35/x.css",
    ],
)  # fmt: skip
def test_deceptive_paths(site: Site, ask: Ask, target: str) -> None:
    site.put(target, "h1 {}", ("Content-Type", "text/css"))
    assert state(ask(target)) == "BYPASS; reason=path"


@pytest.mark.parametrize(
    ("name", "kind"),
    [("me/x.css", "application/json"), ("x.png", "text/plain"), ("x.js", "application/json"), ("x.woff2", "image/png"),
     ("x.jpg", "")],
)  # fmt: skip
def test_an_asset_that_is_not_what_its_name_says(
    site: Site, ask: Ask, path: str, name: str, kind: str
) -> None:
    site.put(f"{path}/{name}", "secret of ann", ("Content-Type", kind))
    for cookie in ("PHPSESSID=ann", ""):
        assert state(ask(f"{path}/{name}", cookie=cookie)) == "BYPASS; reason=type"


def test_an_asset_for_somebody_is_made_for_nobody(site: Site, ask: Ask, path: str) -> None:
    site.put(f"{path}.css", "h1 {}", ("Content-Type", "text/css"))
    assert state(ask(f"{path}.css", cookie="PHPSESSID=ann")) == "MISS"
    assert "cookie" not in site.asked[-1].headers
    assert state(ask(f"{path}.css")) == "HIT"


def test_an_asset_that_wants_to_know_who_asks_is_told(site: Site, ask: Ask, path: str) -> None:
    target = f"{path}.png"
    site.put(target, "log in", ("Content-Type", "text/plain"), status=403)
    answer = ask(target, cookie="PHPSESSID=ann")
    assert (answer.status_code, state(answer)) == (403, "BYPASS; reason=status")
    assert [a.headers.get("cookie") for a in site.asked if a.target == target] == [
        None,
        "PHPSESSID=ann",
    ]


def test_a_visitor_with_an_unknown_cookie_keeps_their_session(
    site: Site, ask: Ask, path: str
) -> None:
    site.put(path, "page", ("Set-Cookie", "visitor=new"))
    answer = ask(path, cookie="visitor=mine")
    assert state(answer) == "BYPASS; reason=set-cookie"
    assert site.asked[-1].headers["cookie"] == "visitor=mine"


@pytest.mark.parametrize(
    ("cookie", "parameters", "expected"),
    [
        ("visitor=1", {"sessionCookies": ["visitor"]}, "BYPASS; reason=session"),
        ("visitor_7=1", {"sessionCookies": ["visitor*"]}, "BYPASS; reason=session"),
        ("visitor=1", {"sessionCookies": ["visit"]}, "MISS"),
        ("user_banner=1", {"ignoredCookies": ["user_banner"]}, "MISS"),
        ("user_banner=1; session=1", {"ignoredCookies": ["user_*"]}, "BYPASS; reason=session"),
        ("a=1, PHPSESSID=1", {}, "BYPASS; reason=session"),
        ("zenid=1", {}, "BYPASS; reason=session"),
        ("=; ;;,  ; _ga", {}, "MISS"),
        ("x" * 4000, {}, "MISS"),
        ("session=1", {"ignoredCookies": [7, None], "sessionCookies": "x"}, "BYPASS; reason=session"),
    ],
)  # fmt: skip
def test_which_cookies_mark_somebody(
    site: Site, ask: Ask, path: str, cookie: str, parameters: dict[str, Any], expected: str
) -> None:
    site.put(path, "page")
    assert state(ask(path, cookie=cookie, parameters=parameters)) == expected


def test_a_page_that_breaks_off_is_not_kept(site: Site, ask: Ask, path: str) -> None:
    site.put(path, "whole page " * 1000)
    site.fails(path, "is cut")
    with pytest.raises(httpx.RemoteProtocolError):
        ask(path)
    site.put(path, "whole page " * 1000)
    answer = ask(path)
    assert (state(answer), answer.text) == ("MISS", "whole page " * 1000)


@pytest.mark.parametrize("fault", ["hangs", "vanishes"])
def test_an_origin_that_does_not_answer(site: Site, ask: Ask, path: str, fault: Fault) -> None:
    site.put(path, "page")
    site.fails(path, fault)
    for method, cookie in [("GET", ""), ("POST", ""), ("GET", "PHPSESSID=1")]:
        answer = ask(path, method, cookie=cookie, parameters={"originTimeout": 1})
        assert answer.status_code == 502


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Cache-Control", "max-age=99999999999999999999, stale-if-error=99999999999999999999"),
        ("Cache-Control", '"' * 500),
        ("Cache-Control", "max-age=-1"),
        ("Expires", "never"),
        ("Cache-Tag", ",".join(f"tag{n}" for n in range(2000))),
        ("Location", "http://[broken"),
        ("ETag", "broken"),
        ("Last-Modified", "yesterday"),
        ("Code24-Entry", '{"at": 0}'),
    ],
)
def test_odd_headers_of_an_origin(site: Site, ask: Ask, path: str, header: str, value: str) -> None:
    site.put(path, "page", (header, value))
    answers = [ask(path, headers={"If-Modified-Since": "now"}) for _ in range(2)]
    assert [(a.status_code, a.text) for a in answers] == [(200, "page")] * 2
    assert "Code24-Entry" not in answers[1].headers


def test_a_page_that_varies_is_made_for_each_visitor(site: Site, ask: Ask, path: str) -> None:
    site.put(path, "page", ("Vary", "Accept-Language"))
    for language in ("de", "fr"):
        answer = ask(path, headers={"Accept-Language": language})
        assert state(answer) == "BYPASS; reason=vary"
        assert site.asked[-1].headers["accept-language"] == language
    # The first visitor's was tried for all; from then on it is known better.
    assert site.count(path) == 3
