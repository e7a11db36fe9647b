"""Orders: which version they name, and what is said when nothing comes of them."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from unit.administration.rollouts.workers import (
    BLOCKED,
    KEY,
    PAUSED,
    READY,
    Body,
    Cluster,
    condition,
    is_silent,
    refuses,
    worker,
)
from workers_operator.administration.errors import CommandError
from workers_operator.administration.patience import Patience
from workers_operator.administration.rollouts.objects import RolledWorker, WorkersClient
from workers_operator.administration.rollouts.ordering import OrderGiver
from workers_operator.domain.rollout.orders import ANNOTATION, Verb

DONE = {**PAUSED, "phase": "Succeeded", "weight": 100, "version": "11111111"}


class Giver:
    """The command, whose waits take no time. ``during``: what happens while it waits."""

    def __init__(self, cluster: Cluster) -> None:
        self.said: list[str] = []
        self.now = 0.0
        self.during: Callable[[], None] = lambda: None
        patience = Patience(20.0, self._sleep, lambda: self.now)
        self._giver = OrderGiver(WorkersClient(cluster), patience, "now", self.said.append)

    async def _sleep(self, seconds: float) -> None:
        self.now += seconds
        self.during()
        await asyncio.sleep(0)

    async def __call__(self, verb: Verb, to: str = "") -> RolledWorker:
        rolled = await self._giver.give(KEY, verb, to)
        assert isinstance(rolled, RolledWorker)
        return rolled


async def refused(work: Any, *words: str) -> None:
    with pytest.raises(CommandError) as caught:
        await work
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize(
    ("body", "verb", "to", "order"),
    [
        (worker(PAUSED), "promote", "", "promote:22222222 now"),
        (worker(PAUSED), "promote-full", "", "promote-full:22222222 now"),
        (worker(PAUSED), "abort", "", "abort:22222222 now"),
        (worker(PAUSED), "undo", "", "undo:11111111 now"),
        (worker(DONE), "undo", "", "undo:00000000 now"),
        (worker(DONE), "undo", "33333333", "undo:33333333 now"),
        (worker(), "undo", "", "undo:00000000 now"),
        (worker(), "pause", "", "pause now"),
        (worker({**PAUSED, "phase": "Aborted"}), "retry", "", "retry:22222222 now"),
    ],
)
async def test_an_order_names_the_version_that_is_meant(
    body: Body, verb: Verb, to: str, order: str
) -> None:
    cluster = Cluster(body)
    await Giver(cluster)(verb, to)
    assert cluster.order == order


async def test_it_waits_for_the_answer() -> None:
    cluster = Cluster(worker(PAUSED), is_silent)
    give = Giver(cluster)

    def answers() -> None:
        if give.now > 5:
            cluster.body["status"]["rolloutOrder"] = {"id": cluster.order}

    give.during = answers
    await give("abort")
    assert 5 < give.now < 7
    assert give.said == ["asked the operator to abort version 22222222; waiting for its answer"]


async def test_a_problem_is_told() -> None:
    give = Giver(Cluster(worker(DONE), refuses))
    await refused(give("promote"), "nothing was done: no rollout is under way")


async def test_an_operator_that_does_not_answer_is_told_with_the_way_to_take_the_order_back() -> (
    None
):
    for known in (READY, BLOCKED):
        await refused(
            Giver(Cluster(worker(PAUSED, known), is_silent))("abort"),
            "has not answered within 20 s",
            f"kubectl -n demo annotate customerworker/shop {ANNOTATION}-",
            "Is it running?",
        )


async def test_what_keeps_the_operator_from_carrying_an_order_out_is_told() -> None:
    missing = condition("Ready", "False", "ConfigMapNotFound", "ConfigMap 'code' is missing")
    await refused(
        Giver(Cluster(worker(PAUSED, missing), is_silent))("abort"),
        "CustomerWorker demo/shop is not Ready: ConfigMap 'code' is missing",
    )


async def test_an_order_that_takes_its_place_is_told() -> None:
    cluster = Cluster(worker(PAUSED), is_silent)
    give = Giver(cluster)
    give.during = lambda: cluster.body["metadata"]["annotations"].update({ANNOTATION: "abort 2"})
    await refused(give("promote"), "another order was given meanwhile", "'abort 2'")


async def test_nothing_is_ordered_of_what_is_suspended() -> None:
    cluster = Cluster(worker(PAUSED, spec={"suspend": True}))
    await refused(Giver(cluster)("abort"), "CustomerWorker demo/shop is suspended", "spec.suspend")
    assert cluster.order == ""
    cluster = Cluster(worker(PAUSED))
    cluster.platform = {"metadata": {"name": "default"}, "spec": {"suspend": True}}
    await refused(Giver(cluster)("abort"), "WorkersPlatform 'default' is suspended")
    assert cluster.order == ""


@pytest.mark.parametrize(
    ("method", "status", "words"),
    [
        ("GET", 403, "you may not read CustomerWorker demo/shop"),
        ("GET", 404, "cannot read CustomerWorker demo/shop: it does not exist"),
        ("PATCH", 403, "you may not annotate CustomerWorker demo/shop"),
        ("PATCH", 503, "cannot annotate CustomerWorker demo/shop"),
    ],
)
async def test_what_is_refused_is_told_in_plain_words(method: str, status: int, words: str) -> None:
    cluster = Cluster(worker(PAUSED))
    cluster.refuse[method] = status
    await refused(Giver(cluster)("abort"), words)
