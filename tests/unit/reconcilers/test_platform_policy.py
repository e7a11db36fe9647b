"""A platform that asks for what the process does not allow gets nothing, and says which field is at fault."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.world import PLATFORM, World
from support.world_bodies import OPERATOR_NAMESPACE, SHOP, customer
from support.world_bodies import platform as platform_body
from workers_operator.domain.worker import ObjectKey

EVIL = ObjectKey("WorkersPlatform", "", "evil")
PASSWORD = "the-password-of-the-payments"


def asks_for(namespace: str = OPERATOR_NAMESPACE, **spec: Any) -> dict[str, Any]:
    reference = {"namespace": namespace, "name": "db", "key": "password"}
    return platform_body("evil", credentials={"apiTokenSecretRef": reference}, **spec)


FORBIDDEN: Mapping[str, tuple[dict[str, Any], str, str]] = {
    "another namespace": (
        asks_for("payments"),
        "SecretNamespaceNotAllowed",
        "spec.credentials.apiTokenSecretRef.namespace",
    ),
    "another address": (
        asks_for(baseUrl="http://127.0.0.1:18099/"),
        "AddressNotAllowed",
        "spec.baseUrl",
    ),
    "another data plane": (
        asks_for(dataPlane={"address": "http://10.0.0.1:80"}),
        "AddressNotAllowed",
        "spec.dataPlane.address",
    ),
}


@pytest.mark.parametrize(("body", "reason", "field"), FORBIDDEN.values(), ids=FORBIDDEN)
@pytest.mark.parametrize("exists", [True, False])
async def test_it_is_refused_before_anything_is_read_or_sent(
    world: World, body: dict[str, Any], reason: str, field: str, exists: bool
) -> None:
    if exists:
        for namespace in ("payments", OPERATOR_NAMESPACE):
            world.api.put_secret(namespace, "db", {"password": PASSWORD})
    done = await world.reconcile(world.apply(body))
    assert done.reads == []
    assert done.calls == []
    assert done.conditions["Authenticated"] == f"False {reason}"
    assert done.conditions["Stalled"] == f"True {reason}"
    assert field in done.message("Authenticated")
    assert done.events == [f"Warning {reason}: {done.message()}"]
    assert done.result.terminal


async def test_the_message_tells_nothing_of_the_secret(world: World) -> None:
    without = await world.reconcile(world.apply(asks_for("payments")))
    world.api.put_secret("payments", "db", {"password": PASSWORD})
    world.request_check(EVIL)
    beside = await world.reconcile(EVIL)
    assert beside.message() == without.message()
    assert f"'{OPERATOR_NAMESPACE}' only" in beside.message()


async def test_its_workers_say_why_and_it_can_be_deleted(world: World) -> None:
    world.apply(asks_for("payments"))
    key = world.apply(customer(platform="evil"))
    await world.settle()
    conditions = {c["type"]: c for c in world.status(key)["conditions"]}
    assert conditions["Deployed"]["reason"] == "SecretNamespaceNotAllowed"
    world.delete(key)
    await world.settle()
    world.delete(EVIL)
    await world.settle(60)
    assert key not in world.api
    assert EVIL not in world.api


async def test_an_edit_makes_it_good(world: World) -> None:
    world.cloudflare.tokens.add("a-good-token")
    world.api.put_secret(OPERATOR_NAMESPACE, "db", {"password": "a-good-token"})
    await world.reconcile(world.apply(asks_for("payments")))
    reference = {"name": "db", "key": "password"}  # in the namespace that is read
    world.edit(EVIL, credentials={"apiTokenSecretRef": reference})
    await world.settle()
    assert world.is_ready(EVIL)


@pytest.mark.parametrize(("body", "reason", "field"), FORBIDDEN.values(), ids=FORBIDDEN)
async def test_a_platform_that_worked_is_used_no_more(
    world: World, body: dict[str, Any], reason: str, field: str
) -> None:
    await world.reconcile(world.apply(customer()))
    fields = ("credentials", "baseUrl", "dataPlane")
    world.edit(PLATFORM, **{name: body["spec"].get(name) for name in fields})
    await world.settle()
    world.forget_calls()
    world.edit(SHOP, vars={"A": "b"})
    done = await world.reconcile(SHOP)
    assert done.conditions["Ready"] == f"False {reason}"
    assert done.calls == []
    assert not any(line.startswith("get_secret") for line in world.reads)
    assert world.answer("shop").status == 200
