"""Scales a worker by its metrics: one decision for each new minute of data, in the pass that carries it out."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from workers_operator.account.metrics.recent import RecentMetrics
from workers_operator.account.platforms import Platform
from workers_operator.desired import scaling
from workers_operator.desired import status as statuses
from workers_operator.desired.metrics import is_due
from workers_operator.desired.report import Report
from workers_operator.domain.metrics.window import MINUTE, MetricsWindow
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.scaling.behavior import Autoscaling, MetricType
from workers_operator.domain.scaling.decision import decide
from workers_operator.domain.scaling.forecast import Series
from workers_operator.domain.scaling.history import ScalingHistory
from workers_operator.domain.scaling.measuring import MISSING, Sample, Scale
from workers_operator.domain.tenancy.grants import Terms
from workers_operator.domain.worker import Worker
from workers_operator.index.memory import ScalingMemory
from workers_operator.reconcilers.pacing import Pacing
from workers_operator.reconcilers.worker.attempt import Attempt

_LOST_INTERVALS: Final = 2  # after as many without a decision, what happened meanwhile is unknown


class Autoscaler:
    """Decides how many instances a worker shall have; without ``spec.autoscaling`` its spec does."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing

    def scale(
        self,
        attempt: Attempt,
        platform: Platform,
        terms: Terms,
        worker: Worker,
        observed: ObservedWorker,
        report: Report,
        room: float,
    ) -> tuple[Worker, Report]:
        """Return the worker with as many instances as it shall have, and the report with why.

        ``room``: for how many instances the quota of its namespace leaves room.
        """
        spec = attempt.obj.spec
        if spec.autoscaling is None:
            attempt.memory.scaled(None)
            return worker, report.not_scaled()
        interval = platform.config.observation.metrics_interval
        most = terms.plan.max_instances if terms.plan is not None else None
        if room < spec.autoscaling.max_instances:
            # A quota never parks a worker: one without any room is refused.
            most = max(1, min(int(room), most or int(room)))
        task = scaling.autoscaling_of(spec.autoscaling, interval, most)
        known, scale = attempt.memory.scaling, self._scale(attempt, observed)
        seen = (platform.metrics.until, bool(platform.metrics.failure))
        if seen == (None, False) and scale.current:
            # Nothing has been asked for since the process started: that says nothing about the worker.
            return replace(worker, instances=task.clamp(scale.current)), report
        if known is None or self._is_due(known, task, scale, seen):
            known, report = self._decide(attempt, platform, worker, task, scale, report)
            attempt.memory.scaled(replace(known, seen=seen))
        return replace(worker, instances=known.decision.desired), report

    def _is_due(
        self, known: ScalingMemory, task: Autoscaling, scale: Scale, seen: tuple[int | None, bool]
    ) -> bool:
        """Whether there is something new to decide about: data, the task, or an interval without new data."""
        if (known.task, known.seen) != (task, seen) or known.is_parked != (scale.current == 0):
            return True
        return self._pacing.now().timestamp() - known.at >= task.interval

    @staticmethod
    def _scale(attempt: Attempt, observed: ObservedWorker) -> Scale:
        """Return the number of instances before a decision: the last one counts, even if it was not written."""
        mark = observed.mark
        there = mark.serving.instances if mark is not None else None
        scale = scaling.scale_of(attempt.obj.spec, attempt.status, there)
        known = attempt.memory.scaling
        if known is not None and scale.current and known.decision.desired:
            return replace(scale, current=known.decision.desired)
        return scale

    def _decide(
        self,
        attempt: Attempt,
        platform: Platform,
        worker: Worker,
        task: Autoscaling,
        scale: Scale,
        report: Report,
    ) -> tuple[ScalingMemory, Report]:
        now, known = self._pacing.now().timestamp(), attempt.memory.scaling
        platform.metrics.peaks.want(worker.script_name, now)
        all_serve_since = scaling.changed_at(attempt.status.scaling) + self._pacing.kv_window
        samples = samples_of(platform.metrics, worker.script_name, now, all_serve_since)
        history = self._history(attempt, scale, task, now)
        series = self._series(platform, worker, task, now)
        decision = decide(task, scale, samples, history, now, series)
        written = known.written if known is not None else None
        quiet = now - written if written is not None else None
        conditions = statuses.facts_of(attempt.status)
        # Status is written anyway if the worker's metrics are due: both together, not each on its own.
        if _renews_metrics(platform.metrics, worker.script_name, report) or (
            scaling.is_worth_writing(decision, conditions, attempt.status.scaling, quiet)
        ):
            report, written = report.scaled(decision, now), now
        return ScalingMemory(task, decision, at=now, written=written), report

    @staticmethod
    def _series(
        platform: Platform, worker: Worker, task: Autoscaling, now: float
    ) -> Mapping[MetricType, Series]:
        """Return the load of the last seasons if the autoscaler forecasts; it is asked for until it is known."""
        if task.predictive.mode == "Off":
            return {}
        seasons = platform.metrics.seasons
        seasons.want(worker.script_name, task.predictive.season, now)
        found = seasons.series(worker.script_name, now)
        return {MetricType.REQUESTS_PER_SECOND: found} if found is not None else {}

    @staticmethod
    def _history(attempt: Attempt, scale: Scale, task: Autoscaling, now: float) -> ScalingHistory:
        """Return what is known of the past: after a pause, or a restart, the number counts as recommended just now."""
        known = attempt.memory.scaling
        if known is None:
            return scaling.history_of(attempt.status.scaling, now)
        if now - known.at > _LOST_INTERVALS * task.interval:
            return known.decision.history.seeded(scale.current, now)
        return known.decision.history


def _renews_metrics(recent: RecentMetrics, script_name: str, report: Report) -> bool:
    """Whether this pass writes the worker's metrics."""
    if not is_due(report.status.metrics, recent.until):
        return False
    measured = report.measured(recent.window(script_name))
    return measured.status.metrics is not report.status.metrics


def samples_of(
    recent: RecentMetrics, script_name: str, now: float, all_serve_since: float
) -> Mapping[MetricType, Sample]:
    """Return the values of a worker's metrics over the newest complete minute.

    ``now``: Unix time; ``all_serve_since``: the one at which the present instances began to get all requests.
    """
    newest = recent.newest(script_name)
    if newest is None:
        return dict.fromkeys(MetricType, MISSING)
    before, age = recent.minute(script_name, newest.since - MINUTE), now - newest.until
    traffic = newest.all_traffic
    slow = traffic.times.quantile(0.99) or 0.0
    is_early = newest.since < all_serve_since
    return {
        MetricType.REQUESTS_PER_SECOND: Sample(
            _requests(newest),
            age,
            _requests(before) if before is not None else None,
            recent.peaks.of(script_name),
        ),
        MetricType.CPU_TIME: Sample(
            _cpu_seconds(newest), age, _cpu_seconds(before) if before is not None else None
        ),
        MetricType.RESPONSE_TIME_P99: Sample(slow / 1000, age, is_early=is_early),
        MetricType.ERROR_RATE: Sample(
            traffic.failed / traffic.requests if traffic.requests else 0.0, age, is_early=is_early
        ),
    }


def _requests(window: MetricsWindow) -> float:
    return window.all_traffic.requests / window.seconds


def _cpu_seconds(window: MetricsWindow) -> float:
    return window.all_consumption.cpu_us / 1_000_000 / window.seconds
