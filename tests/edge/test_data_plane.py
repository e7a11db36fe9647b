"""What a request looks like to a script, and where a script's own requests go."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import Popen

import pytest

from edge.rig import Edge, Schemas
from local_edge.settings import free_port


async def test_a_request_looks_as_it_does_behind_cloudflare(edge: Edge, name: str) -> None:
    source = """
    export default { fetch(request) {
      return Response.json({ url: request.url, headers: Object.fromEntries(request.headers), cf: request.cf });
    } };"""
    await edge.script(name, source)
    answer = await edge.get(
        name, "/p?q=1", **{"cf-connecting-ip": "8.8.8.8", "x-edge-cf": "{}", "x-edge-proto": "http"}
    )
    seen = answer.json()
    assert seen["url"] == f"https://{name}.code24.dev/p?q=1"
    assert seen["headers"]["cf-connecting-ip"] == "127.0.0.1"
    assert seen["headers"]["x-forwarded-proto"] == "https"
    assert re.fullmatch("[A-Z]{2}", seen["headers"]["cf-ipcountry"])
    assert answer.headers["cf-ray"].startswith(seen["headers"]["cf-ray"])
    assert not [header for header in seen["headers"] if header.startswith("x-edge")]
    assert {"asn", "asOrganization", "city", "colo", "country", "timezone"} <= set(seen["cf"])
    assert "__edge" not in seen["cf"]


async def _chunks(*chunks: bytes) -> AsyncIterator[bytes]:
    for chunk in chunks:
        yield chunk


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("chunks", [None, [], [b"body"]], ids=["length-0", "no-chunks", "chunks"])
async def test_get_and_head_reach_a_script_without_their_body(
    edge: Edge, name: str, method: str, chunks: list[bytes] | None
) -> None:
    source = """
    export default { async fetch(request) {
      return new Response(null, { headers: { seen: `${request.method} ${request.body}` } });
    } };"""
    await edge.script(name, source)
    headers = {"host": f"{name}.code24.dev"}
    if chunks is None:
        answer = await edge.data.request(method, "/", headers={**headers, "content-length": "0"})
    else:
        answer = await edge.data.request(method, "/", headers=headers, content=_chunks(*chunks))
    assert (answer.status_code, answer.headers.get("seen")) == (200, f"{method} null")


async def test_hosts_without_a_route_go_to_the_origin(edge: Edge, name: str) -> None:
    assert (await edge.get(name, "/p")).text == f"origin {name}.code24.dev /p https"


async def test_fetch_to_hosts_of_the_zone_goes_to_the_origin(
    edge: Edge, name: str, origin: str
) -> None:
    source = """
    export default { async fetch(request) {
      const target = new URL(request.url).searchParams.get('u');
      return fetch(target ? new Request(target) : request);
    } };"""
    await edge.script(name, source)
    await edge.script(f"{name}-b", "export default { fetch: () => new Response('never') };")
    own = f"{name}.code24.dev"
    assert (await edge.get(name, "/own")).text == f"origin {own} /own https"
    other = await edge.get(name, f"/?u=https://{name}-b.code24.dev/x")
    assert other.text == f"origin {name}-b.code24.dev /x https"
    plane = edge.environment["EDGE_URL"]
    assert (await edge.get(name, f"/?u={plane}/loop")).text.startswith("origin 127.0.0.1")
    # Everything else is the network, and that includes servers on this machine.
    for host in ("127.0.0.1", "localhost"):
        direct = await edge.get(name, f"/?u={origin.replace('127.0.0.1', host)}/d")
        assert direct.text.startswith(f"origin {host}")


async def test_fetch_to_a_custom_hostname_of_a_wildcard_route_goes_to_the_origin(
    edge: Edge, name: str
) -> None:
    await edge.upload(f"/scripts/{name}", "export default { fetch: (request) => fetch(request) };")
    route = await edge.route("*/*", name)
    answer = await edge.data.get("/p", headers={"host": f"{name}.customer.test"})
    assert answer.text == f"origin {name}.customer.test /p https"
    await edge.api.delete(f"{edge.zone}/workers/routes/{route['id']}")


async def test_scripts_cannot_use_the_edge_itself(edge: Edge, name: str) -> None:
    targets = [f"{edge.admin_url}/requests", f"{edge.admin_url}/tokens", f"{edge.base_url}/zones"]
    source = f"""
    export default {{ async fetch() {{
      const statuses = [];
      for (const target of {json.dumps(targets)}) {{
        const method = target.endsWith('tokens') ? 'POST' : 'GET';
        const body = method === 'POST' ? JSON.stringify({{ token: 'mine', status: 'active' }}) : undefined;
        statuses.push((await fetch(target, {{ method, body, headers: {{ 'cf-worker': '' }} }})).status);
      }}
      return Response.json(statuses);
    }} }};"""
    await edge.script(name, source)
    assert (await edge.get(name)).json() == [403, 403, 400]


async def test_a_script_may_leave_its_errors_to_the_origin(edge: Edge, name: str) -> None:
    source = """
    export default { fetch(request, env, ctx) { ctx.passThroughOnException(); throw new Error('x'); } };"""
    await edge.script(name, source)
    assert (await edge.get(name, "/p")).text == f"origin {name}.code24.dev /p https"


async def test_html_rewriter(edge: Edge, name: str) -> None:
    source = """
    export default { fetch: () => new HTMLRewriter()
      .on('p', { element(element) { element.setInnerContent('new'); } })
      .transform(new Response('<p>old</p>', { headers: { 'content-type': 'text/html' } })) };"""
    await edge.script(name, source)
    assert (await edge.get(name)).text == "<p>new</p>"


async def test_bodies_redirects_and_statuses_pass(edge: Edge, name: str) -> None:
    source = """
    export default { async fetch(request) {
      if (new URL(request.url).pathname === '/go') return Response.redirect('https://x.test/', 302);
      return new Response(request.body, { status: 201, headers: [['set-cookie', 'a=1'], ['set-cookie', 'b=2']] });
    } };"""
    await edge.script(name, source)
    host = {"host": f"{name}.code24.dev"}
    large = b"x" * 5_000_000
    answer = await edge.data.post("/", headers=host, content=large)
    assert (answer.status_code, answer.content == large) == (201, True)
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    redirect = await edge.get(name, "/go")
    assert (redirect.status_code, redirect.headers["location"]) == (302, "https://x.test/")


async def test_scripts_have_no_raw_way_to_the_edge(edge: Edge, name: str) -> None:
    """Neither TCP connections past the header that marks a Worker's requests, nor unix sockets."""
    port = edge.admin_url.split(":")[2].split("/")[0]
    source = f"""
    import {{ connect }} from 'cloudflare:sockets';
    const refused = (work) => work().then(() => 'reached', () => 'refused');
    export default {{ async fetch(request) {{
      const socket = (address) => async () => {{ await connect(address).opened; }};
      const ctl = new URL(request.url).searchParams.get('ctl');
      return Response.json([
        await refused(socket('127.0.0.1:{port}')),
        await refused(socket('unix:' + ctl)),
        await refused(() => fetch('http://unix:' + ctl)),
      ]);
    }} }};"""
    await edge.script(name, source)
    folder = (await edge.processes())["pool"]["folder"]
    assert (await edge.get(name, f"/?ctl={folder}/control")).json() == ["refused"] * 3


async def test_web_sockets_pass(edge: Edge, name: str) -> None:
    source = """
    export default { fetch() {
      const [client, server] = Object.values(new WebSocketPair());
      server.accept();
      server.addEventListener('message', (event) => server.send('echo ' + event.data));
      return new Response(null, { status: 101, webSocket: client });
    } };"""
    await edge.script(name, source)
    url = edge.data.base_url
    reader, writer = await asyncio.open_connection(url.host, url.port)
    head = (
        f"GET / HTTP/1.1\r\nhost: {name}.code24.dev\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
        "sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )
    frame = b"\x81\x82\x00\x00\x00\x00hi"  # a masked text frame; the mask is zero
    writer.write(head.encode() + frame)
    answer = await reader.readuntil(b"\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 101")
    assert await reader.readexactly(9) == b"\x81\x07echo hi"
    writer.close()
    await writer.wait_closed()


async def test_an_origin_that_leads_back_to_the_edge_ends(
    start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path, schemas: Schemas
) -> None:
    port = free_port("127.0.0.1")
    with start("--data-port", str(port), "--origin", f"http://127.0.0.1:{port}"):
        own = Edge(tmp_path, schemas)
        await own.script("pass", "export default { fetch: (request) => fetch(request) };")
        for name in ("pass", "nobody"):
            answer = await own.get(name)
            assert (answer.status_code, answer.headers["x-edge-error"]) == (522, "1019")
        await own.close()


async def test_an_origin_that_is_down(
    start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path, schemas: Schemas
) -> None:
    with start("--origin", f"http://127.0.0.1:{free_port('127.0.0.1')}"):
        own = Edge(tmp_path, schemas)
        answer = await own.get("nobody")
        assert (answer.status_code, answer.headers["x-edge-error"]) == (521, "521")
        await own.close()
