"""Health: what a request through the data plane says about a version, and when to send the next one. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from workers_operator.domain.conditions import HEALTHY, ROUTED, Fact
from workers_operator.domain.reasons import Reason

PROPAGATION_RECHECK_SECONDS: Final = 3.0
UNDECIDED_RECHECK_SECONDS: Final = 3.0
PARKED_MESSAGE: Final = "the worker is parked: spec.instances is 0, and the dispatcher answers 503"
LATE: Final = "no answer in time"
SAID_BY_PROBES: Final = frozenset(
    {
        Reason.VERSION_ANSWERS,
        Reason.PROBE_SUCCEEDED,
        Reason.PROBE_FAILED,
        Reason.AWAITING_PROPAGATION,
        Reason.DEGRADED,
        Reason.PARKED,
    }
)
_MEANINGS: Final = {
    "worker_exception": "the script throws an exception (workers-operator logs shows it)",
    "worker_limit_exceeded": "the script exceeds a limit on CPU time, memory or subrequests",
    "worker_unavailable": "the script is missing",
    "unknown_host": "the dispatcher does not know the host",
    "no_route": "the dispatcher does not know the path",
    "bad_routing_entry": "the routing entry is malformed",
    "routing_unavailable": "the dispatcher cannot read the routing table",
}

_MISSING: Final = frozenset({"worker_unavailable", "unknown_host", "no_route", "bad_routing_entry"})
_OF_ORIGINS: Final = frozenset({502, 503, 504, *range(520, 531)})

HealthState = Literal["Healthy", "Degraded", "Unhealthy", "Unknown"]
StatusRange = tuple[int, int]
"""The first and the last of the statuses that are meant."""


@dataclass(frozen=True, slots=True)
class ProbeAnswer:
    """What a probe saw. ``status`` 0: no answer, and ``error`` says why. ``version``, ``instance``: what answered."""

    status: int
    version: str | None
    error: str
    instance: int | None = None

    @property
    def got_through(self) -> bool:
        """Whether the dispatcher was there and called the worker, which makes a failure the worker's."""
        return self.version is not None and self.error != "routing_unavailable"

    @property
    def is_missing(self) -> bool:
        """Whether the dispatcher was there, and found no script or no route."""
        return self.error in _MISSING

    @property
    def is_late(self) -> bool:
        """Whether the connection was there, and no answer came in time."""
        return self.status == 0 and self.error == LATE


@dataclass(frozen=True, slots=True)
class Health:
    """What the probes found so far, as in ``status.health``."""

    state: HealthState = "Unknown"
    consecutive_failures: int = 0


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """The facts that a probe yields. ``is_conclusive``: the next one can wait for the health interval.

    ``out``: instances that are to get no requests, and ``why_out``.
    """

    routed: Fact
    healthy: Fact
    health: Health
    is_conclusive: bool
    out: frozenset[int] = frozenset()
    why_out: str = ""


def judge(
    answer: ProbeAnswer,
    version: str,
    before: Health,
    threshold: int,
    *,
    known_good: bool,
    expected: Sequence[StatusRange] | None,
) -> ProbeResult:
    """Return what an answer means. ``known_good``: this version has answered well before.

    ``expected``: the statuses of a healthy worker; None: all, since nobody said which path it answers well.
    The dispatcher's own error answers, which it gives for a script that throws or is missing, are none of the worker.
    """
    if answer.version is not None and answer.version != version:
        return _unconfirmed(
            f"version {answer.version} still answers; the edge takes up to a minute to see a change",
            before,
        )
    if answer.is_late and not known_good:
        return _late(before, threshold)
    if answer.version is None and not known_good:
        seen = answer.error or f"HTTP {answer.status}"
        return _unconfirmed(f"the new version does not answer yet ({seen})", before)
    if answer.error in _MISSING and not known_good:
        message = f"the edge does not have the new version yet ({_MEANINGS.get(answer.error, answer.error)})"
        return _unconfirmed(message, before)
    if not is_good(answer, version, expected):
        return _failed(answer, version, before, threshold, expected, known_good=known_good)
    return ProbeResult(
        _answers(version), succeeded(expected), Health("Healthy", 0), is_conclusive=True
    )


def parked() -> ProbeResult:
    """Return the result for a worker with no instances: the dispatcher answers in its place."""
    return ProbeResult(
        Fact(ROUTED, "True", Reason.PARKED, PARKED_MESSAGE),
        Fact(HEALTHY, "True", Reason.PARKED, PARKED_MESSAGE),
        Health("Unknown", 0),
        is_conclusive=True,
    )


def postponed(before: Health) -> ProbeResult:
    """Return the result for a version that could not be probed yet."""
    message = "the new version is not probed yet: other workers are slow to answer their probes"
    return _unconfirmed(message, before)


def unreachable(before: Health) -> ProbeResult:
    """Return the result for a new version while no worker of its platform answers: that says nothing about it."""
    message = "the new version is not seen yet: no worker of the platform answers its probes"
    return _unconfirmed(message, before)


def pause(misses: int, interval: float, *, is_undecided: bool = False) -> float:
    """Return the seconds until the next probe after ``misses`` inconclusive ones, ``interval`` at most.

    ``is_undecided``: probes have begun to say otherwise of an instance, so that visitors meet its errors meanwhile.
    """
    if misses == 0:
        return min(interval / 4, UNDECIDED_RECHECK_SECONDS) if is_undecided else interval
    return min(interval, PROPAGATION_RECHECK_SECONDS * 1.5 ** min(misses - 1, 20))


def is_good(answer: ProbeAnswer, version: str, expected: Sequence[StatusRange] | None) -> bool:
    """Return whether an answer is the version's, and as good as it has to be."""
    return answer.version == version and not answer.error and _is_in(answer.status, expected)


def _is_in(status: int, expected: Sequence[StatusRange] | None) -> bool:
    return expected is None or any(first <= status <= last for first, last in expected)


def succeeded(expected: Sequence[StatusRange] | None) -> Fact:
    """Return what is said of a worker that answers its probes with what is expected."""
    message = "the health probe succeeds"
    if expected is None:
        message = "the worker answers; without spec.health.path, it may do so with any status"
    return Fact(HEALTHY, "True", Reason.PROBE_SUCCEEDED, message)


def _answers(version: str) -> Fact:
    message = f"version {version} answers through the data plane"
    return Fact(ROUTED, "True", Reason.VERSION_ANSWERS, message)


def _unconfirmed(message: str, health: Health) -> ProbeResult:
    return ProbeResult(
        Fact(ROUTED, "False", Reason.AWAITING_PROPAGATION, message),
        Fact(HEALTHY, "Unknown", Reason.AWAITING_PROPAGATION, message),
        health,
        is_conclusive=False,
    )


def _late(before: Health, threshold: int) -> ProbeResult:
    """A script that hangs looks like a route that has not propagated; only repeated probes tell them apart."""
    failures = min(before.consecutive_failures + 1, threshold)
    message = "the new version does not answer within spec.health.timeout"
    if failures < threshold:
        return _unconfirmed(message, Health(before.state, failures))
    return ProbeResult(
        Fact(ROUTED, "Unknown", Reason.PROBE_FAILED, message),
        Fact(HEALTHY, "False", Reason.PROBE_FAILED, message),
        Health("Unhealthy", failures),
        is_conclusive=True,
    )


def _failed(
    answer: ProbeAnswer,
    version: str,
    before: Health,
    threshold: int,
    expected: Sequence[StatusRange] | None,
    *,
    known_good: bool,
) -> ProbeResult:
    failures = min(before.consecutive_failures + 1, threshold)
    if failures < threshold and known_good:
        return ProbeResult(
            _answers(version),
            succeeded(expected),
            Health(before.state, failures),
            is_conclusive=True,
        )
    message = f"the health probe fails: {why(answer, expected)}"
    return ProbeResult(
        _answers(version),
        Fact(HEALTHY, "False", Reason.PROBE_FAILED, message),
        Health("Unhealthy", failures),
        is_conclusive=failures >= threshold,
    )


def why(answer: ProbeAnswer, expected: Sequence[StatusRange] | None = None) -> str:
    """Return why an answer is a failure, and who is at fault."""
    if answer.is_late:
        return answer.error
    if answer.status == 0:
        return f"the data plane cannot be reached from here, {answer.error}"
    meaning = _MEANINGS.get(answer.error, answer.error)
    if not meaning and answer.version is not None and expected is not None:
        wanted = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in expected)
        meaning = f"and {wanted} is expected"
    if answer.version is None and not answer.error:
        meaning = "not from the dispatcher"
    elif answer.status in _OF_ORIGINS and not answer.error:
        meaning += "; it points to the origin behind the worker"
    return f"HTTP {answer.status}, {meaning}" if meaning else f"HTTP {answer.status}"
