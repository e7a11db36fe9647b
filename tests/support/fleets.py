"""Fleets that nobody deployed: as many workers as wanted, in all states that a page has to show."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from support.rest_api import RestApi
from workers_operator.domain.timestamps import stamp
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.objects import PLATFORM_KIND

Status = dict[str, Any]
_SEED: Final = 7
_TEMPLATES: Final = ("ecommerce", "content", "api", "static")
_STATES: Final = ("ready",) * 40 + ("failed", "parked", "suspended", "rolling", "unhealthy")
STEPS: Final[tuple[Mapping[str, Any], ...]] = (
    {"smoke": {}},
    {"weight": 10, "pause": {"duration": "5m"}},
    {"weight": 50, "pause": {}},
)


def ago(**spans: float) -> str:
    """A time that is so long ago."""
    return stamp(datetime.now(UTC) - timedelta(**spans))


def condition(type_: str, reason: str, message: str, status: str = "True") -> Mapping[str, Any]:
    """A condition of generation 1."""
    return {
        "type": type_,
        "status": status,
        "reason": reason,
        "message": message,
        "lastTransitionTime": ago(hours=3),
        "observedGeneration": 1,
    }


def healthy(version: str = "4f2a91c0") -> Status:
    """The status of a worker that is as it should be, with everything that a page draws."""
    return {
        "observedGeneration": 1,
        "conditions": [
            condition("Ready", "Succeeded", f"version {version} answers and is healthy"),
            condition("SourceResolved", "Succeeded", f"template/ecommerce, version {version}"),
            condition("Deployed", "Succeeded", "3 scripts are uploaded"),
            condition("Routed", "Succeeded", "1 route leads to it"),
            condition("Healthy", "ProbesSucceeded", "the probes of all instances succeed"),
        ],
        "versions": {"stable": version, "previous": "0c9d13ab"},
        "rollout": _rollout(version, "Succeeded", weight=100),
        "history": [_entry(version, "Serving"), _entry("0c9d13ab", "Previous")],
        "instances": 3,
        "urls": ["https://shop.code24.dev/"],
        "url": "https://shop.code24.dev/",
        "source": {"from": "template/ecommerce", "digest": f"sha256:{version * 8}"},
        "health": _health(),
        "metrics": _metrics("41", "0.19%"),
    }


def rolling(version: str = "5a08c7d1", *, paused: bool = False) -> Status:
    """The status of a worker with a canary at its second step, or one that waits at its third."""
    status = healthy()
    phase, step, weight = ("Paused", "3/3", 50) if paused else ("Progressing", "2/3", 10)
    message = f"version {version} gets {weight} % of the requests, step {step}"
    status["conditions"][0] = condition("Ready", "Progressing", message, "False")
    status["conditions"].append(condition("Reconciling", phase, message))
    status["versions"] = {"stable": "4f2a91c0", "canary": version, "previous": "0c9d13ab"}
    status["rollout"] = _rollout(version, phase, weight=weight, step=step)
    status["history"].insert(0, _entry(version, "RollingOut"))
    return status


def failed(message: str = "Uncaught ReferenceError: fetchh is not defined") -> Status:
    """The status of a worker whose script was refused."""
    status = healthy()
    status["conditions"][0] = condition("Ready", "ScriptRejected", message, "False")
    status["conditions"][2] = condition("Deployed", "ScriptRejected", message, "False")
    status["conditions"].append(condition("Stalled", "ScriptRejected", message))
    return status


def scaled() -> Status:
    """The status of a worker with an autoscaler, which has followed a wave of load."""
    status = healthy()
    changes = {4: 2, 9: 3, 20: -2}
    status["scaling"] = {
        "current": 6,
        "desired": 4,
        "reason": "RequestsPerSecond is below target",
        "metrics": [{"type": "RequestsPerSecond", "current": "41", "target": "50", "instances": 4}],
        "lastScaleTime": ago(minutes=4),
        "history": [
            {
                "time": ago(minutes=24 - index),
                "recommended": min(7, 2 + index // 2) if index < 15 else 4,
                **({"change": changes[index]} if index in changes else {}),
            }
            for index in range(24)
        ],
    }
    status["instances"] = 4
    status["conditions"].append(
        condition("ScalingActive", "Succeeded", "follows RequestsPerSecond")
    )
    return status


def fill(rest: RestApi, count: int) -> None:
    """Put workers into the cluster of a gateway, the same ones each time."""
    chance = random.Random(_SEED)
    for number in range(count):
        state = chance.choice(_STATES)
        is_elite = chance.random() < 0.2
        rest.put(
            f"shop-{number:04}",
            f"tenant-{number % 40}",
            "EliteWorker" if is_elite else "CustomerWorker",
            customerId=f"customer-{number % 900}",
            status=_varied(state, chance),
            metadata={"creationTimestamp": ago(hours=chance.randrange(1, 4000))},
            suspend=state == "suspended",
            **({} if is_elite else {"template": chance.choice(_TEMPLATES)}),
        )


def show(rest: RestApi, name: str, status: Status, **spec: Any) -> ObjectKey:
    """Put one worker into the cluster of a gateway."""
    made = {"creationTimestamp": ago(days=40)}
    return rest.put(
        name,
        "shop",
        customerId="customer-123",
        template="ecommerce",
        status=status,
        metadata=made,
        **spec,
    )


def show_platform(
    rest: RestApi, name: str, spec: Mapping[str, Any] = MappingProxyType({}), **status: Any
) -> None:
    """Put a platform into the cluster of a gateway."""
    body = {
        "metadata": {
            "name": name,
            "uid": name,
            "generation": 1,
            "resourceVersion": rest.server.version(),
        },
        "spec": {
            "accountId": "0123456789abcdef0123456789abcdef",
            "environment": "production",
            "domain": "code24.dev",
            **spec,
        },
        "status": {
            "observedGeneration": 1,
            "conditions": [condition("Ready", "Succeeded", "workers are accepted")],
            "accountName": "Code24",
            "dispatcher": "code24-dispatcher-production",
            "dispatchNamespace": "code24-production",
            "budget": {"limit": 1200, "windowSeconds": 300},
            **status,
        },
    }
    rest.cache.observe(ObjectKey(PLATFORM_KIND, "", name), body)


def _varied(state: str, chance: random.Random) -> Status:
    version = f"{chance.randrange(16**8):08x}"
    if state == "failed":
        status = failed()
    elif state == "rolling":
        status = rolling(version, paused=chance.random() < 0.5)
    else:
        status = healthy(version)
    rate = chance.choice((0.2, 0.8, 3, 14, 41, 120, 350))
    errors = chance.choice((0, 0, 0, 0.02, 0.19, 2.5))
    status["metrics"] = _metrics(str(rate), f"{errors}%")
    status["instances"] = chance.choice((1, 1, 1, 2, 3, 8))
    if state == "parked":
        status["instances"], status["health"] = 0, {"state": "Unknown"}
    elif state == "unhealthy":
        status["health"] = {**_health(), "state": "Unhealthy"}
        message = "the probes of all instances fail: status 500"
        status["conditions"][0] = condition("Ready", "ProbeFailed", message, "False")
    return status


def _rollout(version: str, phase: str, *, weight: int, step: str = "") -> Mapping[str, Any]:
    found = {
        "version": version,
        "phase": phase,
        "weight": weight,
        "startedAt": ago(minutes=6),
        "stepStartedAt": ago(minutes=2),
    }
    return {**found, "step": step} if step else found


def _entry(version: str, result: str) -> Mapping[str, Any]:
    return {
        "version": version,
        "source": "template/ecommerce",
        "createdAt": ago(days=2 if result == "Previous" else 0, hours=3),
        "by": "kubectl",
        "result": result,
    }


def _health() -> Mapping[str, Any]:
    return {
        "state": "Healthy",
        "since": ago(hours=7, minutes=5),
        "watchedSince": ago(days=26),
        "outages": [
            {"from": ago(days=12, hours=5), "to": ago(days=12, hours=1)},
            # Within one cell of the strip, wherever a minute ends between this and the page.
            {"from": ago(hours=7, minutes=25), "to": ago(hours=7, minutes=5)},
        ],
        "uptime": {"day": "98.61%", "month": "99.30%", "until": ago(hours=1)},
    }


def _metrics(rate: str, errors: str) -> Mapping[str, Any]:
    return {
        "window": "5m",
        "until": ago(minutes=3),
        "requests": 12000,
        "errors": 23,
        "errorRate": errors,
        "requestsPerSecond": rate,
        "avgResponseTime": "45ms",
        "p99ResponseTime": "120ms",
        "cpu": {"p50": "3.1ms", "p99": "9ms", "usage": "15%"},
        "memory": "64MB",
    }
