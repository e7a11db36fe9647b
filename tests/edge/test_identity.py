"""Tokens, accounts, zones, and what an unknown path answers."""

import httpx

from edge.rig import Edge, code, result


async def test_the_token_is_active(edge: Edge) -> None:
    for path in ("/user/tokens/verify", f"{edge.account}/tokens/verify"):
        assert result(await edge.api.get(path))["status"] == "active"


async def test_account_and_zone_are_found(edge: Edge) -> None:
    assert result(await edge.api.get(edge.account))["id"] == edge.account.split("/")[-1]
    assert len(result(await edge.api.get("/accounts"))) == 1
    assert result(await edge.api.get("/user"))["email"]
    assert result(await edge.api.get("/memberships"))[0]["status"] == "accepted"
    zones = result(await edge.api.get("/zones", params={"name": "code24.dev"}))
    assert [f"/zones/{zone['id']}" for zone in zones] == [edge.zone]
    assert result(await edge.api.get(edge.zone))["name"] == "code24.dev"
    assert result(await edge.api.get("/zones", params={"name": "app.code24.dev"})) == []


async def test_a_page_past_the_end_is_empty(edge: Edge) -> None:
    for path in ("/zones", "/accounts", "/memberships"):
        assert result(await edge.api.get(path, params={"page": 2})) == []


async def test_wrong_tokens_are_refused(edge: Edge) -> None:
    async with edge.client("wrong") as client:
        assert code(await client.get("/zones")) == (403, 10000)
        assert code(await client.get("/user/tokens/verify")) == (401, 1000)
    async with edge.client(None) as client:
        for path in ("/zones", "/user/tokens/verify"):
            answer = await client.get(path)
            assert code(answer) == (400, 9106)
            words = "Missing X-Auth-Key, X-Auth-Email or Authorization headers"
            assert answer.json()["errors"][0]["message"] == words
        other = await client.get("/zones", headers={"authorization": "Basic eDp5"})
        assert code(other) == (401, 10000)


async def test_a_token_can_be_disabled(edge: Edge, name: str) -> None:
    owner = {"authorization": f"Bearer {edge.token}"}
    async with (
        edge.client(name) as client,
        httpx.AsyncClient(base_url=edge.admin_url, headers=owner) as admin,
    ):
        await admin.post("/tokens", json={"token": name, "status": "active"})
        assert (await client.get("/zones")).status_code == 200
        await admin.post("/tokens", json={"token": name, "status": "disabled"})
        assert code(await client.get("/zones")) == (403, 10000)
        assert result(await client.get("/user/tokens/verify"))["status"] == "disabled"


async def test_only_the_owner_adds_tokens(edge: Edge, name: str) -> None:
    body = {"token": name, "status": "active"}
    async with httpx.AsyncClient(base_url=edge.admin_url) as admin, edge.client(name) as client:
        assert (await admin.post("/tokens", json=body)).status_code == 401
        other = {"authorization": f"Bearer {name}"}
        assert (await admin.post("/tokens", json=body, headers=other)).status_code == 401
        assert code(await client.get("/zones")) == (403, 10000)
        owner = {"authorization": f"Bearer {edge.token}"}
        assert (await admin.post("/tokens", json=body, headers=owner)).status_code == 204
        assert (await client.get("/zones")).status_code == 200
        assert (await admin.post("/tokens", content=b"{", headers=owner)).status_code == 400


async def test_other_accounts_and_unknown_paths(edge: Edge) -> None:
    assert code(await edge.api.get(f"/accounts/{'0' * 32}/workers/scripts")) == (403, 10000)
    assert code(await edge.api.get("/accounts/nonsense/workers/scripts")) == (404, 7003)
    assert code(await edge.api.get(f"{edge.account}/no/such/thing")) == (404, 7003)
    assert code(await edge.api.get(f"/zones/{'0' * 32}/workers/routes")) == (404, 7003)


async def test_requests_are_counted_by_route(edge: Edge, name: str) -> None:
    async with edge.client(name) as client, httpx.AsyncClient(base_url=edge.admin_url) as admin:

        async def refused() -> int:
            counts = (await admin.get("/requests")).json()
            key = {"method": "GET", "route": "/zones/{zone_id}", "status": 403}
            return sum(entry["count"] for entry in counts if key.items() <= entry.items())

        before = await refused()
        await client.get(edge.zone)
        await client.get(edge.zone)
        assert await refused() == before + 2
