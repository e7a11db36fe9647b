"""Scripts that are uploaded as they are, without metadata, and the form that bundles come in."""

import json

import pytest

from edge.rig import Edge, code, result

ANSWER = "export default { fetch() { return new Response('one'); } };"
RAW = "addEventListener('fetch', (event) => event.respondWith(new Response('raw')));"


@pytest.mark.parametrize("kind", ["application/javascript", "text/javascript; charset=utf-8"])
async def test_a_script_alone_is_uploaded(edge: Edge, name: str, kind: str) -> None:
    path = f"{edge.account}/workers/scripts/{name}"
    answer = await edge.api.put(path, content=RAW.encode(), headers={"content-type": kind})
    assert (result(answer)["has_modules"], result(answer)["handlers"]) == (False, ["fetch"])
    await edge.route(f"{name}.code24.dev/*", name)
    assert (await edge.get(name)).text == "raw"
    assert (await edge.api.get(path)).text == RAW
    broken = await edge.api.put(path, content=b"const a = ;", headers={"content-type": kind})
    assert code(broken) == (400, 10021)
    assert "at worker.js:1" in broken.json()["errors"][0]["message"]


@pytest.mark.parametrize("kind", ["application/javascript+module", "text/plain", "", None])
async def test_other_types_of_a_script_are_refused(edge: Edge, name: str, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    answer = await edge.api.put(
        f"{edge.account}/workers/scripts/{name}", content=RAW.encode(), headers=headers
    )
    assert code(answer) == (415, 10001)
    words = (
        "Content-Type must be one of: application/javascript, text/javascript, multipart/form-data"
    )
    assert answer.json()["errors"][0]["message"] == words


async def test_the_boundary_of_a_bundle_keeps_its_case(edge: Edge, name: str) -> None:
    metadata = json.dumps({"main_module": "index.js"})
    body = (
        '--AbC\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n'
        f"{metadata}\r\n"
        '--AbC\r\nContent-Disposition: form-data; name="index.js"; filename="index.js"\r\n'
        f"Content-Type: application/javascript+module\r\n\r\n{ANSWER}\r\n--AbC--\r\n"
    )
    kind = "Multipart/Form-Data; boundary=AbC"
    path = f"{edge.account}/workers/scripts/{name}"
    answer = await edge.api.put(path, content=body.encode(), headers={"content-type": kind})
    assert answer.status_code == 200, answer.text
    form = "const form = new FormData(); form.append('a', 'b'); return new Response(form);"
    await edge.script(name, f"export default {{ fetch() {{ {form} }} }};")
    shown = await edge.get(name)
    boundary = shown.headers["content-type"].partition("boundary=")[2].strip('"')
    assert shown.text.startswith(f"--{boundary}")
