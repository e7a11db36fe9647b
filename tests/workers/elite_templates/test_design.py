"""The elite template "design" on a real workerd: what style sheets hide, and names that nobody sees."""

from collections.abc import Iterator

import pytest

from workers.elite import findings
from workers.templates import Site, Template, run_template

CSS = """.hidden{display:none} @media (min-width:800px){.hidden{display:block}}
.menu:not(.open){display:none!important} .sized{width:2rem;height:2rem} @media print{a{display:none}}
nav .late{visibility:hidden}"""


@pytest.fixture(scope="module")
def design(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("design.js", tmp_path_factory.mktemp("design")) as template:
        yield template


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    served = Site()
    served.put("/s.css", CSS, ("Content-Type", "text/css"))
    yield served
    served.close()


def page(body: str) -> str:
    head = '<!doctype html><html lang="en"><head><link rel="stylesheet" href="/s.css"></head>'
    return f"{head}<body>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        ('<a href="/x"></a>', True),
        ('<div class="hidden"><a href="/x"></a></div>', False),
        ('<div class="menu"><a href="/x"></a></div>', False),
        ('<div class="menu open"><a href="/x"></a></div>', True),
        ('<nav><p class="late"><a href="/x"></a></p></nav>', False),
        ('<p class="late"><a href="/x"></a></p>', True),
        ('<div class="hidden" style="display:flex"><a href="/x"></a></div>', True),
    ],
)
def test_what_style_sheets_hide_is_not_reported(
    design: Template, site: Site, body: str, reported: bool
) -> None:
    found = findings(design, site.put("/page", page(body)))
    assert ("link_name_missing" in found) == reported


def test_sizes_from_style_sheets(design: Template, site: Site) -> None:
    url = site.put(
        "/page", page('<img class="sized" src="a.avif" alt=""><img src="b.avif" alt="">')
    )
    evidence = findings(design, url)["image_size_missing"]["evidence"]
    assert [place["selector"] for place in evidence] == ['img[src="b.avif"]']


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        ("", True),
        ("style-src 'self'", False),
        ("style-src 'unsafe-inline'", True),
        ("img-src *", True),
    ],
)
def test_names_are_added_where_nobody_sees_them(
    design: Template, site: Site, policy: str, named: bool
) -> None:
    body = '<a href="https://github.com/x"><i class="fa"></i></a><a href="/y">text</a>'
    site.put("/page", page(body), *([("Content-Security-Policy", policy)] if policy else []))
    answer = design.ask("/optimize/page", parameters={"site": site.url + "/"})
    assert (">GitHub</span></a>" in answer.text) == named
    assert '<a href="/optimize/y">text</a>' in answer.text


def test_heading_levels_that_style_sheets_hide(design: Template, site: Site) -> None:
    """optimize doesn't know that the h2 is hidden, so it can't repair the h3: the report says so."""
    body = '<h1>a</h1><div class="hidden"><h2>b</h2></div><h3>c</h3>'
    found = findings(design, site.put("/page", page(body)))["heading_order"]
    assert (found["fixable"], found["evidence"][0]["detail"]) == (False, "3 after 1")
