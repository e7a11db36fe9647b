"""Account settings, the search for scripts, and lists that are empty here."""

from edge.rig import Edge, code, result

SOURCE = "export default { fetch: () => new Response('x') };"


async def test_account_settings_are_kept(edge: Edge) -> None:
    path = f"{edge.account}/workers/account-settings"
    defaults = {"default_usage_model": "standard", "green_compute": False}
    assert result(await edge.api.get(path)) == defaults
    changed = {**defaults, "green_compute": True}
    assert result(await edge.api.put(path, json={"green_compute": True})) == changed
    assert result(await edge.api.get(path)) == changed
    assert code(await edge.api.put(path, json={"default_usage_model": "x"})) == (400, 10026)
    assert code(await edge.api.put(path, json={"green_compute": "x"})) == (400, 10026)
    assert result(await edge.api.put(path, json=defaults)) == defaults


async def test_scripts_are_found_by_name_and_id(edge: Edge, name: str) -> None:
    path = f"{edge.account}/workers/scripts-search"
    for suffix in ("a", "b"):
        await edge.upload(f"/scripts/{name}{suffix}", SOURCE)
    found = result(await edge.api.get(path, params={"name": name}))
    assert [script["script_name"] for script in found] == [f"{name}a", f"{name}b"]
    one = result(await edge.api.get(path, params={"id": found[1]["id"]}))
    assert one == [found[1]]
    page: dict[str, str | int] = {"name": name, "page": 2, "per_page": 1}
    assert result(await edge.api.get(path, params=page)) == [found[1]]
    assert (
        result(await edge.api.get(path, params={"name": name, "order_by": "created_on"})) == found
    )
    assert code(await edge.api.get(path, params={"order_by": "size"})) == (400, 10001)


async def test_there_are_no_durable_objects(edge: Edge) -> None:
    path = f"{edge.account}/workers/durable_objects/namespaces"
    assert result(await edge.api.get(path, params={"per_page": 1000, "page": 1})) == []
