"""The client of the API server: what it asks for, and what it makes of answers that nobody expects."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from support.clock import ManualClock, idle
from support.hostile import nested
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.gate import ChangeGate
from workers_operator.kube.auth import CONNECTIONS
from workers_operator.kube.client import KubeClient
from workers_operator.kube.errors import KubeConflict, KubeNotFound, KubeRejected, KubeUnavailable

KEY = ObjectKey("CustomerWorker", "shop", "w")
GOOD = '{"metadata": {"name": "good", "uid": "g"}, "spec": {"x": 1}}'
DEEP = f'{{"metadata": {{"name": "w", "uid": "d", "managedFields": {nested(3000)}}}, "spec": {nested(3000)}}}'


@dataclass
class Response:
    status: int
    text: str

    async def read(self) -> bytes:
        return self.text.encode()


@dataclass
class Wire:
    """The other end: gives its answers in their order."""

    answers: list[Response] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    sent: list[Any] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    server: str = "https://kube"

    async def headers(self) -> dict[str, str]:
        return {}

    def rest_client(self) -> "Wire":
        return self

    async def request(self, method: str, url: str, **options: Any) -> Response:
        self.asked.append(f"{method} {url.removeprefix(self.server).partition('?')[0]}")
        self.sent.append(options.get("body"))
        self.seconds.append(options["_request_timeout"].total)
        return self.answers.pop(0)


def client(*answers: str, status: int = 200) -> tuple[KubeClient, Wire]:
    return answering(*((status, text) for text in answers))


def answering(*answers: tuple[int, str]) -> tuple[KubeClient, Wire]:
    """A client whose requests get these statuses and texts."""
    wire, gate = Wire([Response(*answer) for answer in answers]), ChangeGate(ManualClock())
    gate.open_until(float("inf"))
    return KubeClient(wire, gate), wire


async def test_an_object_that_is_too_deep_hides_no_other_of_its_page() -> None:
    first = f'{{"metadata": {{"continue": "x"}}, "items": [{GOOD}, {DEEP}, {{"metadata": 5}}]}}'
    kube, wire = client(first, f'{{"metadata": {{}}, "items": [{GOOD}]}}')
    found = [body async for body in kube.list_objects("CustomerWorker")]
    assert [body["metadata"]["name"] for body in found] == ["good", "w", "good"]
    assert {body["kind"] for body in found} == {"CustomerWorker"}
    assert wire.asked == ["GET /apis/workers.code24.dev/v1alpha1/customerworkers"] * 2


async def test_metadata_is_listed_likewise() -> None:
    kube, _ = client(f'{{"metadata": {{}}, "items": [{DEEP}, null, {GOOD}]}}')
    found = [m async for m in kube.list_metadata("CustomerWorker")]
    assert [(m["name"], m["uid"]) for m in found] == [("w", "d"), ("good", "g")]


async def test_of_namespaces_only_metadata_is_listed() -> None:
    kube, wire = client(f'{{"metadata": {{}}, "items": [{GOOD}]}}')
    assert [m["name"] async for m in kube.list_namespaces()] == ["good"]
    assert wire.asked == ["GET /api/v1/namespaces"]


@pytest.mark.parametrize("page", ["{}", "[]", "null", '{"items": null, "metadata": {}}'])
async def test_a_list_without_items_is_empty(page: str) -> None:
    kube, _ = client(page)
    assert [body async for body in kube.list_objects("CustomerWorker")] == []


async def test_writes_to_an_object_that_is_too_deep_are_answered() -> None:
    kube, wire = client(DEEP, DEEP)
    stated = await kube.apply_status(KEY, "d", "1", {"observedGeneration": 1})
    guarded = await kube.set_finalizers(KEY, "d", "1", ["x"])
    assert stated["metadata"]["name"] == guarded["metadata"]["name"] == "w"
    path = "/apis/workers.code24.dev/v1alpha1/namespaces/shop/customerworkers/w"
    assert wire.asked == [f"PATCH {path}/status", f"PATCH {path}"]


async def test_no_request_is_given_up_before_the_api_server_gives_it_up() -> None:
    kube, wire = client(GOOD, GOOD, GOOD)
    await kube.apply_status(KEY, "g", "1", {"observedGeneration": 1})
    await kube.set_finalizers(KEY, "g", "1", [])
    await kube.get_object(KEY)
    assert min(wire.seconds) > 60  # kube-apiserver's --request-timeout


async def test_a_status_is_written_to_an_object_that_has_changed_meanwhile() -> None:
    changed = '{"items": [{"metadata": {"name": "w", "uid": "d", "resourceVersion": "7"}}]}'
    kube, wire = answering((409, "{}"), (200, changed), (200, GOOD))
    await kube.apply_status(KEY, "d", "3", {"url": "x"})
    path = "/apis/workers.code24.dev/v1alpha1/namespaces/shop/customerworkers"
    assert wire.asked == [f"PATCH {path}/w/status", f"GET {path}", f"PATCH {path}/w/status"]
    versions = [json.loads(body)["metadata"]["resourceVersion"] for body in wire.sent if body]
    assert versions == ["3", "7"]


@pytest.mark.parametrize(
    "found", ['{"items": []}', '{"items": [{"metadata": {"name": "w", "uid": "other"}}]}']
)
async def test_a_status_is_not_written_to_another_object_of_the_name(found: str) -> None:
    kube, wire = answering((409, "{}"), (200, found))
    with pytest.raises(KubeConflict):
        await kube.apply_status(KEY, "d", "3", {"url": "x"})
    assert len(wire.asked) == 2


async def test_an_object_that_changes_all_the_time_is_left_to_the_next_pass() -> None:
    changed = '{"items": [{"metadata": {"name": "w", "uid": "d", "resourceVersion": "7"}}]}'
    kube, wire = answering(*[(409, "{}"), (200, changed)] * 10)
    with pytest.raises(KubeConflict):
        await kube.apply_status(KEY, "d", "3", {"url": "x"})
    assert len(wire.asked) == 10


async def test_an_answer_to_a_write_that_is_no_object_is_looked_at_again() -> None:
    kube, _ = client("{}")
    with pytest.raises(KubeConflict):
        await kube.apply_status(KEY, "d", "1", {})


@pytest.mark.parametrize("text", ["<html>", "", "[" * 5000])
async def test_an_answer_that_is_not_json_is_tried_again(text: str) -> None:
    kube, _ = client(text)
    with pytest.raises(KubeUnavailable, match="not the API server's JSON"):
        await kube.check_served("CustomerWorker")


@pytest.mark.parametrize("text", ["[" * 5000, nested(5000), "<html>", "5"])
async def test_a_refusal_is_a_refusal_whatever_its_text(text: str) -> None:
    kube, _ = client(text, status=422)
    with pytest.raises(KubeRejected):
        await kube.check_served("CustomerWorker")


@pytest.mark.parametrize("name", ["", ".", ".."])
async def test_a_name_that_would_lead_elsewhere_is_not_asked_for(name: str) -> None:
    kube, wire = client()
    for ask in (kube.get_secret, kube.get_config_map, kube.get_secret_metadata):
        for names in ((name, "x"), ("x", name)):
            with pytest.raises(KubeNotFound):
                await ask(*names)
    assert wire.asked == []


async def test_a_name_is_one_segment() -> None:
    kube, wire = client("{}", '{"metadata": {}}')
    await kube.get_config_map("a/b", "../c?d")
    await kube.get_secret_metadata("a", "b#c")
    assert wire.asked == [
        "GET /api/v1/namespaces/a%2Fb/configmaps/..%2Fc%3Fd",
        "GET /api/v1/namespaces/a/secrets/b%23c",
    ]


class Busy(Wire):
    """An API server that takes its time, at the other end of as many connections as a client has."""

    def __init__(self) -> None:
        super().__init__()
        self.connections = asyncio.Semaphore(CONNECTIONS)
        self.open: list[asyncio.Future[None]] = []

    async def request(self, method: str, url: str, **options: Any) -> Response:
        async with self.connections:
            self.asked.append(url)
            answered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self.open.append(answered)
            await answered
            return Response(200, "{}")

    async def answer(self) -> None:
        """Answer what has been asked first."""
        self.open.pop(0).set_result(None)
        await idle()


async def test_a_namespace_does_not_wait_for_all_that_another_one_asks() -> None:
    wire, gate = Busy(), ChangeGate(ManualClock())
    gate.open_until(float("inf"))
    kube = KubeClient(wire, gate)
    async with asyncio.TaskGroup() as group:
        for _ in range(50):
            group.create_task(kube.create_event("crowd", {}))
        await idle()
        for number in range(1, 4):
            group.create_task(kube.create_event("shop", {}))
            await idle()
            for _ in range(2):
                await wire.answer()
            assert sum("/shop/" in url for url in wire.asked) == number
        while wire.open:
            await wire.answer()
    assert len(wire.asked) == 53
