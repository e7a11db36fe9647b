"""Charts the course of a pass: which version of a worker serves, and which is uploaded beside it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from workers_operator.account.snapshot import AccountSnapshot
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
from workers_operator.domain.rollout.progress import (
    Course,
    RolloutState,
    Situation,
    proceed,
    smoked,
)
from workers_operator.domain.rollout.reasons import RolloutReason
from workers_operator.domain.rollout.smoke import SmokeOutcome
from workers_operator.domain.serving import Canary
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS
from workers_operator.domain.tenancy.grants import EVERYTHING, Terms
from workers_operator.domain.worker import Worker
from workers_operator.index.memory import Resolved
from workers_operator.reconcilers.repairing import Refusal
from workers_operator.reconcilers.steps import StepFailed
from workers_operator.reconcilers.worker.attempt import Attempt
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
    """What serves in a pass. ``worker``: as the spec asks for it; ``resolved``: of the version that it asks for.

    ``observed``: the worker before the pass; ``keeps``: the former version stays at the edge.
    """

    course: Course
    at: Situation
    worker: Worker
    resolved: Resolved
    observed: ObservedWorker
    keeps: bool

    @property
    def version(self) -> str:
        """The version that serves."""
        return self.course.stable

    @property
    def is_asked_for(self) -> bool:
        """Whether the version that serves is the one that the spec asks for."""
        return self.version == self.resolved.version

    @property
    def serving(self) -> Worker:
        """The worker as it serves: of a former version no more instances than are there, with its own limits."""
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
        """What status tells of the versions."""
        return Versions(
            stable=self.version, canary=self.course.candidate, previous=self._previous()
        )

    @property
    def rollout(self) -> RolloutStatus | None:
        """What status tells of the rollout."""
        return status_of(self.course, self.at.strategy)

    @property
    def kept(self) -> frozenset[ScriptId]:
        """The scripts that stay although they get no requests: of the former version, and of one that is parked."""
        kept: set[str | None] = {self._previous()}
        most = self.worker.instances
        if most == 0:
            kept = set() if self.is_asked_for else {self.version}
        return frozenset(
            s for s in self.observed.scripts if s[0] in kept and (most == 0 or s[1] < most)
        )

    @property
    def can_be_undone(self) -> bool:
        """Whether a former version could serve again."""
        return self._previous() is not None

    def after(self, outcome: SmokeOutcome, snapshot: AccountSnapshot) -> "Lineup":
        """Return the line-up once the version on its way was smoke tested."""
        return replace(self.seen(snapshot), course=smoked(self.course, self.at, outcome))

    def seen(self, snapshot: AccountSnapshot) -> "Lineup":
        """Return the line-up with what is at the edge by now."""
        observed = self.observed
        found = snapshot.worker(
            self.worker.script_name, observed.hosts, observed.dispatcher, observed.zones
        )
        return replace(self, observed=replace(found, inherited=observed.inherited))

    @property
    def has_former_canary(self) -> bool:
        """Whether a version gets requests at the edge that is neither the one that serves nor on its way."""
        mark, candidate = self.observed.mark, self.course.candidate
        canary = mark.serving.canary if mark is not None else None
        return canary is not None and candidate is not None and canary.hash != candidate

    @property
    def takes_requests_back(self) -> bool:
        """Whether requests go back from a version that has failed: that goes before everything else."""
        mark = self.observed.mark
        if mark is None or not self.course.is_way_back:
            return False
        return mark.serving.canary is not None or mark.serving.hash != self.version

    def without_candidate(self) -> "Lineup":
        """Return the line-up before the version on its way is uploaded."""
        return replace(self, course=replace(self.course, candidate=None, weight=0, smoke=None))

    def failure(self) -> StepFailed | None:
        """Return what a worker says that is not at the version that its spec asks for, and will not be by itself."""
        state = self.course.state
        if self.is_asked_for or state is None or not state.has_failed:
            return None
        return _failure(state, self.version)

    def _previous(self) -> str | None:
        """Return the version that served before, if it could again."""
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
    """Return what serves in this pass. ``now``: Unix time."""
    spec, is_here = attempt.obj.spec, attempt.status.platform == platform
    known = attempt.status if is_here else WorkerStatus()
    state = state_of(known.rollout)
    if state is not None and attempt.was_suspended:
        state = replace(state, since=now)  # the clock of a step stands still meanwhile
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
        strategy=strategy_of(spec.rollout, spec.health, resolved.source.health_path),
        now=now,
        is_bad=is_bad(attempt, known, target),
        order=_order(attempt),
        routed=_routed(observed, target),
    )
    course = _parked(at) if worker.instances == 0 else proceed(at)
    keeps = spec.rollout.history_limit > 0 or not was_healthy(known, course.stable)
    return Lineup(course, at, worker, resolved, observed, keeps)


def _stable(
    known: WorkerStatus, state: RolloutState | None, target: str, observed: ObservedWorker
) -> str | None:
    """Return the version that serves: as the edge says, unless what is known of it is older than the status.

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
    """Return what a worker without instances will serve: parking it neither promotes a version nor tries one again."""
    state, refused = at.of_target, "the worker is parked" if at.order is not None else ""
    if at.stable is None or state is None or not (state.is_active or state.has_failed):
        return Course(at.target, at.state, refused=refused)
    return Course(at.stable, state, refused=refused)


def healing_of(attempt: Attempt, lineup: Lineup, refusal: Refusal | None) -> Healing:
    """Return what is done about what is not as it should be.

    Instances of the version that serves are out of balancing first, then replaced. ``refusal``: what is not repaired.
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
    anew |= {i: INTERRUPTED for h, i in observed.unsettled if h == version}
    anew |= {
        i: TAMPERED
        for h, i in observed.foreign
        if h == version and names.versioned_name(lineup.worker.base, h, i) not in waiting
    }
    return Healing(out, anew)


def is_bad(attempt: Attempt, status: WorkerStatus, version: str) -> bool:
    """Whether a version that serves has failed as many probes as it may without ever being healthy."""
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
    """Return what the history tells of the version that the spec asks for."""
    source = resolved.source
    return NewVersion(source.digest, source.origin, attempt.obj.metadata.spec_manager)


def instances_of(scripts: Iterable[ScriptId], version: str | None) -> int:
    """Return how many instances of a version there are from the first one on."""
    found = {instance for hash_, instance in scripts if hash_ == version}
    return next(count for count in range(len(found) + 1) if count not in found)


def _order(attempt: Attempt) -> orders.RolloutOrder | None:
    """Return the order that was given and not handled yet."""
    told, known = orders.given(attempt.obj.metadata.annotations), attempt.status.rollout_order
    return orders.parse(told) if known is None or known.id != told else None


def order_status(attempt: Attempt, course: Course) -> RolloutOrderStatus | None:
    """Return what has become of the order that an object gives."""
    told, known = orders.given(attempt.obj.metadata.annotations), attempt.status.rollout_order
    if not told or (known is not None and known.id == told):
        return known if told else None
    problem = course.refused
    if orders.parse(told) is None:
        problem = f"it is none of {', '.join(orders.VERBS)}"
    return RolloutOrderStatus(id=told, problem=problem or None)


def to_be_left(attempt: Attempt, platform: str) -> Resolved | None:
    """Return the version that an order takes the requests from, as far as status tells of it; None without an order."""
    order, rollout = _order(attempt), attempt.status.rollout
    if order is None or order.verb not in ("abort", "undo") or rollout is None:
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
