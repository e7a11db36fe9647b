"""/workers/services and /workers/workers: account scripts as wrangler and Terraform see them."""

import base64
from typing import Any

import pytest

from edge.rig import Edge, code, result

SOURCE = "export default { fetch: (request, env) => new Response(`v ${env.A} ${env.B}`) };"


def paths(edge: Edge, name: str) -> tuple[str, str]:
    return f"{edge.account}/workers/services/{name}", f"{edge.account}/workers/workers/{name}"


def version_of(source: str, **changes: Any) -> dict[str, Any]:
    module = {
        "name": "index.js",
        "content_type": "application/javascript+module",
        "content_base64": base64.b64encode(source.encode()).decode(),
    }
    return {"main_module": "index.js", "modules": [module], **changes}


async def test_a_service_is_read_and_deleted(edge: Edge, name: str) -> None:
    service, _ = paths(edge, name)
    assert code(await edge.api.get(service)) == (404, 10090)
    assert code(await edge.api.delete(service)) == (404, 10090)
    await edge.script(name, SOURCE, tags=["t"])
    found = result(await edge.api.get(service))
    script = found["default_environment"]["script"]
    assert (found["id"], script["id"], script["tags"]) == (name, name, ["t"])
    assert script["last_deployed_from"] == "api"
    binding = {"type": "service", "name": "S", "service": name}
    await edge.upload(f"/scripts/{name}-user", SOURCE, bindings=[binding])
    assert code(await edge.api.delete(service)) == (400, 10142)
    assert (await edge.api.delete(service, params={"force": "true"})).json()["result"] is None
    assert (await edge.get(name)).text.startswith("origin")


async def test_who_uses_a_script_is_told_before_it_is_deleted(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", SOURCE)
    workers = f"{edge.account}/workers"
    references, tails = (
        f"{workers}/scripts/{name}/references",
        f"{workers}/tails/by-consumer/{name}",
    )
    assert result(await edge.api.get(references))["services"]["incoming"] == []
    assert result(await edge.api.get(tails)) == []
    await edge.namespace(name)
    service = {"type": "service", "name": "S", "service": name}
    outbound = {"worker": {"service": name}}
    space = {"type": "dispatch_namespace", "name": "D", "namespace": name, "outbound": outbound}
    consumers = [{"service": name}]
    bindings = [service, space]
    await edge.upload(f"/scripts/{name}-user", SOURCE, bindings=bindings, tail_consumers=consumers)
    found = result(await edge.api.get(references))
    user = {"service": f"{name}-user", "environment": "production"}
    assert found["services"]["incoming"] == [{"name": "S", **user}]
    assert found["dispatch_outbounds"] == [{"name": "D", **user, "namespace": name}]
    assert [item["producer"]["service"] for item in result(await edge.api.get(tails))] == [
        f"{name}-user"
    ]
    shown = result(await edge.api.get(f"{workers}/workers/{name}"))["references"]
    assert [worker["name"] for worker in shown["workers"]] == [f"{name}-user"]
    assert [worker["worker_name"] for worker in shown["dispatch_namespace_outbounds"]] == [
        f"{name}-user"
    ]
    for path in (references, tails):
        assert code(await edge.api.get(path.replace(name, "nobody"))) == (404, 10007)


async def test_a_worker_is_created_without_code_and_gets_versions(edge: Edge, name: str) -> None:
    _, worker = paths(edge, name)
    collection = worker.rsplit("/", 1)[0]
    body = {"name": name, "tags": ["a"], "observability": {"enabled": True}}
    made = result(await edge.api.post(collection, json=body))
    assert (made["name"], made["tags"], made["deployed_on"]) == (name, ["a"], None)
    assert code(await edge.api.post(collection, json=body)) == (409, 10040)
    assert code(await edge.api.post(collection, json={})) == (400, 10016)
    scripts = f"{edge.account}/workers/scripts/{name}"
    assert result(await edge.api.get(f"{scripts}/versions"))["items"] == []
    assert result(await edge.api.get(f"{scripts}/deployments"))["deployments"] == []
    by_id = f"{collection}/{made['id']}"
    version = result(await edge.api.post(f"{by_id}/versions", json=version_of(SOURCE)))
    assert (version["number"], version["main_module"]) == (1, "index.js")
    deployment = {
        "strategy": "percentage",
        "versions": [{"version_id": version["id"], "percentage": 100}],
    }
    assert (await edge.api.post(f"{scripts}/deployments", json=deployment)).status_code == 200
    await edge.route(f"{name}.code24.dev/*", name)
    assert (await edge.get(name)).text == "v undefined undefined"
    assert result(await edge.api.get(worker))["deployed_on"] is not None
    settings = result(await edge.api.get(f"{scripts}/script-settings"))
    assert (settings["tags"], settings["observability"]) == (["a"], {"enabled": True})


async def test_versions_are_uploaded_as_json_and_read_with_their_modules(
    edge: Edge, name: str
) -> None:
    await edge.script(name, SOURCE)
    _, worker = paths(edge, name)
    plain = {"type": "plain_text", "name": "A", "text": "1"}
    body = version_of(SOURCE, bindings=[plain], compatibility_date="2026-01-01")
    made = result(await edge.api.post(f"{worker}/versions?deploy=true", json=body))
    assert (await edge.get(name)).text == "v 1 undefined"
    read = result(await edge.api.get(f"{worker}/versions/{made['id']}?include=modules"))
    assert base64.b64decode(read["modules"][0]["content_base64"]).decode() == SOURCE
    assert read["bindings"] == [{"name": "A", "type": "plain_text", "text": "1"}]
    listed = result(await edge.api.get(f"{worker}/versions"))
    assert [version["number"] for version in listed] == [2, 1]
    assert "modules" not in listed[0]
    assert code(await edge.api.delete(f"{worker}/versions/{made['id']}")) == (400, 10338)
    later = result(await edge.api.post(f"{worker}/versions", json=body))
    assert code(await edge.api.delete(f"{worker}/versions/{later['id']}")) == (400, 10339)
    first = f"{worker}/versions/{listed[1]['id']}"
    assert (await edge.api.delete(first)).status_code == 200
    assert code(await edge.api.get(first)) == (404, 100146)


@pytest.mark.parametrize(
    "modules",
    [[{"name": "index.js"}], [{"name": "index.js", "content_type": "x", "content_base64": "%"}]],
)
async def test_wrong_modules_are_refused(
    edge: Edge, name: str, modules: list[dict[str, str]]
) -> None:
    await edge.upload(f"/scripts/{name}", SOURCE)
    _, worker = paths(edge, name)
    body = version_of(SOURCE, modules=modules)
    assert code(await edge.api.post(f"{worker}/versions", json=body)) == (400, 10021)


async def test_the_latest_version_is_patched(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE, bindings=[{"type": "secret_text", "name": "A", "text": "a"}])
    _, worker = paths(edge, name)
    latest = f"{worker}/versions/latest"
    env = {"A": None, "B": {"type": "secret_text", "text": "b"}}
    body = {"env": env, "annotations": {"workers/tag": "t", "workers/message": None}}
    made = result(await edge.api.patch(latest, json=body))
    assert [binding["name"] for binding in made["bindings"]] == ["B"]
    assert made["annotations"]["workers/tag"] == "t"
    assert (await edge.get(name)).text == "v a undefined"
    assert code(await edge.api.patch(latest, json={"modules": []})) == (400, 10026)
    await edge.api.post(f"{edge.account}/workers/workers", json={"name": f"{name}-bare"})
    bare = f"{edge.account}/workers/workers/{name}-bare/versions/latest"
    assert code(await edge.api.patch(bare, json=body)) == (404, 10222)


async def test_workers_are_listed_changed_and_deleted(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", SOURCE, tags=["a"])
    _, worker = paths(edge, name)
    collection = worker.rsplit("/", 1)[0]
    found = result(await edge.api.get(collection, params={"per_page": 1000}))
    assert name in [worker["name"] for worker in found]
    assert result(await edge.api.get(collection, params={"page": 1000, "per_page": 1000})) == []
    consumers = [{"name": "watcher"}]
    patch = {"logpush": True, "tail_consumers": consumers}
    patched = result(await edge.api.patch(worker, json=patch))
    assert (patched["logpush"], patched["tail_consumers"], patched["tags"]) == (
        True,
        consumers,
        ["a"],
    )
    replaced = result(await edge.api.put(worker, json={"name": name, "tags": ["b"]}))
    assert (replaced["logpush"], replaced["tail_consumers"], replaced["tags"]) == (False, [], ["b"])
    on = {"subdomain": {"enabled": True, "previews_enabled": False}}
    subdomain = result(await edge.api.patch(worker, json=on))["subdomain"]
    assert subdomain["url"] == f"https://{name}.local-edge.workers.dev"
    assert (await edge.data.get("/", headers={"host": f"{name}.local-edge.workers.dev"})).text
    assert code(await edge.api.patch(worker, json={"name": "other"})) == (400, 10016)
    assert (await edge.api.delete(worker)).status_code == 200
    assert code(await edge.api.get(worker)) == (404, 10007)
