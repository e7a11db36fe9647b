"""Zone routes: their endpoints, and which one a request takes."""

import pytest

from edge.rig import ZONE, Edge, code, result


def says(text: str) -> str:
    return f"export default {{ fetch() {{ return new Response('{text}'); }} }};"


async def test_routes_are_created_moved_and_deleted(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}a", says("a"))
    await edge.upload(f"/scripts/{name}b", says("b"))
    routes = f"{edge.zone}/workers/routes"
    pattern = f"{name}.{ZONE}/*"
    route = await edge.route(pattern, f"{name}a")
    assert (await edge.get(name)).text == "a"
    path = f"{routes}/{route['id']}"
    moved = result(await edge.api.put(path, json={"pattern": pattern, "script": f"{name}b"}))
    assert moved == result(await edge.api.get(path)) == {**route, "script": f"{name}b"}
    assert (await edge.get(name)).text == "b"
    assert moved in result(await edge.api.get(routes))
    assert result(await edge.api.delete(path)) == {"id": route["id"]}
    assert (await edge.get(name)).text.startswith("origin")
    for answer in (await edge.api.get(path), await edge.api.delete(path)):
        assert code(answer) == (404, 10009)


async def test_refused_routes(edge: Edge, name: str) -> None:
    routes = f"{edge.zone}/workers/routes"
    await edge.route(f"{name}.{ZONE}/*", None)
    same = {"pattern": f"{name}.{ZONE}/*"}
    assert code(await edge.api.post(routes, json=same)) == (409, 10020)
    missing = {"pattern": f"{name}2.{ZONE}/*", "script": f"{name}-missing"}
    assert code(await edge.api.post(routes, json=missing)) == (400, 10019)
    for bad in ("example.org/*", f"a*.{ZONE}/*", f"{ZONE}/a*b", f"{ZONE}/?a=1", "", None):
        assert code(await edge.api.post(routes, json={"pattern": bad})) == (400, 10022)


@pytest.mark.parametrize(
    ("first", "same", "other"),
    [
        (f"case.{ZONE}/*", f"CASE.{ZONE}/*", f"case.{ZONE}/A*"),
        (f"Case.{ZONE}/a", f"case.{ZONE}/a", f"case.{ZONE}/A"),
        (f"{ZONE}", f"{ZONE}/", f"{ZONE}/*"),
        (f"HTTPS://x.{ZONE}/", f"https://x.{ZONE}", f"http://x.{ZONE}"),
    ],
)
async def test_one_pattern_written_otherwise_is_a_duplicate(
    edge: Edge, first: str, same: str, other: str
) -> None:
    routes = f"{edge.zone}/workers/routes"
    created = [await edge.route(pattern, None) for pattern in (first, other)]
    path = f"{routes}/{created[0]['id']}"
    try:
        assert code(await edge.api.post(routes, json={"pattern": same})) == (409, 10020)
        second = f"{routes}/{created[1]['id']}"
        assert code(await edge.api.put(second, json={"pattern": same})) == (409, 10020)
        assert result(await edge.api.put(path, json={"pattern": same}))["pattern"] == same
    finally:
        for route in created:
            await edge.api.delete(f"{routes}/{route['id']}")


async def test_routes_of_a_deleted_script_go_with_it(edge: Edge, name: str) -> None:
    await edge.script(name, says("x"))
    await edge.api.delete(f"{edge.account}/workers/scripts/{name}")
    assert name not in {
        route.get("script") for route in result(await edge.api.get(f"{edge.zone}/workers/routes"))
    }
    assert (await edge.get(name)).text.startswith("origin")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", "host"),
        ("/api/x", "api"),
        ("/api/exact", "exact"),
        ("/api/exact?a=1", "api"),
        ("/api/?a=1", "api"),
        ("/?a=1", "host"),
        ("/static/x", "origin"),
        ("/apix", "host"),
    ],
)
async def test_the_most_specific_route_wins(
    edge: Edge, name: str, path: str, expected: str
) -> None:
    host = f"{name}.{ZONE}"
    for label, pattern in (
        ("wide", f"*.{host}/*"),
        ("host", f"{host}/*"),
        ("api", f"{host}/api/*"),
        ("exact", f"{host}/api/exact"),
    ):
        await edge.upload(f"/scripts/{name}{label}", says(label))
        await edge.route(pattern, f"{name}{label}")
    await edge.route(f"{host}/static/*", None)
    answer = await edge.get(name, path)
    assert answer.text.split(" ")[0] == expected
    deeper = await edge.data.get(path, headers={"host": f"deep.{host.upper()}:1234"})
    assert deeper.text == "wide"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/%68ello/x", "/hello/x"),
        ("//hello/x", "/hello/x"),
        ("/a/..//hello//x", "/hello/x"),
        ("/%c3%bcber/x", "/%C3%BCber/x"),
        ("/[1]/x%2fy", "/[1]/x%2Fy"),
    ],
)
async def test_a_request_is_normalized_before_it_is_routed(
    edge: Edge, name: str, path: str, expected: str
) -> None:
    echo = "export default { fetch(r) { return new Response(new URL(r.url).pathname); } };"
    await edge.upload(f"/scripts/{name}", echo)
    for prefix in ("hello", "%C3%BCber", "[1]"):
        await edge.route(f"{name}.{ZONE}/{prefix}/*", name)
    url = edge.data.base_url.copy_with(raw_path=path.encode())
    answer = await edge.data.get(url, headers={"host": f"{name}.{ZONE}"})
    assert answer.text == expected
