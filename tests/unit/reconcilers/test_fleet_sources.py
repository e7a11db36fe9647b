"""Where a template's code comes from, where its versions are kept, and who may follow it."""

import base64
import zlib
from typing import Any

import pytest

from support.cloudflare import Stored
from support.scripts import says
from support.tenancy import everything
from support.world import PLATFORM, World
from support.world_bodies import DOMAIN, NAMESPACE, OPERATOR_NAMESPACE, customer, elite
from unit.reconcilers.fleets import (
    CLUSTER,
    FOLLOWS,
    TEMPLATE,
    condition,
    fleet,
    publish,
    revisions,
    rollout,
    said,
    template,
)

SCRIPT = {"configMap": {"name": "code", "key": "worker.js"}}
HELD = {"waves": [1], "pause": {}}
ALL = {"templateRef": {"kind": "ClusterWorkerTemplate", "name": "shop"}}


def put_script(world: World, text: str) -> None:
    world.api.put_config_map(NAMESPACE, "code", {"worker.js": says(text)})


async def test_a_config_map_that_has_moved_on_leaves_those_that_are_not_reached_what_they_have(
    world: World,
) -> None:
    put_script(world, "one")
    keys = await fleet(world, 3, source=SCRIPT, rollout=HELD)
    old = world.status(TEMPLATE)["version"]
    put_script(world, "two")
    await world.settle(30)
    assert rollout(world)["phase"] == "Paused"
    assert said(world, keys)[old] == 2
    await world.restart()
    [kept, other] = [k for k in keys if world.status(k)["template"]["version"] == old]
    world.edit(kept, vars={"A": "b"})
    new = world.apply(customer("late", None, source=FOLLOWS))
    await world.settle(30)
    for key in (kept, other, new):
        assert world.status(key)["template"]["version"] == old
        assert world.is_ready(key)
    kept_scripts = [
        s for n, s in world.scripts().items() if f"--{kept.name}--{world.version(kept)}" in n
    ]
    assert [s.text for s in kept_scripts] == [says("one")]


async def test_a_config_map_that_is_gone_stops_nobody(world: World) -> None:
    put_script(world, "one")
    keys = await fleet(world, 2, source=SCRIPT)
    world.api.delete_config_map(NAMESPACE, "code")
    await world.settle(10)
    assert condition(world, TEMPLATE, "Ready")["reason"] == "ConfigMapNotFound"
    await world.restart()
    world.edit(keys[0], vars={"A": "b"})
    await world.settle(10)
    assert all(map(world.is_ready, keys))


async def test_code_in_r2_is_followed_as_it_is_listed(world: World) -> None:
    world.cloudflare.buckets["data"]["shop.js"] = Stored(says("one").encode())
    keys = await fleet(world, 2, source={"r2": {"key": "shop.js"}})
    old = world.status(TEMPLATE)["version"]
    world.cloudflare.buckets["data"]["shop.js"] = Stored(says("two").encode())
    await world.settle(400)
    assert said(world, keys)[old] == 0
    assert all(map(world.is_ready, keys))


async def test_a_template_of_a_template_has_its_rules(world: World) -> None:
    world.apply(template(source={"template": "api"}))
    key = world.apply(customer("w0", None, source=FOLLOWS))
    await world.settle(10)
    assert condition(world, key, "Ready")["reason"] == "ParameterMissing"
    assert "'api' requires spec.parameters." in condition(world, key, "Ready")["message"]
    world.edit(TEMPLATE, source={"template": "content"})
    await world.settle(10)
    assert "'content' requires" in condition(world, key, "Ready")["message"]


async def test_a_bucket_that_is_not_granted_is_not_read_for_a_template(world: World) -> None:
    [grant] = everything(DOMAIN)["grants"]
    storage = {**grant["storage"], "buckets": ["other"]}
    world.edit(PLATFORM, tenancy={"grants": [{**grant, "storage": storage}]})
    world.cloudflare.buckets["data"]["shop.js"] = Stored(says("one").encode())
    world.apply(template(source={"r2": {"key": "shop.js"}}))
    await world.settle(10)
    assert condition(world, TEMPLATE, "SourceResolved")["reason"] == "NotGranted"
    assert revisions(world) == set()


async def test_a_cluster_template_has_to_be_granted(world: World) -> None:
    world.apply(template(key=CLUSTER))
    key = world.apply(customer("w0", None, source=ALL))
    await world.settle(10)
    assert world.is_ready(key)
    assert world.status(key)["template"]["kind"] == "ClusterWorkerTemplate"
    assert revisions(world, OPERATOR_NAMESPACE) == {world.status(CLUSTER)["version"]}
    [grant] = everything(DOMAIN)["grants"]
    world.edit(PLATFORM, tenancy={"grants": [{**grant, "templates": ["customer/*"]}]})
    await world.settle(10)
    refused = condition(world, key, "SourceResolved")
    assert refused["reason"] == "NotGranted"
    assert "cluster/shop" in refused["message"]
    world.edit(PLATFORM, tenancy={"grants": [{**grant, "templates": ["cluster/sh*"]}]})
    await world.settle(10)
    assert world.is_ready(key)


async def test_a_template_of_another_namespace_cannot_be_reached(world: World) -> None:
    world.apply(template())
    key = world.apply(customer("w0", None, namespace="other", source=FOLLOWS))
    await world.settle(10)
    assert condition(world, key, "Ready")["reason"] == "WorkerTemplateNotFound"


async def test_a_template_is_for_workers_of_one_kind(world: World) -> None:
    world.apply(template())
    key = world.apply(elite(source=FOLLOWS))
    await world.settle(10)
    mismatch = condition(world, key, "SourceResolved")
    assert mismatch["reason"] == "WorkerTemplateMismatch"
    assert "is for CustomerWorkers, not for EliteWorkers" in mismatch["message"]


async def test_defaults_make_a_version_and_a_follower_may_say_otherwise(world: World) -> None:
    keys = await fleet(world, 2, defaults={"vars": {"A": "theirs"}})
    world.edit(keys[0], vars={"A": "mine"})
    await world.settle(10)
    mine, theirs = (world.version(key) for key in keys)
    before = world.status(TEMPLATE)["version"]
    world.edit(TEMPLATE, defaults={"vars": {"A": "theirs, too"}})
    await world.settle(60)
    assert world.status(TEMPLATE)["version"] != before
    assert world.version(keys[0]) == mine  # what it says itself has not changed
    assert world.version(keys[1]) != theirs
    assert world.status(TEMPLATE)["followers"]["ready"] == 2


@pytest.mark.parametrize("what", ["other code", "no code", "a bomb"])
async def test_a_version_that_was_tampered_with_is_not_deployed(world: World, what: str) -> None:
    [key] = await fleet(world, 1)
    [name] = world.api.keys("ControllerRevision")
    body: dict[str, Any] = world.api[name]
    if what == "no code":
        body["data"] = {"nothing": 1}
    else:
        bad = says("evil").encode() if what == "other code" else bytes(64 * 1024 * 1024)
        text = base64.b64encode(zlib.compress(bad)).decode()
        body["data"]["code"]["modules"] = [
            [n, k, text] for n, k, _ in body["data"]["code"]["modules"]
        ]
    world.api.update(name, body)
    await world.restart()
    world.edit(key, vars={"A": "b"})
    await world.settle(10)
    refused = condition(world, key, "SourceResolved")
    assert refused["reason"] == "WorkerTemplateMismatch"
    assert "does not hold version" in refused["message"]
    assert all(says("evil") not in script.text for script in world.scripts().values())


async def test_a_malformed_template_says_so(world: World) -> None:
    body = template()
    body["spec"]["rollout"] = {"waves": ["200%"]}
    world.apply(body)
    await world.settle(5)
    assert condition(world, TEMPLATE, "Stalled")["reason"] == "InvalidSpec"


async def test_a_suspended_follower_gets_the_version_once_it_is_resumed(world: World) -> None:
    keys = await fleet(world, 2)
    world.edit(keys[0], suspend=True)
    await world.settle(5)
    old = world.status(TEMPLATE)["version"]
    publish(world, "two")
    await world.settle(60)
    assert rollout(world)["phase"] == "Succeeded"
    assert said(world, keys)[old] == 1
    world.edit(keys[0], suspend=None)
    await world.settle(60)
    assert said(world, keys)[old] == 0


async def test_a_follower_with_steps_of_its_own_counts_once_they_are_done(world: World) -> None:
    steps = [{"weight": 50, "pause": {"duration": "1m"}}]
    own = {"strategy": "Canary", "steps": steps}
    keys = await fleet(world, 3, rollout={"waves": [1]})
    for key in keys:
        world.edit(key, rollout=own)
    await world.settle(5)
    old = world.status(TEMPLATE)["version"]
    publish(world, "two")
    await world.settle(50)
    assert said(world, keys)[old] == 2
    await world.settle(15)
    assert rollout(world)["wave"] == "2/2"
    await world.settle(120)
    assert said(world, keys)[old] == 0


@pytest.mark.parametrize("customer_id", ["c1", "of-nobody"])
async def test_who_may_not_follow_a_cluster_template_neither_stops_nor_holds_its_rollouts(
    world: World, customer_id: str
) -> None:
    [grant] = everything(DOMAIN)["grants"]
    other = {"namespaces": ["other"], "customers": ["c1"], "templates": ["customer/*"]}
    world.edit(PLATFORM, tenancy={"grants": [{**grant, "namespaces": [NAMESPACE]}, other]})
    world.apply(template(key=CLUSTER, rollout={"waves": [1, "50%"]}))
    keys = [world.apply(customer(f"w{n}", None, source=ALL)) for n in range(3)]
    await world.settle(15)
    strangers = [
        world.apply(
            customer(f"stranger{n}", None, namespace="other", customerId=customer_id, source=ALL)
        )
        for n in range(5)
    ]
    await world.settle(15)
    world.edit(CLUSTER, source={"inline": {"script": says("two")}})
    await world.settle(60)
    assert [condition(world, key, "Ready")["status"] for key in strangers] == ["False"] * 5
    assert all("template" not in world.status(key) for key in strangers)
    assert rollout(world, CLUSTER)["phase"] == "Succeeded"
    assert world.status(CLUSTER)["followers"]["total"] == 3
    assert said(world, keys) == {world.status(CLUSTER)["version"]: 3}


async def test_a_worker_of_another_kind_does_not_hold_a_rollout(world: World) -> None:
    keys = await fleet(world, 2)
    world.apply(elite(source=FOLLOWS))
    await world.settle(15)
    publish(world, "two")
    await world.settle(30)
    assert rollout(world)["phase"] == "Succeeded"
    assert said(world, keys) == {world.status(TEMPLATE)["version"]: 2}


def tamper(world: World, version: str) -> None:
    """Somebody changes the code of a version."""
    [name] = [k for k in world.api.keys("ControllerRevision") if k.name.endswith(version)]
    body: dict[str, Any] = world.api[name]
    text = base64.b64encode(zlib.compress(says("evil").encode())).decode()
    body["data"]["code"]["modules"] = [[n, k, text] for n, k, _ in body["data"]["code"]["modules"]]
    world.api.update(name, body)


async def test_a_version_that_does_not_fit_its_followers_stops_at_the_first_wave(
    world: World,
) -> None:
    keys = await fleet(world, 3, rollout={"waves": [1]})
    old = world.status(TEMPLATE)["version"]
    for key in keys:
        world.edit(key, vars={f"OWN{n}": "x" for n in range(40)})
    await world.settle(15)
    world.edit(TEMPLATE, defaults={"vars": {f"T{n}": "x" for n in range(100)}})
    await world.settle(30)
    new = world.status(TEMPLATE)["version"]
    assert said(world, keys) == {old: 2, new: 1}
    assert rollout(world)["phase"] == "Stopped"
    [failed] = [k for k in keys if not world.is_ready(k)]
    assert condition(world, failed, "Ready")["reason"] == "InvalidSpec"
    world.order(TEMPLATE, "retry now")
    await world.settle(30)
    assert world.status(failed)["template"]["retried"] == "retry now"
    assert rollout(world)["phase"] == "Stopped"


async def test_a_version_that_was_tampered_with_stops_at_the_first_wave(world: World) -> None:
    keys = await fleet(world, 3, rollout={"waves": [1]})
    old = world.status(TEMPLATE)["version"]
    publish(world, "two")
    await world.reconcile(TEMPLATE)
    new = world.status(TEMPLATE)["version"]
    tamper(world, new)
    await world.settle(30)
    assert said(world, keys) == {old: 2, new: 1}
    assert rollout(world)["phase"] == "Stopped"
    assert all(world.answer(key.name).status == 200 for key in keys)


async def test_a_revoked_grant_leaves_told_which_version_a_follower_has(world: World) -> None:
    world.apply(template(key=CLUSTER))
    key = world.apply(customer("w0", None, source=ALL))
    await world.settle(10)
    told = world.status(key)["template"]
    [grant] = everything(DOMAIN)["grants"]
    world.edit(PLATFORM, tenancy={"grants": [{**grant, "templates": ["customer/*"]}]})
    await world.settle(10)
    assert condition(world, key, "SourceResolved")["reason"] == "NotGranted"
    assert world.status(key)["template"] == told
    world.edit(key, source={"inline": {"script": says("mine")}})
    await world.settle(10)
    assert "template" not in world.status(key)


@pytest.mark.parametrize("tolerated", [False, True])
async def test_a_version_that_never_becomes_ready_counts_as_failed_after_the_deadline(
    world: World, *, tolerated: bool
) -> None:
    settings = {"waves": [1], "progressDeadline": "2m", "maxFailures": 2 if tolerated else 1}
    keys = await fleet(world, 3, rollout=settings)
    old = world.status(TEMPLATE)["version"]
    missing = {"name": "CACHE", "type": "kvNamespace", "title": "NOT_THERE"}
    world.edit(TEMPLATE, defaults={"bindings": [missing]})
    await world.settle(100)
    assert rollout(world)["phase"] == "Progressing"
    assert said(world, keys)[old] == 2
    await world.settle(40)
    if tolerated:
        assert rollout(world)["wave"] == "2/2"
        assert said(world, keys)[old] == 1  # 25 % of them at once
        return
    assert rollout(world)["phase"] == "Stopped"
    assert said(world, keys)[old] == 2
    assert "(not Ready for 2 min: KVNamespaceNotFound)" in rollout(world)["message"]
    assert world.status(TEMPLATE)["followers"]["failed"] == 1


async def test_a_wave_that_waits_for_a_promotion_of_a_followers_own_says_so(world: World) -> None:
    keys = await fleet(world, 2, rollout={"waves": [1], "progressDeadline": "1m"})
    for key in keys:
        world.edit(key, rollout={"strategy": "Canary", "steps": [{"weight": 10, "pause": {}}]})
    await world.settle(5)
    publish(world, "two")
    await world.settle(300)
    assert rollout(world)["phase"] == "Progressing"
    message = condition(world, TEMPLATE, "Ready")["message"]
    assert "; 1 follower waits for a promotion of its own: shop/w" in message
