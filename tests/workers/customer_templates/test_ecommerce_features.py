"""The features of the customer template "ecommerce" on a real workerd."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from workers.templates import Site, Template, run_template

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Strict-Transport-Security": "max-age=31536000",
}
IMAGES = "".join(f'<p>text</p><img src="{n}.png">' for n in range(4))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("ecommerce.js", tmp_path_factory.mktemp("ecommerce")) as template:
        yield template


def ask(shop: Template, site: Site, path: str, *features: str, **options: Any) -> httpx.Response:
    parameters = {"origin": site.url} | options.pop("parameters", {})
    return shop.ask(path, parameters=parameters, features=features, **options)


# ---- analytics


@pytest.mark.parametrize(
    ("method", "target", "kind", "event"),
    [
        ("GET", "/shoes", "text/html", "page_view"),
        ("GET", "/shoes?size=42&token=secret", "text/html; charset=utf-8", "page_view"),
        ("GET", "/cart", "text/html", "cart"),
        ("POST", "/de/Cart/items", "application/json", "cart"),
        ("GET", "/shoes?add-to-cart=7", "text/html", "cart"),
        ("POST", "/checkout/pay", "application/json", "checkout"),
        ("GET", "/checkout/cart", "text/html", "checkout"),
        ("GET", "/style.css", "text/css", None),
        ("GET", "/checkout/style.css", "text/css", None),
        ("GET", "/data", "application/json", None),
        ("POST", "/contact", "text/html", None),
        ("HEAD", "/shoes", "text/html", None),
    ],
)
def test_what_a_shop_keeper_counts(
    shop: Template, site: Site, path: str, method: str, target: str, kind: str, event: str | None
) -> None:
    site.put(path + target, "content", ("Content-Type", kind))
    shop.points()
    answer = ask(shop, site, path + target, "analytics", method=method)
    assert answer.status_code == 200
    written = shop.points()
    assert [point["blobs"][0] for point in written] == ([event] if event else [])
    assert "secret" not in str(written)


def test_the_columns_of_a_data_point(shop: Template, site: Site, path: str) -> None:
    site.put(path, "page")
    shop.points()
    for _ in range(2):
        ask(shop, site, path, "analytics")
    missed, hit = shop.points()
    assert missed["indexes"] == ["c1"]
    common = ["page_view", "shop.code24.dev", path, "GET"]
    assert missed["blobs"] == [*common, "MISS", "", "test", "premium"]
    assert hit["blobs"] == [*common, "HIT", "", "test", "premium"]
    status, milliseconds = missed["doubles"]
    assert status == 200
    assert 0 <= milliseconds < 30_000


@pytest.mark.parametrize(
    ("accept", "event"), [("text/html,*/*;q=0.8", "page_view"), ("application/json", None)]
)
def test_a_page_that_the_visitor_had_already_is_a_view_of_it(
    shop: Template, site: Site, path: str, accept: str, event: str | None
) -> None:
    site.put(path, "", ("Content-Type", ""), status=304)
    shop.points()
    answer = ask(shop, site, path, "analytics", headers={"Accept": accept})
    assert answer.status_code == 304
    assert [point["blobs"][0] for point in shop.points()] == ([event] if event else [])


def test_a_shop_that_is_down_is_counted_at_its_checkout(shop: Template) -> None:
    shop.points()
    down = {"origin": "http://127.0.0.1:1"}
    answer = shop.ask("/checkout", parameters=down, features=["analytics"])
    assert answer.status_code == 502
    [point] = shop.points()
    assert (point["blobs"][0], point["doubles"][0]) == ("checkout", 502)


def test_without_the_feature_nothing_is_written(shop: Template, site: Site, path: str) -> None:
    site.put(path, "page")
    shop.points()
    ask(shop, site, path, "optimization", "security")
    assert shop.points() == []


@pytest.mark.parametrize("analytics", ["broken", "missing"])
def test_a_lost_data_point_never_costs_the_answer(
    shop: Template, site: Site, path: str, analytics: str
) -> None:
    site.put(path, "page")
    answer = ask(shop, site, path, "analytics", headers={"Harness-Analytics": analytics})
    assert (answer.status_code, answer.text) == (200, "page")


def test_a_long_path_is_cut(shop: Template, site: Site, path: str) -> None:
    target = f"{path}/{'x' * 5000}"
    site.put(target, "page")
    shop.points()
    ask(shop, site, target, "analytics")
    [point] = shop.points()
    assert point["blobs"][2] == target[:1024]


# ---- optimization


def attributes(html: str) -> list[str]:
    return [tag.strip() for tag in re.findall(r"<img([^>]*)>", html)]


def test_pictures_further_down_are_lazy(shop: Template, site: Site, path: str) -> None:
    site.put(path, IMAGES)
    for cached in ("MISS", "HIT"):
        answer = ask(shop, site, path, "optimization")
        assert answer.headers["Code24-Cache"] == cached
        lazy = 'loading="lazy" decoding="async"'
        assert attributes(answer.text) == [
            'src="0.png"', 'src="1.png"', f'src="2.png" {lazy}', f'src="3.png" {lazy}',
        ]  # fmt: skip
    assert ask(shop, site, path).text == IMAGES  # the cache holds what the origin gave


def test_frames_are_lazy_and_text_is_there_while_fonts_load(
    shop: Template, site: Site, path: str
) -> None:
    font = "https://fonts.googleapis.com/css2?family=Inter"
    site.put(
        path,
        f'<link rel="stylesheet" href="{font}"><style>@font-face{{src:url(/a.woff2)}}</style>'
        '<iframe src="/map"></iframe><iframe src="/x" loading="eager"></iframe><a href="/x">x</a>',
    )
    answer = ask(shop, site, path, "optimization")
    assert answer.text == (
        '<link rel="preconnect" href="https://fonts.gstatic.com" crossorigin>'
        f'<link rel="stylesheet" href="{font}&#38;display=swap">'
        "<style>@font-face{font-display:swap;src:url(/a.woff2)}</style>"
        '<iframe src="/map" loading="lazy"></iframe><iframe src="/x" loading="eager"></iframe>'
        '<a href="/x">x</a>'
    )


def test_what_the_page_says_itself_stays(shop: Template, site: Site, path: str) -> None:
    own = '<img loading="eager"><img decoding="sync"><img loading="lazy" decoding="auto">'
    site.put(path, own)
    parameters = {"optimization": {"eagerImages": 0}}
    answer = ask(shop, site, path, "optimization", parameters=parameters)
    assert attributes(answer.text) == [
        'loading="eager" decoding="async"',
        'decoding="sync" loading="lazy"',
        'loading="lazy" decoding="auto"',
    ]


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("image/svg+xml", 200),
        ("text/html; charset=nonsense", 200),
        ("text/html; charset=utf-16le", 200),
        ("text/html", 404),
    ],
)
def test_what_is_no_page_goes_through_as_it_is(
    shop: Template, site: Site, path: str, kind: str, status: int
) -> None:
    site.put(path, IMAGES, ("Content-Type", kind), status=status)
    answer = ask(shop, site, path, "optimization")
    assert (answer.status_code, answer.content) == (status, IMAGES.encode())


def test_other_character_sets_are_kept(shop: Template, site: Site, path: str) -> None:
    page = f"<h1>Grüezi</h1>{IMAGES}".encode("iso-8859-1")
    site.put(path, page, ("Content-Type", "text/html; charset=ISO-8859-1"))
    answer = ask(shop, site, path, "optimization")
    assert "Grüezi".encode("iso-8859-1") in answer.content
    assert b'loading="lazy"' in answer.content


def test_a_large_page_arrives_whole(shop: Template, site: Site, path: str) -> None:
    site.put(path, IMAGES * 5000)
    answer = ask(shop, site, path, "optimization")
    assert answer.text.count("<img") == 20_000
    assert answer.text.count("lazy") == 19_998


def test_the_tag_of_a_changed_page_is_weak_and_still_known(
    shop: Template, site: Site, path: str
) -> None:
    site.put(path, IMAGES, ("ETag", '"v1"'))
    first = ask(shop, site, path, "optimization")
    assert first.headers["ETag"] == 'W/"v1"'
    again = ask(shop, site, path, "optimization", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", 'W/"v1"')


def test_a_head_of_a_changed_page(shop: Template, site: Site, path: str) -> None:
    site.put(path, IMAGES)
    answer = ask(shop, site, path, "optimization", method="HEAD")
    assert (answer.status_code, answer.content) == (200, b"")


# ---- security


def test_headers_that_protect_are_added(shop: Template, site: Site, path: str) -> None:
    site.put(path, "page")
    for cached in ("MISS", "HIT"):
        answer = ask(shop, site, path, "security")
        assert answer.headers["Code24-Cache"] == cached
        assert {name: answer.headers[name] for name in SECURITY} == SECURITY
    without = ask(shop, site, path)
    assert not set(SECURITY) & set(without.headers)


def test_the_shops_own_headers_stay(shop: Template, site: Site, path: str) -> None:
    own = {name: f"own {name}" for name in SECURITY}
    site.put(path, "page", *own.items())
    parameters = {"security": {"frameOptions": "DENY"}}
    answer = ask(shop, site, path, "security", parameters=parameters)
    assert {name: answer.headers[name] for name in SECURITY} == own
    site.put(path + "/b", "page")
    second = ask(shop, site, path + "/b", "security", parameters=parameters)
    assert second.headers["X-Frame-Options"] == "DENY"


def test_our_own_errors_are_protected_too(shop: Template) -> None:
    answer = shop.ask(parameters={}, features=["security"])
    assert answer.status_code == 422
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_all_features_at_once(shop: Template, site: Site, path: str) -> None:
    site.put(path, IMAGES, ("Set-Cookie", "a=1"))
    shop.points()
    answer = ask(shop, site, path, "analytics", "optimization", "security")
    assert answer.headers["Set-Cookie"] == "a=1"
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert attributes(answer.text)[2].endswith('decoding="async"')
    assert len(shop.points()) == 1
