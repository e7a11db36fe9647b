"""Reads of KV and R2 are answered from memory, and yet no acknowledged write is missed; nor is a change of a script."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from edge.rig import Edge, code, result

READER = """export default { async fetch(request, env) {
  const { pathname, searchParams } = new URL(request.url);
  if (pathname === '/kv') return new Response(await env.KV.get('key') ?? 'nothing');
  if (pathname === '/metadata') return Response.json(await env.KV.getWithMetadata('key'));
  if (pathname === '/put') await env.KV.put('key', searchParams.get('value'));
  if (pathname === '/delete') await env.KV.delete('key');
  if (pathname === '/r2/put') await env.R2.put('key', searchParams.get('value'));
  if (pathname === '/r2/delete') await env.R2.delete('key');
  if (pathname === '/r2') return new Response(await (await env.R2.get('key'))?.text() ?? 'nothing');
  if (pathname === '/part') return new Response(await (await env.R2.get('key', { range: { offset: 2 } })).text());
  if (pathname === '/etag') return new Response((await env.R2.head('key')).etag);
  return new Response('done');
} };"""
ROUNDS = 30
Write = Callable[[str], Awaitable[httpx.Response]]


@pytest.fixture
async def space(edge: Edge, name: str) -> str:
    """A KV namespace and a bucket, bound to a script; the namespace's path."""
    identity = await edge.kv_namespace(name)
    await edge.api.post(f"{edge.account}/r2/buckets", json={"name": name})
    bindings: list[dict[str, Any]] = [
        {"type": "kv_namespace", "name": "KV", "namespace_id": identity},
        {"type": "r2_bucket", "name": "R2", "bucket_name": name},
    ]
    await edge.script(name, READER, bindings=bindings)
    return f"{edge.account}/storage/kv/namespaces/{identity}"


async def shows(edge: Edge, name: str, path: str, write: Write) -> None:
    """Every write is seen by the next read, while others read all the time."""
    done = asyncio.Event()

    async def others() -> None:
        while not done.is_set():
            assert (await edge.get(name, path)).status_code == 200

    readers = [asyncio.create_task(others()) for _ in range(3)]
    for number in range(ROUNDS):
        value = "" if number % 2 else str(number)
        answer = await write(value)
        assert answer.status_code == 200, answer.text
        assert (await edge.get(name, path)).text == (value or "nothing")
    done.set()
    await asyncio.gather(*readers)


async def test_a_write_by_the_api_is_read_at_once(edge: Edge, name: str, space: str) -> None:
    async def put_or_delete(value: str) -> httpx.Response:
        path = f"{space}/values/key"
        return await (edge.api.put(path, content=value) if value else edge.api.delete(path))

    await shows(edge, name, "/kv", put_or_delete)


async def test_a_bulk_write_is_read_at_once(edge: Edge, name: str, space: str) -> None:
    async def put_or_delete(value: str) -> httpx.Response:
        if not value:
            return await edge.api.post(f"{space}/bulk/delete", json=["key"])
        pairs = [{"key": "key", "value": value}, {"key": "other", "value": "x"}]
        return await edge.api.put(f"{space}/bulk", json=pairs)

    await shows(edge, name, "/kv", put_or_delete)


async def test_a_write_by_another_script_is_read_at_once(edge: Edge, name: str, space: str) -> None:
    async def put_or_delete(value: str) -> httpx.Response:
        return await edge.get(name, f"/put?value={value}" if value else "/delete")

    await shows(edge, name, "/kv", put_or_delete)


async def test_metadata_belongs_to_the_value(edge: Edge, name: str, space: str) -> None:
    for metadata in ({"a": "ü"}, None, {"b": 1}):
        pair = {"key": "key", "value": "v", **({"metadata": metadata} if metadata else {})}
        await edge.api.put(f"{space}/bulk", json=[pair])
        for _ in range(2):
            found = (await edge.get(name, "/metadata")).json()
            assert found == {"value": "v", "metadata": metadata, "cacheStatus": None}


@pytest.mark.parametrize("by_api", [True, False])
async def test_an_object_is_read_at_once(edge: Edge, name: str, space: str, by_api: bool) -> None:
    path = f"{edge.account}/r2/buckets/{name}/objects/key"

    async def put_or_delete(value: str) -> httpx.Response:
        if by_api:
            return await (edge.api.put(path, content=value) if value else edge.api.delete(path))
        return await edge.get(name, f"/r2/put?value={value}" if value else "/r2/delete")

    await shows(edge, name, "/r2", put_or_delete)


async def test_parts_and_heads_follow_the_object(edge: Edge, name: str, space: str) -> None:
    path = f"{edge.account}/r2/buckets/{name}/objects/key"
    for value in ("first", "second"):
        stored = result(await edge.api.put(path, content=value))
        assert (await edge.get(name, "/r2")).text == value
        assert (await edge.get(name, "/part")).text == value[2:]
        assert (await edge.get(name, "/etag")).text == stored["etag"]


SCRIBBLER = """export default { async fetch(request, env) {
  const read = async (how) => (await env.R2.get('key'))[how]();
  const httpMetadata = { contentType: 'application/json' };
  await env.R2.put('key', '{"a":1}', { customMetadata: { by: 'us' }, httpMetadata });
  const changed = await env.R2.get('key');
  changed.customMetadata.by = 'others';
  new Uint8Array(await changed.arrayBuffer()).fill(120);
  new Uint8Array(await (await new Response((await env.R2.get('key')).body).arrayBuffer())).fill(120);
  new Uint8Array(await read('bytes')).fill(120);
  const unread = await env.R2.get('key');
  const twice = await env.R2.get('key');
  await twice.text();
  return Response.json({
    text: await read('text'), json: await read('json'), blob: (await read('blob')).type,
    customMetadata: unread.customMetadata, type: unread.httpMetadata.contentType, size: unread.size,
    uploaded: unread.uploaded instanceof Date, range: unread.range, used: [unread.bodyUsed, twice.bodyUsed],
    again: await twice.text().then(() => 'read', (error) => error.name),
  });
} };"""


async def test_nothing_that_a_script_does_to_an_object_reaches_its_next_read(
    edge: Edge, name: str
) -> None:
    await edge.api.post(f"{edge.account}/r2/buckets", json={"name": name})
    binding: dict[str, Any] = {"type": "r2_bucket", "name": "R2", "bucket_name": name}
    await edge.script(name, SCRIBBLER, bindings=[binding])
    for _ in range(2):
        assert (await edge.get(name, "/")).json() == {
            "text": '{"a":1}',
            "json": {"a": 1},
            "blob": "application/json",
            "customMetadata": {"by": "us"},
            "type": "application/json",
            "size": 7,
            "uploaded": True,
            "range": {"offset": 0, "length": 7},
            "used": [False, True],
            "again": "TypeError",
        }


@pytest.mark.parametrize("size", [16 * 1024, 16 * 1024 + 1, 2_000_000])
async def test_an_object_of_any_size_is_read_at_once_and_whole(
    edge: Edge, name: str, space: str, size: int
) -> None:
    path = f"{edge.account}/r2/buckets/{name}/objects/key"
    for letter in "abc":
        await edge.api.put(path, content=letter * size)
        for _ in range(2):
            assert (await edge.get(name, "/r2")).text == letter * size


async def test_large_values_are_whole(edge: Edge, name: str, space: str) -> None:
    value = "x" * 3_000_000
    await edge.api.put(f"{space}/values/key", content=value)
    for _ in range(2):
        assert (await edge.get(name, "/kv")).text == value


async def test_a_binding_that_a_start_reads_is_read_again(edge: Edge, name: str) -> None:
    """The same code starts without its variable, and fails with another one."""
    source = (
        "import { env } from 'cloudflare:workers'; if (env.BAD === 'yes') throw new Error('bad');"
    )
    source += "export default { fetch: () => new Response('ok') };"
    for value, status in (("no", 200), ("yes", 400), ("no", 200)):
        binding = {"type": "plain_text", "name": "BAD", "text": value}
        answer = await edge.upload(f"/scripts/{name}", source, bindings=[binding])
        assert answer.status_code == status, answer.text
    assert code(await edge.upload(f"/scripts/{name}", f"throw new Error('{name}')")) == (400, 10021)
