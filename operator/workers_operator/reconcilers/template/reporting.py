"""Reports what a pass over a template has come to: its status, and how often rollouts have ended how."""

from typing import Final, Protocol

from workers_operator.desired.fleet import rollout
from workers_operator.desired.fleet.rollout import FleetReport
from workers_operator.desired.fleet.templates import TemplateObject
from workers_operator.desired.outcome import Failure, merge
from workers_operator.domain.conditions import SOURCE, TEMPLATE_TYPES, Fact
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.reasons import Reason
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.runner import Result
from workers_operator.index.objects import Body, check_requested
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.status_writer import StatusWriter, Summary
from workers_operator.resources import TemplateStatus

RESYNC_SECONDS: Final = 300.0
# Counts alone are written so often: a fleet of thousands would write as many statuses otherwise.
_COUNTS_SECONDS: Final = 10.0


class FleetObserver(Protocol):
    """Counts rollouts of templates: ``metrics.Metrics``."""

    def template_rollout_ended(self, kind: str, outcome: str) -> None:
        """Count a rollout that has ended."""


class TemplateReporter:
    """Writes the statuses of templates."""

    def __init__(self, writer: StatusWriter, pacing: Pacing, observer: FleetObserver) -> None:
        self._writer = writer
        self._pacing = pacing
        self._observer = observer
        self._written: dict[ObjectKey, float] = {}  # monotonic second of the last write

    def forget(self, key: ObjectKey) -> None:
        """Forget a template that is gone."""
        self._written.pop(key, None)

    async def refuse(
        self, key: ObjectKey, body: Body, status: TemplateStatus, failure: Failure
    ) -> Result:
        """Report why a template has no version. Raises KubeError."""
        summary = Summary(TEMPLATE_TYPES, merge({}, failure), failure.progress(), status, "")
        await self._writer.write(key, body, summary)
        return failure.result(again=RESYNC_SECONDS)

    async def report(
        self,
        key: ObjectKey,
        body: Body,
        obj: TemplateObject,
        status: TemplateStatus,
        report: FleetReport,
        failed: Failure | None,
    ) -> float:
        """Write the status; return the seconds until what was held back is due. Raises KubeError."""
        known, fact = obj.status, rollout.rolled_out(report)
        status = rollout.reported(obj.metadata, status, report)
        facts = merge({fact.type: fact} | _resolved(status), failed)
        progress = failed.progress() if failed else rollout.progress_of(fact, report.course.state)
        summary = Summary(
            TEMPLATE_TYPES, facts, progress, status, fact.message, ready_reason=FleetReason.UPDATED
        )
        wait = self._written.get(key, 0.0) + _COUNTS_SECONDS - self._pacing.monotonic()
        is_asked = check_requested(obj.metadata, known) or not obj.is_observed
        if not is_asked and self._writer.differs_in_words_only(
            _with_counts(known, status), summary
        ):
            if status.followers == known.followers:
                return RESYNC_SECONDS
            if wait > 0:
                return wait
        if await self._writer.write(key, body, summary):
            self._written[key] = self._pacing.monotonic()
            if ended := rollout.outcome(status.rollout, known.rollout):
                self._observer.template_rollout_ended(key.kind, ended)
        return RESYNC_SECONDS


def _resolved(status: TemplateStatus) -> dict[str, Fact]:
    source = status.source
    if source is None:
        return {}
    message = f"{source.from_} has {source.digest[:19]}"
    return {SOURCE: Fact(SOURCE, "True", Reason.RESOLVED, message)}


def _with_counts(known: TemplateStatus, new: TemplateStatus) -> TemplateStatus:
    """Return a status with the counts of another one."""
    return known.model_copy(update={"followers": new.followers, "eta": new.eta})
