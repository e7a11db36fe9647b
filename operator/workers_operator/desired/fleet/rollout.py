"""Translate rollouts of templates: a spec's strategy, and their status. Pure."""

from dataclasses import dataclass

from workers_operator.desired.rollout import criteria_of
from workers_operator.domain.conditions import RECONCILING, ROLLED_OUT, STALLED, Fact
from workers_operator.domain.fleet.members import ALL, FollowerCounts, Portion
from workers_operator.domain.fleet.progress import (
    OUTCOMES,
    FleetCourse,
    FleetState,
    FleetStrategy,
)
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.rollout import orders
from workers_operator.domain.timestamps import parse_timestamp, stamp_unix
from workers_operator.resources import (
    FleetRolloutSpec,
    FleetRolloutStatus,
    FollowersStatus,
    ObjectMeta,
    RolloutOrderStatus,
    TemplateStatus,
    parse_duration,
)


@dataclass(frozen=True, slots=True)
class FleetReport:
    """Decision of a pass over a template. ``eta``: Unix time, None if unknown."""

    course: FleetCourse
    strategy: FleetStrategy
    former: str
    counts: FollowerCounts
    eta: float | None


def strategy_of(spec: FleetRolloutSpec) -> FleetStrategy:
    """Return the strategy of a spec. After the last wave all followers have the version."""
    waves = tuple(map(_portion, spec.waves))
    pause: float | None = 0.0
    if spec.pause is not None:
        pause = None if spec.pause.duration is None else parse_duration(spec.pause.duration)
    return FleetStrategy(
        waves if waves[-1] == ALL else (*waves, ALL),
        pause,
        _portion(spec.max_unavailable),
        _portion(spec.max_failures),
        parse_duration(spec.progress_deadline),
        criteria_of(spec.analysis),
    )


def _portion(text: str) -> Portion:
    return Portion(int(text.removesuffix("%")), text.endswith("%"))


def state_of(status: FleetRolloutStatus | None) -> FleetState | None:
    """Read the last rollout from status."""
    if status is None:
        return None
    number = (status.wave or "").partition("/")[0]
    return FleetState(
        status.version,
        status.phase,
        max(0, int(number) - 1) if number.isascii() and number.isdigit() else 0,
        parse_timestamp(status.started_at) or 0,
        parse_timestamp(status.wave_started_at) or 0,
        parse_timestamp(status.wave_ready_at),
        status.held,
        status.retry or "",
        status.message or "",
    )


def outcome(new: FleetRolloutStatus | None, old: FleetRolloutStatus | None) -> str | None:
    """Return how a rollout has ended since ``old``; None if none has."""
    if new is None or new.phase not in OUTCOMES:
        return None
    was = (old.version, old.phase, old.started_at) if old is not None else None
    return new.phase if was != (new.version, new.phase, new.started_at) else None


def order_of(metadata: ObjectMeta, status: TemplateStatus) -> orders.RolloutOrder | None:
    """Return the order that has not been handled yet."""
    told, known = orders.given(metadata.annotations), status.rollout_order
    return orders.parse(told) if known is None or known.id != told else None


def reported(metadata: ObjectMeta, status: TemplateStatus, report: FleetReport) -> TemplateStatus:
    """Return a template's status after a pass."""
    course, counts = report.course, report.counts
    return status.model_copy(
        update={
            "version": course.state.version,
            "previous_version": report.former or None,
            "rollout": _rollout(course.state, report.strategy),
            "rollout_order": _order(metadata, status, course.refused),
            "followers": FollowersStatus(
                total=counts.total,
                updated=counts.updated,
                ready=counts.ready,
                failed=counts.failed,
            ),
            "eta": None if report.eta is None else stamp_unix(report.eta),
        }
    )


def _rollout(state: FleetState, strategy: FleetStrategy) -> FleetRolloutStatus:
    return FleetRolloutStatus(
        version=state.version,
        phase=state.phase,
        wave=f"{state.wave + 1}/{len(strategy.waves)}",
        held=state.held,
        retry=state.retry or None,
        message=state.message or None,
        started_at=stamp_unix(state.started),
        wave_started_at=stamp_unix(state.since),
        wave_ready_at=None if state.calm is None else stamp_unix(state.calm),
    )


def _order(metadata: ObjectMeta, status: TemplateStatus, refused: str) -> RolloutOrderStatus | None:
    """Return the outcome of the order in an object's annotations."""
    told, known = orders.given(metadata.annotations), status.rollout_order
    if not told or (known is not None and known.id == told):
        return known if told else None
    if orders.parse(told) is None:
        refused = orders.MALFORMED
    return RolloutOrderStatus(id=told, problem=refused or None)


# --- conditions -------------------------------------------------------------------------------------------------------


def rolled_out(report: FleetReport) -> Fact:
    """Return RolledOut: whether all followers have the version, or why not."""
    state, counts = report.course.state, report.counts
    version, far = state.version, f"{counts.ready} of {counts.total} followers are Ready with it"
    wave = f"wave {state.wave + 1} of {len(report.strategy.waves)}"
    match state.phase:
        case "Succeeded":
            return Fact(ROLLED_OUT, "True", FleetReason.UPDATED, _succeeded(report))
        case "Progressing":
            message = f"version {version} is at {wave}: {far}"
            message += f"; {state.message}" if state.message else ""
            return Fact(ROLLED_OUT, "False", FleetReason.PROGRESSING, message)
        case "Paused":
            to_do = f"workers-operator rollout {'resume' if state.held else 'promote'} goes on"
            why = f"{state.message}; " if state.message else ""
            message = (
                f"version {version} is at {wave}: {far}; {why}{to_do}, and rollout abort ends it"
            )
            return Fact(ROLLED_OUT, "False", FleetReason.PAUSED, message)
        case "Stopped":
            kept = f"; those that were not reached keep version {report.former}"
            message = f"version {version} has stopped at {wave}: {state.message}"
            message += f"{kept if report.former else ''}; fix the template or the failed followers, then run "
            message += "workers-operator rollout retry"
            return Fact(ROLLED_OUT, "False", FleetReason.STOPPED, message)
        case "Aborted":
            message = f"version {version} is not rolled out: {state.message}; followers return to version "
            message += f"{report.former}; edit the template, or run workers-operator rollout retry"
            return Fact(ROLLED_OUT, "False", FleetReason.ABORTED, message)


def _succeeded(report: FleetReport) -> str:
    counts, version = report.counts, report.course.state.version
    if counts.total == 0:
        return f"version {version}; no worker follows"
    failed = f"; {counts.failed} have failed" if counts.failed else ""
    return (
        f"version {version}: {counts.ready} of {counts.total} followers are Ready with it{failed}"
    )


def progress_of(fact: Fact, state: FleetState) -> Fact | None:
    """Return Reconciling while followers are being updated, Stalled after a failed rollout."""
    if state.phase in ("Progressing", "Paused"):
        return Fact(RECONCILING, "True", fact.reason, fact.message)
    if state.phase in ("Stopped", "Aborted"):
        return Fact(STALLED, "True", fact.reason, fact.message)
    return None
