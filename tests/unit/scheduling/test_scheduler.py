"""Who wakes whom, and how urgently."""

from collections.abc import Mapping
from typing import Any

import pytest

from support.clock import ManualClock
from support.platforms import CONFIG
from support.world_bodies import customer, secret, service
from workers_operator.desired import references
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Urgency
from workers_operator.engine.queue import WorkQueue
from workers_operator.index.index import Index
from workers_operator.index.objects import Record
from workers_operator.resources import FINALIZER
from workers_operator.scheduling.scheduler import Scheduler, platform_key


def key_of(name: str) -> ObjectKey:
    return ObjectKey("CustomerWorker", "shop", name)


KEY_A, KEY_B, KEY_C = map(key_of, "abc")
PLATFORM = platform_key("default")
EDIT, CREATE, RESYNC = Urgency.EDIT, Urgency.CREATE, Urgency.RESYNC


class Bench:
    """A scheduler, and objects that are known and not queued."""

    def __init__(self) -> None:
        self.clock, self.index = ManualClock(), Index()
        self.queue: WorkQueue[ObjectKey] = WorkQueue(self.clock)
        self.scheduler = Scheduler(self.queue, self.index)

    def know(
        self, name: str, *, ready: bool = False, reason: str = "X", there: str = "", **spec: Any
    ) -> Record:
        """Take in an object. ``reason``: of its Ready; ``there``: the platform that it is on."""
        key, body = key_of(name), customer(name, **spec)
        body["metadata"] |= {
            "uid": f"u-{name}", "generation": 1, "resourceVersion": "1",
            "creationTimestamp": "2026-01-31T08:00:00Z", "finalizers": [FINALIZER],
        }  # fmt: skip
        body["status"] = {
            "conditions": [
                {"type": "Ready", "status": "True" if ready else "False", "reason": reason,
                 "message": "", "lastTransitionTime": "2026-01-31T08:00:00Z"}
            ]
        } | ({"platform": there} if there else {})  # fmt: skip
        self.index.objects.observe(key, body)
        self.index.put(key, body, "2026-01-31T08:00:00Z")
        record = self.index.objects.get(key)
        assert record is not None
        return record

    def taken(self) -> Mapping[ObjectKey, Urgency]:
        """What is due, each with its urgency; afterwards nothing is."""
        found = {}
        while (item := self.queue.take()) is not None:
            found[item[0]] = item[1].urgency
            self.queue.done(item[0])
        return found


@pytest.fixture
def bench() -> Bench:
    return Bench()


class TestPlatforms:
    """The workers of a platform wait for its first pass."""

    async def test_workers_of_a_platform_that_starts_are_held_back(self, bench: Bench) -> None:
        bench.scheduler.platform_seen("default", is_connected=False)
        record = bench.know("a")
        bench.scheduler.add(KEY_A, record, EDIT)
        assert bench.taken() == {PLATFORM: EDIT}
        bench.scheduler.platform_started("default")
        assert bench.taken() == {KEY_A: CREATE}
        bench.scheduler.add(KEY_A, record, EDIT)
        assert bench.taken() == {KEY_A: EDIT}

    async def test_a_platform_has_one_first_pass(self, bench: Bench) -> None:
        bench.know("a")
        bench.scheduler.platform_seen("default", is_connected=False)
        bench.scheduler.platform_started("default")
        bench.taken()
        bench.scheduler.platform_started("default")
        assert bench.taken() == {}

    async def test_a_platform_that_is_connected_holds_nobody_back(self, bench: Bench) -> None:
        bench.scheduler.platform_seen("default", is_connected=True)
        bench.scheduler.add(KEY_A, bench.know("a"), EDIT)
        assert bench.taken() == {PLATFORM: EDIT, KEY_A: EDIT}

    async def test_workers_of_other_platforms_are_not_held_back(self, bench: Bench) -> None:
        bench.scheduler.platform_seen("default", is_connected=False)
        bench.scheduler.add(KEY_A, bench.know("a", platform="eu"), EDIT)
        assert bench.taken() == {PLATFORM: EDIT, KEY_A: EDIT}
        bench.scheduler.platform_started("default")
        assert bench.taken() == {}

    async def test_an_object_that_cannot_be_read_waits_for_the_platform_that_it_names(
        self, bench: Bench
    ) -> None:
        bench.scheduler.platform_seen("default", is_connected=False)
        bench.scheduler.add(KEY_A, bench.know("a", instances=-1), EDIT)
        bench.scheduler.add(KEY_B, bench.know("b", instances=-1, platform="eu"), EDIT)
        assert bench.taken() == {PLATFORM: EDIT, KEY_B: EDIT}

    async def test_those_that_are_ready_wake_last(self, bench: Bench) -> None:
        bench.know("a", ready=True)
        bench.know("b")
        bench.know("c", platform="eu")
        bench.scheduler.platform_ready("default")
        assert bench.taken() == {KEY_A: RESYNC, KEY_B: CREATE}

    async def test_those_that_waited_for_it_to_be_resumed_wake_first(self, bench: Bench) -> None:
        bench.know("a", ready=True)
        bench.know("b", ready=True, reason="PlatformSuspended")
        bench.scheduler.platform_ready("default")
        assert bench.taken() == {KEY_A: RESYNC, KEY_B: CREATE}

    async def test_those_that_move_away_from_it_wake_as_well(self, bench: Bench) -> None:
        bench.know("a", platform="eu", there="default")
        bench.know("b", platform="us", there="default")
        bench.scheduler.platform_seen("us", is_connected=False)
        bench.scheduler.platform_ready("default")
        assert bench.taken() == {platform_key("us"): EDIT, KEY_A: CREATE}

    async def test_one_that_is_lost_is_looked_at(self, bench: Bench) -> None:
        bench.know("a")
        bench.scheduler.platform_lost("default")
        assert bench.taken() == {PLATFORM: EDIT}

    async def test_counts_follow_after_a_while(self, bench: Bench) -> None:
        for _ in range(3):
            bench.scheduler.status_changed("default")
        assert bench.taken() == {}
        await bench.clock.advance(10)
        assert bench.taken() == {PLATFORM: RESYNC}


class TestReferences:
    """A thing that has changed wakes those who refer to it, and has them resolve anew."""

    async def test_those_who_refer_to_it_wake(self, bench: Bench) -> None:
        bench.know("a", secrets=[secret("T", "token")])
        bench.know("b")
        assert bench.scheduler.changed(references.secret("shop", "token"))
        assert bench.taken() == {KEY_A: EDIT}
        assert bench.index.memories.of(KEY_A).stale
        assert not bench.index.memories.of(KEY_B).stale
        assert not bench.scheduler.changed(references.secret("other", "token"))
        assert not bench.scheduler.changed(references.config_map("shop", "token"))
        assert bench.taken() == {}

    @pytest.mark.parametrize(
        ("source", "bucket", "key", "woken"),
        [
            ({"r2": {"key": "a.js"}}, "workers-data", "a.js", True),
            ({"r2": {"key": "a.js"}}, "workers-data", "b.js", False),
            ({"r2": {"key": "a.js"}}, "team", "a.js", False),
            ({"r2": {"key": "a.js", "bucket": "team"}}, "team", "a.js", True),
            ({"r2": {"key": "a.js", "bucket": "workers-data"}}, "workers-data", "a.js", True),
            ({"r2": {"key": "a/", "main": "x.js"}}, "workers-data", "a/b/c.js", True),
            ({"template": "api"}, "workers-data", "templates/customer/api.js", True),
            ({"template": "api"}, "workers-data", "templates/customer/api.yaml", True),
            ({"template": "api"}, "workers-data", "templates/elite/api.js", False),
        ],
    )
    async def test_objects_of_a_bucket(
        self, bench: Bench, source: Mapping[str, Any], bucket: str, key: str, woken: bool
    ) -> None:
        bench.know("a", script=None, source=source)
        bench.scheduler.objects_changed(CONFIG, {(bucket, key)})
        assert bench.taken() == ({KEY_A: RESYNC} if woken else {})
        assert bench.index.memories.of(KEY_A).stale is woken

    async def test_who_is_held_back_is_stale_all_the_same(self, bench: Bench) -> None:
        bench.know("a", secrets=[secret("T", "token")])
        bench.scheduler.platform_seen("default", is_connected=False)
        bench.scheduler.changed(references.secret("shop", "token"))
        assert bench.taken() == {PLATFORM: EDIT}
        assert bench.index.memories.of(KEY_A).stale


class TestPublications:
    """A published worker wakes its callers; a claim that is given up wakes the rivals that wait for it."""

    async def test_callers_that_are_not_ready_wake(self, bench: Bench) -> None:
        bench.know("a")
        bench.know("b", bindings=[service("A", "a")])
        bench.know("c", bindings=[service("A", "a")], ready=True)
        bench.scheduler.published(KEY_A)
        assert bench.taken() == {KEY_B: CREATE}

    async def test_rivals_wake_at_once_when_a_claim_is_given_up(self, bench: Bench) -> None:
        bench.know("a")
        bench.know("b")
        bench.index.memories.of(KEY_B).wait_for_others(True)
        bench.scheduler.gave_up([])
        assert bench.taken() == {}
        bench.scheduler.gave_up([KEY_B, KEY_C])
        assert bench.taken() == {KEY_B: CREATE}
        bench.scheduler.published(KEY_A)
        assert bench.taken() == {}

    async def test_one_that_is_gone_is_forgotten_and_its_rivals_wake(self, bench: Bench) -> None:
        record = bench.know("a")
        bench.index.memories.of(KEY_B).wait_for_others(True)
        bench.scheduler.add(KEY_A, record, EDIT)
        bench.scheduler.forget(KEY_A, [KEY_B])
        assert bench.taken() == {KEY_B: CREATE}
        bench.scheduler.published(KEY_A)
        assert bench.taken() == {}
