"""A worker as the API server has it, and an operator that answers orders about its rollout."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

from workers_operator.domain.rollout.orders import ANNOTATION
from workers_operator.domain.worker import ObjectKey
from workers_operator.kube.errors import from_status

Body = dict[str, Any]
KEY = ObjectKey("CustomerWorker", "demo", "shop")
STEPS = [{"weight": 10, "pause": {"duration": "5m"}}, {"weight": 50, "pause": {}}]
PAUSED = {
    "version": "22222222",
    "phase": "Paused",
    "step": "3/3",
    "weight": 50,
    "startedAt": "2026-01-31T08:00:00Z",
    "stepStartedAt": "2026-01-31T08:05:00Z",
}


def condition(kind: str, status: str, reason: str, message: str = "") -> Body:
    return {
        "type": kind,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": "2026-01-31T08:00:00Z",
        "observedGeneration": 2,
    }


READY = condition("Ready", "True", "Succeeded")
BLOCKED = condition("Ready", "False", "RolloutPaused", "it waits")
STALLED = condition("Stalled", "True", "RolloutAborted")


def worker(rollout: Mapping[str, Any] | None = None, *conditions: Body, **more: Any) -> Body:
    """``more``: fields of the status, or ``spec`` and ``generation``."""
    spec = {
        "customerId": "c1",
        "subdomain": "shop",
        "template": "static",
        "rollout": {"strategy": "Canary", "steps": STEPS},
        **more.pop("spec", {}),
    }
    versions = {"stable": "11111111", "previous": "00000000"}
    is_active = rollout is not None and rollout["phase"] in ("Progressing", "Paused")
    status = {
        "observedGeneration": 2,
        "conditions": list(conditions),
        "versions": versions | ({"canary": rollout["version"]} if rollout and is_active else {}),
        "instances": 1,
        **({"rollout": dict(rollout)} if rollout is not None else {}),
    }
    generation = more.pop("generation", 2)
    metadata = {"name": "shop", "namespace": "demo", "generation": generation, "annotations": {}}
    return {"metadata": metadata, "spec": spec, "status": status | more}


class Cluster:
    """Holds one worker. ``answer``: what the operator makes of an order; ``refuse``: method → status of the answer."""

    def __init__(self, body: Body, answer: Callable[[Body, str], None] | None = None) -> None:
        self.body = body
        self.answer = answer or obeys
        self.refuse: dict[str, int] = {}
        self.platform: Body | None = None

    async def request(
        self, method: str, path: str, body: Any = None, *, content_type: str = "application/json"
    ) -> Body:
        if "/workersplatforms/" in path:
            if self.platform is None:
                raise from_status(403, path, "no")
            return self.platform
        if method in self.refuse:
            raise from_status(self.refuse[method], path, "no")
        if method == "PATCH":
            assert path.endswith("/demo/customerworkers/shop?fieldManager=workers-operator-rollout")
            assert content_type == "application/merge-patch+json"
            self.body["metadata"]["annotations"] |= body["metadata"]["annotations"]
            self.answer(self.body, self.order)
        return copy.deepcopy(self.body)

    @property
    def order(self) -> str:
        return str(self.body["metadata"]["annotations"].get(ANNOTATION, ""))


def obeys(body: Body, order: str) -> None:
    body["status"]["rolloutOrder"] = {"id": order}


def refuses(body: Body, order: str) -> None:
    body["status"]["rolloutOrder"] = {"id": order, "problem": "no rollout is under way"}


def is_silent(body: Body, order: str) -> None:
    """The operator does not run."""
