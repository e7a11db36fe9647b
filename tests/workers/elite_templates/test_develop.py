"""The elite template "develop" on a real workerd: files on their way through ``optimize``."""

from collections.abc import Iterator

import pytest

from workers.elite import findings
from workers.templates import Site, Template, run_template

SCRIPT = b"const x = 1;\n" * 500


@pytest.fixture(scope="module")
def develop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    with run_template("develop.js", tmp_path_factory.mktemp("develop")) as template:
        yield template


@pytest.mark.parametrize(
    ("type_", "headers", "accepts", "compressed"),
    [
        ("text/javascript", [], "gzip, br", True),
        ("application/json", [], "gzip", True),
        ("text/javascript", [], "identity", False),
        ("image/png", [], "gzip", False),
        ("text/javascript", [("Cache-Control", "no-transform")], "gzip", False),
        ("text/html; charset=nonsense", [], "gzip", False),
    ],
)
def test_files_are_compressed_where_the_site_does_not(
    develop: Template,
    site: Site,
    type_: str,
    headers: list[tuple[str, str]],
    accepts: str,
    compressed: bool,
) -> None:
    site.put("/file", SCRIPT, ("Content-Type", type_), ("ETag", '"v1"'), *headers)
    answer = develop.ask(
        "/optimize/file", parameters={"site": site.url}, headers={"Accept-Encoding": accepts}
    )
    assert answer.content == SCRIPT
    assert (answer.headers.get("Content-Encoding") == "gzip") == compressed
    assert answer.headers["ETag"] == ('W/"v1"' if compressed else '"v1"')


@pytest.mark.parametrize(
    ("path", "headers", "kept"),
    [
        ("/app.3f2a9c1b.js", [], "public, max-age=31536000, immutable"),
        ("/main-DB_ReeJG.css", [], "public, max-age=31536000, immutable"),
        ("/app.3f2a9c1b.js", [("Cache-Control", "no-cache")], "no-cache"),
        ("/bootstrap.bundle.js", [], None),
        ("/jquery.easing.js", [], None),
    ],
)
def test_files_with_a_hash_in_their_name_are_kept(
    develop: Template, site: Site, path: str, headers: list[tuple[str, str]], kept: str | None
) -> None:
    site.put(path, SCRIPT, ("Content-Type", "text/javascript"), *headers)
    answer = develop.ask(f"/optimize{path}", parameters={"site": site.url})
    assert answer.headers.get("Cache-Control") == kept
    off = develop.ask(f"/optimize{path}", parameters={"site": site.url, "optimizations": []})
    assert off.headers.get("Cache-Control") == (headers[0][1] if headers else None)
    assert "Content-Encoding" not in off.headers


def test_own_files_are_looked_at(develop: Template, site: Site) -> None:
    site.put("/app.js", SCRIPT, ("Content-Type", "text/javascript"))
    url = site.put("/page", '<script src="/app.js"></script><script src="/gone.js"></script>')
    found = findings(develop, url)
    assert found["not_compressed"]["fixable"] is True
    assert found["kept_too_short"]["fixable"] is False
    assert found["file_broken"]["evidence"][0]["selector"] == 'script[src="/gone.js"]'
