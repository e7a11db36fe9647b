"""What all elite workers have in common: reports, pages of reports, history, crawling, and `optimize`."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from workers.elite import TYPES, findings, report
from workers.templates import HEALTH_PATH, Site, Template, run_template

PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>A page of some length</title>
<link rel="canonical" href="canonical.html"><link rel="alternate" hreflang="de_CH" href="/de">
<link rel="stylesheet" href="/s.css?a=1&amp;b=2">
<link rel="stylesheet" href="https://fonts.googleapis.com/css?family=Lora">
<link rel="preload" href="/f.woff2">
<style>@font-face{font-family:x;src:url(/x.woff2)} body{background:url("/b.png")}</style>
<script src="https://www.googletagmanager.com/gtag/js?id=1"></script></head><body>
<h1>One</h1><h4>Two</h4><a href="/about">About</a><a href="rel">Relative</a><a href="#x">Here</a>
<a href="//other.example/x">Other</a><a href="https://facebook.com/me"><i class="fa"></i></a>
<img src="/img/team-photo.jpg" srcset="/a.png 1x, /b.png 2x"><img src="data:,"><input name="firstName">
<iframe src="https://maps.example/"></iframe><button class="navbar-toggler"></button>
<form action="/send"><input type="email" id="e"></form><b tabindex="3">x</b>
<p style="background:url('/p.png')">text</p>
<p>And some more, so that the page is worth compressing before it is optimized and after that.</p>
</body></html>""".replace("some more", "some more " * 50)


@pytest.fixture(scope="module", params=TYPES)
def elite(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp(request.param)
    with run_template(f"{request.param}.js", folder) as template:
        yield request.param, template


@pytest.fixture
def worker(elite: tuple[str, Template]) -> Template:
    return elite[1]


@pytest.fixture
def kind(elite: tuple[str, Template]) -> str:
    return elite[0]


def optimized(worker: Template, kind: str, site: Site, path: str, **parameters: Any) -> str:
    given = {"site": site.url + "/"} | parameters
    answer = worker.ask(f"/elite/{kind}/optimize{path}", parameters=given)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_health(worker: Template, kind: str) -> None:
    for path in (HEALTH_PATH, f"/elite/{kind}{HEALTH_PATH}", f"/elite/{kind}/health"):
        answer = worker.ask(path, parameters={})
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_forms_of_the_report(worker: Template, kind: str, site: Site) -> None:
    parameters = {"site": site.put("/", PAGE), "depth": 0}
    html = {"Accept": "text/html,*/*;q=0.8"}

    def type_of(path: str, headers: dict[str, str] | None = None) -> str:
        answer = worker.ask(f"/elite/{kind}{path}", parameters=parameters, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["Vary"] == "Accept"
        return answer.headers["Content-Type"].split(";")[0]

    for path in ("", "/", "/report"):
        assert type_of(path) == "application/json"
        assert type_of(path, html) == "text/html"
    assert type_of("/report.json", html) == "application/json"
    assert type_of("/report.html") == "text/html"
    unknown = worker.ask(f"/elite/{kind}/reports", parameters=parameters)
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (404, "not_found")


def test_findings_say_what_to_do(worker: Template, site: Site) -> None:
    for id_, found in findings(worker, site.put("/", PAGE)).items():
        assert re.fullmatch(r"[a-z][a-z0-9_]+", id_)
        assert found["severity"] in ("error", "warning", "info")
        assert found["category"]
        assert found["message"].endswith((".", "!")) or ":" in found["message"]
        assert found["fix"]
        assert found["weight"] >= 0
        assert isinstance(found["fixable"], bool)
        assert found["count"] >= len(found["evidence"]) > 0
        for evidence in found["evidence"]:
            assert {"selector", "header", "detail"} & set(evidence)


def test_the_page_loads_nothing_and_escapes_everything(
    worker: Template, kind: str, site: Site
) -> None:
    evil = '<title>"><script>alert(1)</script></title><img src="\'><script>alert(2)</script>">'
    parameters = {"site": site.put("/evil", evil), "depth": 0}
    answer = worker.ask(f"/elite/{kind}/report.html", parameters=parameters)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert "<script" not in answer.text
    assert not re.search(r"<(img|link|iframe|object|embed)|@import|url\(", answer.text)
    assert len(answer.content) < 80_000
    assert f'href="/elite/{kind}/report.json"' in answer.text


def test_the_trend(worker: Template, site: Site) -> None:
    kept = {"Harness-History": "kept"}
    url = site.put("/trend", PAGE)
    parameters = {"site": url, "depth": 0}
    assert "trend" not in report(worker.ask(parameters=parameters))
    first = report(worker.ask(parameters=parameters, headers=kept))
    again = report(worker.ask(parameters=parameters, headers=kept))
    assert [run["score"] for run in again["trend"]] == [first["score"]]  # nothing has changed
    site.put("/trend", "<title>")
    third = report(worker.ask(parameters=parameters, headers=kept))
    assert [run["score"] for run in third["trend"]] == [first["score"], third["score"]]
    assert set(third["trend"][0]) == {"at", "score", "error", "warning", "info"}
    page = worker.ask("/report.html", parameters=parameters, headers=kept)
    assert "Scores of the last runs" in page.text


def test_a_broken_history_costs_the_trend_only(worker: Template, site: Site) -> None:
    parameters = {"site": site.put("/", PAGE), "depth": 0}
    answer = worker.ask(parameters=parameters, headers={"Harness-History": "broken"})
    assert "trend" not in report(answer)


def test_the_crawl_is_bounded(worker: Template, site: Site) -> None:
    many = "".join(f'<a href="/c/{n}">x</a>' for n in range(30))
    site.put("/c", many + '<a href="https://elsewhere.example/">x</a><a href="/c/x.pdf">x</a>')
    for number in range(30):
        site.put(f"/c/{number}", many + '<a href="/deep">x</a>')
    for bounds, expected in (
        ({"depth": 0}, 1),
        ({"depth": 1}, 5),
        ({"depth": 3, "pages": 10}, 10),
        ({"depth": 9, "pages": 10_000}, 10),
    ):
        before = len(site.asked)
        told = report(worker.ask(parameters={"site": site.url + "/c"} | bounds))
        assert len(told["pages"]) == expected
        asked = [asked.target for asked in site.asked[before:]]
        assert len(asked) == len(set(asked)) == expected
        assert all(target.startswith("/c") and not target.endswith(".pdf") for target in asked)


def test_redirects_stay_within_the_site(worker: Template, site: Site) -> None:
    other = Site()
    other.put("/", PAGE)
    url = site.put("/out", "", ("Location", other.url + "/"), status=302)
    found = findings(worker, url)
    assert set(found) == {"redirect_elsewhere"}
    assert found["redirect_elsewhere"]["evidence"][0]["detail"] == other.url
    assert other.asked == []
    other.close()
    for path, target in (("/l1", "/l2"), ("/l2", "/l1"), ("/self", "/self")):
        site.put(path, "", ("Location", target), status=301)
    for path in ("/l1", "/self"):
        assert set(findings(worker, site.url + path)) == {"redirect_loop"}


def test_addresses_lead_below_optimize(worker: Template, kind: str, site: Site) -> None:
    site.put("/dir/page", PAGE.replace("/about", site.url + "/about"))
    html = optimized(worker, kind, site, "/dir/page")
    base = f"/elite/{kind}/optimize"
    for expected in (
        f'href="{base}/about"',
        'href="rel"',
        'href="#x"',
        'href="//other.example/x"',
        f'src="{base}/img/team-photo.jpg"',
        f'srcset="{base}/a.png 1x, {base}/b.png 2x"',
        f'action="{base}/send"',
        f"url('{base}/p.png')",
        f"url({base}/x.woff2)",
        f'url("{base}/b.png")',
        f'href="{base}/s.css?a=1&amp;b=2"',
        f'href="{site.url}/dir/canonical.html"',
    ):
        assert expected in html, expected


def test_what_is_fixable_is_fixed(worker: Template, kind: str, site: Site) -> None:
    """The report about the optimized page has none of the findings that were said to be repaired."""
    parameters: dict[str, Any] = {"language": "en", "brandName": "Acme", "themeColor": "#a50"}
    parameters |= {"description": "d" * 60, "icon": "https://x.example/i.svg"}
    parameters |= {
        "shareImage": "https://x.example/i.png",
        "preconnect": ["https://www.googletagmanager.com"],
    }
    headers = [("X-Powered-By", "PHP/5"), ("Set-Cookie", "a=1")]
    url = site.put("/", PAGE, *headers)
    before = findings(worker, url, **parameters)
    fixable = {id_ for id_, found in before.items() if found["fixable"]}
    assert len(fixable) >= 5
    answer = worker.ask(f"/elite/{kind}/optimize/", parameters={"site": url} | parameters)
    told = [
        (k, v)
        for k, v in answer.headers.multi_items()
        if k.lower() not in ("content-length", "transfer-encoding")
    ]
    after = findings(worker, site.put("/after", answer.content, *told), **parameters)
    assert fixable & set(after) == set()
    assert set(after) <= set(before)
    again = worker.ask(f"/elite/{kind}/optimize/", parameters={"site": url, "optimizations": []})
    unfixed = findings(worker, url, optimizations=[])
    assert not any(found["fixable"] for found in unfixed.values())
    assert again.text.count("<meta") == PAGE.count("<meta")


def test_pictures_in_the_source_end_where_they_end(worker: Template, site: Site) -> None:
    """In SVG, "/>" ends an element; what follows has to be read as well."""
    svg = '<svg aria-hidden="true"><path d="M0"/><g><use href="#x"/></g></svg>'
    body = f"<html lang=en><title>A title of some length</title><body>{svg}<h1>One</h1><main>{svg}x</main>"
    found = findings(worker, site.put("/svg", body))
    assert not {"page_truncated", "h1_missing", "main_missing"} & set(found)


def test_optimize_keeps_everything_else(worker: Template, kind: str, site: Site) -> None:
    latin = b"<html><head><title>Gr\xfcezi</title></head><body>\xe4<style>a{content:'\xf6'}</style></body></html>"
    for charset in ("; charset=iso-8859-1", "; charset=nonsense"):
        site.put("/latin", latin, ("Content-Type", f"text/html{charset}"))
        answer = worker.ask(f"/elite/{kind}/optimize/latin", parameters={"site": site.url + "/"})
        assert answer.status_code == 200
        assert b"Gr\xfcezi</title>" in answer.content
        assert b"\xe4" in answer.content


def test_other_things_go_through_as_they_are(worker: Template, kind: str, site: Site) -> None:
    data = bytes(range(256)) * 100
    etag = ("ETag", '"v1"')
    site.put("/data.bin", data, ("Content-Type", "application/octet-stream"), etag)
    parameters = {"site": site.url + "/"}
    answer = worker.ask(f"/elite/{kind}/optimize/data.bin?x", parameters=parameters)
    assert answer.status_code == 404
    answer = worker.ask(f"/elite/{kind}/optimize/data.bin", parameters=parameters)
    assert (answer.content, answer.headers["ETag"]) == (data, '"v1"')
    site.put(
        "/s.css", 'a{b:url(/x.png)}@import "/y.css";c{d:url("rel")}', ("Content-Type", "text/css")
    )
    css = worker.ask(f"/elite/{kind}/optimize/s.css", parameters=parameters).text
    base = f"/elite/{kind}/optimize"
    assert css == f'a{{b:url({base}/x.png)}}@import "{base}/y.css";c{{d:url("rel")}}'
    missing = worker.ask(f"{base}/none", parameters=parameters)
    assert (missing.status_code, missing.text) == (404, "nothing here")


def test_optimize_asks_the_site_alone(worker: Template, kind: str, site: Site) -> None:
    other = Site()
    parameters = {"site": site.url + "/"}
    for path in (
        other.url + "/",
        "/" + other.url.removeprefix("http:"),
        "//" + other.url,
        "/%2e%2e/x",
        "/@x",
    ):
        before = len(site.asked)
        answer = worker.ask(f"/elite/{kind}/optimize/{path.lstrip()}", parameters=parameters)
        assert answer.status_code in (404, 302)
        assert len(site.asked) - before <= 1
    assert other.asked == []
    other.close()


def test_optimize_forwards_the_visitor(worker: Template, kind: str, site: Site) -> None:
    site.put("/send", "<p>thanks", ("Set-Cookie", "a=1; Domain=example.com; Path=/"))
    headers = {"Cookie": "b=2", "CF-Ray": "x", "Content-Type": "text/plain"}
    base = f"/elite/{kind}/optimize"
    parameters = {"site": site.url + "/"}
    answer = worker.ask(
        f"{base}/send?q=1", "POST", parameters=parameters, headers=headers, content=b"hi"
    )
    assert answer.status_code == 404
    answer = worker.ask(
        f"{base}/send", "POST", parameters=parameters, headers=headers, content=b"hi"
    )
    assert "domain" not in answer.headers["Set-Cookie"].lower()
    asked = site.asked[-1]
    assert (asked.method, asked.body, asked.headers["cookie"]) == ("POST", b"hi", "b=2")
    assert "cf-ray" not in asked.headers
    site.put("/go", "", ("Location", site.url + "/x?y"), status=303)
    answer = worker.ask(f"{base}/go", parameters=parameters)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{base}/x?y")
    site.put("/away", "", ("Location", "https://elsewhere.example/"), status=302)
    answer = worker.ask(f"{base}/away", parameters=parameters)
    assert answer.headers["Location"] == "https://elsewhere.example/"
    start = worker.ask(base, parameters=parameters)
    assert (start.status_code, start.headers["Location"]) == (302, f"{base}/")
    start = worker.ask(f"{base}/", parameters={"site": site.url + "/shop/?a=b"})
    assert start.headers["Location"] == f"{base}/shop/?a=b"


@pytest.mark.parametrize("value", [None, "", 7, "example.com", "https://me:secret@example.com/"])
def test_bad_parameters(worker: Template, kind: str, value: Any) -> None:
    for path in ("", "/report.html", "/optimize/x"):
        answer = worker.ask(f"/elite/{kind}{path}", parameters={"site": value})
        assert (answer.status_code, answer.json()["error"]["field"]) == (422, "parameters.site")
        assert "secret" not in answer.text


def test_methods(worker: Template, kind: str, site: Site) -> None:
    answer = worker.ask(f"/elite/{kind}/report", "DELETE", parameters={"site": site.url})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD")
