"""Events as the API server takes them; none of them ends a pass."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from support.clock import ManualClock
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube import events
from workers_operator.kube.errors import KubeError, KubeForbidden, from_status

KEY = ObjectKey("EliteWorker", "shop", "b" * 253)


def render(key: ObjectKey = KEY, message: str = "so") -> Any:
    now = "2026-01-31T08:00:00Z"
    return events.render(key, "u1", type="Normal", reason="Ready", message=message, now=now)


def test_an_event_fits() -> None:
    event = render(message="x" * 5000)
    assert len(event["metadata"]["name"]) <= 253
    assert len(event["message"]) <= 1024
    assert event["metadata"]["namespace"] == event["involvedObject"]["namespace"] == "shop"
    assert event["metadata"]["name"] != render()["metadata"]["name"]


def test_an_event_about_a_cluster_scoped_object_lies_in_default() -> None:
    event = render(ObjectKey("WorkersPlatform", "", "default"))
    assert event["metadata"]["namespace"] == "default"
    assert event["involvedObject"]["namespace"] == ""


class Kube:
    """Takes events, but for the first ``refused``, which are answered with ``error``."""

    def __init__(self, refused: int = 0, error: KubeError | None = None) -> None:
        self.refused = refused
        self.error = error or KubeForbidden(Reason.FORBIDDEN, "no")
        self.messages: list[str] = []

    async def create_event(self, namespace: str, event: Mapping[str, Any]) -> None:
        if self.refused > 0:
            self.refused -= 1
            raise self.error
        self.messages.append(event["message"])


@asynccontextmanager
async def recorder(kube: Kube, clock: ManualClock) -> AsyncIterator[events.EventRecorder]:
    recorder = events.EventRecorder(kube, clock.sleep)
    task = asyncio.ensure_future(recorder.run())
    yield recorder
    assert not task.done()
    task.cancel()


async def test_events_are_posted_in_order_and_a_few_at_a_time() -> None:
    kube, clock = Kube(), ManualClock()
    async with recorder(kube, clock) as told:
        for number in range(100):
            told.record(render(message=str(number)))
        await clock.advance(1)
        assert 15 <= len(kube.messages) <= 25
        await clock.advance(10)
        assert kube.messages == [str(n) for n in range(100)]
        told.record(render(message="later"))
        await clock.advance(1)
        assert kube.messages[-1] == "later"


async def test_of_too_many_the_oldest_are_dropped() -> None:
    kube, clock = Kube(), ManualClock()
    async with recorder(kube, clock) as told:
        for number in range(5000):
            told.record(render(message=str(number)))
        await clock.advance(1000)
    assert 1000 <= len(kube.messages) < 5000
    assert kube.messages[-1] == "4999"


async def test_an_event_that_is_refused_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    kube, clock = Kube(refused=1), ManualClock()
    async with recorder(kube, clock) as told:
        told.record(render(message="refused"))
        told.record(render(message="fine"))
        await clock.advance(1)
    assert kube.messages == ["fine"]
    assert "was not posted" in caplog.text


@pytest.mark.parametrize(("status", "causes"), [(403, ["NamespaceTerminating"]), (404, [])])
async def test_nobody_is_warned_of_events_for_a_namespace_that_goes(
    status: int, causes: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    kube, clock = Kube(refused=1, error=from_status(status, "POST x", "no", causes)), ManualClock()
    with caplog.at_level(logging.INFO):
        async with recorder(kube, clock) as told:
            told.record(render(message="refused"))
            told.record(render(message="fine"))
            await clock.advance(1)
    assert kube.messages == ["fine"]
    assert [r for r in caplog.records if r.name.startswith("workers_operator.")] == []


async def test_a_namespace_with_many_events_delays_and_drops_none_of_others() -> None:
    kube, clock = Kube(), ManualClock()
    async with recorder(kube, clock) as told:
        told.record(render(KEY, "mine, early"))
        for number in range(5000):
            told.record(render(ObjectKey("EliteWorker", "crowd", "b"), str(number)))
        told.record(render(KEY, "mine, late"))
        await clock.advance(0.5)
        assert [m for m in kube.messages if m.startswith("mine")] == ["mine, early", "mine, late"]


async def test_of_too_many_namespaces_some_go_without() -> None:
    kube, clock = Kube(), ManualClock()
    async with recorder(kube, clock) as told:
        for number in range(3000):
            told.record(render(ObjectKey("EliteWorker", f"team-{number}", "b"), str(number)))
        await clock.advance(1000)
    assert 1000 <= len(kube.messages) < 3000
