"""Statuses are written on change only; what a write's answer tells is used, and nothing in it is lost."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.clock import ManualClock
from support.conditions import violations
from workers_operator.domain.conditions import Fact
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.objects import Change, ObjectCache
from workers_operator.kube.errors import KubeConflict, KubeError, KubeNotFound, KubeUnavailable
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.resources import Versions, WorkerStatus

KEY = ObjectKey("EliteWorker", "shop", "brand")
TYPES = ("SourceResolved", "Deployed")
WELL = {kind: Fact(kind, "True", "Fine", "so") for kind in TYPES}


class Kube:
    """An API server with one object, at resourceVersion 10."""

    def __init__(self) -> None:
        self.body: dict[str, Any] = {
            "metadata": {
                "name": "brand", "namespace": "shop", "uid": "u1", "generation": 1,
                "resourceVersion": "10", "finalizers": ["f"],
            },
            "spec": {"instances": 1},
            "status": {},
        }  # fmt: skip
        self.writes: list[Mapping[str, Any]] = []
        self.events: list[str] = []
        self.error: KubeError | None = None

    def change(self, *, generation: int | None = None, **fields: Any) -> dict[str, Any]:
        """Stores a change; the object as the watch tells of it."""
        version = int(self.body["metadata"]["resourceVersion"]) + 1
        metadata = self.body["metadata"] | {"resourceVersion": str(version)}
        if generation is not None:
            metadata["generation"] = generation
        self.body = {**self.body, "metadata": metadata, **fields}
        return self.body

    async def apply_status(
        self, key: ObjectKey, uid: str, resource_version: str, status: Mapping[str, Any]
    ) -> dict[str, Any]:
        if self.error is not None:
            raise self.error
        assert (key, uid) == (KEY, "u1")
        assert int(resource_version) <= int(self.body["metadata"]["resourceVersion"])
        self.writes.append(status)
        return self.change(status=dict(status))

    def repaired(self, key: ObjectKey, reason: str, message: str) -> None:
        return None

    def record(self, event: Mapping[str, Any]) -> None:
        self.events.append(str(event["reason"]))


class Bench:
    def __init__(self) -> None:
        self.kube, self.cache, self.clock = Kube(), ObjectCache(), ManualClock()
        self.writer = StatusWriter(self.kube, self.cache, self.kube, self.kube, self.clock)
        self.cache.observe(KEY, self.kube.body)

    async def write(self, body: Mapping[str, Any] | None = None, **changes: Any) -> bool:
        options: dict[str, Any] = {
            "types": TYPES, "facts": WELL, "progress": None, "status": WorkerStatus(instances=1),
            "ready_message": "well",
        }  # fmt: skip
        return await self.writer.write(KEY, body or self.kube.body, Summary(**(options | changes)))


async def test_a_status_is_written_once() -> None:
    bench = Bench()
    assert await bench.write()
    await bench.clock.advance(60)
    assert not await bench.write()
    (status,) = bench.kube.writes
    assert status["observedGeneration"] == 1
    assert [c["type"] for c in status["conditions"]] == ["Ready", *TYPES]
    assert violations(bench.kube.body) == []
    record = bench.cache.get(KEY)
    assert record is not None
    assert record.ready


async def test_a_new_generation_is_written_though_nothing_else_has_changed() -> None:
    bench = Bench()
    await bench.write()
    bench.kube.change(generation=2)
    assert await bench.write()
    assert bench.kube.writes[-1]["observedGeneration"] == 2


async def test_a_request_for_a_check_is_acknowledged() -> None:
    bench = Bench()
    await bench.write()
    bench.kube.body["metadata"]["annotations"] = {"workers.code24.dev/requestedAt": "now"}
    assert await bench.write()
    assert bench.kube.writes[-1]["lastHandledReconcileAt"] == "now"
    assert not await bench.write(status=WorkerStatus(instances=1, last_handled_reconcile_at="now"))


async def test_events_tell_of_transitions_only() -> None:
    bench = Bench()
    version = Versions(stable="11111111")
    await bench.write(status=WorkerStatus(versions=version))
    await bench.write(status=WorkerStatus(versions=version, instances=1))
    broken = Fact("Deployed", "False", "ScriptRejected", "SyntaxError")
    await bench.write(facts={**WELL, "Deployed": broken})
    assert bench.kube.events == ["Deployed", "ScriptRejected"]


@pytest.mark.parametrize(
    "error", [KubeNotFound(Reason.NOT_FOUND, ""), KubeConflict(Reason.CONFLICT, "")]
)
async def test_an_object_that_is_gone_gets_no_status(error: KubeError) -> None:
    bench = Bench()
    bench.kube.error = error
    assert not await bench.write()
    assert bench.kube.events == []


async def test_a_write_that_fails_is_an_error() -> None:
    bench = Bench()
    bench.kube.error = KubeUnavailable(Reason.KUBERNETES_UNAVAILABLE, "")
    with pytest.raises(KubeUnavailable):
        await bench.write()


async def test_the_echo_of_our_own_write_means_nothing() -> None:
    bench = Bench()
    await bench.write()
    assert bench.cache.observe(KEY, bench.kube.body) is Change.NONE


async def test_an_edit_that_comes_back_with_our_write_is_still_an_edit() -> None:
    """The user's edit reaches the API server during a pass; the watch may tell of it after our own write."""
    bench = Bench()
    before = bench.kube.body
    edited = bench.kube.change(generation=2, spec={"instances": 3})
    assert await bench.write(before)
    told = [bench.cache.observe(KEY, edited), bench.cache.observe(KEY, bench.kube.body)]
    assert Change.EDITED in told
    record = bench.cache.get(KEY)
    assert record is not None
    assert record.body()["spec"] == {"instances": 3}
