"""Outbound Workers: which requests of a dispatched script they get, with what, and what they cannot hold."""

import json
from typing import Any, Final

import httpx
import pytest

from edge.rig import ZONE, Edge

DISPATCHER: Final = """
export default {
  async fetch(request, env) {
    const { searchParams, pathname } = new URL(request.url);
    const options = JSON.parse(searchParams.get('options') ?? '{}');
    try {
      return await env[searchParams.get('binding') ?? 'CONFINED'].get(pathname.slice(1), {}, options).fetch(request);
    } catch (error) {
      return new Response(`caught: ${error.message}`, { status: 500 });
    }
  },
};
"""
TELLS: Final = """
export default {
  async fetch(request, env) {
    const { url, method, redirect, cf } = request;
    if (url.endsWith('/moved')) return Response.redirect('http://second.test/there', 302);
    if (url.endsWith('/onward')) return fetch('http://%s/from-outbound');
    const upgrade = request.headers.get('upgrade');
    const given = { allow: env.allow === undefined ? 'undefined' : env.allow };
    return Response.json({ url, method, redirect, cf, upgrade, given, body: await request.text() });
  },
};
"""


async def deployed(edge: Edge, name: str, script: str) -> None:
    """A script behind an outbound Worker that tells what it gets, and a way around it."""
    scripts = await edge.namespace(name)
    await edge.upload(f"{scripts}/one", script)
    await edge.upload(f"/scripts/{name}-out", TELLS % f"{name}.{ZONE}")
    plain = {"type": "dispatch_namespace", "name": "PLAIN", "namespace": name}
    outbound = {"worker": {"service": f"{name}-out"}, "params": [{"name": "allow"}]}
    await edge.script(
        name, DISPATCHER, bindings=[plain, plain | {"name": "CONFINED", "outbound": outbound}]
    )


async def told(edge: Edge, name: str, **query: Any) -> Any:
    """What the script answers."""
    answer = await edge.data.get("/one", params=query, headers={"host": f"{name}.{ZONE}"})
    assert answer.status_code == 200, answer.text
    return answer.json()


def fetching(url: str, init: str = "{}") -> str:
    return f"export default {{ fetch: () => fetch({url!r}, {init}) }};"


async def test_it_gets_the_request_as_the_script_sends_it(edge: Edge, name: str) -> None:
    init = "{ method: 'PUT', body: 'text', cf: { resolveOverride: 'x.test' } }"
    await deployed(edge, name, fetching("https://first.test:8443/a?b", init))
    found = await told(edge, name)
    assert found["url"] == "https://first.test:8443/a?b"
    assert (found["method"], found["body"]) == ("PUT", "text")
    assert found["cf"] == {"resolveOverride": "x.test"}


@pytest.mark.parametrize(
    ("options", "given"),
    [
        ({}, "undefined"),
        ({"outbound": {}}, "undefined"),
        ({"outbound": {"allow": None}}, None),
        ({"outbound": {"allow": '["a.test"]'}}, '["a.test"]'),
        ({"outbound": {"allow": {"deep": [1]}}}, {"deep": [1]}),
        ({"outbound": {"other": "x"}}, "undefined"),
    ],
)
async def test_parameters_are_those_of_the_call(
    edge: Edge, name: str, options: dict[str, Any], given: Any
) -> None:
    await deployed(edge, name, fetching("http://first.test/"))
    for _ in range(2):
        found = await told(edge, name, options=json.dumps(options))
        assert found["given"] == {"allow": given}
        other = {"outbound": {"allow": "another call"}}
        assert (await told(edge, name, options=json.dumps(other)))["given"] == {
            "allow": "another call"
        }


async def test_it_gets_every_redirect_that_the_script_follows(edge: Edge, name: str) -> None:
    await deployed(edge, name, fetching("http://first.test/moved"))
    assert (await told(edge, name))["url"] == "http://second.test/there"


@pytest.mark.parametrize(
    "script",
    [
        fetching("http://first.test/", "{ headers: { upgrade: 'websocket' } }"),
        """export default { async fetch() {
          const socket = new WebSocket('ws://first.test/');
          const refused = new Promise((resolve) => {
            socket.addEventListener('error', () => resolve('refused'));
            socket.addEventListener('open', () => resolve('open'));
          });
          return Response.json({ upgrade: 'websocket', socket: await refused });
        } };""",
    ],
)
async def test_it_gets_websockets(edge: Edge, name: str, script: str) -> None:
    await deployed(edge, name, script)
    found = await told(edge, name)
    assert found["upgrade"] == "websocket"
    assert found.get("socket", "refused") == "refused"


async def test_its_own_requests_go_out(edge: Edge, name: str, origin: str) -> None:
    """To the zone's origin here, since they are for a host of the zone."""
    await deployed(edge, name, fetching("http://first.test/onward"))
    answer = await edge.get(name, "/one")
    assert answer.text == f"origin {name}.{ZONE} /from-outbound http"


async def test_another_binding_to_the_namespace_has_none(edge: Edge, name: str) -> None:
    await deployed(edge, name, fetching(f"http://{name}.{ZONE}/direct"))
    assert (await told(edge, name))["url"] == f"http://{name}.{ZONE}/direct"
    answer = await edge.get(name, "/one?binding=PLAIN")
    assert answer.text == f"origin {name}.{ZONE} /direct http"


async def test_there_are_no_tcp_connections_beside_it(edge: Edge, name: str, origin: str) -> None:
    port = httpx.URL(origin).port
    script = f"""
    import {{ connect }} from 'cloudflare:sockets';
    export default {{ async fetch() {{
      const socket = connect('127.0.0.1:{port}');
      const writer = socket.writable.getWriter();
      try {{
        await writer.write(new TextEncoder().encode('GET / HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n'));
        const {{ value }} = await socket.readable.getReader().read();
        return Response.json({{ read: new TextDecoder().decode(value).slice(0, 8) }});
      }} catch (error) {{
        return Response.json({{ error: 'refused' }});
      }}
    }} }};"""
    await deployed(edge, name, script)
    assert await told(edge, name) == {"error": "refused"}
