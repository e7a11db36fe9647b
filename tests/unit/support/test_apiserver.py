"""The API server in memory: versions, generations, finalizers, status by server-side apply, watches, faults."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest

from support.apiserver import ApiServer, Method
from support.clock import ManualClock
from support.shape import CUSTOMER, ELITE, PLATFORM, changed
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube import events
from workers_operator.kube.client import KubeClient
from workers_operator.kube.errors import (
    KubeConflict,
    KubeError,
    KubeNotFound,
    KubeRejected,
    KubeUnavailable,
)

SHOP = ObjectKey("CustomerWorker", "default", "shop")
SECRET = ObjectKey("Secret", "shop", "token")
FINALIZER = "workers.code24.dev/finalizer"
GUARDED = changed(CUSTOMER, {"metadata.finalizers": [FINALIZER]})
OTHERS = {"type": "Approved", "status": "True", "reason": "Yes", "message": "", "observedGeneration": 1}  # fmt: skip
Act = Callable[[ApiServer], object]


def condition(kind: str, status: str = "True", **fields: Any) -> dict[str, Any]:
    given = {"type": kind, "status": status, "reason": "R", "message": "m"}
    return given | {"observedGeneration": 1} | fields


def status(*conditions: Mapping[str, Any], **fields: Any) -> dict[str, Any]:
    return {"observedGeneration": 1, "conditions": list(conditions), **fields}


READY = status(condition("Ready"))


def server(*bodies: Mapping[str, Any]) -> ApiServer:
    api = ApiServer(ManualClock())
    for body in bodies or (CUSTOMER,):
        api.apply(body)
    return api


def uid(api: ApiServer, key: ObjectKey = SHOP) -> str:
    return str(api[key]["metadata"]["uid"])


def versions(api: ApiServer, key: ObjectKey = SHOP) -> tuple[int, int]:
    """(generation, resource version)"""
    metadata = api[key]["metadata"]
    return metadata["generation"], int(metadata["resourceVersion"])


async def finalize(api: ApiServer, *finalizers: str, key: ObjectKey = SHOP) -> dict[str, Any]:
    metadata = api[key]["metadata"]
    return await api.set_finalizers(key, metadata["uid"], metadata["resourceVersion"], finalizers)


async def test_a_new_object_is_as_kubernetes_makes_it() -> None:
    api = server(changed(CUSTOMER, {"status": {"url": "mine"}, "metadata.labels": {"a": "b"}}))
    assert await api.get_object(SHOP) == {
        "apiVersion": "workers.code24.dev/v1alpha1",
        "kind": "CustomerWorker",
        "metadata": {
            "name": "shop",
            "namespace": "default",
            "uid": "00000000-0000-0000-0000-000000000001",
            "creationTimestamp": "2026-01-31T08:00:00Z",
            "generation": 1,
            "resourceVersion": "1",
            "labels": {"a": "b"},
        },
        "spec": CUSTOMER["spec"],
        "status": {"observedGeneration": -1},
    }


EDIT = changed(CUSTOMER, {"spec.instances": 2})


@pytest.mark.parametrize(
    ("act", "generation", "version"),
    [
        (lambda api: api.apply(CUSTOMER), 1, 1),
        (lambda api: api.apply(EDIT), 2, 2),
        (lambda api: api.apply(changed(EDIT, {"status": {"x": 1}})), 2, 2),
        (lambda api: api.apply(changed(CUSTOMER, {"metadata.labels": {"a": "b"}})), 1, 2),
        (lambda api: api.annotate(SHOP, a="b"), 1, 2),
        (lambda api: api.annotate(SHOP, a=None), 1, 1),
        (lambda api: api.set_condition(SHOP, OTHERS), 1, 2),
    ],
)
def test_generation_grows_with_the_spec_only(act: Act, generation: int, version: int) -> None:
    api = server()
    act(api)
    assert versions(api) == (generation, version)


def test_annotations_and_labels_are_added() -> None:
    api = server()
    api.annotate(SHOP, a="1", b="2")
    api.apply(changed(CUSTOMER, {"metadata.annotations": {"b": "3"}}))
    api.annotate(SHOP, a=None)
    assert api[SHOP]["metadata"]["annotations"] == {"b": "3"}


async def test_lists_are_by_kind_and_as_they_were_when_they_began() -> None:
    api = server(CUSTOMER, ELITE, PLATFORM, changed(CUSTOMER, {"metadata.name": "a"}))
    names = []
    async for body in api.list_objects("CustomerWorker"):
        names.append((body["kind"], body["metadata"]["name"]))
        if SHOP in api:
            api.delete(SHOP)
    assert names == [("CustomerWorker", "a"), ("CustomerWorker", "shop")]
    assert api.keys("CustomerWorker") == [SHOP._replace(name="a")]
    assert ObjectKey("WorkersPlatform", "", "default") in api


async def test_what_is_handed_out_is_a_copy() -> None:
    api = server()
    stated = await api.apply_status(SHOP, uid(api), "1", READY)
    for body in (await api.get_object(SHOP), api[SHOP], stated):
        body["spec"].clear()
    assert api[SHOP]["spec"] == CUSTOMER["spec"]


# -- deletion


def test_without_finalizers_an_object_goes_at_once() -> None:
    api = server()
    api.delete(SHOP)
    assert SHOP not in api
    with pytest.raises(KeyError):
        api.delete(SHOP)


async def test_a_deleted_object_stays_until_its_last_finalizer_goes() -> None:
    api = server(changed(CUSTOMER, {"metadata.finalizers": ["a", "b"]}))
    for _ in range(2):  # to delete it again changes nothing
        api.delete(SHOP)
        assert versions(api) == (2, 2)
        assert api[SHOP]["metadata"]["deletionTimestamp"] == "2026-01-31T08:00:00Z"
    await finalize(api, "b")
    assert api[SHOP]["metadata"]["finalizers"] == ["b"]
    with pytest.raises(KubeRejected):
        await finalize(api, "b", "c")
    last = await finalize(api)
    assert "finalizers" not in last["metadata"]
    assert SHOP not in api
    api.apply(CUSTOMER)
    assert uid(api) != last["metadata"]["uid"]


async def test_finalizers_of_a_living_object_come_and_go() -> None:
    api = server()
    body = await finalize(api, FINALIZER)
    assert (body["metadata"]["finalizers"], versions(api)) == ([FINALIZER], (1, 2))
    await finalize(api, FINALIZER)
    assert versions(api) == (1, 2)
    await finalize(api)
    assert "finalizers" not in api[SHOP]["metadata"]


@pytest.mark.parametrize(
    ("identity", "version", "error"),
    [("other", "1", KubeConflict), ("", "0", KubeConflict), ("gone", "1", KubeNotFound)],
)
async def test_finalizers_are_set_on_exactly_one_state(
    identity: str, version: str, error: type[KubeError]
) -> None:
    api = server()
    key = SHOP._replace(name="gone") if identity == "gone" else SHOP
    with pytest.raises(error):
        await api.set_finalizers(key, identity or uid(api), version, [FINALIZER])
    assert "finalizers" not in api[SHOP]["metadata"]


# -- status


async def test_what_the_operator_applies_replaces_what_it_applied() -> None:
    api = server()
    first = status(condition("Ready", "False"), condition("Healthy", "False"), url="u", instances=1)
    await api.apply_status(SHOP, uid(api), "1", first)
    await api.apply_status(SHOP, uid(api), "1", READY | {"url": "v"})
    assert api[SHOP]["status"] == READY | {"url": "v"}
    assert versions(api) == (1, 3)


async def test_an_apply_that_changes_nothing_is_no_new_version() -> None:
    api = server()
    for _ in range(2):
        assert (await api.apply_status(SHOP, uid(api), "1", READY))["status"] == READY
    assert versions(api) == (1, 2)


async def test_conditions_of_others_stay() -> None:
    api = server()
    api.set_condition(SHOP, OTHERS)
    for given in (status(condition("Ready"), condition("Healthy")), READY):
        await api.apply_status(SHOP, uid(api), "1", given)
        assert api[SHOP]["status"]["conditions"] == [*given["conditions"], OTHERS]
    await api.apply_status(SHOP, uid(api), "1", status(condition("Ready"), condition("Approved")))
    await api.apply_status(SHOP, uid(api), "1", READY)  # the operator has taken that type over
    assert api[SHOP]["status"] == READY


async def test_a_status_of_another_object_is_a_conflict() -> None:
    api = server()
    before = uid(api)
    api.delete(SHOP)
    with pytest.raises(KubeNotFound):
        await api.apply_status(SHOP, before, "1", READY)
    api.apply(CUSTOMER)
    with pytest.raises(KubeConflict):
        await api.apply_status(SHOP, before, "1", READY)
    assert api[SHOP]["status"] == {"observedGeneration": -1}


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        (status(), "FAIL0002"),
        (status(condition("Ready"), condition("Stalled")), "FAIL0001"),
        (status(condition("Ready", "False"), condition("Reconciling", "False")), "WARN0003"),
        (status(condition("Ready"), url="x" * 7000), "bytes"),
        (status(condition("Ready", message="it is s3cr3t-s3cr3t")), "token"),
    ],
)
async def test_a_status_that_breaks_a_rule_is_told_of_and_not_stored(
    given: dict[str, Any], rule: str
) -> None:
    api = server()
    api.put_secret("shop", "token", {"token": "s3cr3t-s3cr3t", "user": "m"})
    with pytest.raises(AssertionError, match=rule):
        await api.apply_status(SHOP, uid(api), "1", given)
    assert rule in " ".join(api.problems)
    assert api[SHOP]["status"] == {"observedGeneration": -1}


async def test_a_status_of_an_older_generation_is_judged_by_that_generation() -> None:
    api = server()
    api.apply(EDIT)
    await api.apply_status(SHOP, uid(api), "1", READY)
    assert api.problems == []


# -- Secrets, ConfigMaps, Events


async def test_secrets_and_config_maps() -> None:
    api = ApiServer()
    api.put_secret("shop", "token", {"token": "geheim ü"}, labels={"a": "b"})
    api.put_config_map("shop", "code", {"worker.js": "x"}, binary={"a.wasm": b"\x00"})
    secret = await api.get_secret("shop", "token")
    assert (secret.data, secret.labels) == ({"token": "geheim ü".encode()}, {"a": "b"})
    assert secret.resource_version == "1"
    metadata = await api.get_secret_metadata("shop", "token")
    assert (metadata["name"], metadata["labels"]) == ("token", {"a": "b"})
    config_map = await api.get_config_map("shop", "code")
    assert (config_map["data"], config_map["binaryData"]) == ({"worker.js": "x"}, {"a.wasm": "AA=="})  # fmt: skip
    api.put_secret("shop", "token", {"token": "new"})
    assert (await api.get_secret("shop", "token")).resource_version == "3"
    api.delete_secret("shop", "token")
    api.delete_config_map("shop", "code")
    for call in (api.get_secret, api.get_secret_metadata, api.get_config_map):
        with pytest.raises(KubeNotFound):
            await call("shop", "token")


async def test_events_are_kept() -> None:
    api = server()
    event = events.render(SHOP, uid(api), type="Normal", reason="Ready", message="m", now="now")
    await api.create_event("default", event)
    assert api.events == [event]
    assert api.writes == ["create_event CustomerWorker default/shop Ready"]
    with pytest.raises(AssertionError):
        await api.create_event("other", event)


# -- watches


async def test_watches_tell_what_is_there_and_then_every_change() -> None:
    api = server(GUARDED)
    seen: list[tuple[str, str, int]] = []
    api.subscribe(lambda t, body: seen.append((t, body["kind"], int(body["metadata"]["resourceVersion"]))))  # fmt: skip
    api.apply(EDIT)
    api.apply(EDIT)  # no change
    await api.apply_status(SHOP, uid(api), "1", READY)
    api.put_secret("shop", "token", {"token": "x"})
    api.delete(SHOP)
    await finalize(api)
    assert seen == [
        ("ADDED", "CustomerWorker", 1),
        ("MODIFIED", "CustomerWorker", 2),
        ("MODIFIED", "CustomerWorker", 3),
        ("ADDED", "Secret", 4),
        ("MODIFIED", "CustomerWorker", 5),
        ("DELETED", "CustomerWorker", 6),
    ]


def test_watches_of_secrets_and_config_maps_tell_no_data() -> None:
    api = ApiServer()
    seen: list[set[str]] = []
    api.put_secret("shop", "token", {"token": "x"})
    api.subscribe(lambda _, body: seen.append(set(body)))
    api.put_config_map("shop", "code", {"a": "b"})
    assert seen == [{"apiVersion", "kind", "metadata"}] * 2


# -- what calls leave behind, and faults


async def every(api: ApiServer) -> list[dict[str, Any]]:
    return [body async for body in api.list_objects("CustomerWorker")]


EVENT = events.render(SHOP, "u", type="Normal", reason="Ready", message="m", now="now")
CALLS: list[tuple[Method, Callable[[ApiServer], Awaitable[object]], str]] = [
    ("list_objects", every, "CustomerWorker"),
    ("get_object", lambda api: api.get_object(SHOP), "CustomerWorker default/shop"),
    ("apply_status", lambda api: api.apply_status(SHOP, uid(api), "1", READY), "CustomerWorker default/shop"),
    ("set_finalizers", lambda api: finalize(api, "a", "b"), "CustomerWorker default/shop [a, b]"),
    ("get_config_map", lambda api: api.get_config_map("shop", "code"), "shop/code"),
    ("get_secret", lambda api: api.get_secret("shop", "token"), "shop/token"),
    ("get_secret_metadata", lambda api: api.get_secret_metadata("shop", "token"), "shop/token"),
    ("create_event", lambda api: api.create_event("default", EVENT), "CustomerWorker default/shop Ready"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "call", "about"), CALLS, ids=[c[0] for c in CALLS])
async def test_calls_are_told_and_fail_as_often_as_wanted(
    method: Method, call: Callable[[ApiServer], Awaitable[object]], about: str
) -> None:
    api = server()
    api.put_secret("shop", "token", {"token": "x"})
    api.put_config_map("shop", "code", {"a": "b"})
    before = api[SHOP]
    api.fail(method, KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, "away"), times=2)
    for _ in range(2):
        with pytest.raises(KubeUnavailable):
            await call(api)
    assert (api[SHOP], api.events, api.reads, api.writes) == (before, [], [], [])
    await call(api)
    writing = method in ("apply_status", "set_finalizers", "create_event")
    told = (api.writes, api.reads) if writing else (api.reads, api.writes)
    assert told == ([f"{method} {about}"], [])


CLIENT = [name for name in vars(KubeClient) if not name.startswith("_") and name != "close"]


@pytest.mark.parametrize("name", CLIENT)
def test_it_is_called_as_the_client_is(name: str) -> None:
    ours, theirs = (
        inspect.signature(getattr(kind, name)).parameters for kind in (ApiServer, KubeClient)
    )
    assert [(p.name, p.kind) for p in ours.values()] == [(p.name, p.kind) for p in theirs.values()]
