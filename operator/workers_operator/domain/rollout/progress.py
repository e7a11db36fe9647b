"""Decide the next step of a rollout from what serves and what was decided before. Pure.

``proceed`` is asked in every pass. What it has decided lies in the object's status and at the edge, and nowhere else:
after a crash it is asked again, and decides the same.
"""

import math
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from workers_operator.domain.rollout.analysis import FALSE_ABORTS, Judgement
from workers_operator.domain.rollout.criteria import Criteria
from workers_operator.domain.rollout.orders import RolloutOrder
from workers_operator.domain.rollout.smoke import SmokeOutcome
from workers_operator.domain.rollout.strategy import SmokeStep, Strategy, WeightStep

Phase = Literal["Progressing", "Paused", "Promoting", "Succeeded", "Aborted", "RolledBack"]

ACTIVE: Final = ("Progressing", "Paused")
FAILED: Final = ("Aborted", "RolledBack")
OUTCOMES: Final = ("Succeeded", *FAILED)
RECHECK_SECONDS: Final = 3.0
ANALYSIS_SECONDS: Final = 30.0
"""Seconds between checks for a step's metrics when no collection has been announced."""
_SHOWN_SECONDS: Final = 90.0
"""How stale a KV listing may be; a canary missing for longer was removed by somebody else."""


@dataclass(frozen=True, slots=True)
class RolloutState:
    """How far a version has come. ``step``: index of the step under way; ``started``, ``since``: Unix times, of the
    rollout and of the step. ``held``: somebody has paused it; ``unhealthy``: it was rolled back for its health.
    """

    version: str
    phase: Phase
    step: int = 0
    started: int = 0
    since: int = 0
    held: bool = False
    unhealthy: bool = False
    message: str = ""

    @property
    def is_active(self) -> bool:
        """Whether the version is on its way."""
        return self.phase in ACTIVE

    @property
    def has_failed(self) -> bool:
        """Whether the version is not to be tried again by itself."""
        return self.phase in FAILED

    def at_step(self, step: int, now: int) -> "RolloutState":
        """Return the state at the beginning of a step."""
        return replace(self, phase="Progressing", step=step, since=now, held=False, message="")


@dataclass(frozen=True, slots=True)
class Situation:
    """Input of a decision.

    ``target``: the version that the spec asks for; ``stable``: the one that serves, None if none does; ``previous``:
    one that is at the edge and could; ``state``: of the last rollout. ``is_bad``: the target serves, and has turned
    unhealthy without ever being healthy. ``routed``: the share of the requests that the target gets at the edge, None
    if that is not known. ``now``: Unix time.
    """

    target: str
    stable: str | None
    previous: str | None
    state: RolloutState | None
    strategy: Strategy
    now: int
    is_bad: bool = False
    order: RolloutOrder | None = None
    routed: float | None = None

    @property
    def of_target(self) -> RolloutState | None:
        """The state, if it is the target's."""
        return self.state if self.state is not None and self.state.version == self.target else None


@dataclass(frozen=True, slots=True)
class Analysis:
    """Judge the requests between two Unix times. ``until``: None while the step is not over.

    ``rollout``: the Unix time at which it began. ``share``: the risk of a false abort that each criterion may take.
    """

    criteria: Criteria
    rollout: int
    since: int
    until: int | None
    share: float


@dataclass(frozen=True, slots=True)
class Course:
    """What serves next: ``stable``, and ``weight`` percent of the requests ``candidate``, which is uploaded beside it.

    ``smoke``: what the candidate has to answer now; ``analysis``: what is asked of its requests. ``due``: seconds until
    there is more to decide. ``refused``: why the order was not carried out.
    """

    stable: str
    state: RolloutState | None = None
    candidate: str | None = None
    weight: int = 0
    smoke: SmokeStep | None = field(default=None, repr=False)
    analysis: Analysis | None = field(default=None, repr=False)
    due: float = math.inf
    refused: str = ""

    @property
    def is_way_back(self) -> bool:
        """Whether the rolled-out version no longer gets requests."""
        return self.state is not None and self.state.has_failed


def proceed(at: Situation) -> Course:
    """Return the next course."""
    if at.stable is None:
        refused = "no version serves yet" if at.order is not None else ""
        return Course(at.target, at.state, refused=refused)
    if at.order is not None:
        return _obey(at, at.stable, at.order)
    return _go_on(at, at.stable)


def smoked(course: Course, at: Situation, outcome: SmokeOutcome) -> Course:
    """Return the course after a smoke test of the candidate."""
    state, smoke = course.state, course.smoke
    if state is None or smoke is None:
        return course
    if outcome.failure:
        return _abort(at, course.stable, state, f"the smoke test failed: {outcome.failure}")
    if outcome.unknown and not smoke.lenient:
        deadline, why = at.strategy.deadline, f"the smoke test cannot be made: {outcome.unknown}"
        if at.now - state.since > deadline:
            return _abort(at, course.stable, state, f"no progress for {deadline:.0f} s: {why}")
        waiting = replace(state, message=why)
        return replace(course, state=waiting, smoke=None, due=RECHECK_SECONDS)
    # The order was obeyed before the test, and stays told.
    after = replace(at, state=state.at_step(state.step + 1, at.now), order=None)
    return replace(proceed(after), refused=course.refused)


def analysed(course: Course, at: Situation, verdict: Judgement) -> Course:
    """Return the course after a judgement of the candidate's requests."""
    state, analysis = course.state, course.analysis
    if state is None or analysis is None:
        return course
    judged = replace(course, analysis=None)
    if verdict.finding == "Failed":
        return _abort(at, course.stable, state, f"the analysis failed: {verdict.message}")
    if analysis.until is None:
        return judged
    if verdict.finding == "Passed":
        after = replace(at, state=state.at_step(state.step + 1, at.now), order=None)
        return replace(proceed(after), refused=course.refused)
    if verdict.finding == "Pending":
        waiting = replace(state, message=verdict.message)
        return replace(judged, state=waiting, due=ANALYSIS_SECONDS)
    why = f"the analysis is inconclusive: {verdict.message}"
    paused = replace(state, phase="Paused", held=True, message=why)
    return replace(judged, state=paused, due=math.inf)


# --- without an order -------------------------------------------------------------------------------------------------


def _go_on(at: Situation, stable: str) -> Course:
    state = at.of_target
    if at.target == stable:
        return _serving(at)
    if state is not None and state.phase in ("Promoting", "Succeeded"):
        # The listing of the edge is older than the promotion, or its entry was changed by others.
        return Course(at.target, state)
    if state is not None and state.has_failed:
        return Course(stable, state)
    if at.strategy.is_way_back and at.target == at.previous:
        return _promoted(at, RolloutState(at.target, "Promoting", started=at.now))
    if state is not None and _was_taken_away(at, state):
        return _abort(at, stable, state, "the routing entry no longer points to the new version")
    return _advance(at, stable, state or RolloutState(at.target, "Progressing", 0, at.now, at.now))


def _serving(at: Situation) -> Course:
    """Return the course while the target serves: keep it, or roll it back if it is unhealthy."""
    state = at.of_target
    if at.is_bad and at.previous is not None:
        message = f"version {at.target} turned unhealthy before it was healthy"
        gone = RolloutState(
            at.target, "RolledBack", started=at.now, since=at.now, unhealthy=True, message=message
        )
        return Course(at.previous, gone)
    if state is None and at.state is None:
        return Course(at.target)
    if state is None or state.has_failed or state.is_active:
        state = RolloutState(at.target, "Promoting", started=at.now, since=at.now)
    return Course(at.target, state)


def _was_taken_away(at: Situation, state: RolloutState) -> bool:
    wanted = at.strategy.weight_at(state.step)
    return (
        state.is_active and wanted > 0 and at.routed == 0 and at.now - state.since > _SHOWN_SECONDS
    )


def _advance(at: Situation, stable: str, state: RolloutState) -> Course:
    """Return the course at the step that is due."""
    steps = at.strategy.steps
    while state.step < len(steps):
        step, weight = steps[state.step], at.strategy.weight_at(state.step)
        if isinstance(step, WeightStep):
            analysis, left = _analysis(at, state, step), _left(at, state, step)
            if left > 0 or analysis is not None:
                due = left if left > 0 else ANALYSIS_SECONDS
                state = replace(state, phase="Paused" if left == math.inf else "Progressing")
                return Course(stable, state, at.target, weight, analysis=analysis, due=due)
            state = state.at_step(state.step + 1, at.now)
        elif state.held:
            return Course(stable, replace(state, phase="Paused"), at.target, weight)
        else:
            return Course(stable, replace(state, phase="Progressing"), at.target, weight, step)
    return _promoted(at, state)


def _left(at: Situation, state: RolloutState, step: WeightStep) -> float:
    """Return the seconds until a step is over; infinite if it waits for an order."""
    if state.held or step.pause is None:
        return math.inf
    return max(0.0, state.since + step.pause - at.now)


def _analysis(at: Situation, state: RolloutState, step: WeightStep) -> Analysis | None:
    if step.analysis is None:
        return None
    is_over = _left(at, state, step) == 0
    until = state.since + math.ceil(step.pause or 0) if is_over else None
    share = FALSE_ABORTS / max(1, at.strategy.tests)
    return Analysis(step.analysis, state.started, state.since, until, share)


def _promoted(at: Situation, state: RolloutState) -> Course:
    done = replace(state, phase="Promoting", since=at.now, held=False, message="")
    return Course(at.target, done)


def _abort(at: Situation, stable: str, state: RolloutState, why: str) -> Course:
    return Course(stable, replace(state, phase="Aborted", since=at.now, held=False, message=why))


# --- orders -----------------------------------------------------------------------------------------------------------


def _obey(at: Situation, stable: str, order: RolloutOrder) -> Course:
    """Return the course after an order, or why it is refused."""
    without = replace(at, order=None)
    if order.verb == "undo":
        return _undo(without, stable, order)
    if order.verb == "retry":
        return _retry(without, stable, order)
    state = at.of_target
    if at.target == stable and state is not None and state.is_active and "promote" in order.verb:
        return _go_on(without, stable)  # it was promoted just before, and that was not written
    if at.target == stable or state is None or not state.is_active:
        return replace(_go_on(without, stable), refused="no rollout is under way")
    if order.version not in ("", state.version):
        refused = f"version {state.version} is being rolled out, not {order.version}"
        return replace(_go_on(without, stable), refused=refused)
    match order.verb:
        case "abort":
            return _abort(at, stable, state, "it was aborted")
        case "pause":
            return _advance(without, stable, replace(state, held=True))
        case "resume" if state.phase != "Paused":
            return replace(_go_on(without, stable), refused="the rollout is not paused")
        case "resume" if state.held:
            return _advance(without, stable, state.at_step(state.step, at.now))
        case "promote-full":
            return _promoted(at, state)
        case _:
            return _advance(without, stable, state.at_step(state.step + 1, at.now))


def _retry(at: Situation, stable: str, order: RolloutOrder) -> Course:
    state = at.of_target
    if at.target == stable or state is None or not state.has_failed:
        refused = "the version that is asked for was neither aborted nor rolled back"
        return replace(_go_on(at, stable), refused=refused)
    if order.version not in ("", at.target):
        refused = f"version {at.target} is asked for, not {order.version}"
        return replace(_go_on(at, stable), refused=refused)
    return _go_on(replace(at, state=None), stable)


def _undo(at: Situation, stable: str, order: RolloutOrder) -> Course:
    state = at.of_target
    # On its way; or all requests have gone back just before, and that was not written.
    on_the_way = state is not None and not state.has_failed and at.target != stable
    to = order.version or (stable if on_the_way else at.previous)
    if to is None:
        return replace(_go_on(at, stable), refused="there is no former version at the edge")
    if to == stable and not on_the_way:
        return replace(_go_on(at, stable), refused=f"version {to} serves already")
    if to not in (stable, at.previous):
        return replace(_go_on(at, stable), refused=f"version {to} is not at the edge any more")
    if to == at.target:
        return Course(to, RolloutState(to, "Promoting", started=at.now, since=at.now))
    message = f"version {at.target} was undone"
    return Course(
        to, RolloutState(at.target, "RolledBack", started=at.now, since=at.now, message=message)
    )
