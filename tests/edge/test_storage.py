"""KV and R2 through the REST API."""

import base64
import json
from typing import Any

from edge.rig import Edge, code, result


async def test_kv_namespaces(edge: Edge, name: str) -> None:
    spaces = f"{edge.account}/storage/kv/namespaces"
    identity = await edge.kv_namespace(name)
    assert code(await edge.api.post(spaces, json={"title": name})) == (400, 10014)
    assert code(await edge.api.post(spaces, json={})) == (400, 10019)
    assert code(await edge.api.post(spaces, content=b"{")) == (400, 10012)
    renamed = result(await edge.api.put(f"{spaces}/{identity}", json={"title": f"{name}-new"}))
    assert renamed == result(await edge.api.get(f"{spaces}/{identity}"))
    titles, page = [], 1
    while found := result(await edge.api.get(spaces, params={"page": page, "per_page": 2})):
        titles += [space["title"] for space in found]
        page += 1
    assert titles.count(f"{name}-new") == 1
    assert (await edge.api.delete(f"{spaces}/{identity}")).status_code == 200
    assert code(await edge.api.get(f"{spaces}/{identity}/keys")) == (404, 10013)


async def test_kv_values_raw_and_multipart(edge: Edge, name: str) -> None:
    space = f"{edge.account}/storage/kv/namespaces/{await edge.kv_namespace(name)}"
    assert (await edge.api.put(f"{space}/values/a%2Fb", content=b"\x00raw")).status_code == 200
    assert (await edge.api.get(f"{space}/values/a%2Fb")).content == b"\x00raw"
    assert (await edge.api.get(f"{space}/values/a/b")).content == b"\x00raw"
    parts: list[tuple[str, tuple[str | None, bytes]]] = [
        ("value", ("upload", b"text")),
        ("metadata", (None, json.dumps({"ü": 1}).encode())),
    ]
    put = await edge.api.put(f"{space}/values/100%25", files=parts, params={"expiration_ttl": 60})
    assert put.status_code == 200
    answer = await edge.api.get(f"{space}/values/100%25")
    assert answer.text == "text"
    assert int(answer.headers["expiration"]) > 0
    assert result(await edge.api.get(f"{space}/metadata/100%25")) == {"ü": 1}
    assert (await edge.api.delete(f"{space}/values/100%25")).status_code == 200
    assert code(await edge.api.get(f"{space}/values/100%25")) == (404, 10009)
    for query in ({"expiration_ttl": 59}, {"expiration_ttl": "x"}, {"expiration": 1}):
        assert code(await edge.api.put(f"{space}/values/k", content=b"", params=query)) == (
            400,
            10034,
        )
    assert (await edge.api.put(f"{space}/values/{'k' * 513}", content=b"")).status_code == 414


async def test_kv_bulk_and_keys(edge: Edge, name: str) -> None:
    space = f"{edge.account}/storage/kv/namespaces/{await edge.kv_namespace(name)}"
    pairs: list[dict[str, Any]] = [
        {"key": f"k{n:04}", "value": str(n), "metadata": {"n": n}} for n in range(1500)
    ]
    pairs.append({"key": "z", "value": base64.b64encode(b"\x01").decode(), "base64": True})
    answer = result(await edge.api.put(f"{space}/bulk", json=pairs))
    assert answer == {"successful_key_count": 1501, "unsuccessful_keys": []}
    assert (await edge.api.get(f"{space}/values/z")).content == b"\x01"
    keys, cursor = [], ""
    while True:
        page = await edge.api.get(f"{space}/keys", params={"prefix": "k", "cursor": cursor})
        keys += result(page)
        cursor = page.json()["result_info"]["cursor"]
        if not cursor:
            break
    assert keys == [{"name": pair["key"], "metadata": pair["metadata"]} for pair in pairs[:-1]]
    wanted = {"keys": ["k0001", "none"], "withMetadata": True, "type": "json"}
    got = result(await edge.api.post(f"{space}/bulk/get", json=wanted))["values"]
    assert got == {"k0001": {"value": 1, "metadata": {"n": 1}}, "none": None}
    gone = await edge.api.post(f"{space}/bulk/delete", json=[pair["key"] for pair in pairs])
    assert result(gone)["successful_key_count"] == 1501
    assert result(await edge.api.get(f"{space}/keys")) == []
    assert code(await edge.api.post(f"{space}/bulk/delete", json=[])) == (400, 10029)
    assert code(await edge.api.put(f"{space}/bulk", json=[{"key": "a"}])) == (400, 10012)
    many = [{"key": str(n), "value": ""} for n in range(10_001)]
    assert code(await edge.api.put(f"{space}/bulk", json=many)) == (400, 10012)


async def test_r2_buckets_and_objects(edge: Edge, name: str) -> None:
    buckets = f"{edge.account}/r2/buckets"
    created = result(await edge.api.post(buckets, json={"name": name, "locationHint": "eeur"}))
    assert (created["name"], created["location"]) == (name, "eeur")
    assert code(await edge.api.post(buckets, json={"name": name})) == (409, 10004)
    assert code(await edge.api.post(buckets, json={"name": "No"})) == (400, 10005)
    assert result(await edge.api.get(f"{buckets}/{name}")) == created
    listed = result(await edge.api.get(buckets, params={"name_contains": name}))
    assert listed == {"buckets": [created]}
    objects = f"{buckets}/{name}/objects"
    for key in ("a/1.txt", "a/2.txt", "b.txt"):
        stored = result(await edge.api.put(f"{objects}/{key}", content=key.encode()))
        assert stored["size"] == str(len(key))
    one = await edge.api.put(
        f"{objects}/a%2F1.txt", content=b"new", headers={"content-type": "text/x-one"}
    )
    answer = await edge.api.get(f"{objects}/a/1.txt")
    assert (answer.text, answer.headers["content-type"]) == ("new", "text/x-one")
    assert answer.headers["etag"].strip('"') == result(one)["etag"]
    folders = await edge.api.get(objects, params={"delimiter": "/"})
    assert [item["key"] for item in result(folders)] == ["b.txt"]
    first = await edge.api.get(objects, params={"per_page": 2})
    cursor = first.json()["result_info"]["cursor"]
    second = await edge.api.get(objects, params={"per_page": 2, "cursor": cursor})
    keys = [item["key"] for item in result(first) + result(second)]
    assert keys == ["a/1.txt", "a/2.txt", "b.txt"]
    assert code(await edge.api.delete(f"{buckets}/{name}")) == (409, 10008)
    for key in keys:
        assert result(await edge.api.delete(f"{objects}/{key}")) == {"key": key}
    assert code(await edge.api.get(f"{objects}/b.txt")) == (404, 10007)
    assert (await edge.api.delete(f"{buckets}/{name}")).status_code == 200
    assert code(await edge.api.get(f"{buckets}/{name}")) == (404, 10006)


async def test_a_kv_namespace_that_a_script_is_bound_to_stays(edge: Edge, name: str) -> None:
    identity = await edge.kv_namespace(name)
    path = f"{edge.account}/storage/kv/namespaces/{identity}"
    binding = {"type": "kv_namespace", "name": "KV", "namespace_id": identity}
    for script in (f"/scripts/{name}", f"{await edge.namespace(name)}/{name}"):
        source = "export default { fetch() {} };"
        assert (await edge.upload(script, source, bindings=[binding])).status_code == 200
        answer = await edge.api.delete(path)
        assert code(answer) == (400, 10052)
        message = answer.json()["errors"][0]["message"]
        assert message == f"namespace has associated scripts: {name}"
        assert (await edge.upload(script, source)).status_code == 200
    assert (await edge.api.delete(path)).status_code == 200
