"""Versions and deployments: uploads that do not run yet, splits of the requests, overrides, rollbacks."""

import json
from collections import Counter
from typing import Any

import httpx
import pytest

from edge.rig import Edge, Part, code, module, result


def answering(text: str) -> str:
    return f"export default {{ fetch(request, env) {{ return new Response('{text}' + (env.A ?? '')); }} }};"


def path_of(edge: Edge, name: str) -> str:
    return f"{edge.account}/workers/scripts/{name}"


async def upload_version(
    edge: Edge, name: str, source: str, *, query: str = "", **metadata: Any
) -> httpx.Response:
    metadata = {"main_module": "index.js", "compatibility_date": "2026-01-01", **metadata}
    parts: list[Part | tuple[str, tuple[None, str, str]]] = [
        ("metadata", (None, json.dumps(metadata), "application/json")),
        module("index.js", source),
    ]
    return await edge.api.post(f"{path_of(edge, name)}/versions{query}", files=parts)


async def deploy(
    edge: Edge, name: str, *shares: tuple[str, float], query: str = "", **body: Any
) -> httpx.Response:
    versions = [{"version_id": version, "percentage": share} for version, share in shares]
    body = {"strategy": "percentage", "versions": versions, **body}
    return await edge.api.post(f"{path_of(edge, name)}/deployments{query}", json=body)


async def two_versions(edge: Edge, name: str) -> tuple[str, str]:
    """A deployed version that answers `old`, and one that answers `new` and is not deployed."""
    await edge.script(name, answering("old"))
    new = result(await upload_version(edge, name, answering("new")))
    listed = result(await edge.api.get(f"{path_of(edge, name)}/versions"))["items"]
    assert listed[0]["id"] == new["id"]
    return listed[1]["id"], new["id"]


async def test_an_uploaded_version_does_not_run(edge: Edge, name: str) -> None:
    annotations = {"workers/message": "m", "workers/tag": "t"}
    await edge.script(name, answering("old"))
    new = result(await upload_version(edge, name, answering("new"), annotations=annotations))
    assert new["number"] == 2
    assert new["annotations"] == {**annotations, "workers/triggered_by": "version_upload"}
    assert (await edge.get(name)).text == "old"
    read = result(await edge.api.get(f"{path_of(edge, name)}/versions/{new['id']}"))
    assert read["resources"]["script"]["handlers"] == ["fetch"]
    assert read["metadata"]["has_preview"] is False
    assert "startup_time_ms" in new
    settings = result(await edge.api.get(f"{path_of(edge, name)}/settings"))
    assert settings["annotations"] == {"workers/triggered_by": "upload"}


async def test_versions_are_listed_newest_first_in_pages(edge: Edge, name: str) -> None:
    await edge.upload(f"/scripts/{name}", answering("1"))
    for number in range(2, 13):
        await upload_version(edge, name, answering(str(number)))
    path = f"{path_of(edge, name)}/versions"

    async def numbers(**query: str | int) -> list[int]:
        found = result(await edge.api.get(path, params=query))["items"]
        return [version["number"] for version in found]

    assert await numbers() == list(range(12, 2, -1))
    assert await numbers(page=2) == [2, 1]
    assert await numbers(page=2, per_page=5) == [7, 6, 5, 4, 3]
    assert await numbers(page=4, per_page=5) == []
    assert await numbers(deployable="true") == list(range(12, 0, -1))
    assert await numbers(deployable="true", page=2) == []


async def test_requests_are_split_by_percentages(edge: Edge, name: str) -> None:
    old, new = await two_versions(edge, name)
    made = result(await deploy(edge, name, (old, 75), (new, 25)))
    assert made["versions"] == [
        {"version_id": new, "percentage": 25},
        {"version_id": old, "percentage": 75},
    ]
    seen = Counter([(await edge.get(name)).text for _ in range(400)])
    assert seen["old"] + seen["new"] == 400
    assert 50 <= seen["new"] <= 150


async def test_a_key_keeps_its_version_while_the_newer_ones_share_grows(
    edge: Edge, name: str
) -> None:
    old, new = await two_versions(edge, name)
    keys = [f"user-{number}" for number in range(60)]

    async def assigned() -> dict[str, str]:
        header = "cloudflare-workers-version-key"
        return {key: (await edge.get(name, **{header: key})).text for key in keys}

    before: dict[str, str] = {}
    for share in (20, 50, 80):
        await deploy(edge, name, (old, 100 - share), (new, share))
        found = await assigned()
        assert found == await assigned()
        assert all(found[key] == "new" for key, text in before.items() if text == "new")
        before = found
    assert 30 <= list(before.values()).count("new") <= 59


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('{name}="{new}"', "new"),
        ('other="x", {name}="{new}";p=1', "new"),
        ('{name}="{old}", {name}="{new}"', "new"),
        ("{name}={new}", "old"),
        ('other="{new}"', "old"),
        ('{name}="{new}" broken', "old"),
        ('{name}="00000000-0000-4000-8000-000000000000"', "old"),
        ("", "old"),
    ],
)
async def test_a_request_may_override_its_version(
    edge: Edge, name: str, header: str, expected: str
) -> None:
    name = f"w{name}"
    old, new = await two_versions(edge, name)
    await deploy(edge, name, (old, 100), (new, 0))
    value = header.format(name=name, old=old, new=new)
    wanted = {"cloudflare-workers-version-overrides": value}
    assert (await edge.get(name, **wanted)).text == expected
    assert {(await edge.get(name)).text for _ in range(20)} == {"old"}


async def test_only_versions_of_the_deployment_can_be_chosen(edge: Edge, name: str) -> None:
    old, new = await two_versions(edge, name)
    header = {"cloudflare-workers-version-overrides": f'{name}="{new}"'}
    assert (await edge.get(name, **header)).text == "old"
    await deploy(edge, name, (old, 0), (new, 100))
    header = {"cloudflare-workers-version-overrides": f'{name}="{old}"'}
    assert (await edge.get(name, **header)).text == "old"


async def test_a_bound_worker_is_split_and_overridden_too(edge: Edge, name: str) -> None:
    old, new = await two_versions(edge, f"{name}-b")
    await deploy(edge, f"{name}-b", (old, 50), (new, 50))
    source = "export default { fetch: (request, env) => env.B.fetch(request) };"
    binding = {"type": "service", "name": "B", "service": f"{name}-b"}
    await edge.script(name, source, bindings=[binding])
    assert {(await edge.get(name)).text for _ in range(60)} == {"old", "new"}
    header = {"cloudflare-workers-version-overrides": f'{name}-b="{new}"'}
    assert {(await edge.get(name, **header)).text for _ in range(20)} == {"new"}


async def test_deployments_are_listed_latest_first_and_old_ones_deleted(
    edge: Edge, name: str
) -> None:
    old, new = await two_versions(edge, name)
    message = {"workers/message": "split"}
    split = result(await deploy(edge, name, (old, 90.5), (new, 9.5), annotations=message))
    assert split["annotations"] == {**message, "workers/triggered_by": "deployment"}
    path = f"{path_of(edge, name)}/deployments"
    listed = result(await edge.api.get(path))["deployments"]
    assert listed[0]["id"] == split["id"]
    assert [deployment["annotations"]["workers/triggered_by"] for deployment in listed] == [
        "deployment",
        "upload",
    ]
    assert result(await edge.api.get(path, params={"page": 2}))["deployments"] == []
    later = {"since": split["created_on"]}
    assert len(result(await edge.api.get(path, params=later))["deployments"]) == 1
    assert result(await edge.api.get(f"{path}/{split['id']}")) == split
    assert code(await edge.api.delete(f"{path}/{split['id']}")) == (400, 10338)
    assert (await edge.api.delete(f"{path}/{listed[1]['id']}")).status_code == 200
    assert code(await edge.api.get(f"{path}/{listed[1]['id']}")) == (404, 10336)


async def test_a_rollback_brings_back_the_old_version_at_once(edge: Edge, name: str) -> None:
    old, new = await two_versions(edge, name)
    for _ in range(5):
        await deploy(edge, name, (new, 100))
        assert (await edge.get(name)).text == "new"
        await deploy(edge, name, (old, 100))
        assert (await edge.get(name)).text == "old"


async def test_a_rollback_past_a_changed_secret_needs_force(edge: Edge, name: str) -> None:
    await edge.script(name, answering("v"))
    listed = result(await edge.api.get(f"{path_of(edge, name)}/versions"))["items"]
    secret = {"name": "A", "text": "!", "type": "secret_text"}
    await edge.api.put(f"{path_of(edge, name)}/secrets", json=secret)
    answer = await deploy(edge, name, (listed[0]["id"], 100))
    assert code(answer) == (400, 10220)
    assert answer.json()["errors"][0]["message"].endswith("The following secrets have changed: A")
    assert (await edge.get(name)).text == "v!"
    forced = await deploy(edge, name, (listed[0]["id"], 100), query="?force=true")
    assert forced.status_code == 200
    assert (await edge.get(name)).text == "v"


@pytest.mark.parametrize(
    ("shares", "changes", "expected"),
    [
        ([("old", 50), ("new", 49)], {}, (400, 10210)),
        ([("old", 101), ("new", -1)], {}, (400, 10210)),
        ([("old", 50), ("old", 50)], {}, (400, 10210)),
        ([], {}, (400, 10210)),
        ([("old", 40), ("new", 40), ("absent", 20)], {}, (400, 10210)),
        ([("old", True)], {}, (400, 10210)),
        ([("absent", 100)], {}, (404, 100146)),
        ([("new", 100)], {"strategy": "random"}, (400, 10210)),
        ([("new", 100)], {"versions": {}}, (400, 10210)),
        ([("new", 100)], {"annotations": {"workers/message": "m" * 1001}}, (400, 10210)),
    ],
)
async def test_wrong_deployments_are_refused(
    edge: Edge,
    name: str,
    shares: list[tuple[str, float]],
    changes: dict[str, Any],
    expected: tuple[int, int],
) -> None:
    old, new = await two_versions(edge, name)
    ids = {"old": old, "new": new, "absent": "00000000-0000-4000-8000-000000000000"}
    pairs = [(ids[version], share) for version, share in shares]
    assert code(await deploy(edge, name, *pairs, **changes)) == expected
    assert (await edge.get(name)).text == "old"


async def test_bindings_are_inherited_and_kept(edge: Edge, name: str) -> None:
    secret = {"type": "secret_text", "name": "A", "text": "s"}
    await edge.script(name, answering("1"), bindings=[secret])
    first = result(await edge.api.get(f"{path_of(edge, name)}/versions"))["items"][0]["id"]

    async def bound(**metadata: Any) -> list[str]:
        made = result(await upload_version(edge, name, answering("2"), **metadata))
        return [binding["name"] for binding in made["resources"]["bindings"]]

    assert await bound() == ["A"]
    assert await bound(keep_bindings=[]) == []
    assert await bound(keep_bindings=["secret_text"]) == []
    inherit = {"type": "inherit", "name": "B", "old_name": "A", "version_id": first}
    assert await bound(bindings=[inherit]) == ["B"]
    assert await bound(bindings=[{"type": "inherit", "name": "nothing"}], keep_bindings=[]) == []
    strict = await upload_version(
        edge,
        name,
        answering("3"),
        query="?bindings_inherit=strict",
        bindings=[{"type": "inherit", "name": "nothing"}],
    )
    assert code(strict) == (400, 10057)
    absent = {**inherit, "version_id": "00000000-0000-4000-8000-000000000000"}
    assert code(await upload_version(edge, name, answering("3"), bindings=[absent])) == (
        404,
        100146,
    )


async def test_wrong_versions_are_refused(edge: Edge, name: str) -> None:
    assert code(await upload_version(edge, name, answering("x"))) == (404, 10007)
    await edge.upload(f"/scripts/{name}", answering("x"))
    assert code(await upload_version(edge, name, "export default {")) == (400, 10021)
    worker = {"main_module": None, "body_part": "index.js"}
    assert code(await edge.api.post(f"{path_of(edge, name)}/versions", json={})) == (415, 10001)
    parts = [
        ("metadata", (None, json.dumps(worker), "application/json")),
        module("index.js", "addEventListener('fetch', () => {})", "application/javascript"),
    ]
    answer = await edge.api.post(f"{path_of(edge, name)}/versions", files=parts)
    assert code(answer) == (400, 10216)


@pytest.mark.parametrize(
    "suffix",
    [
        *("versions", "versions/latest", "deployments", "deployments/x", "secrets", "secrets/x"),
        *("subdomain", "schedules", "tails", "settings", "script-settings", "content/v2"),
    ],
)
async def test_whatever_belongs_to_an_absent_script_is_10007(
    edge: Edge, name: str, suffix: str
) -> None:
    assert code(await edge.api.get(f"{path_of(edge, name)}/{suffix}")) == (404, 10007)


async def test_the_modules_of_a_version_are_read(edge: Edge, name: str) -> None:
    old, new = await two_versions(edge, name)
    path = f"{path_of(edge, name)}/content/v2"
    for version, text in ((old, "'old'"), (new, "'new'")):
        answer = await edge.api.get(path, params={"version": version})
        assert answer.headers["content-type"].startswith("multipart/form-data; boundary=")
        assert text in answer.text
    assert "'old'" in (await edge.api.get(path)).text
    absent = await edge.api.get(path, params={"version": "x"})
    assert code(absent) == (404, 100146)


async def test_the_last_hundred_versions_are_kept(edge: Edge, name: str) -> None:
    old, _ = await two_versions(edge, name)
    for number in range(101):
        assert (await upload_version(edge, name, answering(str(number)))).status_code == 200
    path = f"{path_of(edge, name)}/versions"
    listed = result(await edge.api.get(path, params={"deployable": "true"}))["items"]
    assert [listed[0]["number"], listed[-2]["number"], listed[-1]["number"]] == [103, 4, 1]
    assert (await edge.get(name)).text == "old"
    assert (await deploy(edge, name, (old, 100))).status_code == 200
