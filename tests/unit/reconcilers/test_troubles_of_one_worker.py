"""What Cloudflare refuses one worker is that worker's matter: what another team does goes on meanwhile."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.handles import condition
from support.world import PLATFORM, World
from support.world_bodies import SHOP, customer

GRANTS = [
    {"namespaces": ["shop"], "customers": ["c1"], "hosts": ["*.code24.dev"], "plans": ["*"]},
    {
        "namespaces": ["other"],
        "customers": ["c2"],
        "hosts": ["*.code24.dev"],
        "plans": ["*"],
        "storage": {"buckets": ["theirs-*"], "d1": ["*"]},
    },
]
UPLOAD = "PUT script ns/customer-worker-c2"
ALWAYS = 10**6


@pytest.fixture
async def shared(world: World) -> World:
    """A platform of two teams; one has a worker."""
    world.edit(PLATFORM, tenancy={"grants": GRANTS})
    await world.settle()
    world.apply(customer())
    await world.settle(5)
    assert world.is_ready(SHOP)
    return world


def other(name: str = "one", script: str | None = "x", **spec: Any) -> Mapping[str, Any]:
    """A worker of the other team."""
    return customer(name, script, namespace="other", **{"customerId": "c2", **spec})


async def goes_on(world: World, seconds: float = 5.0) -> bool:
    """Whether an edit of the first team's worker serves soon."""
    before = world.answer("shop").version
    world.edit(SHOP, vars={"SEEN": str(world.clock.monotonic())})
    await world.settle(seconds, enough=lambda: world.answer("shop").version != before)
    return world.answer("shop").version != before


@pytest.mark.parametrize(("status", "code"), [(400, 10005), (403, 10000), (403, 10042)])
async def test_a_bucket_that_may_not_be_listed(shared: World, status: int, code: int) -> None:
    shared.cloudflare.fail("objects theirs-x", times=ALWAYS, status=status, code=code, message="no")
    key = shared.apply(other(script=None, source={"r2": {"bucket": "theirs-x", "key": "a.js"}}))
    await shared.settle(5)
    assert condition(shared.api[key], "SourceResolved")["status"] == "False"
    await shared.settle(700)  # the account has been listed since
    assert condition(shared.api[PLATFORM], "Ready")["status"] == "True"
    assert await goes_on(shared)


@pytest.mark.parametrize(("status", "code"), [(404, 10181), (404, 10085), (403, 10000)])
async def test_an_upload_that_is_refused(shared: World, status: int, code: int) -> None:
    shared.cloudflare.fail(UPLOAD, times=ALWAYS, status=status, code=code, message="not for you")
    key = shared.apply(other(bindings=[{"name": "DB", "type": "d1", "id": "5a1c"}]))
    await shared.settle(5)
    deployed = condition(shared.api[key], "Deployed")
    assert (deployed["status"], str(code) in deployed["message"]) == ("False", True)
    shared.forget_calls()
    assert await goes_on(shared)
    await shared.settle(60)
    assert len([line for line in shared.writes if UPLOAD in line]) <= 2
    assert condition(shared.api[PLATFORM], "Ready")["status"] == "True"


async def test_uploads_side_by_side_ask_once_whether_the_token_is_still_good(world: World) -> None:
    keys = [world.apply(customer(name)) for name in ("one", "two", "three")]
    await world.settle(5)
    world.cloudflare.tokens.clear()
    with world.calls() as calls:
        for key in keys:
            world.edit(key, vars={"SEEN": "1"})
        await world.settle(5)
    refused = [line for line in [*calls.writes, *calls.reads] if line.endswith("-> 403 10000")]
    assert [line.split()[0] for line in refused] == ["PUT", "PUT", "PUT", "GET"]
    for key in keys:
        assert condition(world.api[key], "Ready")["reason"] == "CredentialsRejected"


async def test_a_dispatch_namespace_that_is_gone_is_every_ones_matter(shared: World) -> None:
    shared.cloudflare.scripts.pop("ns")
    shared.edit(SHOP, vars={"SEEN": "1"})
    await shared.settle(30)
    assert "ns" in shared.cloudflare.scripts
    assert shared.is_ready(SHOP)


async def test_uploads_that_fail_again_and_again_hold_up_their_own_team_only(
    shared: World,
) -> None:
    shared.cloudflare.fail(UPLOAD, times=ALWAYS, status=500, code=0, message="")
    for number in range(8):
        shared.apply(other(f"one-{number}"))
    await shared.settle(10)
    for _ in range(5):
        assert await goes_on(shared, 1.0)
    tried = len([line for line in shared.writes if UPLOAD in line])
    await shared.settle(20)
    assert len([line for line in shared.writes if UPLOAD in line]) - tried <= 40
