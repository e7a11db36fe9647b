"""A deleted object's worker: nothing of it is left, whatever was lost on the way; nothing of others is touched."""

from collections.abc import Iterable, Mapping
from typing import Any

import httpx
import pytest

from support.calls import ACCOUNT, TOKEN, Wire, ok, refusal
from support.clock import ManualClock
from workers_operator.cloudflare.connector import Connector
from workers_operator.domain.desired import ObjectKey
from workers_operator.domain.observed import Mark
from workers_operator.domain.routing import Target
from workers_operator.engine.runner import Result
from workers_operator.reconcilers import desire
from workers_operator.reconcilers.claims_index import ClaimsIndex
from workers_operator.reconcilers.deletion import DeletionReconciler
from workers_operator.reconcilers.platforms import Platform, PlatformConfig, Platforms
from workers_operator.reconcilers.removal import Remover
from workers_operator.reconcilers.status_writer import StatusWriter, Summary

KEY = ObjectKey("CustomerWorker", "shop", "c1")
SCRIPT = "customer-worker-c1--11111111--0"
HOST = "a.code24.dev"
BODY: dict[str, Any] = {
    "metadata": {"name": "c1", "namespace": "shop", "uid": "u1", "generation": 1},
    "spec": {"customerId": "c1", "subdomain": "a", "template": "ecommerce"},
}


class Nothing:
    """Of an account nothing but what lies there anyway is of interest."""

    def buckets(self, platform: str) -> Mapping[str, str]:
        return {}

    def hosts(self, platform: str) -> Iterable[str]:
        return ()


class Written(StatusWriter):
    """Notes what would be said."""

    def __init__(self) -> None:
        self.reasons: list[str] = []

    async def write(self, key: ObjectKey, body: Any, summary: Summary) -> bool:
        self.reasons += [fact.reason for fact in summary.facts.values()]
        return True


class Bench:
    def __init__(self) -> None:
        self.clock, self.scripts, self.status = ManualClock(), {SCRIPT}, Written()
        self.refused_with: int | None = None
        self.wire = Wire(self._answer)
        connector = Connector(self.clock, self.wire, lambda: self.wire.transport)
        self.platforms = Platforms(connector, self.clock, Nothing(), lambda *_: None)
        config = PlatformConfig("default", ACCOUNT, "staging", "z", "ns", "dispatcher")
        self.platform: Platform = self.platforms.connect(config, TOKEN)
        self.platform.domain, self.platform.problem = "code24.dev", None
        self.platforms.start_publishing(self.platform, "kv")
        self.platform.zones = {"code24.dev": "z"}
        self.platform.account.zones.add("z")  # its routes have been listed
        self.claims = ClaimsIndex()
        self.claims.learn_domain("default", "code24.dev")
        self.claims.put("default", desire.claim(KEY, desire.parse(KEY, BODY), ""))
        self.reconciler = DeletionReconciler(
            platforms=self.platforms,
            remover=Remover(self.claims, self.clock),
            writer=self.status,
        )

    def deployed(self, uid: str = "u1") -> None:
        self.platform.account.script_uploaded(SCRIPT)
        target = Target("customer-worker-c1", "c1", "11111111", 1)
        mark = Mark(uid, str(KEY), "11111111", 1)
        self.platform.account.routing_written({HOST: {"": target}}, {"customer-worker-c1": mark})

    async def delete(self, **policies: str) -> Result:
        body = {**BODY, "spec": {**BODY["spec"], "policies": policies}}
        return await self.clock.finish(self.reconciler.reconcile(KEY, body))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if self.refused_with is not None:
            return refusal(self.refused_with, 1)
        if request.method == "DELETE":
            self.scripts.discard(path.rpartition("/")[2])
        if request.method == "GET":
            names: Iterable[str] = self.scripts if path.endswith("/scripts") else ()
            return ok([{"id": name} for name in names])
        return ok()


async def test_routes_go_first_then_scripts() -> None:
    bench = Bench()
    bench.deployed()
    assert await bench.delete() == Result()
    assert [line.partition(" ")[0] for line in bench.wire.lines] == ["POST", "DELETE"]
    assert sorted(bench.wire.body(0)) == [f"host:{HOST}", "worker:customer-worker-c1"]
    assert bench.scripts == set()


async def test_what_was_never_deployed_needs_no_call() -> None:
    bench = Bench()
    assert await bench.delete() == Result()
    assert bench.wire.requests == []


async def test_what_another_object_holds_stays() -> None:
    bench = Bench()
    bench.deployed(uid="somebody else")
    assert await bench.delete() == Result()
    assert bench.wire.requests == []


async def test_an_orphan_stays_as_it_is() -> None:
    bench = Bench()
    bench.deployed()
    assert await bench.delete(deletion="Orphan") == Result()
    assert bench.wire.requests == []


@pytest.mark.parametrize("status", [500, 403, 401])
async def test_it_says_why_it_can_not_and_comes_back(status: int) -> None:
    bench = Bench()
    bench.deployed()
    bench.refused_with = status
    result = await bench.delete()
    assert result.retry or result.requeue_after is not None
    assert bench.status.reasons


async def test_an_upload_whose_answer_was_lost_is_not_left_behind() -> None:
    """The script may be there though no listing has shown it yet."""
    bench = Bench()
    bench.platform.account.doubt_script(SCRIPT)
    assert await bench.delete() == Result()
    assert bench.scripts == set()


async def test_a_routing_write_whose_answer_was_lost_is_looked_at_again() -> None:
    bench = Bench()
    bench.platform.account.doubtful = True
    assert await bench.delete() == Result()
    assert bench.scripts == set()


async def test_an_object_that_cannot_be_read_says_so_and_can_be_released() -> None:
    bench = Bench()
    bench.deployed()
    body = BODY | {"spec": BODY["spec"] | {"future": True}}
    result = await bench.reconciler.reconcile(KEY, body)
    assert result != Result()
    assert bench.status.reasons == ["InvalidSpec"]
    orphan = {"policies": {"deletion": "Orphan"}}
    released = BODY | {"spec": BODY["spec"] | {"future": True} | orphan}
    assert await bench.reconciler.reconcile(KEY, released) == Result()


async def test_a_host_in_a_zone_that_the_platform_has_given_up_holds_nothing_up() -> None:
    bench = Bench()
    bench.deployed()
    bench.platform.zones = {"example.com": "z2"}
    assert await bench.delete() == Result()
    assert bench.scripts == set()
