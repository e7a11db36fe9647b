"""The customer template "ecommerce" on a real workerd, fronting a shop on the loopback."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from workers.templates import HEALTH_PATH, Site, Template, run_template


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("ecommerce.js", tmp_path_factory.mktemp("ecommerce")) as template:
        yield template


def cache_states(shop: Template, site: Site, path: str, **options: Any) -> list[str]:
    """What three requests for ``path`` tell about the cache."""
    parameters = {"origin": site.url} | options.pop("parameters", {})
    answers = [shop.ask(path, parameters=parameters, **options) for _ in range(3)]
    assert {a.status_code for a in answers} == {200}
    assert len({a.content for a in answers}) == 1
    return [a.headers["Code24-Cache"] for a in answers]


def bypassed(reason: str) -> list[str]:
    return [f"BYPASS; reason={reason}"] * 3


# ---- forwarding


def test_health_asks_nobody(shop: Template, site: Site) -> None:
    before = len(site.asked)
    answer = shop.ask(HEALTH_PATH, parameters={"origin": site.url})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert len(site.asked) == before


def test_the_origin_gets_the_request(shop: Template, site: Site, path: str) -> None:
    target = f"/base{path}/a%20b?c=d&utm_source=x&c=e"
    site.put(target, "thanks", status=201)
    answer = shop.ask(
        target.removeprefix("/base"),
        "POST",
        parameters={"origin": site.url + "/base/"},
        headers={"X-Mine": "1", "Cookie": "session=7"},
        content=b"a=b",
    )
    assert (answer.status_code, answer.text) == (201, "thanks")
    assert answer.headers["Code24-Cache"] == "BYPASS; reason=method"
    asked = site.asked[-1]
    assert (asked.method, asked.target, asked.body) == ("POST", target, b"a=b")
    assert asked.headers["host"] == urlsplit(site.url).netloc
    assert asked.headers["x-forwarded-host"] == "shop.code24.dev"
    assert asked.headers["x-forwarded-proto"] == "https"
    assert (asked.headers["x-mine"], asked.headers["cookie"]) == ("1", "session=7")


def test_a_path_cannot_lead_to_another_host(shop: Template, site: Site) -> None:
    site.put("//127.0.0.1:1/x", "still the shop")
    answer = shop.ask("//127.0.0.1:1/x", parameters={"origin": site.url})
    assert answer.text == "still the shop"


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("{origin}/base/shoes?a=b#c", "https://shop.code24.dev/shoes?a=b#c"),
        ("/base/shoes", "https://shop.code24.dev/shoes"),
        ("{origin}/base", "https://shop.code24.dev/"),
        ("https://{host}/base/x", "https://shop.code24.dev/x"),
        ("{origin}/elsewhere", "{origin}/elsewhere"),
        ("https://pay.example/", "https://pay.example/"),
        ("http://[broken", "http://[broken"),
    ],
)
def test_redirects_lead_to_the_public_host(
    shop: Template, site: Site, path: str, location: str, expected: str
) -> None:
    names = {"origin": site.url, "host": urlsplit(site.url).netloc}
    site.put(f"/base{path}", "", ("Location", location.format(**names)), status=302)
    answer = shop.ask(path, parameters={"origin": site.url + "/base"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == expected.format(**names)
    assert answer.headers["Code24-Cache"] == "BYPASS; reason=status"


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("a=1; Domain=127.0.0.1; Path=/; Secure", "a=1; Path=/; Secure"),
        ("a=1; domain=.127.0.0.1; HttpOnly", "a=1; HttpOnly"),
        ("a=1; Domain=code24.dev; Path=/", "a=1; Domain=code24.dev; Path=/"),
        ("a=b=c; Path=/base; SameSite=Lax", "a=b=c; Path=/; SameSite=Lax"),
        ("a=1; Path=/base/x", "a=1; Path=/x"),
        ("a=1; Path=/other", "a=1; Path=/other"),
    ],
)
def test_cookies_work_on_the_public_host(
    shop: Template, site: Site, path: str, cookie: str, expected: str
) -> None:
    headers = [("Set-Cookie", cookie), ("Set-Cookie", "second=2")]
    site.put(f"/base{path}", "hello", *headers)
    answer = shop.ask(path, parameters={"origin": site.url + "/base"})
    assert answer.headers.get_list("Set-Cookie") == [expected, "second=2"]
    assert answer.headers["Code24-Cache"] == "BYPASS; reason=set-cookie"


def test_a_cookie_of_a_common_domain_is_left_alone(shop: Template, site: Site, path: str) -> None:
    site.put(path, "hello", ("Set-Cookie", "a=1; Domain=localhost"))
    origin = site.url.replace("127.0.0.1", "localhost")
    answer = shop.ask(path, parameters={"origin": origin}, host="shop.localhost")
    assert answer.headers["Set-Cookie"] == "a=1; Domain=localhost"


def test_an_unreachable_origin(shop: Template) -> None:
    parameters = {"origin": "http://127.0.0.1:1"}
    answer = shop.ask(parameters=parameters)
    assert (answer.status_code, answer.json()["error"]["code"]) == (502, "origin_unreachable")
    assert answer.headers["Cache-Control"] == "no-store"
    page = shop.ask(parameters=parameters, headers={"Accept": "text/html"})
    assert page.status_code == 502
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in page.text
    assert shop.ask("/", "HEAD", parameters=parameters).content == b""


@pytest.mark.parametrize(
    "parameters",
    [
        None,
        {},
        {"origin": 7},
        {"origin": "shop"},
        {"origin": "ftp://shop.example/"},
        {"origin": "https://me:secret@shop.example/"},
        {"origin": "https://shop.code24.dev/"},
    ],
)
def test_bad_parameters(shop: Template, parameters: dict[str, Any] | None) -> None:
    answer = shop.ask(parameters=parameters)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("invalid_parameters", "parameters.origin")
    assert "parameters.origin" in error["message"]
    assert "secret" not in answer.text
    assert shop.ask(HEALTH_PATH, parameters=parameters).status_code == 200


# ---- caching


def test_an_anonymous_page_is_cached_for_a_short_time(
    shop: Template, site: Site, path: str
) -> None:
    site.put(path, "<h1>Shoes</h1>", ("ETag", '"v1"'), ("Cache-Control", "public"))
    assert cache_states(shop, site, path) == ["MISS", "HIT", "HIT"]
    assert [a.target for a in site.asked].count(path) == 1
    hit = shop.ask(path, parameters={"origin": site.url})
    assert hit.headers["Cache-Control"] == "public"  # the origin's, not the one it is cached by
    assert hit.headers["Content-Type"] == "text/html; charset=utf-8"
    assert not [name for name in hit.headers if name.startswith("code24-origin")]


def test_a_visitor_who_has_the_cached_page_gets_304(shop: Template, site: Site, path: str) -> None:
    site.put(path, "<h1>Shoes</h1>", ("ETag", '"v1"'))
    cache_states(shop, site, path)
    known = {"If-None-Match": '"v1"'}
    answer = shop.ask(path, parameters={"origin": site.url}, headers=known)
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["Code24-Cache"] == "HIT"


def test_head_is_answered_from_the_cache_but_never_fills_it(
    shop: Template, site: Site, path: str
) -> None:
    site.put(path, "<h1>Shoes</h1>")
    parameters = {"origin": site.url}
    assert shop.ask(path, "HEAD", parameters=parameters).headers["Code24-Cache"] == "MISS"
    assert shop.ask(path, parameters=parameters).headers["Code24-Cache"] == "MISS"
    head = shop.ask(path, "HEAD", parameters=parameters)
    assert (head.headers["Code24-Cache"], head.content) == ("HIT", b"")
    assert shop.ask(path, parameters=parameters).text == "<h1>Shoes</h1>"


def test_campaign_marks_share_a_page_and_other_queries_do_not(
    shop: Template, site: Site, path: str
) -> None:
    queries = ["?size=42", "?utm_source=mail&size=42", "?size=42&gclid=1&fbclid=2", "?size=43"]
    for query in queries:
        site.put(path + query, f"for {query}")
    parameters = {"origin": site.url}
    answers = [shop.ask(path + query, parameters=parameters) for query in queries]
    assert [a.headers["Code24-Cache"] for a in answers] == ["MISS", "HIT", "HIT", "MISS"]
    assert answers[1].text == "for ?size=42"
    assert answers[3].text == "for ?size=43"


def test_hosts_and_origins_do_not_share_pages(shop: Template, site: Site, path: str) -> None:
    site.put(path, "one")
    site.put(f"/two{path}", "two")
    cache_states(shop, site, path)
    other_host = shop.ask(path, parameters={"origin": site.url}, host="b.code24.dev")
    assert other_host.headers["Code24-Cache"] == "MISS"
    other_origin = shop.ask(path, parameters={"origin": site.url + "/two"})
    assert (other_origin.text, other_origin.headers["Code24-Cache"]) == ("two", "MISS")


@pytest.mark.parametrize(
    "private",
    [
        "/cart",
        "/Cart/",
        "/de/cart/items",
        "/cart.php",
        "/cart;v=1",
        "/%63art",
        "/checkout/step-2",
        "/my-account",
        "/account/avatar.png",
        "/login",
        "/orders/7",
        "/wishlist",
        "/payment",
        "/admin/app.css",
        "/api/products",
        "/x/%ZZ",
        "/members/club",
        "//MEMBERS/club",
        "/members.css",
    ],
)
def test_what_belongs_to_one_visitor_is_never_cached(
    shop: Template, site: Site, private: str
) -> None:
    site.put(private, "mine")
    parameters = {"neverCache": ["/members"]}
    assert cache_states(shop, site, private, parameters=parameters) == bypassed("path")


@pytest.mark.parametrize("query", ["add-to-cart=7", "wc-ajax=x", "access_token=s", "PHPSESSID=1"])
def test_queries_that_act_or_carry_a_right(
    shop: Template, site: Site, path: str, query: str
) -> None:
    site.put(f"{path}?{query}", "done")
    assert cache_states(shop, site, f"{path}?{query}") == bypassed("query")


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({"Authorization": "Basic eDp5"}, "authorization"),
        ({"Range": "bytes=0-3"}, "range"),
        ({"Cookie": "_ga=1; PHPSESSID=abc"}, "session"),
        ({"Cookie": "wordpress_logged_in_1=x"}, "session"),
        ({"Cookie": "connect.sid=x"}, "session"),
        ({"Cookie": "currency=EUR"}, "session"),
    ],
)
def test_requests_of_somebody_neither_read_nor_fill_the_cache(
    shop: Template, site: Site, path: str, headers: dict[str, str], reason: str
) -> None:
    site.put(path, "for nobody in particular")
    assert cache_states(shop, site, path) == ["MISS", "HIT", "HIT"]
    site.put(path, "for you")
    assert cache_states(shop, site, path, headers=headers) == bypassed(reason)
    assert shop.ask(path, parameters={"origin": site.url}).text == "for nobody in particular"


def test_cookies_of_statistics_do_not_matter(shop: Template, site: Site, path: str) -> None:
    site.put(path, "page")
    headers = {"Cookie": "_ga=GA1.2; _gid=GA1.2; _fbp=fb.1"}
    assert cache_states(shop, site, path, headers=headers) == ["MISS", "HIT", "HIT"]


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (("Set-Cookie", "a=1"), "set-cookie"),
        (("Cache-Control", "private, max-age=60"), "cache-control"),
        (("Cache-Control", "no-store"), "cache-control"),
        (("Cache-Control", "no-cache"), "cache-control"),
        (("Cache-Control", "max-age=0"), "cache-control"),
        (("Cache-Control", "max-age=60, s-maxage=0"), "cache-control"),
        (("Vary", "Accept-Encoding, Cookie"), "vary"),
        (("Vary", "*"), "vary"),
        (("Content-Type", "application/json"), "type"),
    ],
)
def test_responses_that_must_not_be_stored(
    shop: Template, site: Site, path: str, header: tuple[str, str], reason: str
) -> None:
    site.put(path, "page", header)
    assert cache_states(shop, site, path) == bypassed(reason)


def test_vary_by_encoding_is_taken_care_of(shop: Template, site: Site, path: str) -> None:
    site.put(path, "page", ("Vary", "Accept-Encoding"))
    assert cache_states(shop, site, path) == ["MISS", "HIT", "HIT"]
    assert site.asked[-1].headers["accept-encoding"] == "identity"


@pytest.mark.parametrize("status", [404, 500])
def test_errors_are_not_stored(shop: Template, site: Site, path: str, status: int) -> None:
    site.put(path, "oh", status=status)
    for _ in range(2):
        answer = shop.ask(path, parameters={"origin": site.url})
        assert (answer.status_code, answer.text) == (status, "oh")
        assert answer.headers["Code24-Cache"] == "BYPASS; reason=status"


def test_assets_are_cached_for_everybody(shop: Template, site: Site, path: str) -> None:
    site.put(f"{path}.css", "h1 {}", ("Content-Type", "text/css"))
    headers = {"Cookie": "PHPSESSID=abc"}
    assert cache_states(shop, site, f"{path}.css", headers=headers) == ["MISS", "HIT", "HIT"]


def test_a_private_page_under_an_assets_name_is_not_cached(
    shop: Template, site: Site, path: str
) -> None:
    site.put(f"{path}/x.css", "<h1>Hello, Ann</h1>")
    headers = {"Cookie": "PHPSESSID=abc"}
    assert cache_states(shop, site, f"{path}/x.css", headers=headers) == bypassed("session")


@pytest.mark.parametrize(
    ("name", "kind", "cache_control", "parameters", "expected"),
    [
        ("", "text/html", None, {}, 60),
        ("", "text/html", "max-age=3600", {}, 60),
        ("", "text/html", "max-age=3600, s-maxage=5", {}, 5),
        ("", "text/html", None, {"pageTtl": 7}, 7),
        (".css", "text/css", None, {}, 86_400),
        (".css", "text/css", "max-age=100", {}, 100),
        (".css", "text/css", None, {"assetTtl": 9}, 9),
        (".css", "text/html", None, {}, 60),
        ("", "text/html", None, {"pageTtl": "soon"}, 60),
    ],
)
def test_time_in_the_cache(
    shop: Template,
    site: Site,
    path: str,
    name: str,
    kind: str,
    cache_control: str | None,
    parameters: dict[str, Any],
    expected: int,
) -> None:
    headers = [("Content-Type", kind)]
    if cache_control:
        headers.append(("Cache-Control", cache_control))
    site.put(path + name, "content", *headers)
    states = cache_states(shop, site, path + name, parameters=parameters)
    assert states == ["MISS", "HIT", "HIT"]
    assert shop.kept_for(path + name) == expected


def test_no_time_in_the_cache(shop: Template, site: Site, path: str) -> None:
    site.put(path, "page")
    assert cache_states(shop, site, path, parameters={"pageTtl": 0}) == bypassed("ttl")


def test_a_large_page(shop: Template, site: Site, path: str) -> None:
    site.put(path, "<p>long</p>" * 100_000)
    assert cache_states(shop, site, path) == ["MISS", "HIT", "HIT"]


def test_without_a_cache_the_shop_still_works(shop: Template, site: Site, path: str) -> None:
    site.put(path, "page")
    assert cache_states(shop, site, path, served_by="uncached") == ["MISS"] * 3
