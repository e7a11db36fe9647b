"""Chart the course of a pass: the version that serves, and the one uploaded beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.account.snapshot import AccountSnapshot
from workers_operator.desired import worker as desired
from workers_operator.desired.health import was_healthy
from workers_operator.desired.report import ResolvedSource
from workers_operator.desired.rollout import NewVersion, state_of, status_of, strategy_of
from workers_operator.domain import names
from workers_operator.domain.conditions import DEPLOYED, HEALTHY
from workers_operator.domain.errors import Stalled
from workers_operator.domain.plan.actions import ScriptId
from workers_operator.domain.plan.worker import (
    INTERRUPTED,
    REPLACED,
    TAMPERED,
    Healing,
    ObservedWorker,
)
from workers_operator.domain.reasons import Reason
from workers_operator.domain.rollout import orders
from workers_operator.domain.rollout.analysis import Judgement
from workers_operator.domain.rollout.progress import (
    Course,
    RolloutState,
    Situation,
    analysed,
    proceed,
    smoked,
)
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.rollout.smoke import SmokeOutcome
from workers_operator.domain.rollout.strategy import Strategy
from workers_operator.domain.serving import Canary
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS
from workers_operator.domain.tenancy.grants import EVERYTHING, Terms
from workers_operator.domain.worker import Worker
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers.repairing import Refusal
from workers_operator.reconcilers.steps import StepFailed
from workers_operator.reconcilers.worker.attempt import Attempt
from workers_operator.reconcilers.worker.following import order_to_retry
from workers_operator.resources import (
    HealthStatus,
    RolloutOrderStatus,
    RolloutStatus,
    Versions,
    WorkerStatus,
)

_TRY_AGAIN: Final = (
    "edit the object or its source, or run workers-operator rollout retry to try it again"
)


@dataclass(frozen=True)
class Lineup:
    """Versions of a worker in a pass. ``worker``: of the spec; ``resolved``: the version of the spec.

    ``observed``: the worker before the pass; ``keeps``: the former version stays at the edge; ``is_pinned``: nobody
    else may have the content.
    """

    course: Course
    at: Situation
    worker: Worker
    resolved: Resolved
    observed: ObservedWorker
    keeps: bool
    is_pinned: bool

    @property
    def version(self) -> str:
        """The version that serves."""
        return self.course.stable

    @property
    def is_asked_for(self) -> bool:
        """Whether the version of the spec serves."""
        return self.version == self.resolved.version

    @property
    def serving(self) -> Worker:
        """The serving worker: a former version keeps its limits, and has no more instances than are uploaded."""
        if self.is_asked_for:
            return self.worker
        mark = self.observed.mark
        limits = mark.serving.limits if mark is not None else self.worker.limits
        count = min(self.worker.instances, instances_of(self.observed.trusted, self.version))
        return replace(self.worker, instances=count, limits=limits)

    @property
    def canary(self) -> Canary | None:
        """The version that is uploaded beside the one that serves."""
        if self.course.candidate is None:
            return None
        return Canary(self.course.candidate, self.worker.instances, self.course.weight)

    @property
    def versions(self) -> Versions:
        """The versions, as a status."""
        return Versions(
            stable=self.version, canary=self.course.candidate, previous=self._previous()
        )

    @property
    def rollout(self) -> RolloutStatus | None:
        """The rollout, as a status."""
        return status_of(self.course, self.at.strategy)

    @property
    def kept(self) -> frozenset[ScriptId]:
        """Scripts kept without requests: those of the former version and of a parked one.

        Of pinned content there is one instance at least: a change of settings makes a version of what another one has.
        """
        if self.worker.instances == 0:
            kept = None if self.is_asked_for else self.version
            return frozenset(
                s for s in self.observed.scripts if s[0] == kept or (self.is_pinned and s[1] == 0)
            )
        former, most = self._previous(), self.worker.instances
        return frozenset(s for s in self.observed.scripts if s[0] == former and s[1] < most)

    @property
    def can_be_undone(self) -> bool:
        """Whether a former version can serve again."""
        return self._previous() is not None

    def after(self, outcome: SmokeOutcome, snapshot: AccountSnapshot) -> "Lineup":
        """Return the line-up after a smoke test of the candidate."""
        return replace(self.seen(snapshot), course=smoked(self.course, self.at, outcome))

    def judged(self, verdict: Judgement, snapshot: AccountSnapshot) -> "Lineup":
        """Return the line-up after a judgement of the candidate's requests."""
        return replace(self.seen(snapshot), course=analysed(self.course, self.at, verdict))

    def seen(self, snapshot: AccountSnapshot) -> "Lineup":
        """Return the line-up with the present state of the edge."""
        observed = self.observed
        found = snapshot.worker(
            self.worker.script_name, observed.hosts, observed.dispatcher, observed.zones
        )
        return replace(self, observed=replace(found, inherited=observed.inherited))

    @property
    def has_former_canary(self) -> bool:
        """Whether the edge sends requests to a version that is neither serving nor the candidate."""
        mark, candidate = self.observed.mark, self.course.candidate
        canary = mark.serving.canary if mark is not None else None
        return canary is not None and candidate is not None and canary.hash != candidate

    @property
    def routed(self) -> frozenset[ScriptId]:
        """The scripts that the routing leads to before the pass."""
        leads = self._leads()
        return frozenset(s for s in self.observed.scripts if s[1] < leads.get(s[0], 0))

    @property
    def revived(self) -> str | None:
        """The version that gets requests again without an upload; it may have been deleted since it was listed."""
        version, leads = self.course.candidate or self.version, self._leads()
        is_new = bool(leads) and version not in leads
        return version if is_new and instances_of(self.observed.scripts, version) else None

    @property
    def takes_requests_back(self) -> bool:
        """Whether requests go back to the version that had them: that goes before everything else."""
        mark = self.observed.mark
        if mark is None:
            return False
        if mark.serving.hash != self.version:
            return self.course.is_way_back
        return mark.serving.canary is not None and self.course.candidate is None

    @property
    def moves_requests(self) -> bool:
        """Whether other requests than before go to the version on its way, or none any more."""
        routed = _routed(self.observed, self.resolved.version)
        return self.takes_requests_back or (
            self.course.candidate is not None and self.course.weight != routed
        )

    def without_candidate(self) -> "Lineup":
        """Return the line-up without the candidate, before its upload."""
        return replace(self, course=replace(self.course, candidate=None, weight=0, smoke=None))

    def failure(self) -> StepFailed | None:
        """Return the error of a worker that will not reach its spec's version by itself."""
        state = self.course.state
        if self.is_asked_for or state is None or not state.has_failed:
            return None
        return _failure(state, self.version)

    def _leads(self) -> Mapping[str, int]:
        """Return version → instances that the routing leads to before the pass."""
        if (mark := self.observed.mark) is None:
            return {}
        versions = (mark.serving, mark.serving.canary)
        return {v.hash: v.instances for v in versions if v is not None}

    def _previous(self) -> str | None:
        """Return the version that served before, if it can serve again."""
        state = self.course.state
        former = self.at.previous if self.version == self.at.stable else self.at.stable
        was_bad = state is not None and state.unhealthy and state.version == former
        return former if self.keeps and not was_bad else None


def chart(
    attempt: Attempt,
    platform: str,
    worker: Worker,
    resolved: Resolved,
    observed: ObservedWorker,
    now: int,
) -> Lineup:
    """Return the line-up of a pass. ``now``: Unix time."""
    is_here = attempt.status.platform == platform
    known = attempt.status if is_here else WorkerStatus()
    state = state_of(known.rollout)
    if state is not None and attempt.was_suspended:
        state = replace(state, since=now)  # the clock of a step stops meanwhile
    target = resolved.version
    stable = _stable(known, state, target, observed)
    versions = known.versions or Versions()
    if state is None and stable == target and versions.stable not in (None, target):
        state = RolloutState(target, "Promoting", started=now, since=now)  # that was not written
    former = versions.previous if versions.stable == stable else versions.stable
    at = Situation(
        target=target,
        stable=stable,
        previous=former if instances_of(observed.trusted, former) else None,
        state=state,
        strategy=_strategy(attempt, resolved),
        now=now,
        is_bad=is_bad(attempt, known, target),
        order=_order(attempt),
        routed=_routed(observed, target),
    )
    course = _parked(at) if worker.instances == 0 else proceed(at)
    keeps = attempt.rollout.spec.history_limit > 0 or not was_healthy(known, course.stable)
    is_pinned = desired.source(attempt.obj).update_policy == "Pinned"
    return Lineup(course, at, worker, resolved, observed, keeps, is_pinned)


def _strategy(attempt: Attempt, resolved: Resolved) -> Strategy:
    health, path = attempt.obj.spec.health, resolved.source.health_path
    strategy, template = strategy_of(attempt.rollout, health, path), attempt.template
    return replace(strategy, is_way_back=template is not None and template.at_once)


def _stable(
    known: WorkerStatus, state: RolloutState | None, target: str, observed: ObservedWorker
) -> str | None:
    """Return the serving version: the edge's, unless its listing is older than the status.

    A version without a script serves nobody.
    """
    mark = observed.mark
    found = [mark.serving.hash if mark is not None else None, known.stable]
    if state is not None and state.has_failed and state.version == target:
        found.reverse()
    # What somebody else has changed must not serve, and only the target can be uploaded again.
    usable = {v: observed.scripts if v == target else observed.trusted for v in found}
    return next((v for v, scripts in usable.items() if v and instances_of(scripts, v)), None)


def _routed(observed: ObservedWorker, target: str) -> float | None:
    if observed.mark is None or observed.mark.serving.instances == 0:
        return None
    canary = observed.mark.serving.canary
    return canary.weight if canary is not None and canary.hash == target else 0.0


def _parked(at: Situation) -> Course:
    """Return the course of a parked worker: parking neither promotes nor retries a version."""
    state, refused = at.of_target, "the worker is parked" if at.order is not None else ""
    if at.stable is None or state is None or not (state.is_active or state.has_failed):
        return Course(at.target, at.state, refused=refused)
    return Course(at.stable, state, refused=refused)


def healing_of(attempt: Attempt, lineup: Lineup, refusal: Refusal | None) -> Healing:
    """Return the repairs of a pass.

    Instances of the serving version are taken out of balancing first, then replaced. ``refusal``: scripts that are not
    repaired now.
    """
    observed, version, instances = lineup.observed, lineup.version, attempt.memory.probes.instances
    mark = observed.mark if observed.mark and observed.mark.serving.hash == version else None
    was_out = frozenset(mark.serving.out) if mark is not None else frozenset()
    threshold = attempt.obj.spec.health.failure_threshold
    out = (
        instances.out(lineup.serving.instances, was_out, threshold) if mark is not None else was_out
    )
    if not lineup.is_asked_for:
        return Healing(out)  # nothing has the content of a former version
    waiting = refusal.scripts if refusal is not None else ()
    anew = dict.fromkeys(instances.due(out & was_out, attempt.started), REPLACED)
    anew |= {i: INTERRUPTED for h, i in observed.interrupted if h == version}
    anew |= {
        i: TAMPERED
        for h, i in observed.foreign
        if h == version and names.versioned_name(lineup.worker.base, h, i) not in waiting
    }
    return Healing(out, anew)


def is_bad(attempt: Attempt, status: WorkerStatus, version: str) -> bool:
    """Whether a serving version has reached its probe failure threshold without ever being healthy."""
    if not attempt.was_tried or attempt.forced:
        return False
    known, seen = status.health or HealthStatus(), attempt.memory.probes.failures
    failures = known.consecutive_failures if seen is None else seen
    return (
        status.stable == version
        and known.state == "Unhealthy"
        and failures >= attempt.obj.spec.health.failure_threshold
        and not was_healthy(status, version)
    )


def new_version(attempt: Attempt, resolved: Resolved) -> NewVersion:
    """Return the history entry of the spec's version."""
    source = resolved.source
    return NewVersion(source.digest, source.origin, attempt.obj.metadata.spec_manager)


def instances_of(scripts: Iterable[ScriptId], version: str | None) -> int:
    """Return the number of consecutive instances of a version, from the first one."""
    found = {instance for hash_, instance in scripts if hash_ == version}
    return next(count for count in range(len(found) + 1) if count not in found)


def _order(attempt: Attempt) -> orders.RolloutOrder | None:
    """Return the unhandled order to the worker or to the template that it follows."""
    told, known = orders.given(attempt.obj.metadata.annotations), attempt.status.rollout_order
    own = orders.parse(told) if known is None or known.id != told else None
    return own or order_to_retry(attempt)


def order_status(attempt: Attempt, course: Course) -> RolloutOrderStatus | None:
    """Return the outcome of the order in an object's annotations."""
    told, known = orders.given(attempt.obj.metadata.annotations), attempt.status.rollout_order
    if not told or (known is not None and known.id == told):
        return known if told else None
    problem = course.refused
    if orders.parse(told) is None:
        problem = orders.MALFORMED
    return RolloutOrderStatus(id=told, problem=problem or None)


def to_be_left(attempt: Attempt, platform: str) -> Resolved | None:
    """Return the version that an order takes the requests from, as far as status knows it; None without an order."""
    order, rollout = _order(attempt), attempt.status.rollout
    if order is None or not order.is_way_back or rollout is None:
        return None
    path = attempt.obj.spec.health.path or "/"
    source = ResolvedSource(origin="", digest="", revision="", health_path=path)
    terms, generation = Terms(EVERYTHING), attempt.obj.metadata.generation
    return Resolved(generation, platform, terms, (), 0.0, source, rollout.version, NO_LIMITS, 0)


def _failure(state: RolloutState, serves: str) -> StepFailed:
    if state.phase == "Aborted":
        message = f"version {state.version} is not rolled out: {state.message}; version {serves} serves; {_TRY_AGAIN}"
        return StepFailed(DEPLOYED, Stalled(RolloutReason.ABORTED, message))
    message = f"{state.message}, and version {serves} serves again; {_TRY_AGAIN}"
    if state.unhealthy:
        return StepFailed(HEALTHY, Stalled(Reason.ROLLED_BACK_UNHEALTHY, message))
    return StepFailed(DEPLOYED, Stalled(RolloutReason.UNDONE, message))
