"""The customer template "static" on a local edge: what its tests.yaml can't show."""

import asyncio
import gzip
import itertools
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from edge.rig import ZONE, Edge, Schemas, running, until
from workers_operator.authoring.bundling import WORKERS

SCRIPT = (WORKERS / "bundles" / "customer" / "static.js").read_text()
_numbers = itertools.count()


@pytest.fixture(scope="module")
async def edge(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Edge]:
    directory = tmp_path_factory.mktemp("static")
    with running(directory):
        found = Edge(directory, Schemas())
        yield found
        await found.close()


class Bucket:
    """A site of one test: a bucket, and the template in front of it."""

    def __init__(self, edge: Edge) -> None:
        self.name = f"site-{next(_numbers)}"
        self._edge = edge
        self._path = f"{edge.account}/r2/buckets"

    async def create(self, **parameters: Any) -> None:
        await self._edge.api.post(self._path, json={"name": self.name})
        await self.deploy(self.name, [], **parameters)

    async def deploy(self, script: str, more: list[dict[str, str]], **parameters: Any) -> None:
        """The template as ``script``, with ``more`` bindings than the bucket."""
        config = {"features": ["r2", "security"], "parameters": parameters}
        bindings = [
            {"type": "json", "name": "CONFIG", "json": config},
            {"type": "r2_bucket", "name": "BUCKET", "bucket_name": self.name},
            *more,
        ]
        await self._edge.script(script, SCRIPT, bindings=bindings, compatibility_date="2026-10-01")

    async def put(self, key: str, body: bytes, **headers: str) -> None:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"{self._path}/{self.name}/objects/{key}"
        assert (await self._edge.api.put(path, content=body, headers=named)).status_code == 200

    async def vanish(self, *keys: str) -> None:
        """The bucket is gone, with all that is in it."""
        for key in keys:
            await self._edge.api.delete(f"{self._path}/{self.name}/objects/{key}")
        assert (await self._edge.api.delete(f"{self._path}/{self.name}")).status_code == 200

    async def get(self, path: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = await self._edge.data.get(path, headers={"host": f"{self.name}.{ZONE}", **named})
        assert answer.headers.get("x-edge-error") is None
        return answer

    async def state(self, path: str) -> str:
        return str((await self.get(path)).headers["Code24-Cache"])


@pytest.fixture
async def site(edge: Edge) -> Bucket:
    return Bucket(edge)


async def test_a_changed_file_is_seen_after_its_time(site: Bucket) -> None:
    await site.create(edgeTtl=1)
    await site.put("a.txt", b"old")
    assert await site.state("/a.txt") == "MISS"

    async def kept() -> bool:
        return await site.state("/a.txt") == "HIT"

    await until(kept, "it is not kept")
    old = (await site.get("/a.txt")).headers["ETag"]
    await site.put("a.txt", b"new")

    async def changed() -> bool:
        return (await site.get("/a.txt")).text == "new"

    await until(changed, "the new file does not come")
    answer = await site.get("/a.txt", If_None_Match=old)
    assert (answer.status_code, answer.text) == (200, "new")
    same = await site.get("/a.txt", If_None_Match=f'"x", W/{answer.headers["ETag"]}')
    assert (same.status_code, same.content) == (304, b"")


async def test_a_site_outlives_its_store(site: Bucket) -> None:
    await site.create(edgeTtl=1)
    await site.put("a.txt", b"kept")
    assert await site.state("/a.txt") == "MISS"
    await site.vanish("a.txt")
    await asyncio.sleep(2.1)  # its time, and that for which it is renewed behind the visitor's back
    assert (await site.state("/a.txt"), (await site.get("/a.txt")).text) == ("STALE", "kept")
    other = await site.get("/b.txt")
    assert (other.status_code, other.json()["error"]["code"]) == (503, "store_unavailable")


async def test_a_purge_reaches_all_instances(edge: Edge, site: Bucket) -> None:
    await edge.api.post(f"{edge.account}/r2/buckets", json={"name": site.name})
    await site.put("a.txt", b"old")
    namespace = await edge.kv_namespace(site.name)
    more = [
        {"type": "kv_namespace", "name": "PURGES", "namespace_id": namespace},
        {"type": "secret_text", "name": "PURGE_KEY", "text": "right"},
    ]
    instances = [f"{site.name}--{n}" for n in range(2)]
    for instance in instances:
        await site.deploy(instance, more, edgeTtl=3600)
        assert (await edge.get(instance, "/a.txt")).text == "old"
        assert (await edge.get(instance, "/a.txt")).headers["Code24-Cache"] == "HIT"
    await site.put("a.txt", b"new")
    purged = await edge.data.post(
        "/.well-known/code24/purge",
        json={"paths": ["/a.txt"]},
        headers={"host": f"{instances[0]}.{ZONE}", "authorization": "Bearer right"},
    )
    assert purged.status_code == 200
    assert (await edge.get(instances[0], "/a.txt")).text == "new"

    async def reached() -> bool:
        return (await edge.get(instances[1], "/a.txt")).text == "new"

    await until(reached, "the purge does not reach the other instance")


async def test_a_file_that_is_too_large_for_the_cache(site: Bucket) -> None:
    await site.create()
    body = bytes(range(256)) * (33 * 4096)
    await site.put("film.mp4", body)
    whole = await site.get("/film.mp4")
    assert whole.headers["Code24-Cache"] == "BYPASS; reason=size"
    assert (whole.headers["Content-Type"], whole.content == body) == ("video/mp4", True)
    part = await site.get("/film.mp4", Range="bytes=-256")
    assert (part.status_code, part.content) == (206, bytes(range(256)))
    assert part.headers["Content-Range"] == f"bytes {len(body) - 256}-{len(body) - 1}/{len(body)}"
    known = await site.get("/film.mp4", Range="bytes=0-1", If_None_Match=whole.headers["ETag"])
    assert known.status_code == 304
    changed = await site.get("/film.mp4", Range="bytes=0-1", If_Range='"another"')
    assert (changed.status_code, len(changed.content)) == (200, len(body))


async def test_a_file_that_is_stored_compressed(site: Bucket) -> None:
    await site.create()
    packed = gzip.compress(b"h1 {}" * 1000)
    await site.put("a.css", packed, content_encoding="gzip", content_type="text/css")
    for _ in range(2):
        answer = await site.get("/a.css")
        assert answer.headers["Code24-Cache"] == "BYPASS; reason=encoding"
        assert (answer.headers["Content-Encoding"], answer.text) == ("gzip", "h1 {}" * 1000)


@pytest.mark.parametrize(
    "path",
    [
        "/%00", "/" + "x" * 1100, "/" + "%C3%BC" * 700, "//evil.example", "/\\evil.example", "/a//b", "/..%2f..%2fa",
        "/.git/config", "/a/.env", "/%2e%2e/%2e%2e/a", "/a.txt/",
        "/?x=" + "y" * 5000, "/a%FFb", "/__proto__", "/a.toString",
    ],
)  # fmt: skip
async def test_odd_paths(site: Bucket, path: str) -> None:
    await site.create()
    await site.put("secret", b"secret")
    answer = await site.get(path)
    assert answer.status_code in (403, 404)
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=" + "0-1," * 1000},
        {"Range": "bytes=99999999999999999999-"},
        {"Range": "bytes=0-99999999999999999999"},
        {"If_Modified_Since": "yesterday"},
        {"If_None_Match": "," * 1000},
        {"X_Forwarded_Host": "evil.example"},
        {"Cookie": "a" * 7000},
    ],
)
async def test_odd_headers(site: Bucket, headers: dict[str, str]) -> None:
    await site.create()
    await site.put("a.txt", b"text")
    for _ in range(2):
        answer = await site.get("/a.txt", **headers)
        assert answer.status_code in (200, 206, 416)
        assert answer.text in ("text", "")
    assert (await site.get("/a.txt")).text == "text"
