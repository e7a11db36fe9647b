"""Smoke tests: what an answer of a new version means. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workers_operator.domain.health import probes
from workers_operator.domain.health.probes import ProbeAnswer
from workers_operator.domain.rollout.strategy import SmokeRequest


@dataclass(frozen=True, slots=True)
class SmokeAnswer:
    """What a request was answered. ``headers``: names in lower case; ``text``: the first bytes of the body."""

    probe: ProbeAnswer
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    text: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class SmokeOutcome:
    """``failure``: why the test failed; ``unknown``: why that is not known. Both "": it passed."""

    failure: str = ""
    unknown: str = ""

    @property
    def has_passed(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.failure or self.unknown)


PASSED = SmokeOutcome()


def judge(request: SmokeRequest, answer: SmokeAnswer, version: str) -> SmokeOutcome:
    """Return what an answer to a request to a version means. What the body holds is never quoted."""
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
