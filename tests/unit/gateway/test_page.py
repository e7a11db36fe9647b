"""The files of the fleet page, and the endpoints that it has: permissions, and a request to redeploy."""

import gzip
import re
from typing import Final

import pytest

from support.rest_api import ADMIN, TENANT, RestApi
from workers_operator.gateway.page.files import files

SCRIPT: Final = re.compile(r'src="(/assets/page-[0-9a-f]{12}\.js)"')
MOST_PACKED: Final = 100_000


async def test_the_page_is_there_for_everybody_and_names_files_that_last(rest: RestApi) -> None:
    async with rest.client(None) as client:
        page = await client.get("/")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-cache"
        named = re.findall(r'"(/assets/[^"]+)"', page.text)
        assert len(named) == 3
        for path in named:
            found = await client.get(path)
            assert found.status_code == 200
            assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert found.headers["x-content-type-options"] == "nosniff"
        same = await client.get("/", headers={"If-None-Match": page.headers["etag"]})
        assert (same.status_code, same.content) == (304, b"")
        assert (await client.get("/assets/licenses.txt")).text.count("MIT") >= 4


async def test_the_browser_is_told_to_run_and_load_nothing_else(rest: RestApi) -> None:
    async with rest.client(None) as client:
        page = await client.get("/")
    policy = dict(
        part.split(" ", 1) for part in page.headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    for directive in ("script-src", "style-src", "connect-src", "img-src"):
        assert policy[directive] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == policy["frame-ancestors"] == policy["form-action"] == "'none'"
    assert not re.search(r"<style|style=|<script>| on\w+=|https?://", page.text)


async def test_the_script_is_small_and_sent_packed(rest: RestApi) -> None:
    async with rest.client(None) as client:
        found = SCRIPT.search((await client.get("/")).text)
        assert found
        packed = await client.get(found[1], headers={"Accept-Encoding": "gzip"})
        plain = await client.get(found[1], headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < MOST_PACKED
    assert packed.content == plain.content == gzip.decompress(files()[found[1]].packed)


@pytest.mark.parametrize(
    "path",
    ["/assets/page-000000000000.js", "/assets/..%2f..%2fcli.py", "/assets/", "/index.html", "/x"],
)
async def test_there_is_no_other_file(rest: RestApi, path: str) -> None:
    async with rest.client(None) as client:
        assert (await client.get(path)).status_code == 404


async def test_a_caller_learns_what_they_may_do(rest: RestApi) -> None:
    rest.put("shop", "tenant")
    rest.server.reviews.granted["system:serviceaccount:tenant:app"] = {
        ("tenant", "get/customerworkers"),
        ("tenant", "update/customerworkers/scale"),
        ("tenant", "list/events"),
    }
    async with rest.client(TENANT) as client:
        answer = (await client.get("/api/workers/shop/permissions")).json()
    allowed = {name for name, may in answer["permissions"].items() if may}
    assert allowed == {"scale", "events"}
    async with rest.client(ADMIN) as client:
        answer = (await client.get("/api/workers/shop/permissions")).json()
    assert all(answer["permissions"].values())


async def test_nobody_learns_of_what_they_may_not_see(rest: RestApi) -> None:
    rest.put("shop", "other")
    async with rest.client(TENANT) as client:
        hidden = await client.get("/api/workers/shop/permissions")
        absent = await client.get("/api/workers/none/permissions")
        refused = await client.post("/api/workers/shop/redeploy")
    assert (hidden.status_code, absent.status_code, refused.status_code) == (404, 404, 404)
    assert hidden.text.replace("shop", "none") == absent.text


async def test_redeploy_asks_the_operator_to_check_the_worker_now(rest: RestApi) -> None:
    key = rest.put("shop", "tenant")
    async with rest.client() as client:
        dry = await client.post("/api/workers/shop/redeploy?dryRun=true")
        assert dry.status_code == 200
        assert "annotations" not in rest.server.objects[key]["metadata"]
        answer = await client.post("/api/workers/shop/redeploy")
        assert answer.status_code == 202
    annotations = rest.server.objects[key]["metadata"]["annotations"]
    assert annotations == {"workers.code24.dev/requestedAt": "2026-01-31T08:00:00Z"}


async def test_redeploy_needs_the_permission_to_patch_and_the_state_that_is_meant(
    rest: RestApi,
) -> None:
    rest.put("shop", "tenant")
    async with rest.client() as client:
        other = await client.post("/api/workers/shop/redeploy", headers={"If-Match": '"other"'})
    assert other.status_code == 412
    rest.server.reviews.granted["system:serviceaccount:tenant:app"] = {
        ("tenant", "get/customerworkers")
    }
    async with rest.client(TENANT) as client:
        refused = await client.post("/api/workers/shop/redeploy")
    assert refused.status_code == 403
    assert "patch" in refused.json()["errors"][0]["message"]
