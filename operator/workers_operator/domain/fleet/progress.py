"""Decide the next step of a template's rollout: wave after wave, until all have it or too many fail. Pure.

``decide`` is asked in every pass over a template. What it has decided lies in the template's status and in those of its
followers, and nowhere else: after a crash it is asked again, and decides the same.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from workers_operator.domain.fleet.members import (
    ALL,
    ONE,
    FleetMember,
    FleetTrial,
    Portion,
    in_order,
    size_of,
)
from workers_operator.domain.rollout.analysis import FALSE_ABORTS, Judgement
from workers_operator.domain.rollout.criteria import Criteria
from workers_operator.domain.rollout.orders import RolloutOrder
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.text.lines import listed
from workers_operator.domain.worker import ObjectKey

FleetPhase = Literal["Progressing", "Paused", "Succeeded", "Stopped", "Aborted"]
UNDER_WAY: Final = ("Progressing", "Paused")
ENDED_BADLY: Final = ("Stopped", "Aborted")
OUTCOMES: Final = ("Succeeded", *ENDED_BADLY)
DEADLINE_SECONDS: Final = 600.0
ANALYSIS_SECONDS: Final = 30.0
"""Until data is looked for that nobody has announced."""
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class FleetStrategy:
    """Strategy of a template's rollout.

    ``waves``: how many have it after each wave; after the last one, all have. ``pause``: seconds between two waves;
    None: until somebody promotes. ``most_unavailable``: how many may be under way at once. ``most_failures``: how many
    failed followers stop it. ``deadline``: seconds after which one has failed that is not Ready. ``analysis``: what is
    asked of the requests to followers before the next wave.
    """

    waves: tuple[Portion, ...] = (ALL,)
    pause: float | None = 0.0
    most_unavailable: Portion = ALL
    most_failures: Portion = ONE
    deadline: float = DEADLINE_SECONDS
    analysis: Criteria | None = None

    @property
    def last(self) -> int:
        """The index of the last wave."""
        return len(self.waves) - 1


@dataclass(frozen=True, slots=True)
class FleetState:
    """How far a version has come. ``wave``: index of the one under way; ``started``, ``since``: Unix times, of the
    rollout and of the wave; ``calm``: since when all of the wave are ready, None while they are not. ``held``: somebody
    has paused it; ``retry``: the order to try again that was given last.
    """

    version: str
    phase: FleetPhase = "Progressing"
    wave: int = 0
    started: int = 0
    since: int = 0
    calm: int | None = None
    held: bool = False
    retry: str = ""
    message: str = ""

    def at_wave(self, wave: int, now: int) -> "FleetState":
        """Return the state at the beginning of a wave."""
        return replace(
            self, phase="Progressing", wave=wave, since=now, calm=None, held=False, message=""
        )


@dataclass(frozen=True, slots=True)
class FleetSituation:
    """Input of a decision.

    ``target``: the version of the template as it is; ``former``: the one that followers keep until they are reached, ""
    if there is none; ``state``: of the last rollout. ``now``: Unix time.
    """

    target: str
    former: str
    state: FleetState | None
    strategy: FleetStrategy
    followers: Sequence[FleetMember]
    now: int
    order: RolloutOrder | None = None

    @property
    def of_target(self) -> FleetState | None:
        """The state, if it is the target's."""
        return self.state if self.state is not None and self.state.version == self.target else None

    def trial(self, state: FleetState) -> FleetTrial:
        """Return what followers are judged by."""
        times, deadline = (state.started, state.since, self.now), self.strategy.deadline
        return FleetTrial(state.version, state.retry, *times, deadline)

    @property
    def has_way_back(self) -> bool:
        """Whether there is another version to keep, or to return to."""
        return self.former != ""


@dataclass(frozen=True, slots=True)
class WaveAnalysis:
    """What is asked of the requests to followers from ``since`` to ``until``, Unix times; ``began``: of the wave.

    ``share``: the risk of a false stop that each criterion may take.
    """

    criteria: Criteria
    rollout: int
    since: int
    began: int
    until: int
    share: float


@dataclass(frozen=True, slots=True)
class FleetCourse:
    """Who has which version: ``released`` has ``version``, all followers if it is None; the others keep what they have.

    ``due``: seconds until there is more to decide. ``refused``: why the order was not carried out. ``analysis``: what
    is asked of their requests now.
    """

    version: str
    state: FleetState
    released: frozenset[ObjectKey] | None = None
    due: float = math.inf
    refused: str = ""
    analysis: WaveAnalysis | None = None


def former_version(
    state: FleetState | None, previous: str, target: str, followers: Iterable[FleetMember]
) -> str:
    """Return what followers keep until ``target`` reaches them: the last version that all of them had.

    Where none was, it is one that some do well with. "": nothing. So it is of the first version, and of one that goes
    back to what they have kept so far, ``previous``: that goes to all at once.
    """
    if state is None or state.version == target:
        return previous
    if target == previous:
        return ""
    was_good = state.phase == "Succeeded" or (
        not previous and any(f.is_ready_at(state.version) for f in followers)
    )
    return state.version if was_good else previous


def decide(at: FleetSituation) -> FleetCourse:
    """Return the next course."""
    state = at.of_target or _begun(at)
    at = replace(at, state=replace(state, wave=min(state.wave, at.strategy.last)))
    return _obey(at, at.order) if at.order is not None else _go_on(at)


def _begun(at: FleetSituation) -> FleetState:
    """Return the state at the beginning: at the last wave if there is nothing that anybody could keep."""
    wave = 0 if at.has_way_back else at.strategy.last
    return FleetState(at.target, wave=wave, started=at.now, since=at.now)


# --- without an order -------------------------------------------------------------------------------------------------


def _go_on(at: FleetSituation) -> FleetCourse:
    state = at.of_target or _begun(at)
    if state.phase == "Aborted" and at.has_way_back:
        return FleetCourse(at.former, state)
    if state.phase == "Stopped":
        return FleetCourse(at.target, state, _reached(at))
    if state.phase == "Succeeded":
        return FleetCourse(at.target, state)
    return _advance(at, state)


def _advance(at: FleetSituation, state: FleetState) -> FleetCourse:
    """Return the course at the wave that is due."""
    order, trial = in_order(at.followers, at.target), at.trial(state)
    failed = [f for f in order if trial.has_failed(f)]
    if failed and len(failed) >= at.strategy.most_failures.of(len(order)):
        stopped = replace(state, phase="Stopped", held=False, message=_why_stopped(at, failed))
        return FleetCourse(at.target, stopped, _reached(at))
    while True:
        trial = at.trial(state)
        members = order[: size_of(at.strategy.waves, state.wave, len(order))]
        if state.wave == at.strategy.last:
            members = order
        if not all(map(trial.is_over, members)):
            return _in_wave(at, replace(state, calm=None), members)
        state = replace(state, calm=at.now if state.calm is None else state.calm)
        if state.wave == at.strategy.last:
            done = replace(state, phase="Succeeded", held=False, message="")
            return FleetCourse(at.target, done)
        left = _pause_left(at, state)
        if left is None:
            paused = replace(state, phase="Paused", message=state.message if state.held else "")
            return FleetCourse(at.target, paused, _reached(at))
        if left > 0:
            going = replace(state, phase="Progressing", message="")
            return FleetCourse(at.target, going, _reached(at), due=left)
        if (analysis := _analysis(at, state)) is not None:
            course = FleetCourse(at.target, replace(state, phase="Progressing"), _reached(at))
            return replace(course, analysis=analysis, due=ANALYSIS_SECONDS)
        state = state.at_wave(state.wave + 1, at.now)


def analysed(course: FleetCourse, at: FleetSituation, verdict: Judgement) -> FleetCourse:
    """Return who has which version once the requests to the followers of a wave were judged."""
    state, settled = course.state, replace(course, analysis=None)
    match verdict.finding:
        case "Pending":
            return replace(settled, state=replace(state, message=verdict.message))
        case "Passed":
            after = replace(at, state=state.at_wave(state.wave + 1, at.now), order=None)
            return replace(_go_on(after), refused=course.refused)
        case "Failed":
            why = f"the analysis failed: {verdict.message}"
            stopped = replace(state, phase="Stopped", message=why)
            return replace(settled, state=stopped, due=math.inf)
    why = f"the analysis is inconclusive: {verdict.message}"
    paused = replace(state, phase="Paused", held=True, message=why)
    return replace(settled, state=paused, due=math.inf)


def _analysis(at: FleetSituation, state: FleetState) -> WaveAnalysis | None:
    """Return what is asked once a wave's pause is over; None where there is nothing to compare."""
    criteria, pause = at.strategy.analysis, math.ceil(at.strategy.pause or 0)
    is_empty = all(f.version != at.target for f in at.followers)
    if criteria is None or not at.has_way_back or is_empty:
        return None
    share = FALSE_ABORTS / (criteria.counted * max(1, at.strategy.last))
    until = (at.now if state.calm is None else state.calm) + pause
    return WaveAnalysis(criteria, state.started, state.since - pause, state.since, until, share)


def _in_wave(at: FleetSituation, state: FleetState, members: Sequence[FleetMember]) -> FleetCourse:
    """Return the course while not all of a wave are ready."""
    if state.held:
        return FleetCourse(at.target, replace(state, phase="Paused"), _reached(at))
    trial = at.trial(state)
    started = list(filter(trial.is_under_way, members))
    room = max(1, at.strategy.most_unavailable.of(len(at.followers))) - len(started)
    waiting = [f for f in members if f.version != at.target and f.state != "Suspended"]
    going = replace(state, phase="Progressing", message=_what_holds(started))
    due = min(map(trial.left, started), default=math.inf)
    return FleetCourse(at.target, going, _reached(at, waiting[: max(0, room)]), due=due)


def _what_holds(started: Sequence[FleetMember]) -> str:
    """Return which followers wait for people, whom nothing else can replace; "" if none does."""
    waiting = [f for f in started if f.reason == RolloutReason.PAUSED]
    if not waiting:
        return ""
    who = "1 follower waits" if len(waiting) == 1 else f"{len(waiting)} followers wait"
    return f"{who} for a promotion of its own: {listed(map(_name, waiting), _MOST_NAMED)}"


def _pause_left(at: FleetSituation, state: FleetState) -> float | None:
    """Return the seconds until the next wave; None: until somebody promotes or resumes."""
    if state.held or at.strategy.pause is None:
        return None
    return (state.calm or at.now) + at.strategy.pause - at.now


def _reached(at: FleetSituation, more: Sequence[FleetMember] = ()) -> frozenset[ObjectKey] | None:
    """Return the followers that the target has reached, and ``more``; None for all, if they have no way back."""
    if not at.has_way_back:
        return None
    return frozenset(f.key for f in (*(f for f in at.followers if f.version == at.target), *more))


def _why_stopped(at: FleetSituation, failed: Sequence[FleetMember]) -> str:
    late = f"not Ready for {at.strategy.deadline / 60:.3g} min"
    told = (
        f"{_name(f)} ({late}: {f.reason})" if f.state == "OnTheWay" else _name(f) for f in failed
    )
    who = "1 follower has" if len(failed) == 1 else f"{len(failed)} followers have"
    return f"{who} failed: {listed(told, _MOST_NAMED)}"


def _name(follower: FleetMember) -> str:
    return f"{follower.key.namespace}/{follower.key.name}"


# --- orders -----------------------------------------------------------------------------------------------------------


def _obey(at: FleetSituation, order: RolloutOrder) -> FleetCourse:
    """Return the course after an order, or why it is refused."""
    at = replace(at, order=None)
    state = at.of_target
    if order.version not in ("", at.target):
        return _refuse(
            at, f"version {at.target} of the template is rolled out, not {order.version}"
        )
    if order.verb == "undo":
        return _refuse(at, "a template has no undo; apply its former spec, or abort the rollout")
    if order.verb == "retry":
        return _retry(at, state, order)
    if order.verb == "abort":
        return _abort(at, state)
    if state is None or state.phase not in UNDER_WAY:
        return _refuse(at, "no rollout is under way")
    match order.verb:
        case "pause":
            return _go_on(replace(at, state=replace(state, held=True)))
        case "resume" if state.phase != "Paused":
            return _refuse(at, "the rollout is not paused")
        case "resume" if state.held:
            calm = None if state.calm is None else at.now
            resumed = replace(state, phase="Progressing", held=False, calm=calm, message="")
            return _go_on(replace(at, state=resumed))
    if state.wave >= at.strategy.last:
        return _refuse(at, "the last wave is under way")
    wave = at.strategy.last if order.verb == "promote-full" else state.wave + 1
    return _go_on(replace(at, state=state.at_wave(wave, at.now)))


def _retry(at: FleetSituation, state: FleetState | None, order: RolloutOrder) -> FleetCourse:
    if state is None or state.phase not in ENDED_BADLY:
        return _refuse(at, "the rollout was neither stopped nor aborted")
    wave = state.wave if state.phase == "Stopped" else 0
    again = replace(state.at_wave(wave, at.now), started=at.now, retry=order.id)
    return _go_on(replace(at, state=again))


def _abort(at: FleetSituation, state: FleetState | None) -> FleetCourse:
    if state is None or state.phase not in (*UNDER_WAY, "Stopped"):
        return _refuse(at, "no rollout is under way")
    if not at.has_way_back:
        return _refuse(at, "there is no former version to return to")
    aborted = replace(
        state, phase="Aborted", since=at.now, calm=None, held=False, message="it was aborted"
    )
    return _go_on(replace(at, state=aborted))


def _refuse(at: FleetSituation, why: str) -> FleetCourse:
    return replace(_go_on(at), refused=why)
