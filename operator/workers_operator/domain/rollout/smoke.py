"""Judge answers to smoke tests. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workers_operator.domain.health import probes
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.rollout.strategy import SmokeRequest


@dataclass(frozen=True, slots=True)
class SmokeAnswer:
    """Answer to a request. ``headers``: names in lower case; ``text``: the first bytes of the body."""

    probe: ProbeAnswer
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SmokeOutcome:
    """Outcome of a test. ``failure``: why it failed; ``unknown``: why the outcome is unknown. Both "": it passed."""

    failure: str = ""
    unknown: str = ""

    @property
    def has_passed(self) -> bool:
        """Whether the test passed."""
        return not (self.failure or self.unknown)

    def on_instance(self, instance: int) -> "SmokeOutcome":
        """Return the outcome as that of one of several instances."""
        failure, unknown = (
            f"{said}, on instance {instance}" if said else ""
            for said in (self.failure, self.unknown)
        )
        return SmokeOutcome(failure, unknown)


PASSED = SmokeOutcome()


def judge(request: SmokeRequest, answer: SmokeAnswer, version: str) -> SmokeOutcome:
    """Judge a version's answer to a request. The message never quotes the body."""
    probe, name = answer.probe, f"{request.method} {request.path}"
    if probe.is_late:
        return SmokeOutcome(failure=f"{name}: no answer within {request.within:g} s")
    if not probe.got_through or probe.is_missing:
        return SmokeOutcome(unknown=f"{name}: {probes.why(probe)}")
    if probe.version != version:
        return SmokeOutcome(unknown=f"{name}: version {probe.version} answers in its place")
    if not probes.is_good(probe, version, request.expected):
        return SmokeOutcome(failure=f"{name}: {probes.why(probe, request.expected)}")
    for header, part in request.answers:
        if part not in answer.headers.get(header.lower(), ""):
            return SmokeOutcome(failure=f"{name}: the header {header} does not contain {part!r}")
    if request.contains not in answer.text:
        return SmokeOutcome(failure=f"{name}: the body does not contain {request.contains!r}")
    return PASSED
