"""Probes: a new version until it answers, one that serves at its interval, and what the answers mean for the object."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from support.cloudflare import Script
from support.scripts import says
from support.world import World
from support.world_bodies import OTHER_ZONE, SHOP, customer
from workers_operator.domain.health.probes import LATE, ProbeAnswer
from workers_operator.domain.worker import ObjectKey

TWO = {"inline": {"script": says("two")}}
OLD = "00000000"
Answer = Callable[[str], ProbeAnswer]  # version -> answer
LATELY: Answer = lambda _: ProbeAnswer(0, None, LATE)  # noqa: E731
ANSWERS: Mapping[str, Answer] = {
    "nobody": lambda _: ProbeAnswer(0, None, "no connection"),
    "too late": LATELY,
    "another version": lambda _: ProbeAnswer(200, OLD, ""),
    "an exception": lambda version: ProbeAnswer(500, version, "worker_exception"),
    "not found": lambda version: ProbeAnswer(404, version, ""),
    "an error by design": lambda version: ProbeAnswer(500, version, ""),
    "the dispatcher": lambda _: ProbeAnswer(404, None, "unknown_host"),
    "well": lambda version: ProbeAnswer(200, version, ""),
}


class Probing:
    """A world in which the edge answers as a test says."""

    def __init__(self, world: World) -> None:
        self.world, self.answer = world, ANSWERS["well"]
        world.prober.override = self._override

    def _override(self, host: str, path: str) -> ProbeAnswer | None:
        entry = self.world.cloudflare.kv_titled("routes").pairs[f"host:{host}"]
        return self.answer(str(entry.metadata["targets"][0][2]))

    async def deploy(self, **spec: Any) -> None:
        await self.world.reconcile(self.world.apply(customer(**spec)))

    @property
    def asked(self) -> int:
        """Probes since the last look."""
        count = len(self.world.prober.asked)
        self.world.prober.asked.clear()
        return count


@pytest.fixture
def probing(world: World) -> Probing:
    return Probing(world)


FIRST: Mapping[str, tuple[str, str, str]] = {
    # answer -> Ready, Healthy, health.state
    "nobody": ("False AwaitingPropagation", "Unknown AwaitingPropagation", "Unknown"),
    "too late": ("False AwaitingPropagation", "Unknown AwaitingPropagation", "Unknown"),
    "another version": ("False AwaitingPropagation", "Unknown AwaitingPropagation", "Unknown"),
    "an exception": ("False ProbeFailed", "False ProbeFailed", "Unhealthy"),
    "not found": ("True Succeeded", "True ProbeSucceeded", "Healthy"),
    "an error by design": ("True Succeeded", "True ProbeSucceeded", "Healthy"),
    "the dispatcher": ("False AwaitingPropagation", "Unknown AwaitingPropagation", "Unknown"),
    "well": ("True Succeeded", "True ProbeSucceeded", "Healthy"),
}


@pytest.mark.parametrize("answer", FIRST)
async def test_a_new_version(probing: Probing, answer: str) -> None:
    probing.answer = ANSWERS[answer]
    done = await probing.world.reconcile(probing.world.apply(customer()))
    ready, healthy, state = FIRST[answer]
    assert done.conditions["Ready"] == ready
    assert done.conditions["Healthy"] == healthy
    assert done.status["health"]["state"] == state
    assert ("Reconciling" in done.conditions) == (ready != "True Succeeded")
    assert not done.result.retry
    assert done.result.requeue_after is not None
    # A version that is on its way is looked at again soon.
    assert (done.result.requeue_after < 10) == (ready != "True Succeeded")
    # On the way there are no warnings.
    assert bool(done.events) == (ready != "False AwaitingPropagation")


SERVING: Mapping[str, tuple[str, str, int]] = {
    # answer -> Ready after one probe, after three, probes until it is said
    "nobody": ("True Succeeded", "False ProbeFailed", 3),
    "too late": ("True Succeeded", "False ProbeFailed", 3),
    "another version": ("False AwaitingPropagation", "False AwaitingPropagation", 1),
    "an exception": ("True Succeeded", "False ProbeFailed", 3),
    "not found": ("True Succeeded", "True Succeeded", 9),
    "an error by design": ("True Succeeded", "True Succeeded", 9),
    "the dispatcher": ("True Succeeded", "False ProbeFailed", 3),
    "well": ("True Succeeded", "True Succeeded", 9),
}


@pytest.mark.parametrize("answer", SERVING)
async def test_a_version_that_serves_has_some_failures_to_spare(
    probing: Probing, answer: str
) -> None:
    await probing.deploy()
    probing.answer = ANSWERS[answer]
    first, third, _ = SERVING[answer]
    await probing.world.advance(70)
    done = await probing.world.reconcile(SHOP)
    assert done.conditions["Ready"] == first
    for _ in range(2):
        await probing.world.advance(70)
        done = await probing.world.reconcile(SHOP)
    assert done.conditions["Ready"] == third
    if third == "False ProbeFailed":
        health = done.status["health"]
        assert (health["state"], health["consecutiveFailures"]) == ("Unhealthy", 3)
        assert [e.split(":")[0] for e in done.events] == ["Warning ProbeFailed"]
    probing.answer = ANSWERS["well"]
    await probing.world.settle(140)
    assert probing.world.is_ready(SHOP)


async def test_a_named_path_has_to_answer_well(probing: Probing) -> None:
    probing.answer = ANSWERS["not found"]
    health = {"path": "/health", "failureThreshold": 1}
    done = await probing.world.reconcile(probing.world.apply(customer(health=health)))
    assert probing.world.prober.asked[-1] == "shop.code24.dev/health"
    assert done.conditions["Ready"] == "False ProbeFailed"
    assert "HTTP 404" in done.message("Healthy")


async def test_the_user_says_which_statuses_are_well(probing: Probing) -> None:
    probing.answer = ANSWERS["not found"]
    health = {"path": "/health", "expectedStatus": ["200-299", "404"]}
    done = await probing.world.reconcile(probing.world.apply(customer(health=health)))
    assert done.conditions["Healthy"] == "True ProbeSucceeded"
    probing.world.edit(SHOP, health=health | {"expectedStatus": ["200-299"]})
    done = await probing.world.reconcile(SHOP)
    assert done.conditions["Ready"] == "False ProbeFailed"
    assert "HTTP 404, and 200-299 is expected" in done.message("Healthy")


async def test_probes_keep_their_interval(probing: Probing) -> None:
    await probing.deploy(health={"interval": "30s"})
    assert probing.asked == 1
    await probing.world.settle(300)
    assert 9 <= probing.asked <= 11


async def test_a_new_version_is_probed_quickly_then_at_the_pace_of_propagation(
    probing: Probing,
) -> None:
    probing.answer = ANSWERS["nobody"]
    await probing.deploy()
    assert probing.asked == 5
    await probing.world.settle(60)
    assert 15 <= probing.asked <= 45
    before = probing.world.status(SHOP)
    await probing.world.settle(600)
    assert probing.world.status(SHOP)["conditions"][0]["reason"] == "AwaitingPropagation"
    assert before["versions"] == probing.world.status(SHOP)["versions"]
    probing.answer = ANSWERS["well"]
    await probing.world.settle(61)
    assert probing.world.is_ready(SHOP)


async def test_probing_stops_once_the_version_answers(probing: Probing) -> None:
    answers = iter([ANSWERS["another version"], ANSWERS["another version"]])
    probing.answer = lambda version: next(answers, ANSWERS["well"])(version)
    await probing.deploy()
    assert probing.asked == 3
    assert probing.world.is_ready(SHOP)


async def test_a_new_version_is_probed_at_once_whatever_the_interval(probing: Probing) -> None:
    await probing.deploy(health={"interval": "1h"})
    assert probing.asked == 1
    probing.world.edit(SHOP, source=TWO)
    probing.answer = LATELY
    done = await probing.world.reconcile(SHOP)
    assert probing.asked == 5
    assert done.conditions["Ready"] == "False AwaitingPropagation"
    health = done.status["health"]
    assert (health["state"], health["consecutiveFailures"]) == ("Unknown", 1)


@pytest.mark.parametrize("answer", ["nobody", "another version", "the dispatcher"])
async def test_a_version_that_never_answered_is_no_good_one_after_a_restart(
    probing: Probing, answer: str
) -> None:
    await probing.deploy()
    probing.world.edit(SHOP, source=TWO)
    probing.answer = ANSWERS[answer]
    await probing.world.settle(1)
    await probing.world.restart()
    await probing.world.settle(20)
    assert not probing.world.is_ready(SHOP)
    assert probing.world.status(SHOP)["health"]["state"] != "Healthy"
    probing.answer = ANSWERS["well"]
    await probing.world.settle(61)
    assert probing.world.is_ready(SHOP)


async def test_a_script_that_hangs_is_unhealthy_in_the_end(probing: Probing) -> None:
    probing.answer = LATELY
    await probing.deploy()
    await probing.world.settle(120)
    status = probing.world.status(SHOP)
    assert {c["type"]: c["reason"] for c in status["conditions"]}["Healthy"] == "ProbeFailed"
    assert status["health"]["state"] == "Unhealthy"


async def test_an_elite_workers_probe_has_its_route_in_front(probing: Probing) -> None:
    body = customer() | {"kind": "EliteWorker"}
    body["spec"] |= {"type": "design"}
    key = ObjectKey("EliteWorker", "shop", "shop")
    await probing.world.reconcile(probing.world.apply(body))
    assert probing.world.prober.asked == ["shop.code24.dev/elite/design/"]
    assert probing.world.is_ready(key)


async def test_what_a_failed_step_said_of_the_routing_ends_with_it(world: World) -> None:
    """The next probe may be an hour away."""
    pattern = "shop.example.com/*"
    routes, health = [{"pattern": pattern}], {"interval": "1h"}
    await world.reconcile(world.apply(customer(health=health, interval="1h")))
    world.cloudflare.account_scripts["theirs"] = Script.of("x")
    world.cloudflare.zones[OTHER_ZONE].routes[pattern] = "theirs"
    world.edit(SHOP, routes=routes)
    done = await world.reconcile(SHOP)
    assert done.conditions["Routed"] == "False RouteNotOwned"
    world.edit(SHOP, routes=None)
    await world.reconcile(SHOP)
    assert world.is_ready(SHOP)


async def test_a_conflict_that_is_taken_back_does_not_wait_for_the_next_probe(
    world: World,
) -> None:
    """Ready says so at once, of the generation that asks for the host no more."""
    calm: dict[str, Any] = {"health": {"interval": "1h"}, "interval": "1h"}
    await world.reconcile(world.apply(customer("other", **calm)))
    await world.reconcile(world.apply(customer(**calm)))
    await world.settle(600)
    world.edit(SHOP, routes=[{"pattern": "other.code24.dev/*"}])
    done = await world.reconcile(SHOP)
    assert done.conditions["Ready"] == "False HostnameConflict"
    world.edit(SHOP, routes=None)
    done = await world.reconcile(SHOP)
    assert done.conditions["Ready"] == "True Succeeded"
    ready = next(c for c in done.status["conditions"] if c["type"] == "Ready")
    assert ready["observedGeneration"] == world.api[SHOP]["metadata"]["generation"]
    assert "other" not in str(done.status["conditions"])


async def test_a_refusal_that_is_taken_back_does_not_wait_for_the_next_probe(
    probing: Probing,
) -> None:
    probing.answer = ANSWERS["nobody"]
    await probing.deploy(health={"interval": "1h"})
    await probing.world.settle(600)  # its probes are far apart by now
    probing.world.edit(SHOP, routes=[{"pattern": "shop.elsewhere.org/*"}])
    await probing.world.reconcile(SHOP)
    assert "elsewhere" in str(probing.world.status(SHOP)["conditions"])
    probing.answer = ANSWERS["well"]
    probing.world.edit(SHOP, routes=None)
    done = await probing.world.reconcile(SHOP)
    assert done.conditions["Ready"] == "True Succeeded"
    assert "elsewhere" not in str(done.status["conditions"])


async def test_a_new_generation_is_looked_at_before_anything_is_true_of_it(
    probing: Probing,
) -> None:
    await probing.deploy()
    probing.answer = ANSWERS["not found"]  # any answer will do, unless a path is named
    assert probing.asked == 1
    probing.world.edit(SHOP, health={"path": "/health"})
    done = await probing.world.reconcile(SHOP)
    assert probing.world.prober.asked == ["shop.code24.dev/health"]
    assert done.conditions["Ready"] == "False ProbeFailed"
    assert done.conditions["Healthy"] == "False ProbeFailed"
    probing.answer = ANSWERS["well"]
    await probing.world.settle(5)
    assert probing.world.is_ready(SHOP)


async def test_a_pass_without_an_edit_waits_for_the_next_probe(probing: Probing) -> None:
    await probing.deploy()
    assert probing.asked == 1
    await probing.world.reconcile(SHOP)
    assert probing.asked == 0


async def test_every_instance_is_asked_by_a_signed_header(world: World) -> None:
    """The prober in these tests refuses a selection that the dispatcher's key has not signed."""
    world.apply(customer(instances=3, health={"interval": "30s"}))
    await world.settle(5)
    asked: list[int] = []
    world.prober.instances = lambda host, instance: asked.append(instance)
    await world.settle(40)
    assert set(asked) == {0, 1, 2}
    await world.restart()
    asked.clear()
    await world.settle(40)
    assert set(asked) == {0, 1, 2}


async def test_a_claim_that_is_lost_is_made_again_with_the_same_key(world: World) -> None:
    world.apply(customer(instances=2, health={"interval": "30s"}))
    await world.settle(5)
    del world.cloudflare.kv_titled("routes").pairs["platform"]
    world.forget_calls()
    await world.settle(700)
    assert "platform" in world.cloudflare.kv_titled("routes").pairs
    assert not any("account-script" in line for line in world.writes)
    assert world.is_ready(SHOP)
