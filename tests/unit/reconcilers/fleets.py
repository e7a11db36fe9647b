"""Fleets in a world: a template, its followers, and what visitors get from each."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from support.scripts import says
from support.world import World
from support.world_bodies import API_VERSION, NAMESPACE, customer
from workers_operator.domain.worker import ObjectKey

TEMPLATE = ObjectKey("WorkerTemplate", NAMESPACE, "shop")
CLUSTER = ObjectKey("ClusterWorkerTemplate", "", "shop")
WAVES: Mapping[str, Any] = {"waves": [1, "50%"]}
FOLLOWS: Mapping[str, Any] = {"templateRef": {"name": "shop"}}
BAD = "exception!"  # a script that says so throws at every request


def template(text: str = "one", key: ObjectKey = TEMPLATE, **spec: Any) -> dict[str, Any]:
    metadata = {"name": key.name} | ({"namespace": key.namespace} if key.namespace else {})
    basics = {"source": {"inline": {"script": says(text)}}}
    return {
        "apiVersion": API_VERSION,
        "kind": key.kind,
        "metadata": metadata,
        "spec": basics | spec,
    }


def worker(number: int) -> ObjectKey:
    return ObjectKey("CustomerWorker", NAMESPACE, f"w{number}")


async def fleet(world: World, size: int, **spec: Any) -> list[ObjectKey]:
    """A template that says ``one``, and its followers, all well."""
    world.apply(template(**spec))
    keys = [world.apply(customer(f"w{n}", None, source=FOLLOWS)) for n in range(size)]
    await world.settle(15)
    assert all(map(world.is_ready, keys))
    assert world.is_ready(TEMPLATE)
    world.forget_calls()
    return keys


def publish(world: World, text: str, **spec: Any) -> None:
    """The template says something else."""
    world.edit(TEMPLATE, source={"inline": {"script": says(text)}}, **spec)


def said(world: World, keys: list[ObjectKey]) -> Counter[str]:
    """How many followers answer by which version of the template, as their status says."""
    return Counter(str(world.status(key)["template"]["version"]) for key in keys)


def rollout(world: World, key: ObjectKey = TEMPLATE) -> Mapping[str, Any]:
    found: Mapping[str, Any] = world.status(key)["rollout"]
    return found


def condition(world: World, key: ObjectKey, kind: str) -> Mapping[str, Any]:
    found = world.status(key)["conditions"]
    return next((c for c in found if c["type"] == kind), {"status": "absent", "reason": ""})


def revisions(world: World, namespace: str = NAMESPACE) -> set[str]:
    """The versions that are kept."""
    keys = world.api.keys("ControllerRevision")
    return {key.name.rpartition("-")[2] for key in keys if key.namespace == namespace}
