"""The elite template "brand" on a real workerd, reading pages of a site on the loopback."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from workers.templates import HEALTH_PATH, Site, Template, run_template

GOOD = """<!doctype html><html lang="de-CH"><head>
<title>M&uuml;ller &amp; S&#246;hne &#x2192; Holz
 und Handwerk</title>
<meta charset="utf-8"><base href="/shop/">
<meta name="Description" content="Wir bauen &quot;M&ouml;bel&quot; aus heimischem Holz,
 nach Mass und mit Liebe zum Detail.">
<link rel="canonical" href="https://mueller.example/">
<link rel="shortcut icon" href="favicon.ico?a=1&amp;b=2" sizes="16x16">
<link rel="apple-touch-icon-precomposed" href="/touch.png">
<link rel="stylesheet"
 href="https://fonts.googleapis.com/css2?family=Open+Sans:wght@400&amp;family=Lora">
<meta name="theme-color" content="#aa5500">
<link rel="manifest" href="https://elsewhere.example/m.json">
<meta name="robots" content="index, max-image-preview:none">
<meta property="og:title" content="M&uuml;ller &amp; S&ouml;hne">
<meta property="og:image" content="card.png">
<meta property="og:site_name" content="M&uuml;ller &amp; S&ouml;hne">
<meta property="og:description" content="Holz"><meta property="og:url" content="/">
<meta property="og:type" content="website">
<meta name="twitter:card" content="summary">
<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "Organization", "name": "M\u00fcller & S\u00f6hne",
 "sameAs": ["https://www.instagram.com/mueller"]},
{"@type": ["WebSite"], "name": "M"}]}</script></head>
<body><img class="logo" src="l.svg" alt="M&uuml;ller"><svg><title>a picture</title></svg>
<h1>Willkommen bei <b>M&uuml;ller</b> &amp; S&ouml;hne</h1>
<h2>Tische</h2><h2>St&uuml;hle</h2>
<img src="a.png" alt="Tisch"><img src="line.png" alt="">
<a href="/a">a</a><a href="b">b</a><a href="https://elsewhere.example/">c</a><a href="#top">d</a>
<a href="mailto:a@b.example">e</a><a>f</a></body></html>"""

MAX_BYTES = 2 * 1024 * 1024

BAD = """<html><head><title>Home</title><meta name="description" content="Too short.">
<meta name="robots" content="NOINDEX, follow"></head>
<body><h1>One</h1><h1>Two</h1><img src="a.png"><img src="b.png" alt="b"></body></html>"""


@pytest.fixture(scope="module")
def brand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("brand.js", tmp_path_factory.mktemp("brand")) as template:
        yield template


def report(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json())


def findings(answer: httpx.Response) -> dict[str, str]:
    return {f["id"]: f["severity"] for f in report(answer)["findings"]}


def test_health_asks_nobody(brand: Template, site: Site) -> None:
    before = len(site.asked)
    for base in ("", "/elite/brand"):
        answer = brand.ask(base + HEALTH_PATH, parameters={"site": site.url + "/"})
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert len(site.asked) == before


def test_report_of_a_good_page(brand: Template, site: Site) -> None:
    url = site.put("/good", GOOD)
    found = report(brand.ask("/elite/brand", parameters={"site": url, "depth": 0}))
    assert (found["site"], found["finalUrl"], found["status"]) == (url, url, 200)
    assert found["fetchedAt"].endswith("Z")
    assert found["title"] == "Müller & Söhne → Holz und Handwerk"
    assert found["description"].startswith('Wir bauen "Möbel" aus')
    assert found["canonical"] == "https://mueller.example/"
    assert found["language"] == "de-CH"
    assert found["openGraph"] == {
        "title": "Müller & Söhne",
        "image": f"{site.url}/shop/card.png",
        "site_name": "Müller & Söhne",
        "description": "Holz",
        "url": "/",
        "type": "website",
    }
    assert found["twitter"] == {"card": "summary"}
    assert [icon["href"] for icon in found["icons"]] == [
        f"{site.url}/shop/favicon.ico?a=1&b=2",
        f"{site.url}/touch.png",
    ]
    assert found["headings"]["h1"] == ["Willkommen bei Müller & Söhne"]
    assert found["headings"]["h2"] == ["Tische", "Stühle"]
    assert found["headings"]["h6"] == []
    assert found["images"] == {"total": 3, "withoutAlt": 0}
    assert found["links"] == {"internal": 2, "external": 1}
    assert found["colors"] == ["#aa5500"]
    assert found["fonts"] == ["Open Sans", "Lora"]
    assert [f["id"] for f in found["findings"]] == ["not_https"]  # the loopback has no certificate
    assert found["score"] == 85


def test_report_of_a_bad_page(brand: Template, site: Site) -> None:
    url = site.put("/bad", BAD)
    answer = brand.ask(parameters={"site": url, "brandName": "Müller"})
    assert findings(answer) == {
        "not_https": "error",
        "noindex": "error",
        "title_too_short": "warning",
        "description_too_short": "warning",
        "og_title_missing": "warning",
        "og_image_missing": "warning",
        "icon_missing": "warning",
        "theme_color_missing": "info",
        "canonical_missing": "info",
        "og_description_missing": "info",
        "og_url_missing": "info",
        "og_type_missing": "info",
        "og_site_name_missing": "info",
        "twitter_card_missing": "info",
        "touch_icon_missing": "info",
        "manifest_missing": "info",
        "logo_missing": "info",
        "organization_missing": "info",
        "website_missing": "info",
        "social_links_missing": "info",
        "h1_multiple": "warning",
        "image_alt_missing": "warning",
        "lang_missing": "warning",
        "brand_not_in_title": "warning",
        "brand_not_in_h1": "info",
    }
    told = answer.json()
    assert told["score"] == max(0, 100 - sum(f["weight"] for f in told["findings"])) == 1
    evidence = {f["id"]: f["evidence"] for f in told["findings"]}
    assert evidence["image_alt_missing"] == [{"page": "/bad", "selector": 'img[src="a.png"]'}]
    assert [one["detail"] for one in evidence["h1_multiple"]] == ["One", "Two"]
    assert all(f["message"] and f["fix"] and f["category"] for f in told["findings"])
    assert told["summary"] == {"error": 2, "warning": 9, "info": 14}
    assert brand.ask(parameters={"site": url, "brandName": "Müller"}).json()["score"] == 1


def test_an_empty_page(brand: Template, site: Site) -> None:
    found = findings(brand.ask(parameters={"site": site.put("/empty", "")}))
    assert {"title_missing", "description_missing", "h1_missing"} <= set(found)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("x" * 9, "title_too_short"),
        ("x" * 10, None),
        ("&amp;" * 60, None),
        ("x" * 61, "title_too_long"),
        ("  ", "title_missing"),
        ("\N{WRENCH}" * 60, None),
    ],
)
def test_length_of_the_title_as_shown(
    brand: Template, site: Site, title: str, expected: str | None
) -> None:
    url = site.put("/title", f"<title>{title}</title>")
    found = findings(brand.ask(parameters={"site": url}))
    assert [f for f in found if f.startswith("title")] == ([expected] if expected else [])


def test_texts_in_many_chunks_and_strange_references(brand: Template, site: Site) -> None:
    long_text = "&amp;lt; a&nbsp;&unknown; &#0;&#xffffff; " * 2000
    url = site.put("/long", f"<h1>{long_text}</h1>")
    [heading] = report(brand.ask(parameters={"site": url}))["headings"]["h1"]
    assert heading == " ".join(["&lt; a &unknown; \ufffd\ufffd"] * 2000)


def test_noindex_by_header(brand: Template, site: Site) -> None:
    url = site.put("/hidden", GOOD, ("X-Robots-Tag", "googlebot: noindex"))
    assert "noindex" in findings(brand.ask(parameters={"site": url}))


def test_redirects_are_followed(brand: Template, site: Site) -> None:
    final = site.put("/final", GOOD)
    url = site.put("/moved", "", ("Location", "/final"), status=301)
    found = report(brand.ask(parameters={"site": url}))
    assert (found["site"], found["finalUrl"], found["status"]) == (url, final, 200)


def test_error_status(brand: Template, site: Site) -> None:
    url = site.put("/broken", GOOD, status=503)
    answer = brand.ask(parameters={"site": url, "depth": 0})
    assert findings(answer) == {"bad_status": "error", "not_https": "error"}
    assert (answer.json()["status"], answer.json()["score"]) == (503, 45)


def test_something_other_than_html(brand: Template, site: Site) -> None:
    url = site.put("/data", "{}", ("Content-Type", "application/json"))
    answer = brand.ask(parameters={"site": url})
    assert findings(answer) == {"not_html": "error"}
    assert answer.json()["score"] == 0


def test_an_oversized_page_is_cut(brand: Template, site: Site) -> None:
    read = GOOD.encode().ljust(MAX_BYTES)
    url = site.put("/huge", read + b"<h2>too far down</h2>" + b" " * 4_000_000)
    answer = brand.ask(parameters={"site": url, "depth": 0})
    assert findings(answer) == {"not_https": "error", "page_truncated": "info"}
    assert answer.json()["headings"]["h2"] == ["Tische", "Stühle"]
    assert answer.json()["score"] == 85


@pytest.mark.parametrize("charset", ["iso-8859-1", "nonsense"])
def test_character_sets(brand: Template, site: Site, charset: str) -> None:
    page = "<title>Grüezi mitenand</title>".encode("iso-8859-1")
    url = site.put("/latin", page, ("Content-Type", f"text/html; charset={charset}"))
    title = report(brand.ask(parameters={"site": url}))["title"]
    assert title.startswith("Gr")
    assert (title == "Grüezi mitenand") == (charset == "iso-8859-1")


@pytest.mark.parametrize(
    "parameters",
    [
        None,
        {},
        {"site": ""},
        {"site": 7},
        {"site": "example.com"},
        {"site": "ftp://example.com/"},
        {"site": "https://user@example.com/"},
        {"site": "https://:secret@example.com/"},
    ],
)
def test_bad_parameters(brand: Template, parameters: dict[str, Any] | None) -> None:
    answer = brand.ask(parameters=parameters)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert (error["code"], error["field"]) == ("invalid_parameters", "parameters.site")
    assert "parameters.site" in error["message"]
    assert "secret" not in answer.text
    assert brand.ask(HEALTH_PATH, parameters=parameters).status_code == 200


def test_an_unreachable_site(brand: Template) -> None:
    answer = brand.ask(parameters={"site": "http://127.0.0.1:1/"})
    assert answer.status_code == 502
    error = answer.json()["error"]
    assert (error["code"], error["site"]) == ("site_unreachable", "http://127.0.0.1:1/")
    assert error["reason"]


def test_methods(brand: Template, site: Site) -> None:
    url = site.put("/good", GOOD)
    head = brand.ask("/", "HEAD", parameters={"site": url})
    assert (head.status_code, head.content) == (200, b"")
    post = brand.ask("/", "POST", parameters={"site": url})
    assert (post.status_code, post.headers["Allow"]) == (405, "GET, HEAD")
