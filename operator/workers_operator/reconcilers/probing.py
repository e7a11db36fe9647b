"""Health: what a request through the data plane says about a version, and when to ask again. Pure but for the probe."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from workers_operator.cloudflare.dataplane import DataPlane, ProbeAnswer
from workers_operator.domain.conditions import Fact
from workers_operator.domain.desired import Worker
from workers_operator.engine.clock import Clock

# A new version is asked for quickly at first (local edges, warm caches), then at the pace of KV's propagation.
_FIRST_LOOKS: Final = (0.0, 0.05, 0.1, 0.2, 0.4)
_LOOKING_SECONDS: Final = 1.0
PROPAGATION_RECHECK_SECONDS: Final = 3.0

PARKED_MESSAGE: Final = "no instances are wanted: the dispatcher answers 503"
_MEANINGS: Final = {
    "worker_exception": "the script throws an exception",
    "unknown_host": "the dispatcher knows no such host",
}


@dataclass(frozen=True, slots=True)
class Health:
    """As in ``status.health``."""

    state: str
    consecutive_failures: int

    @staticmethod
    def of(status: Mapping[str, Any]) -> "Health":
        """What status said last."""
        known = status.get("health") or {}
        return Health(
            str(known.get("state") or "Unknown"), int(known.get("consecutiveFailures") or 0)
        )

    def field(self) -> Mapping[str, Any]:
        """The status field."""
        return {"state": self.state, "consecutiveFailures": self.consecutive_failures}


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The facts that a probe yields. ``settled``: no need to look again before the health interval."""

    routed: Fact
    healthy: Fact
    health: Health
    settled: bool


async def wait_for_version(
    data_plane: DataPlane, worker: Worker, version: str, path: str, timeout: float, clock: Clock
) -> ProbeAnswer:
    """Probes until ``version`` answers, for about a second besides the last probe; the last answer."""
    deadline = clock.monotonic() + _LOOKING_SECONDS
    answer = ProbeAnswer(0, None, "not asked yet")
    for pause in _FIRST_LOOKS:
        if pause:
            await clock.sleep(pause)
        answer = await probe(data_plane, worker, version, path, timeout, clock)
        if answer.version == version or clock.monotonic() >= deadline:
            break
    return answer


async def probe(
    data_plane: DataPlane, worker: Worker, _version: str, path: str, timeout: float, _clock: Clock
) -> ProbeAnswer:
    """One probe of the worker's first route."""
    route = worker.routes[0]
    return await data_plane.probe(route.host, route.path + path, timeout)


def judge(
    answer: ProbeAnswer,
    version: str,
    before: Health,
    threshold: int,
    *,
    known_good: bool,
    strict: bool,
) -> ProbeResult:
    """The facts of an answer. ``known_good``: this version has answered well before.

    ``strict``: the user named the path, so it has to answer with 2xx or 3xx; else any answer below 500 is one.
    """
    if answer.version is not None and answer.version != version:
        message = (
            f"version {answer.version} still answers; the edge takes up to a minute to see a change"
        )
        routed = Fact("Routed", "False", "AwaitingPropagation", message)
        return ProbeResult(
            routed,
            Fact("Healthy", "Unknown", "AwaitingPropagation", message),
            before,
            settled=False,
        )
    if answer.is_late and not known_good:
        return _late(before, threshold)
    if answer.version is None and not known_good:
        message = f"the new version does not answer yet ({answer.error or f'HTTP {answer.status}'})"
        routed = Fact("Routed", "False", "AwaitingPropagation", message)
        return ProbeResult(
            routed,
            Fact("Healthy", "Unknown", "AwaitingPropagation", message),
            before,
            settled=False,
        )
    if answer.version == version and answer.status < (400 if strict else 500):
        routed = Fact(
            "Routed", "True", "VersionAnswers", f"version {version} answers through the data plane"
        )
        healthy = Fact("Healthy", "True", "ProbeSucceeded", "the health probe is answered")
        return ProbeResult(routed, healthy, Health("Healthy", 0), settled=True)
    return _failed(answer, version, before, threshold, known_good)


def _late(before: Health, threshold: int) -> ProbeResult:
    """A script that hangs looks like a route that isn't there yet, but for the connection: it is given its time."""
    failures = min(before.consecutive_failures + 1, threshold)
    message = "the new version gives no answer within spec.health.timeout"
    if failures < threshold:
        routed = Fact("Routed", "False", "AwaitingPropagation", message)
        healthy = Fact("Healthy", "Unknown", "AwaitingPropagation", message)
        return ProbeResult(routed, healthy, Health(before.state, failures), settled=False)
    routed = Fact("Routed", "Unknown", "ProbeFailed", message)
    healthy = Fact("Healthy", "False", "ProbeFailed", message)
    return ProbeResult(routed, healthy, Health("Unhealthy", failures), settled=True)


def _failed(
    answer: ProbeAnswer, version: str, before: Health, threshold: int, known_good: bool
) -> ProbeResult:
    routed = Fact(
        "Routed", "True", "VersionAnswers", f"version {version} answers through the data plane"
    )
    failures = min(before.consecutive_failures + 1, threshold)
    if failures < threshold and known_good:
        healthy = Fact("Healthy", "True", "ProbeSucceeded", "the health probe is answered")
        return ProbeResult(routed, healthy, Health(before.state, failures), settled=True)
    healthy = Fact("Healthy", "False", "ProbeFailed", f"the health probe fails: {_why(answer)}")
    return ProbeResult(
        routed, healthy, Health("Unhealthy", failures), settled=failures >= threshold
    )


def _why(answer: ProbeAnswer) -> str:
    if answer.status == 0:
        return answer.error
    meaning = _MEANINGS.get(answer.error, answer.error)
    return f"HTTP {answer.status}, {meaning}" if meaning else f"HTTP {answer.status}"


def pause(looks: int, interval: float) -> float:
    """Seconds until the next probe after ``looks`` vain ones: quickly at first, never slower than the interval."""
    if looks == 0:
        return interval
    return min(interval, PROPAGATION_RECHECK_SECONDS * 1.5 ** min(looks - 1, 20))


def parked() -> ProbeResult:
    """A worker with no instances: the dispatcher answers in its place."""
    return ProbeResult(
        Fact("Routed", "True", "Parked", PARKED_MESSAGE),
        Fact("Healthy", "True", "Parked", PARKED_MESSAGE),
        Health("Unknown", 0),
        True,
    )
