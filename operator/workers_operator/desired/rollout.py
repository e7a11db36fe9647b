"""Translate rollouts: a spec's strategy, and the status and history of versions. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from workers_operator.desired.health import was_healthy
from workers_operator.domain.conditions import RECONCILING, Fact
from workers_operator.domain.health.probes import StatusRange
from workers_operator.domain.rollout.criteria import Criteria, Criterion
from workers_operator.domain.rollout.progress import (
    ACTIVE,
    FAILED,
    OUTCOMES,
    Course,
    RolloutState,
)
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.rollout.strategy import (
    SettingsOrigin,
    SmokeRequest,
    SmokeStep,
    Step,
    Strategy,
    WeightStep,
)
from workers_operator.domain.timestamps import parse_timestamp, stamp_unix
from workers_operator.resources import (
    AnalysisSpec,
    HealthSpec,
    RolloutSpec,
    RolloutStatus,
    SmokeRequestSpec,
    SmokeSpec,
    VersionStatus,
    WorkerStatus,
    parse_duration,
)

_PLAIN: Final = SmokeSpec(requests=(SmokeRequestSpec(),))


@dataclass(frozen=True, slots=True)
class NewVersion:
    """History entry of a new version. ``by``: the field manager of the spec, "" if unknown."""

    digest: str
    source: str
    by: str


@dataclass(frozen=True, slots=True)
class RolloutSettings:
    """Rollout settings of a worker, and their origin."""

    spec: RolloutSpec
    origin: SettingsOrigin


_DEFAULTS: Final = RolloutSettings(RolloutSpec(), "Default")


def rollout_spec(spec: Mapping[str, object]) -> RolloutSpec | None:
    """Return what a spec of a worker or platform says of rollouts; None if that is nothing, or is invalid."""
    try:
        return RolloutSpec.model_validate(spec["rollout"]) if spec.get("rollout") else None
    except ValidationError:
        return None


def settings_of(own: RolloutSpec | None, platform: RolloutSpec | None) -> RolloutSettings:
    """Return the settings that apply: a worker's own as a whole, else its platform's, else the defaults."""
    if own is not None:
        return RolloutSettings(own, "Worker")
    if platform is not None:
        return RolloutSettings(platform, "Platform")
    return _DEFAULTS


def strategy_of(settings: RolloutSettings, health: HealthSpec, default_path: str) -> Strategy:
    """Return the strategy of settings. ``default_path``: that of the source's health probe."""
    spec = settings.spec
    path = health.path or default_path
    first = _smoke(_PLAIN, health, path, lenient=True)
    steps: list[Step] = []
    for step in spec.steps or ():
        if step.smoke is not None:
            asked = step.smoke if step.smoke.requests else _PLAIN
            steps.append(_smoke(asked, health, path, lenient=False))
        elif step.weight is not None and step.pause is not None:
            duration = step.pause.duration
            pause = None if duration is None else parse_duration(duration)
            steps.append(WeightStep(step.weight, pause, criteria_of(step.analysis)))
    if not steps or not isinstance(steps[0], SmokeStep):
        steps.insert(0, first)
    return Strategy(tuple(steps), spec.deadline_seconds, settings.origin)


def criteria_of(spec: AnalysisSpec | None) -> Criteria | None:
    """Return what an analysis asks for; None without one."""
    if spec is None:
        return None
    asked = tuple(Criterion(metric.type, metric.limit) for metric in spec.metrics)
    return Criteria(asked, spec.min_requests)


def _smoke(spec: SmokeSpec, health: HealthSpec, path: str, *, lenient: bool) -> SmokeStep:
    return SmokeStep(tuple(_request(r, health, path) for r in spec.requests), lenient)


def _request(spec: SmokeRequestSpec, health: HealthSpec, path: str) -> SmokeRequest:
    within = (
        health.timeout_seconds
        if spec == SmokeRequestSpec()
        else parse_duration(spec.expect.max_response_time)
    )
    expected: tuple[StatusRange, ...] | None = spec.expect.ranges
    if expected is None and health.expected is not None:
        expected = tuple(health.expected)
    return SmokeRequest(
        path=spec.path or path,
        method=spec.method,
        headers=tuple(sorted(spec.headers.items())),
        body=spec.body,
        expected=expected,
        contains=spec.expect.contains,
        answers=tuple(sorted(spec.expect.headers.items())),
        within=within,
    )


# --- status -----------------------------------------------------------------------------------------------------------


def state_of(status: RolloutStatus | None) -> RolloutState | None:
    """Read the last rollout from status."""
    if status is None:
        return None
    return RolloutState(
        status.version,
        status.phase,
        _step(status.step),
        parse_timestamp(status.started_at) or 0,
        parse_timestamp(status.step_started_at) or 0,
        status.held,
        status.unhealthy,
        status.message or "",
    )


def _step(text: str | None) -> int:
    number = (text or "").partition("/")[0]
    return max(0, int(number) - 1) if number.isascii() and number.isdigit() else 0


def status_of(course: Course, strategy: Strategy) -> RolloutStatus | None:
    """Return the status of a course."""
    state, count = course.state, len(strategy.steps)
    if state is None:
        return None
    return RolloutStatus(
        version=state.version,
        phase=state.phase,
        step=f"{min(state.step + 1, count)}/{count}" if state.is_active else None,
        weight=course.weight if course.stable != state.version else 100,
        held=state.held,
        unhealthy=state.unhealthy,
        message=state.message or None,
        settings_from=strategy.origin,
        started_at=stamp_unix(state.started),
        step_started_at=stamp_unix(state.since),
    )


def under_way(status: WorkerStatus) -> Fact | None:
    """Return Reconciling during a rollout, None otherwise."""
    rollout = status.rollout
    if rollout is None or rollout.phase not in ACTIVE:
        return None
    share = f"gets {rollout.weight} % of the requests" if rollout.weight else "gets no requests yet"
    message = f"version {rollout.version} {share}, step {rollout.step}"
    if rollout.message:
        message += f"; {rollout.message}"
    if rollout.phase == "Progressing":
        return Fact(RECONCILING, "True", RolloutReason.PROGRESSING, message)
    to_do = "resume" if rollout.held else "promote"
    message += f"; workers-operator rollout {to_do} goes on, and rollout abort ends it"
    return Fact(RECONCILING, "True", RolloutReason.PAUSED, message)


def is_asked_for(status: WorkerStatus) -> bool:
    """Return whether the version of the last rollout serves."""
    return status.rollout is None or status.rollout.version == status.stable


def outcome(new: RolloutStatus | None, old: RolloutStatus | None) -> str | None:
    """Return the outcome of a rollout that has ended since ``old``; None if none has."""
    if new is None or new.phase not in OUTCOMES:
        return None
    was = (old.version, old.phase, old.started_at) if old is not None else None
    return new.phase if was != (new.version, new.phase, new.started_at) else None


def concluded(status: WorkerStatus, now: int) -> RolloutStatus | None:
    """Return the rollout; it has succeeded once its promoted version was healthy. ``now``: Unix time."""
    rollout = status.rollout
    if rollout is None or rollout.phase != "Promoting" or not was_healthy(status, rollout.version):
        return rollout
    return rollout.model_copy(update={"phase": "Succeeded", "step_started_at": stamp_unix(now)})


# --- history ----------------------------------------------------------------------------------------------------------


def history_of(
    known: Sequence[VersionStatus], status: WorkerStatus, new: NewVersion, now: int, limit: int
) -> tuple[VersionStatus, ...]:
    """Return the history for ``status``, newest first. ``now``: Unix time."""
    versions, rollout = status.versions, status.rollout
    if versions is None or limit == 0:
        return ()
    newest = rollout.version if rollout is not None else versions.stable
    entries = list(known)
    if newest is not None and (not entries or entries[0].version != newest):
        before = next((e for e in entries if e.version == newest), None)
        entries = [e for e in entries if e.version != newest]
        entries.insert(0, before or _entry(newest, new, now))
    return tuple(_with_result(entry, status) for entry in entries[:limit])


def _entry(version: str, new: NewVersion, now: int) -> VersionStatus:
    return VersionStatus(
        version=version,
        digest=new.digest,
        source=new.source,
        created_at=stamp_unix(now),
        by=new.by or None,
        result="RollingOut",
    )


def _with_result(entry: VersionStatus, status: WorkerStatus) -> VersionStatus:
    """Return an entry with the present state of its version; a recorded failure stays."""
    versions, rollout = status.versions, status.rollout
    message = None
    if versions is not None and entry.version == versions.stable:
        result = "Serving"
    elif rollout is not None and entry.version == rollout.version:
        has_failed = rollout.phase in FAILED
        result, message = (rollout.phase, rollout.message) if has_failed else ("RollingOut", None)
    elif entry.result in FAILED:
        return entry
    elif versions is not None and entry.version == versions.previous:
        result = "Previous"
    else:
        result = "Superseded"
    return entry.model_copy(update={"result": result, "message": message})
