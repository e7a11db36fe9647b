"""Large answers are compressed for who takes it; nothing else is."""

import json

import pytest

from support.rest_api import RestApi

PLAIN = {"Accept-Encoding": "identity"}


async def test_a_large_list_is_compressed_for_who_takes_it(rest: RestApi) -> None:
    for number in range(60):
        rest.put(f"w{number}")
    async with rest.client() as client:
        packed = await client.get("/api/workers/")
        plain = await client.get("/api/workers/", headers=PLAIN)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert int(packed.headers["Content-Length"]) < len(plain.content) / 5
    assert packed.json() == plain.json()
    assert "Content-Encoding" not in plain.headers
    for answer in (packed, plain):
        assert "Accept-Encoding" in answer.headers["Vary"]


async def test_the_same_state_in_other_bytes_is_named_so(rest: RestApi) -> None:
    script = "".join(f"const x{n} = {n}\n" for n in range(3000))
    rest.put("shop", metadata={"labels": {f"l{n}": "x" * 60 for n in range(400)}})
    async with rest.client() as client:
        packed = await client.get("/api/workers/shop")
        plain = await client.get("/api/workers/shop", headers=PLAIN)
        assert packed.headers["ETag"] == f"W/{plain.headers['ETag']}"
        again = {"If-None-Match": packed.headers["ETag"]}
        assert (await client.get("/api/workers/shop", headers=again)).status_code == 304
        changed = await client.patch(
            "/api/workers/shop",
            json={"script": script},
            headers={"If-Match": packed.headers["ETag"]},
        )
    assert changed.status_code == 202


@pytest.mark.parametrize("path", ["/api/workers/", "/healthz", "/api/status", "/api/nothing"])
async def test_small_answers_are_as_they_are(rest: RestApi, path: str) -> None:
    async with rest.client() as client:
        answer = await client.get(path)
    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


async def test_the_document_is_made_once_and_compressed(rest: RestApi) -> None:
    async with rest.client(None) as client:
        first, second = [await client.get("/api/openapi.json") for _ in range(2)]
        page = await client.get("/api/docs")
    assert first.headers["Content-Encoding"] == page.headers["Content-Encoding"] == "gzip"
    assert json.loads(first.content) == second.json()
