"""The features of "ecommerce" that decide before the origin is asked, and the steps of its funnel."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from workers.templates import Ask, Site, Template, asking, run_template, state

SPLIT = {"ab-testing": {"variants": [{"name": "a", "weight": 3}, {"name": "b"}], "days": 7}}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("ecommerce.js", tmp_path_factory.mktemp("features")) as template:
        yield template


@pytest.fixture
def ask(shop: Template, site: Site) -> Ask:
    return asking(shop, site)


def split(ask: Ask, path: str, **options: Any) -> httpx.Response:
    return ask(path, features=["ab-testing"], parameters=SPLIT, **options)


# ---- ab-testing


def test_each_variant_has_its_share_and_its_copies(site: Site, ask: Ask, path: str) -> None:
    site.put(path, "page")
    answers = [split(ask, path) for _ in range(200)]
    drawn = Counter(a.headers["Set-Cookie"].split(";")[0].split("=")[1] for a in answers)
    assert set(drawn) == {"a", "b"}
    assert 100 < drawn["a"] < 190  # three of four
    variants = [a.headers["code24-variant"] for a in site.asked if a.target == path]
    assert sorted(variants) == ["a", "b"]
    assert "Max-Age=604800" in answers[0].headers["Set-Cookie"]
    assert answers[0].headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("cookie", ["code24-variant=b", "_ga=1; code24-variant=b"])
def test_a_visitor_keeps_the_variant(site: Site, ask: Ask, path: str, cookie: str) -> None:
    site.put(path, "page", ("Cache-Control", "public"))
    for expected in ("MISS", "HIT"):
        answer = split(ask, path, cookie=cookie)
        assert (state(answer), answer.headers["Vary"]) == (expected, "Cookie")
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "public"
    assert site.asked[-1].headers["code24-variant"] == "b"


@pytest.mark.parametrize("claimed", ["c", "", "__proto__", "a; b", "<script>"])
def test_a_variant_that_there_is_not(site: Site, ask: Ask, path: str, claimed: str) -> None:
    site.put(path, "page")
    headers = {"Code24-Variant": "evil"}
    answer = split(ask, path, cookie=f"code24-variant={claimed}", headers=headers)
    name = answer.headers.get("Set-Cookie", "code24-variant=a;").split(";")[0]
    assert name in ("code24-variant=a", "code24-variant=b")
    assert site.asked[-1].headers["code24-variant"] in ("a", "b")


def test_robots_see_the_first_variant(site: Site, ask: Ask, path: str) -> None:
    site.put(path, "page")
    answer = split(ask, path, headers={"User-Agent": "Googlebot/2.1"})
    assert "Set-Cookie" not in answer.headers
    assert site.asked[-1].headers["code24-variant"] == "a"


def test_the_variant_is_counted(shop: Template, site: Site, ask: Ask, path: str) -> None:
    site.put(path, "page")
    shop.points()
    features = ["ab-testing", "analytics"]
    ask(path, features=features, parameters=SPLIT, cookie="code24-variant=b")
    [point] = shop.points()
    assert (point["blobs"][0], point["blobs"][8]) == ("page_view", "b")


# ---- the funnel


@pytest.mark.parametrize(
    ("target", "status", "event"),
    [
        ("/products/shoe", 200, "product_view"),
        ("/PRODUCTS/shoe", 200, "product_view"),
        ("/productions", 200, "page_view"),
        ("/danke", 200, "purchase"),
        ("/checkout/order-received/7", 200, "purchase"),
        ("/checkout/onepage/success/", 200, "purchase"),
        ("/thank-you", 200, "purchase"),
        ("/en/thank-you", 404, "page_view"),
        ("/warenkorb", 200, "cart"),
        ("/kasse", 200, "checkout"),
    ],
)
def test_steps_to_a_purchase(
    shop: Template, site: Site, ask: Ask, target: str, status: int, event: str
) -> None:
    site.put(target, "page", status=status)
    shop.points()
    paths = {"productPaths": ["/products/"], "purchasePaths": ["/danke"]}
    ask(target, features=["analytics"], parameters={"analytics": paths})
    assert [point["blobs"][0] for point in shop.points()] == [event]


# ---- security, maintenance


@pytest.mark.parametrize(
    ("target", "agent", "status"),
    [
        ("/.env", "x", 403),
        ("/.git/config", "x", 403),
        ("/a/.env.production", "x", 403),
        ("/wp-config.php", "x", 403),
        ("/.well-known/assetlinks.json", "x", 404),
        ("/environment", "x", 404),
        ("/", "sqlmap/1.8#stable", 403),
        ("/", "Mozilla/5.0 (Nikto/2.5)", 403),
        ("/", "BadBot/1.0", 403),
        ("/", "Mozilla/5.0 Chrome/130 Safari", 404),
        ("/", "x" * 5000, 404),
    ],
)
def test_who_is_turned_away(ask: Ask, target: str, agent: str, status: int) -> None:
    parameters = {"security": {"blockedAgents": ["badbot"]}}
    headers = {"User-Agent": agent}
    answer = ask(target, features=["security"], parameters=parameters, headers=headers)
    assert answer.status_code == status
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_who_asks_too_often(ask: Ask) -> None:
    parameters = {"security": {"requestsPerMinute": 3, "loginsPerMinute": 2}}

    def asked_by(address: str, method: str = "GET", target: str = "/x", **more: str) -> int:
        headers = {"CF-Connecting-IP": address} | more
        answer = ask(target, method, features=["security"], parameters=parameters, headers=headers)
        if answer.status_code == 429:
            assert 0 < int(answer.headers["Retry-After"]) <= 60
        return answer.status_code

    assert [asked_by("192.0.2.1") for _ in range(4)] == [404, 404, 404, 429]
    assert asked_by("192.0.2.1", **{"X-Forwarded-For": "192.0.2.2"}) == 429
    assert asked_by("192.0.2.2") == 404
    assert [asked_by("192.0.2.3", "POST", "/login") for _ in range(3)] == [404, 404, 429]


def test_a_closed_shop_keeps_its_copies_to_itself(site: Site, ask: Ask, path: str) -> None:
    site.put(path, "page")
    ask(path)
    parameters = {"maintenance": {"message": "<b>Soon</b>", "allowedAddresses": ["192.0.2.9"]}}
    closed = ask(
        path, features=["maintenance"], parameters=parameters, headers={"Accept": "text/html"}
    )
    assert (closed.status_code, closed.headers["Retry-After"]) == (503, "600")
    assert "&#60;b&#62;Soon" in closed.text
    for forged in ({"X-Forwarded-For": "192.0.2.9"}, {"True-Client-IP": "192.0.2.9"}):
        answer = ask(path, features=["maintenance"], parameters=parameters, headers=forged)
        assert answer.status_code == 503
    known = {"CF-Connecting-IP": "192.0.2.9"}
    answer = ask(path, features=["maintenance"], parameters=parameters, headers=known)
    assert (answer.text, state(answer)) == ("page", "HIT")


@pytest.mark.parametrize("target", ["/sale", "/SALE/x", "/%73ale", "//sale", "/x%ZZ"])
def test_parts_are_closed_whatever_they_are_called(ask: Ask, target: str) -> None:
    parameters = {"maintenance": {"paths": ["/sale"]}}
    assert ask(target, features=["maintenance"], parameters=parameters).status_code == 503


LIMITS = {
    "pageTtl": 31_536_000,
    "assetTtl": 31_536_000,
    "staleWhileRevalidate": 604_800,
    "staleIfError": 604_800,
    "neverCache": ["/" + "x" * 1023] * 100,
    "sessionCookies": ["y" * 256] * 100,
    "ignoredCookies": ["z" * 256] * 100,
    "originTimeout": 100,
}


def test_parameters_at_their_limits(shop: Template, site: Site, ask: Ask, path: str) -> None:
    site.put(path, "page")
    assert [state(ask(path, parameters=LIMITS)) for _ in range(2)] == ["MISS", "HIT"]
    assert shop.kept_for(path) == 31_536_000
    wild = dict.fromkeys(LIMITS, "nonsense") | {"security": 7, "ab-testing": {"variants": [None]}}
    features = ["security", "ab-testing", "maintenance", "optimization", "analytics"]
    assert ask(path, parameters=wild, features=features[:2]).text == "page"
    assert ask(path, parameters=wild, features=features).status_code == 503
