"""Secrets of account scripts and of scripts in dispatch namespaces."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from edge.rig import Edge, code, result
from edge.test_versions import upload_version

SOURCE = "export default { fetch: (request, env) => Response.json({ a: env.A, b: env.B, plain: env.P }) };"
DISPATCHER = "export default { fetch: (request, env) => env.SPACE.get('one').fetch(request) };"
Look = Callable[[], Awaitable[dict[str, str]]]


def secret(name: str, text: str) -> dict[str, str]:
    return {"name": name, "text": text, "type": "secret_text"}


@pytest.fixture(params=["account", "namespace"])
async def placed(edge: Edge, name: str, request: pytest.FixtureRequest) -> tuple[str, Look]:
    """A script of either kind: its path, and what it sees of its environment."""
    plain = {"type": "plain_text", "name": "P", "text": "p"}
    if request.param == "account":
        await edge.script(name, SOURCE, bindings=[plain])
        path = f"/scripts/{name}"
    else:
        path = f"{await edge.namespace(name)}/one"
        await edge.upload(path, SOURCE, bindings=[plain])
        space = {"type": "dispatch_namespace", "name": "SPACE", "namespace": name}
        await edge.script(name, DISPATCHER, bindings=[space])

    async def look() -> dict[str, str]:
        seen: dict[str, str] = (await edge.get(name)).json()
        return seen

    return f"{edge.account}/workers{path}", look


async def test_a_secret_is_set_read_listed_and_deleted(
    edge: Edge, placed: tuple[str, Look]
) -> None:
    path, look = placed
    shown = {"name": "A", "type": "secret_text"}
    assert result(await edge.api.put(f"{path}/secrets", json=secret("A", "one"))) == shown
    assert await look() == {"a": "one", "plain": "p"}
    await edge.api.put(f"{path}/secrets", json=secret("A", "two"))
    assert await look() == {"a": "two", "plain": "p"}
    assert result(await edge.api.get(f"{path}/secrets")) == [shown]
    assert result(await edge.api.get(f"{path}/secrets/A")) == shown
    assert (await edge.api.delete(f"{path}/secrets/A?url_encoded=true")).json()["result"] is None
    assert await look() == {"plain": "p"}
    assert code(await edge.api.get(f"{path}/secrets/A")) == (404, 10056)
    assert code(await edge.api.delete(f"{path}/secrets/A")) == (404, 10056)


async def test_several_secrets_are_changed_at_once(edge: Edge, placed: tuple[str, Look]) -> None:
    path, look = placed
    await edge.api.put(f"{path}/secrets", json=secret("A", "old"))
    changes = {"A": None, "B": secret("B", "new"), "absent": None}
    answer = await edge.api.patch(
        f"{path}/secrets-bulk",
        json={"secrets": changes},
        headers={"content-type": "application/merge-patch+json"},
    )
    assert result(answer) == {"B": {"name": "B", "type": "secret_text"}}
    assert await look() == {"b": "new", "plain": "p"}
    many = {f"S{number}": None for number in range(101)}
    wrong_bodies: list[dict[str, Any]] = [{"secrets": many}, {"secrets": []}, {}]
    for wrong in wrong_bodies:
        refused = await edge.api.patch(f"{path}/secrets-bulk", json=wrong)
        assert code(refused) == (400, 10026)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"text": "x", "type": "secret_text"}, (400, 10052)),
        ({"name": "A", "type": "secret_text"}, (400, 10021)),
        ({"name": "A", "text": "x", "type": "plain_text"}, (400, 10021)),
        ({"name": "A", "text": "x" * 6000, "type": "secret_text"}, (400, 10054)),
        ({"name": "P", "text": "x", "type": "secret_text"}, (400, 10053)),
    ],
)
async def test_wrong_secrets_are_refused(
    edge: Edge, placed: tuple[str, Look], body: dict[str, Any], expected: tuple[int, int]
) -> None:
    path, look = placed
    assert code(await edge.api.put(f"{path}/secrets", json=body)) == expected
    assert await look() == {"plain": "p"}


async def test_secrets_of_an_absent_script(edge: Edge, name: str) -> None:
    spaced = await edge.namespace(name)
    for path, expected in ((f"/scripts/{name}", 10007), (f"{spaced}/nobody", 10092)):
        full = f"{edge.account}/workers{path}"
        assert code(await edge.api.get(f"{full}/secrets")) == (404, expected)
        assert code(await edge.api.put(f"{full}/secrets", json=secret("A", "x"))) == (404, expected)
        assert code(await edge.api.delete(f"{full}/secrets/A")) == (404, expected)


async def test_secrets_outlive_uploads(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE)
    path = f"{edge.account}/workers/scripts/{name}"
    await edge.api.put(f"{path}/secrets", json=secret("A", "kept"))
    await edge.upload(f"/scripts/{name}", SOURCE + "\n")
    assert (await edge.get(name)).json() == {"a": "kept"}


async def test_a_secret_needs_the_latest_version_to_be_deployed(edge: Edge, name: str) -> None:
    await edge.script(name, SOURCE)
    path = f"{edge.account}/workers/scripts/{name}"
    version = result(await upload_version(edge, name, SOURCE))["id"]
    assert code(await edge.api.put(f"{path}/secrets", json=secret("A", "x"))) == (400, 10215)
    part = (None, '{"compatibility_flags": ["nodejs_compat"]}', "application/json")
    answer = await edge.api.patch(f"{path}/settings", files={"settings": part})
    assert code(answer) == (400, 10214)
    body = {
        "strategy": "percentage",
        "versions": [{"version_id": version, "percentage": 100}],
    }
    await edge.api.post(f"{path}/deployments", json=body)
    assert (await edge.api.put(f"{path}/secrets", json=secret("A", "x"))).status_code == 200
    assert (await edge.get(name)).json() == {"a": "x"}
