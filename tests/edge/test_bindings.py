"""What scripts find in their environment: variables, KV, R2, Analytics Engine, services, caches."""

from typing import Any

import httpx

from edge.rig import Edge, until


def worker(body: str) -> str:
    """A script that answers with the value of an async function body over (request, env, ctx)."""
    return f"""
    export default {{ async fetch(request, env, ctx) {{
      const answer = await (async () => {{ {body} }})();
      return answer instanceof Response ? answer : Response.json(answer ?? null);
    }} }};"""


async def ask(edge: Edge, name: str, body: str, *bindings: dict[str, Any]) -> Any:
    await edge.script(name, worker(body), bindings=list(bindings))
    answer = await edge.get(name)
    assert answer.status_code == 200, answer.headers
    return answer.json()


async def test_variables(edge: Edge, name: str) -> None:
    found = await ask(
        edge,
        name,
        "const { id, timestamp } = env.VERSION;"
        "return { ...env, VERSION: [id.length, timestamp.length > 20], keys: Object.keys(env).sort() };",
        {"type": "plain_text", "name": "TEXT", "text": "t"},
        {"type": "secret_text", "name": "SECRET", "text": "s"},
        {"type": "json", "name": "JSON", "json": {"a": [1]}},
        {"type": "version_metadata", "name": "VERSION"},
    )
    names = ["JSON", "SECRET", "TEXT", "VERSION"]
    assert found == {
        "TEXT": "t",
        "SECRET": "s",
        "JSON": {"a": [1]},
        "VERSION": [36, True],
        "keys": names,
    }


async def test_kv(edge: Edge, name: str) -> None:
    identity = await edge.kv_namespace(name)
    space = f"{edge.account}/storage/kv/namespaces/{identity}"
    await edge.api.put(f"{space}/values/from%2Fapi", content=b'{"x":1}')
    body = """
      await env.KV.put('a ü%', 'text', { metadata: { m: 'ü' }, expirationTtl: 60 });
      await env.KV.put('b', new Uint8Array([1, 2]));
      const failed = async (work) => work().then(() => null, (error) => error.message);
      const list = await env.KV.list({ limit: 2 });
      const rest = await env.KV.list({ cursor: list.cursor, prefix: 'f' });
      const many = await env.KV.get(['b', 'nope']);
      await env.KV.delete('b');
      return {
        json: await env.KV.get('from/api', 'json'),
        meta: await env.KV.getWithMetadata('a ü%'),
        bytes: [...new Uint8Array(many.get('b') ? [1] : [])],
        gone: await env.KV.get('b'),
        names: list.keys.map((key) => key.name), complete: list.list_complete, rest: rest.keys,
        errors: [await failed(() => env.KV.get('')), await failed(() => env.KV.put('k', 'v', { expirationTtl: 5 }))],
      };"""
    found = await ask(
        edge, name, body, {"type": "kv_namespace", "name": "KV", "namespace_id": identity}
    )
    assert found == {
        "json": {"x": 1},
        "meta": {"value": "text", "metadata": {"m": "ü"}, "cacheStatus": None},
        "bytes": [1],
        "gone": None,
        "names": ["a ü%", "b"],
        "complete": False,
        "rest": [{"name": "from/api"}],
        "errors": [
            "Key name cannot be empty.",
            "KV PUT failed: 400 Invalid expiration_ttl of 5. Expiration TTL must be at least 60.",
        ],
    }
    assert (await edge.api.get(f"{space}/values/a%20%C3%BC%25")).text == "text"


FAILED = """
  const failed = async (work) => {
    try { await work(); return null; } catch (error) { return `${error.name}: ${error.message}`; }
  };
  const all = async (works) => {
    const found = [];
    for (const work of works) found.push(await failed(work));
    return found;
  };
"""


async def test_kv_refuses_what_cloudflare_refuses(edge: Edge, name: str) -> None:
    identity = await edge.kv_namespace(name)
    body = """
      const { KV } = env;
      const put = (value, options) => () => KV.put('k', value, options);
      const soon = Math.floor(Date.now() / 1000) + 30;
      await KV.put(7, 'seven');
      await KV.put('limit', new Uint8Array(25 << 20));
      const errors = await all([
        put(new Uint8Array((25 << 20) + 1)),
        put('v', { expiration: soon }),
        put('v', { expiration: Infinity }),
        put('v', { expirationTtl: NaN }),
        put('v', { expirationTtl: 1e300 }),
        () => KV.list({ limit: 1001 }),
        () => KV.list({ limit: 0 }),
        () => KV.get({}),
      ]);
      return { soon, errors, seven: await KV.get('7'), many: [...await KV.get([7])], gone: await KV.get('k') };"""
    binding = {"type": "kv_namespace", "name": "KV", "namespace_id": identity}
    found = await ask(edge, name, FAILED + body, binding)
    put = "Error: KV PUT failed: 400 Invalid expiration"
    limit = "Error: KV GET failed: 400 Invalid key_count_limit"
    greater = "Please specify integer greater than"
    present = "the current number of seconds since the UNIX epoch"
    assert found["errors"] == [
        "Error: KV PUT failed: 413 Value length of 26214401 exceeds limit of 26214400.",
        f"{put} of {found['soon']}. Expiration times must be at least 60 seconds in the future.",
        f"{put} of Infinity. {greater} {present}.",
        f"{put}_ttl of NaN. {greater} 0.",
        f"{put}_ttl of 1e+300. {greater} 0.",
        f"{limit} of 1001. Please specify an integer less than 1000.",
        f"{limit} of 0. Please specify an integer greater than 0.",
        "TypeError: Key name cannot be empty.",
    ]
    assert (found["seven"], found["many"], found["gone"]) == ("seven", [["7", "seven"]], None)


async def r2(edge: Edge, name: str, body: str) -> Any:
    """What a script with a bucket of its own answers; in it are `put` with options, and a digest of what that puts."""
    await edge.api.post(f"{edge.account}/r2/buckets", json={"name": name})
    start = """
      const { R2 } = env;
      const put = (options) => () => R2.put('k', 'value', options);
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode('value'));
      await R2.put('k', 'v');"""
    binding = {"type": "r2_bucket", "name": "R2", "bucket_name": name}
    return await ask(edge, name, FAILED + start + body, binding)


async def test_r2_refuses_what_cloudflare_refuses(edge: Edge, name: str) -> None:
    body = """
      const errors = await all([
        () => R2.put('x'.repeat(1025), 'v'),
        () => R2.get('x'.repeat(1025)),
        put({ customMetadata: { a: 'ü'.repeat(4096) } }),
        () => R2.delete(Array(1001).fill('k')),
        () => R2.get('k', { range: { offset: 1 } }),
        () => R2.get('k', { range: { suffix: 0 } }),
        put({ sha1: 'aa' }),
        put({ sha512: digest }),
        put({ sha1: 'aa', md5: 'aa' }),
        put({ ssecKey: 'k' }),
        () => R2.get('k', { ssecKey: 'k' }),
        put({ storageClass: 'Cold' }),
      ]);
      return { errors, kept: await (await R2.get('k')).text() };"""
    found = await r2(edge, name, body)
    digest = "checksum you specified did not match what we received. (10037)"
    assert found["errors"] == [
        "Error: put: The specified object name is not valid. (10020)",
        "Error: get: The specified object name is not valid. (10020)",
        "Error: put: Your metadata headers exceed the maximum allowed metadata size. (10012)",
        "Error: delete: At most 1000 keys can be deleted in one call.",
        "Error: get: The requested range is not satisfiable (10039)",
        "Error: get: The requested range is not satisfiable (10039)",
        f"Error: put: The SHA1 {digest}",
        f"Error: put: The SHA512 {digest}",
        "TypeError: You cannot specify multiple hashing algorithms.",
        "Error: put: the local edge has no encryption with keys of one's own (ssecKey).",
        "Error: get: the local edge has no encryption with keys of one's own (ssecKey).",
        "Error: put: The storage class specified is not valid. (10062)",
    ]
    assert found["kept"] == "v"


async def test_r2_takes_what_is_just_within_its_limits(edge: Edge, name: str) -> None:
    body = """
      return all([
        put({ sha256: digest }),
        put({ sha256: new Uint8Array(digest) }),
        put({ customMetadata: { a: 'ü'.repeat(4095) }, storageClass: 'InfrequentAccess' }),
        () => R2.put('k', new Response('stream').body),
        () => R2.put('k', null),
        () => R2.get('k', { range: new Headers({ range: 'bytes=5-2' }) }),
        () => R2.put('x'.repeat(1024), 'v'),
        () => R2.delete(Array(1000).fill('k')),
      ]);"""
    assert await r2(edge, name, body) == [None] * 8


async def test_r2_refuses_a_stream_of_unknown_length(edge: Edge, name: str) -> None:
    body = """
      let left = 100;
      const unknown = new ReadableStream({
        pull(controller) {
          if (left-- > 0) controller.enqueue(new Uint8Array(1 << 16));
          else controller.close();
        },
      });
      return [await failed(() => R2.put('k', unknown)), await (await R2.get('k')).text()];"""
    known = "request/response body or readable half of FixedLengthStream"
    problem = f"TypeError: Provided readable stream must have a known length ({known})"
    assert await r2(edge, name, body) == [problem, "v"]


async def test_r2_takes_the_body_of_a_request(edge: Edge, name: str) -> None:
    await edge.api.post(f"{edge.account}/r2/buckets", json={"name": name})
    binding = {"type": "r2_bucket", "name": "R2", "bucket_name": name}
    body = "return (await env.R2.put('k', request.body)).size;"
    await edge.script(name, worker(body), bindings=[binding])
    for size in (0, 1, 5_000_000):
        answer = await edge.data.post(
            "/", headers={"host": f"{name}.code24.dev"}, content=b"x" * size
        )
        assert answer.json() == size


async def test_r2(edge: Edge, name: str) -> None:
    await edge.api.post(f"{edge.account}/r2/buckets", json={"name": name})
    body = """
      const put = await env.R2.put('dir/a.txt', 'hello', {
        httpMetadata: { contentType: 'text/x' }, customMetadata: { c: 'ü' } });
      await env.R2.put('b', new Uint8Array(3));
      const got = await env.R2.get('dir/a.txt', { range: { offset: 1, length: 3 } });
      const list = await env.R2.list({ delimiter: '/', include: ['customMetadata'] });
      const refused = await env.R2.put('b', 'x', { onlyIf: { etagMatches: 'other' } });
      const unchanged = await env.R2.get('dir/a.txt', { onlyIf: { etagDoesNotMatch: put.etag } });
      return {
        text: await got.text(), range: got.range, custom: got.customMetadata, size: put.size,
        none: await env.R2.head('none'), prefixes: list.delimitedPrefixes, keys: list.objects.map((o) => o.key),
        refused, unchanged: 'body' in unchanged, deleted: await env.R2.delete(['b']), gone: await env.R2.get('b'),
      };"""
    found = await ask(edge, name, body, {"type": "r2_bucket", "name": "R2", "bucket_name": name})
    assert found == {
        "text": "ell",
        "range": {"offset": 1, "length": 3},
        "custom": {"c": "ü"},
        "size": 5,
        "none": None,
        "prefixes": ["dir/"],
        "keys": ["b"],
        "refused": None,
        "unchanged": False,
        "gone": None,
    }
    stored = await edge.api.get(f"{edge.account}/r2/buckets/{name}/objects/dir/a.txt")
    assert (stored.text, stored.headers["content-type"]) == ("hello", "text/x")


async def test_analytics_engine(edge: Edge, name: str) -> None:
    body = (
        "env.AE.writeDataPoint({ indexes: ['i'], blobs: ['b', null], doubles: [1.5] }); return {};"
    )
    await ask(edge, name, body, {"type": "analytics_engine", "name": "AE", "dataset": name})
    points: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=edge.admin_url) as admin:

        async def recorded() -> list[dict[str, Any]]:
            points[:] = (await admin.get("/analytics", params={"dataset": name})).json()
            return points

        await until(recorded, "the point is not recorded")
    assert [{**point, "timestamp": ""} for point in points] == [
        {"timestamp": "", "indexes": ["i"], "blobs": ["b", None], "doubles": [1.5]}
    ]


async def test_services_by_fetch_and_rpc(edge: Edge, name: str) -> None:
    target = """
    import { WorkerEntrypoint } from 'cloudflare:workers';
    export class Sums extends WorkerEntrypoint { add(a, b) { return a + b; } }
    export default { fetch: (request) => new Response('target of ' + request.url) };"""
    await edge.upload(f"/scripts/{name}-target", target)
    service = {"type": "service", "service": f"{name}-target"}
    body = "return [await env.SUMS.add(1, 2), await (await env.PLAIN.fetch('https://x.test/')).text()];"
    bindings = [{**service, "name": "PLAIN"}, {**service, "name": "SUMS", "entrypoint": "Sums"}]
    assert await ask(edge, name, body, *bindings) == [3, "target of https://x.test/"]


async def test_the_cache_keeps_what_may_be_kept(edge: Edge, name: str) -> None:
    body = f"""
      const url = 'https://{name}.code24.dev/thing';
      const put = (control, more) => caches.default.put(url, new Response('body', {{
        headers: {{ 'cache-control': control, etag: '"e"', ...more }} }}));
      const text = async (request = url) => {{
        const hit = await caches.default.match(request);
        return hit ? [hit.status, await hit.text(), hit.headers.get('cf-cache-status')] : null;
      }};
      const seen = [await text()];
      await put('no-store'); seen.push(await text());
      await put('max-age=60', {{ 'set-cookie': 'a=1' }}); seen.push(await text());
      await put('max-age=60'); seen.push(await text());
      seen.push(await text(new Request(url, {{ headers: {{ 'if-none-match': '"e"' }} }})));
      seen.push(await (await caches.open('other')).match(url) ?? null);
      seen.push(await caches.default.delete(url), await caches.default.delete(url), await text());
      await put('max-age=0'); seen.push(await text());
      const post = new Request(url, {{ method: 'POST' }});
      seen.push(await caches.default.put(post, new Response('')).catch((error) => error.name));
      return seen;"""
    hit = [200, "body", "HIT"]
    expected = [None, None, None, hit, [304, "", "HIT"], None, True, False, None, None, "TypeError"]
    assert await ask(edge, name, body) == expected


async def test_scripts_do_not_see_what_stands_behind_bindings(edge: Edge, name: str) -> None:
    identity = await edge.kv_namespace(name)
    body = "return [Object.keys(env), typeof env.__edge, JSON.stringify(env.KV)];"
    binding = {"type": "kv_namespace", "name": "KV", "namespace_id": identity}
    assert await ask(edge, name, body, binding) == [["KV"], "undefined", "{}"]
