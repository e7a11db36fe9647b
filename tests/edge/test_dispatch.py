"""Dispatch namespaces, their scripts, and a dispatcher that reaches them."""

import json

import pytest

from edge.rig import Edge, code, result

ANSWER = "export default { fetch() { return new Response('user'); } };"
DISPATCHER = """
export default {
  async fetch(request, env) {
    const name = new URL(request.url).pathname.slice(1);
    try {
      return await env.SPACE.get(name, {}, { limits: { cpuMs: 50 }, outbound: { who: 'platform' } }).fetch(request);
    } catch (error) {
      return new Response(`caught: ${error.message}`, { status: 404 });
    }
  },
};
"""


def binding(space: str) -> dict[str, str]:
    return {"type": "dispatch_namespace", "name": "SPACE", "namespace": space}


async def test_namespaces_are_created_renamed_and_deleted(edge: Edge, name: str) -> None:
    spaces = f"{edge.account}/workers/dispatch/namespaces"
    scripts = await edge.namespace(name)
    assert code(await edge.api.post(spaces, json={"name": name})) == (409, 10040)
    assert code(await edge.api.post(spaces, json={})) == (400, 10016)
    await edge.upload(f"{scripts}/one", ANSWER)
    assert result(await edge.api.get(f"{spaces}/{name}"))["script_count"] == 1
    await edge.script(name, DISPATCHER, bindings=[binding(f"{name}")])
    renamed = result(await edge.api.put(f"{spaces}/{name}", json={"name": f"{name}-new"}))
    assert (renamed["namespace_name"], renamed["script_count"]) == (f"{name}-new", 1)
    assert code(await edge.api.get(f"{spaces}/{name}")) == (404, 100119)
    await edge.script(name, DISPATCHER, bindings=[binding(f"{name}-new")])
    assert (await edge.get(name, "/one")).text == "user"
    assert code(await edge.api.delete(f"{spaces}/{name}-new")) == (400, 10400)
    assert (await edge.get(name, "/one")).text == "user"
    await edge.api.delete(f"{spaces}/{name}-new/scripts")
    assert (await edge.api.delete(f"{spaces}/{name}-new")).status_code == 200
    assert (await edge.get(name, "/one")).text == "caught: Worker not found."
    assert f"{name}-new" not in [
        space["namespace_name"] for space in result(await edge.api.get(spaces))
    ]


async def test_a_missing_script_is_10092(edge: Edge, name: str) -> None:
    scripts = await edge.namespace(name)
    path = f"{edge.account}/workers{scripts}/nobody"
    for suffix in ("", "/settings", "/tags", "/bindings", "/content"):
        assert code(await edge.api.get(path + suffix)) == (404, 10092)
    assert code(await edge.api.delete(path)) == (404, 10092)


async def test_scripts_are_listed_by_cursor_and_tags(edge: Edge, name: str) -> None:
    scripts = await edge.namespace(name)
    path = f"{edge.account}/workers{scripts}"
    for number in range(5):
        tags = ["all", "even" if number % 2 == 0 else "odd"]
        await edge.upload(f"{scripts}/s{number}", ANSWER, tags=tags)
    found, cursor, pages = [], "", 0
    while True:
        answer = await edge.api.get(
            path, params={"limit": 2, **({"cursor": cursor} if cursor else {})}
        )
        found += [item["script"]["id"] for item in result(answer)]
        cursor, pages = answer.json()["result_info"]["cursor"], pages + 1
        if not cursor:
            break
    assert (found, pages) == ([f"s{n}" for n in range(5)], 3)
    wanted = result(await edge.api.get(path, params={"tags": "all:yes,odd:no"}))
    assert [item["script"]["id"] for item in wanted] == ["s0", "s2", "s4"]
    assert {item["dispatch_namespace"] for item in wanted} == {name}
    gone = result(await edge.api.delete(path, params={"tags": "all:yes", "limit": 4}))
    assert (gone["deleted_count"], gone["has_more"]) == (4, True)
    assert [item["script"]["id"] for item in result(await edge.api.get(path))] == ["s4"]


async def test_tags_are_replaced_added_and_removed(edge: Edge, name: str) -> None:
    scripts = await edge.namespace(name)
    await edge.upload(f"{scripts}/one", ANSWER, tags=["a"])
    path = f"{edge.account}/workers{scripts}/one/tags"
    assert result(await edge.api.put(path, json=["b", "c"])) == ["b", "c"]
    assert (await edge.api.put(f"{path}/d")).status_code == 200
    assert (await edge.api.delete(f"{path}/b")).status_code == 200
    assert result(await edge.api.get(path)) == ["c", "d"]
    assert code(await edge.api.put(path, json=[f"t{n}" for n in range(9)])) == (400, 100103)


async def test_settings_bindings_and_content(edge: Edge, name: str) -> None:
    scripts = await edge.namespace(name)
    secret = {"type": "secret_text", "name": "S", "text": "hidden"}
    await edge.upload(
        f"{scripts}/one", ANSWER, bindings=[secret], compatibility_flags=["nodejs_compat"]
    )
    path = f"{edge.account}/workers{scripts}/one"
    assert result(await edge.api.get(f"{path}/bindings")) == [{"name": "S", "type": "secret_text"}]
    settings = result(await edge.api.get(f"{path}/settings"))
    assert settings["compatibility_flags"] == ["nodejs_compat"]
    assert (await edge.api.get(f"{path}/content")).text == ANSWER
    part = (None, json.dumps({"logpush": True}), "application/json")
    assert (
        result(await edge.api.patch(f"{path}/settings", files={"settings": part}))["logpush"]
        is True
    )


async def test_a_dispatcher_reaches_scripts_and_survives_their_errors(
    edge: Edge, name: str
) -> None:
    scripts = await edge.namespace(name)
    echo = "export default { async fetch(r, env) { return new Response(env.V + (await r.text()) + r.method); } };"
    await edge.upload(
        f"{scripts}/echo", echo, bindings=[{"type": "plain_text", "name": "V", "text": "v:"}]
    )
    await edge.upload(f"{scripts}/bad", "export default { fetch() { throw new Error('boom'); } };")
    await edge.script(name, DISPATCHER, bindings=[binding(name)])
    host = {"host": f"{name}.code24.dev"}
    assert (await edge.data.post("/echo", headers=host, content=b"body")).text == "v:bodyPOST"
    assert (await edge.get(name, "/nobody")).text == "caught: Worker not found."
    assert (await edge.get(name, "/bad")).text == "caught: boom"


@pytest.mark.parametrize("trusted", [False, True])
async def test_untrusted_scripts_have_no_cf_and_no_default_cache(
    edge: Edge, name: str, trusted: bool
) -> None:
    scripts = await edge.namespace(name)
    spaces = f"{edge.account}/workers/dispatch/namespaces"
    await edge.api.put(f"{spaces}/{name}", json={"trusted_workers": trusted})
    source = """
    export default { async fetch(request) {
      const named = await caches.open('mine');
      await named.put(request.url, new Response('kept', { headers: { 'cache-control': 'max-age=60' } }));
      const own = await (await named.match(request.url)).text();
      const shared = await caches.default.match(request.url).then(() => 'on', () => 'off');
      return Response.json({ cf: typeof request.cf, own, shared });
    } };"""
    await edge.upload(f"{scripts}/one", source)
    await edge.script(name, DISPATCHER, bindings=[binding(name)])
    expected = {"cf": "object", "shared": "on"} if trusted else {"cf": "undefined", "shared": "off"}
    assert (await edge.get(name, "/one")).json() == {"own": "kept", **expected}


async def test_an_outbound_worker_takes_the_fetches(edge: Edge, name: str) -> None:
    scripts = await edge.namespace(name)
    user = "export default { async fetch() { return new Response(await (await fetch('http://x.test/p')).text()); } };"
    await edge.upload(f"{scripts}/one", user)
    outbound = (
        "export default { fetch(r, env) { return new Response(`out ${r.url} ${env.who}`); } };"
    )
    await edge.upload(f"/scripts/{name}-out", outbound)
    bound = {
        **binding(name),
        "outbound": {"worker": {"service": f"{name}-out"}, "params": [{"name": "who"}]},
    }
    await edge.script(name, DISPATCHER, bindings=[bound])
    assert (await edge.get(name, "/one")).text == "out http://x.test/p platform"


async def test_the_list_has_the_names_at_the_top_too(edge: Edge, name: str) -> None:
    scripts = await edge.namespace(name)
    await edge.upload(f"{scripts}/one", ANSWER)
    for found in (
        result(await edge.api.get(f"{edge.account}/workers{scripts}"))[0],
        result(await edge.api.get(f"{edge.account}/workers{scripts}/one")),
    ):
        assert (found["id"], found["script"]["id"]) == ("one", "one")
