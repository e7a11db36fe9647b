"""What uploads are made of: module types, service-worker syntax, variants of the default export."""

import base64

import pytest

from edge.rig import Edge, code, module

# (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
WASM = base64.b64decode("AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=")


async def test_all_types_of_modules(edge: Edge, name: str) -> None:
    main = """
    import helper from './lib/helper.js';
    import text from './lang/en.json';
    import data from './page.html';
    import json from './config';
    import cjs from './old.cjs';
    import wasm from './add.wasm';
    import { Buffer } from 'node:buffer';
    export default { async fetch() {
      const { add } = new WebAssembly.Instance(wasm).exports;
      const lazy = await import('./lib/' + 'lazy.js');
      const bytes = new TextDecoder().decode(data);
      const hex = Buffer.from('a').toString('hex');
      return Response.json([helper, text, bytes, json, cjs.x, add(2, 3), lazy.default, hex]);
    } };"""
    parts = [
        module("index.js", main),
        module("./lib/helper.js", "export default 'helper';"),
        module("lib/lazy.js", "export default 'lazy';"),
        module("lang/en.json", '{"as":"text"}', "text/plain"),
        module("page.html", "<p>", "application/octet-stream"),
        module("config", '{"as":"json"}', "application/json"),
        module("old.cjs", "module.exports = { x: 'cjs' };", "application/javascript"),
        module("add.wasm", WASM, "application/wasm"),
        module("index.js.map", "{}", "application/source-map"),
    ]
    metadata = {
        "main_module": "index.js",
        "compatibility_date": "2026-01-01",
        "compatibility_flags": ["nodejs_compat"],
    }
    answer = await edge.put(f"/scripts/{name}", parts, metadata)
    assert answer.status_code == 200, answer.text
    await edge.route(f"{name}.code24.dev/*", name)
    expected = ["helper", '{"as":"text"}', "<p>", {"as": "json"}, "cjs", 5, "lazy", "61"]
    assert (await edge.get(name)).json() == expected


async def test_modules_are_known_by_their_file_name(edge: Edge, name: str) -> None:
    files = [
        (
            "files",
            (
                "index.js",
                "import x from './x.js'; export default { fetch: () => new Response(x) };",
            ),
        ),
        ("files", ("x.js", "export default 'by file name';")),
    ]
    kind = "application/javascript+module"
    parts = [(part, (filename, source, kind)) for part, (filename, source) in files]
    answer = await edge.put(f"/scripts/{name}", parts, {"main_module": "index.js"})
    assert answer.status_code == 200, answer.text
    await edge.route(f"{name}.code24.dev/*", name)
    assert (await edge.get(name)).text == "by file name"


async def test_a_module_above_the_main_module(edge: Edge, name: str) -> None:
    main = "import wasm from '../add.wasm'; export default { fetch: () => new Response(String(wasm)) };"
    parts = [module("index.js", main), module("../add.wasm", WASM, "application/wasm")]
    answer = await edge.put(f"/scripts/{name}", parts, {"main_module": "index.js"})
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "source",
    [
        "const x = { fetch() { return new Response('hi'); } }; export { x as default };",
        """import { WorkerEntrypoint } from 'cloudflare:workers';
        export default class extends WorkerEntrypoint { fetch() { return new Response('hi'); } }""",
        "const router = { handle: () => new Response('hi') }; export default { fetch: router.handle };",
        "export default { fetch: async () => new Response('hi') };",
    ],
)
async def test_default_exports(edge: Edge, name: str, source: str) -> None:
    await edge.script(name, source)
    assert (await edge.get(name)).text == "hi"


async def test_a_server_of_nodes_http_module(edge: Edge, name: str) -> None:
    source = """
    import { createServer } from 'node:http';
    import { httpServerHandler } from 'cloudflare:node';
    createServer((request, response) => response.end('hi')).listen(8080);
    export default httpServerHandler({ port: 8080 });"""
    await edge.script(name, source, compatibility_flags=["nodejs_compat"])
    assert (await edge.get(name)).text == "hi"


async def test_entrypoints_alone_are_enough(edge: Edge, name: str) -> None:
    source = "import { WorkerEntrypoint } from 'cloudflare:workers'; export class A extends WorkerEntrypoint { f() {} }"
    assert (await edge.upload(f"/scripts/{name}", source)).status_code == 200


async def service_worker(edge: Edge, name: str, source: str, *bindings: dict[str, str]) -> None:
    metadata = {"body_part": "script", "bindings": list(bindings)}
    parts = [("script", (None, source, "application/javascript"))]
    answer = await edge.put(f"/scripts/{name}", parts, metadata)
    assert answer.status_code == 200, answer.text
    await edge.route(f"{name}.code24.dev/*", name)


async def test_service_worker_syntax(edge: Edge, name: str) -> None:
    source = """
    const token = TOKEN;
    undeclared = 'sloppy';
    addEventListener('fetch', (event) => event.respondWith(answer(event.request)));
    async function answer(request) { return new Response([token, undeclared, request.url].join(' ')); }"""
    await service_worker(edge, name, source, {"type": "plain_text", "name": "TOKEN", "text": "t"})
    assert (await edge.get(name, "/p")).text == f"t sloppy https://{name}.code24.dev/p"
    missing = await edge.put(
        f"/scripts/{name}-x",
        [module("s.js", "const token = TOKEN;", "application/javascript")],
        {"body_part": "s.js"},
    )
    assert code(missing) == (400, 10021)
    assert "TOKEN is not defined" in missing.json()["errors"][0]["message"]


async def test_a_service_worker_that_does_not_answer_passes_through(edge: Edge, name: str) -> None:
    await service_worker(edge, name, "addEventListener('fetch', () => {});")
    assert (await edge.get(name, "/p")).text == f"origin {name}.code24.dev /p https"


async def test_python_is_refused(edge: Edge, name: str) -> None:
    parts = [module("main.py", "x = 1", "text/x-python")]
    assert code(await edge.put(f"/scripts/{name}", parts, {"main_module": "main.py"})) == (
        400,
        10021,
    )
