"""The customer template "content" on a real workerd, fronting a publisher on the loopback."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx
import pytest

from workers.templates import HEALTH_PATH, Ask, Fault, Site, Template, asking, run_template, state

ESI = ("Surrogate-Control", 'max-age=60, content="ESI/1.0"')
ARTICLE = (
    "<article><p>Teaser</p><p data-paywall>All</p><b>and</b><p data-paywall>more</p></article>"
)


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("content.js", tmp_path_factory.mktemp("content")) as template:
        yield template


@pytest.fixture
def ask(news: Template, site: Site) -> Ask:
    return asking(news, site)


def test_health_asks_nobody(ask: Ask, site: Site) -> None:
    before = len(site.asked)
    assert ask(HEALTH_PATH).json() == {"status": "ok"}
    assert len(site.asked) == before


@pytest.mark.parametrize("origin", ["", "news", "https://a:b@news.example/"])
def test_bad_parameters(news: Template, origin: str) -> None:
    answer = news.ask(parameters={"origin": origin})
    assert answer.status_code == 422
    assert answer.json()["error"]["field"] == "parameters.origin"


def test_pages_live_longer_than_a_shops(news: Template, site: Site, ask: Ask, path: str) -> None:
    site.put(path, "story")
    assert [state(ask(path)) for _ in range(2)] == ["MISS", "HIT"]
    assert news.kept_for(path) == 120
    news.grow_older(400)
    assert state(ask(path)) == "STALE"


# ---- includes


def page(site: Site, ask: Ask, path: str, html: str, **options: Any) -> str:
    site.put(path, html, ESI)
    answer = ask(path, features=["includes"], **options)
    assert answer.status_code == 200
    return answer.text


def test_only_an_origin_that_asks_for_it_gets_its_page_put_together(
    site: Site, ask: Ask, path: str
) -> None:
    html = '<esi:include src="/x"/>'
    for header in [("Surrogate-Control", "max-age=60"), ("X-None", "1")]:
        site.put(path + header[0], html, header)
        answer = ask(path + header[0], features=["includes"])
        assert answer.text == html
        assert "Surrogate-Control" not in answer.headers
    assert site.asked[-1].headers["surrogate-capability"] == 'code24="ESI/1.0"'


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("", ""),
        ("<p>{}</p>", "<p>[part]</p>"),
        ("{}{}", "[part][part]"),
        ("a{}b</esi:include>c", "a[part]bc"),
        ("<esi:include src='PART'/>", "[part]"),
        ('<esi:include src="/none" alt="PART"/>', "[part]"),
        ('<esi:include src="/none"/>x', "x"),
        ('<esi:include src=""/>x', "x"),
        ("<esi:include/>x", "x"),
        ('<esi:include src="https://evil.example/x"/>x', "x"),
        ('<esi:include src="//evil.example/x"/>x', "x"),
        ('<esi:include src="http://[broken"/>x', "x"),
        ('<ESI:include src="PART"/>', '<ESI:include src="PART"/>'),
        ("a<esi:remove>b{}c</esi:remove>d", "ad"),
        ("a<esi:remove>b", "a"),
        ("a<esi:choose>b</esi:choose>", "ab"),
        ("a<esi:include src='/x'", "a<esi:include src='/x'"),
        ("a<esi:", "a<esi:"),
        ("a<", "a<"),
        ("< esi: </ e</esi", "< esi: </ e</esi"),
        ("<esi:include " + "x" * 5000 + ">", "<esi:include " + "x" * 5000 + ">"),
        ("<!-- {} -->", "<!-- [part] -->"),
    ],
)
def test_what_is_put_together(site: Site, ask: Ask, path: str, html: str, expected: str) -> None:
    site.put(f"{path}/part", "[part]")
    include = f'<esi:include src="{path}/part"/>'
    given = html.replace("{}", include).replace("PART", f"{path}/part")
    assert page(site, ask, path, given) == expected.replace("PART", f"{path}/part")


def test_tags_across_chunks(site: Site, ask: Ask, path: str) -> None:
    site.put(f"{path}/part", "[part]")
    filler = "".join(f"<i>{'x' * (n % 97)}</i><" for n in range(20_000))
    html = f'{filler}<esi:include src="{path}/part"/>{filler}'
    assert page(site, ask, path, html) == f"{filler}[part]{filler}"


def test_other_character_sets_are_kept(site: Site, ask: Ask, path: str) -> None:
    site.put(f"{path}/part", "[part]")
    html = f'Grüezi <esi:include src="{path}/part"/> mitenand ß'.encode("iso-8859-1")
    site.put(path, html, ESI, ("Content-Type", "text/html; charset=iso-8859-1"))
    answer = ask(path, features=["includes"])
    assert answer.content == "Grüezi [part] mitenand ß".encode("iso-8859-1")


def test_a_part_of_ones_own_is_never_cached(site: Site, ask: Ask, path: str) -> None:
    target = "/account/box"
    for name in ("ann", "bob"):
        site.put(target, f"for {name}")
        assert page(site, ask, path, f'<esi:include src="{target}"/>') == f"for {name}"
    site.put(path, "x", ESI)
    answer = ask(path, features=["includes"], cookie="_ga=1")
    assert (state(answer), answer.headers["Cache-Control"]) == ("HIT", "private, no-cache")
    [*_, last] = [asked for asked in site.asked if asked.target == target]
    assert last.headers.get("cookie") == "_ga=1"
    assert "ETag" not in answer.headers


@pytest.mark.parametrize("fault", ["hangs", "vanishes", "is cut"])
def test_a_part_that_fails_is_left_out(site: Site, ask: Ask, path: str, fault: Fault) -> None:
    site.put(f"{path}/part", "[part]" * 1000)
    site.fails(f"{path}/part", fault)
    html = f'a<esi:include src="{path}/part"/>b'
    assert page(site, ask, path, html, parameters={"originTimeout": 1}) == "ab"


def test_a_page_that_includes_itself(site: Site, ask: Ask, path: str) -> None:
    html = f'a<esi:include src="{path}"/>b'
    assert page(site, ask, path, html) == f"a{html}b"


# ---- paywall


def premium(
    ask: Ask, path: str, behaviour: str, cookie: str = "", method: str = "GET", **parameters: Any
) -> httpx.Response:
    wall = {"paywall": {"paths": ["/premium"]} | parameters}
    headers = {"Harness-Paywall": behaviour, "CF-Connecting-IP": "192.0.2.1"}
    return ask(path, method, features=["paywall"], parameters=wall, headers=headers, cookie=cookie)


def test_who_may_not_read_it_gets_the_rest(site: Site, ask: Ask, path: str) -> None:
    site.put(f"/premium{path}", ARTICLE, ("ETag", '"v1"'))
    closed = premium(ask, f"/premium{path}", "402", subscribeUrl="/subscribe?a=1&b", offer="<Buy>")
    offer = '<p>&#60;Buy&#62; <a href="/subscribe?a=1&#38;b">Subscribe</a></p>'
    assert closed.text == (
        f'<article><p>Teaser</p><section class="code24-paywall">{offer}</section><b>and</b></article>'
    )
    assert closed.headers["Code24-Paywall"] == "closed"
    assert closed.headers["Cache-Control"] == "private, no-store"
    assert "ETag" not in closed.headers
    opened = premium(ask, f"/premium{path}", "200")
    assert (state(opened), opened.text) == ("HIT", ARTICLE)
    assert opened.headers["Code24-Paywall"] == "open"


def test_what_the_service_is_asked_and_what_it_sets(site: Site, ask: Ask, path: str) -> None:
    site.put(f"/premium{path}", ARTICLE)
    answer = premium(ask, f"/premium{path}?a=b", "403", cookie="_ga=1")
    site.put(f"/premium{path}?a=b", ARTICLE)
    answer = premium(ask, f"/premium{path}?a=b", "403", cookie="_ga=1")
    question = json.loads(unquote(answer.headers["Set-Cookie"].removeprefix("asked=")))
    assert question == {
        "url": f"https://shop.code24.dev/premium{path}?a=b",
        "path": f"/premium{path}",
        "cookie": "_ga=1",
        "address": "192.0.2.1",
        "userAgent": question["userAgent"],
    }


@pytest.mark.parametrize("behaviour", ["throws", "hangs", "500", "503"])
@pytest.mark.parametrize(("otherwise", "expected"), [("teaser", "closed"), ("full", "open")])
def test_a_service_that_fails(
    site: Site, ask: Ask, path: str, behaviour: str, otherwise: str, expected: str
) -> None:
    site.put(f"/premium{path}", ARTICLE)
    answer = premium(ask, f"/premium{path}", behaviour, whenUnreachable=otherwise)
    assert (answer.status_code, answer.headers["Code24-Paywall"]) == (200, expected)
    assert ("All" in answer.text) is (expected == "open")


@pytest.mark.parametrize("target", ["/PREMIUM{}", "//premium{}", "/%70remium{}", "/x%ZZ{}"])
def test_no_way_around(site: Site, ask: Ask, path: str, target: str) -> None:
    site.put(target.format(path), ARTICLE)
    answer = premium(ask, target.format(path), "402")
    assert answer.headers["Code24-Paywall"] == "closed"
    assert "All" not in answer.text


def test_what_is_not_judged(site: Site, ask: Ask, path: str) -> None:
    site.put(f"/premium{path}", ARTICLE)
    head = premium(ask, f"/premium{path}", "402", method="HEAD")
    assert (head.status_code, head.content) == (200, b"")
    site.put(path, ARTICLE)
    assert "Code24-Paywall" not in premium(ask, path, "402").headers
    site.put(f"/premium{path}.css", "h1 {}", ("Content-Type", "text/css"))
    assert premium(ask, f"/premium{path}.css", "402").text == "h1 {}"
