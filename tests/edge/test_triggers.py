"""What makes scripts run besides zone routes: workers.dev, previews, custom domains; and all routes of a script."""

from typing import Any

import pytest

from edge.rig import Edge, code, result
from edge.test_versions import answering, upload_version

PASS_ON = "export default { fetch: (request) => fetch(request) };"


async def asked(edge: Edge, host: str) -> str:
    return (await edge.data.get("/p", headers={"host": host})).text


async def test_a_script_is_switched_on_and_off_at_workers_dev(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", answering("dev"))
    path = f"{edge.account}/workers/scripts/{name}/subdomain"
    host = f"{name}.local-edge.workers.dev"
    off = {"enabled": False, "previews_enabled": False}
    assert result(await edge.api.get(path)) == off
    assert (await asked(edge, host)).startswith("origin")
    on = {"enabled": True, "previews_enabled": False}
    assert result(await edge.api.post(path, json={"enabled": True})) == on
    assert await asked(edge, host) == "dev"
    assert result(await edge.api.get(path)) == on
    assert result(await edge.api.delete(path)) == off
    assert (await asked(edge, host)).startswith("origin")
    assert code(await edge.api.post(path, json={})) == (400, 10026)
    assert code(await edge.api.post(path, json={"enabled": True, "previews_enabled": 1})) == (
        400,
        10026,
    )


async def test_previews_follow_since_august_2025(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", answering("x"))
    path = f"{edge.account}/workers/scripts/{name}/subdomain"
    header = {"cloudflare-workers-script-api-date": "2025-08-01"}
    answer = await edge.api.post(path, json={"enabled": True}, headers=header)
    assert result(answer) == {"enabled": True, "previews_enabled": True}


async def test_a_preview_shows_a_version_that_is_not_deployed(edge: Edge, name: str) -> None:
    await edge.script(name, answering("old"))
    path = f"{edge.account}/workers/scripts/{name}"
    annotations = {"workers/alias": "my-branch"}
    new = result(await upload_version(edge, name, answering("new"), annotations=annotations))["id"]
    suffix = f"-{name}.local-edge.workers.dev"
    assert (await asked(edge, new[:8] + suffix)).startswith("origin")
    await edge.api.post(f"{path}/subdomain", json={"enabled": False, "previews_enabled": True})
    assert await asked(edge, new[:8] + suffix) == "new"
    assert await asked(edge, "my-branch" + suffix) == "new"
    assert await asked(edge, "00000000" + suffix) != "new"
    assert (await edge.get(name)).text == "old"
    read = result(await edge.api.get(f"{path}/versions/{new}"))
    assert read["metadata"]["hasPreview"] is True


async def test_the_subdomain_of_the_account(edge: Edge, name: str) -> None:
    path = f"{edge.account}/workers/subdomain"
    await edge.upload(f"/scripts/{name}", answering("dev"))
    await edge.api.post(f"{edge.account}/workers/scripts/{name}/subdomain", json={"enabled": True})
    try:
        assert result(await edge.api.put(path, json={"subdomain": "else"})) == {"subdomain": "else"}
        assert await asked(edge, f"{name}.else.workers.dev") == "dev"
        assert (await asked(edge, f"{name}.local-edge.workers.dev")).startswith("origin")
        assert (await edge.api.delete(path)).is_success
        assert code(await edge.api.get(path)) == (404, 10007)
        assert code(await edge.api.delete(path)) == (404, 10007)
        assert code(await edge.api.put(path, json={"subdomain": "No."})) == (400, 10026)
    finally:
        await edge.api.put(path, json={"subdomain": "local-edge"})
    assert result(await edge.api.get(path)) == {"subdomain": "local-edge"}
    assert await asked(edge, f"{name}.local-edge.workers.dev") == "dev"


async def test_a_custom_domain_is_attached_moved_and_detached(edge: Edge, name: str) -> None:
    for suffix in ("a", "b"):
        await edge.upload(f"/scripts/{name}{suffix}", answering(suffix))
    domains, hostname = f"{edge.account}/workers/domains", f"{name}.code24.dev"
    body: dict[str, Any] = {"hostname": hostname, "service": f"{name}a"}
    made = result(await edge.api.put(domains, json=body))
    assert made["zone_name"] == "code24.dev"
    assert await asked(edge, hostname) == "a"
    moved = result(await edge.api.put(domains, json={**body, "service": f"{name}b"}))
    assert moved["id"] == made["id"]
    assert await asked(edge, hostname) == "b"
    found = await edge.api.get(domains, params={"hostname": hostname, "service": f"{name}b"})
    assert result(found) == [moved]
    assert result(await edge.api.get(domains, params={"service": f"{name}a"})) == []
    assert result(await edge.api.get(f"{domains}/{made['id']}")) == moved
    assert (await edge.api.delete(f"{domains}/{made['id']}")).status_code == 200
    assert (await asked(edge, hostname)).startswith("origin")
    assert code(await edge.api.get(f"{domains}/{made['id']}")) == (404, 100114)
    assert code(await edge.api.delete(f"{domains}/{made['id']}")) == (404, 100114)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"service": "nobody"}, (404, 10007)),
        ({"hostname": "app.elsewhere.test"}, (400, 100112)),
        ({"zone_id": "0" * 32}, (400, 100112)),
        ({"hostname": "*.code24.dev"}, (400, 100113)),
        ({"hostname": ""}, (400, 100113)),
    ],
)
async def test_wrong_custom_domains_are_refused(
    edge: Edge, name: str, changes: dict[str, str], expected: tuple[int, int]
) -> None:
    await edge.upload(f"/scripts/{name}", answering("x"))
    body = {"hostname": f"{name}.code24.dev", "service": name, **changes}
    assert code(await edge.api.put(f"{edge.account}/workers/domains", json=body)) == expected


async def test_a_route_precedes_a_custom_domain_which_is_its_origin(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}-origin", answering("domain"))
    hostname = f"{name}.code24.dev"
    body = {"hostname": hostname, "service": f"{name}-origin"}
    await edge.api.put(f"{edge.account}/workers/domains", json=body)
    await edge.script(name, answering("route"))
    assert await asked(edge, hostname) == "route"
    await edge.upload(f"/scripts/{name}", PASS_ON)
    assert await asked(edge, hostname) == "domain"


async def test_a_domain_that_asks_itself_is_stopped(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", PASS_ON)
    hostname = f"{name}.code24.dev"
    body = {"hostname": hostname, "service": name}
    await edge.api.put(f"{edge.account}/workers/domains", json=body)
    answer = await edge.data.get("/", headers={"host": hostname})
    assert (answer.status_code, answer.headers["x-edge-error"]) == (522, "1019")


async def test_a_script_cannot_ask_another_one_at_workers_dev(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}-other", answering("other"))
    path = f"{edge.account}/workers/scripts/{name}-other/subdomain"
    await edge.api.post(path, json={"enabled": True})
    url = f"https://{name}-other.local-edge.workers.dev/"
    await edge.script(name, f"export default {{ fetch: () => fetch('{url}') }};")
    assert (await edge.get(name)).headers["x-edge-error"] == "1042"


async def test_the_domains_of_a_script_are_set_at_once(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", answering("mine"))
    await edge.upload(f"/scripts/{name}-other", answering("theirs"))
    hosts = [f"{name}-{letter}.code24.dev" for letter in "abc"]
    path = f"{edge.account}/workers/scripts/{name}/domains"
    body = {"hostname": hosts[2], "service": f"{name}-other"}
    await edge.api.put(f"{edge.account}/workers/domains", json=body)
    first = {"origins": [{"hostname": hosts[0]}]}
    assert (await edge.api.put(f"{path}/records", json=first)).status_code == 200
    wanted = [{"hostname": host} for host in hosts[1:]]
    answer = await edge.api.post(f"{path}/changeset?replace_state=true", json=wanted)
    changes = result(answer)
    assert changes["added"] == [{"hostname": hosts[1]}]
    assert [domain["hostname"] for domain in changes["removed"]] == [hosts[0]]
    assert [(d["hostname"], d["modified"]) for d in changes["updated"]] == [(hosts[2], True)]
    assert code(await edge.api.put(f"{path}/records", json={"origins": wanted})) == (409, 100116)
    forced = {"origins": wanted, "override_existing_origin": True}
    assert (await edge.api.put(f"{path}/records", json=forced)).status_code == 200
    texts = [await asked(edge, host) for host in hosts]
    assert texts[0].startswith("origin")
    assert texts[1:] == ["mine", "mine"]


async def test_the_routes_of_a_script_are_set_at_once(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", answering("routed"))
    path = f"{edge.account}/workers/scripts/{name}/routes"
    hosts = [f"{name}-{letter}.code24.dev" for letter in "abc"]
    routes = [{"pattern": f"{host}/*"} for host in hosts]
    routes[0]["zone_name"] = "code24.dev"
    answer = await edge.api.put(path, json=routes[:2])
    assert result(answer) == [route["pattern"] for route in routes[:2]]
    assert (await edge.api.put(path, json=routes[1:])).status_code == 200
    assert (await asked(edge, hosts[0])).startswith("origin")
    assert [await asked(edge, host) for host in hosts[1:]] == ["routed", "routed"]
    await edge.upload(f"/scripts/{name}-other", answering("other"))
    other = f"{edge.account}/workers/scripts/{name}-other/routes"
    assert code(await edge.api.put(other, json=routes)) == (409, 10020)
    wrong = [{"pattern": "elsewhere.test/*"}]
    assert code(await edge.api.put(path, json=wrong)) == (400, 10022)
    assert code(await edge.api.put(path, json=[{**routes[0], "zone_name": "x"}])) == (400, 10022)
    absent = f"{edge.account}/workers/scripts/nobody/routes"
    assert code(await edge.api.put(absent, json=[])) == (404, 10007)


async def test_a_deleted_script_leaves_no_host_behind(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", answering("x"))
    script, hostname = f"{edge.account}/workers/scripts/{name}", f"{name}.code24.dev"
    body = {"hostname": hostname, "service": name}
    domain = result(await edge.api.put(f"{edge.account}/workers/domains", json=body))
    await edge.api.post(f"{script}/subdomain", json={"enabled": True, "previews_enabled": True})
    await edge.api.put(f"{script}/schedules", json=[{"cron": "* * * * *"}])
    await edge.api.delete(script)
    for host in (hostname, f"{name}.local-edge.workers.dev"):
        assert (await asked(edge, host)).startswith("origin")
    assert code(await edge.api.get(f"{edge.account}/workers/domains/{domain['id']}")) == (
        404,
        100114,
    )
    await edge.upload(f"/scripts/{name}", answering("x"))
    assert result(await edge.api.get(f"{script}/schedules")) == {"schedules": []}
    assert result(await edge.api.get(f"{script}/subdomain"))["enabled"] is False


async def test_a_host_with_a_trailing_dot_is_served(edge: Edge, name: str) -> None:
    await edge.script(name, answering("dotted"))
    assert await asked(edge, f"{name}.code24.dev.") == "dotted"
    assert await asked(edge, f"{name}.code24.dev.:443") == "dotted"
