"""Reports: what a pass over a worker has found out so far, step by step, until it becomes a status. Pure."""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from workers_operator.desired.health import of_new_version, probed, recorded
from workers_operator.desired.metrics import renewed
from workers_operator.desired.rollout import NewVersion, concluded, history_of
from workers_operator.desired.scaling import status_of
from workers_operator.domain.conditions import DEPLOYED, HEALTHY, SOURCE, Fact
from workers_operator.domain.content import Code
from workers_operator.domain.health.probes import ProbeResult
from workers_operator.domain.health.traffic import Budgets, excess
from workers_operator.domain.metrics.window import MetricsWindow
from workers_operator.domain.plan.actions import Action
from workers_operator.domain.plan.repairs import Repair, repairs
from workers_operator.domain.reasons import Reason
from workers_operator.domain.scaling.decision import Decision
from workers_operator.domain.tenancy.customer_plans import Limits
from workers_operator.domain.tenancy.grants import Rights
from workers_operator.domain.text.lines import listed
from workers_operator.domain.worker import Worker
from workers_operator.resources import (
    CompatibilityStatus,
    CreatedResource,
    FollowedTemplate,
    HealthStatus,
    LimitsStatus,
    RolloutOrderStatus,
    RolloutStatus,
    SourceStatus,
    Versions,
    WorkerStatus,
)

DEFAULT_COMPATIBILITY_DATE: Final = "2021-11-02"
"""Cloudflare's for scripts without one (developers.cloudflare.com/workers/configuration/compatibility-dates)."""


@dataclass(frozen=True, slots=True)
class ResolvedSource:
    """The outcome of a source, without its code.

    ``update``: digest of newer content that a pin holds back. ``left_out``: files and settings that take no effect.
    """

    origin: str
    digest: str
    revision: str
    health_path: str
    compatibility_date: str | None = None
    compatibility_flags: tuple[str, ...] = ()
    template_version: str | None = None
    update: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """What is known so far. ``requeue``: seconds until the next pass is due; ``is_conclusive``: the last probe was.

    ``left``: what is left elsewhere until somebody acts; ``checked``: no requested check is left for a later pass.
    ``healed``: what was mended without an edit. ``rests``: nothing was due but a probe.
    """

    status: WorkerStatus
    facts: Mapping[str, Fact] = field(default_factory=dict)
    is_conclusive: bool = True
    requeue: float = math.inf
    left: str = ""
    checked: bool = True
    healed: tuple[Repair, ...] = ()
    rests: bool = False

    def based_on(self, status: WorkerStatus) -> "Report":
        """Go on from another status."""
        return replace(self, status=status)

    def again_in(self, seconds: float) -> "Report":
        """Ask for another pass in ``seconds`` at the latest."""
        return replace(self, requeue=min(self.requeue, max(0.0, seconds)))

    def resting(self) -> "Report":
        """Note that everything but what the probe says is as it was."""
        return replace(self, rests=True)

    def check_in(self, seconds: float) -> "Report":
        """Leave the requested check for a pass in ``seconds``."""
        return replace(self.again_in(seconds), checked=False)

    def entitled(self, rights: Rights) -> "Report":
        """Report whether the platform is for a single tenant."""
        return _set(self, tenancy="SingleTenant" if rights.mode == "SingleTenant" else None)

    def following(self, template: FollowedTemplate | None) -> "Report":
        """Report which version of its template the worker gets; None: it follows none."""
        return _set(self, template=template)

    def resolved(self, source: ResolvedSource) -> "Report":
        """Report the code."""
        held_back = "; newer content is held back" if source.update else ""
        message = f"{source.origin} has {source.digest[:19]}{held_back}"
        if source.left_out:
            message += f"; left out: {listed(source.left_out)}"
        status = SourceStatus(
            from_=source.origin,
            digest=source.digest,
            revision=source.revision,
            version=source.template_version,
            update_available=source.update,
        )
        return _set(_with(self, Fact(SOURCE, "True", Reason.RESOLVED, message)), source=status)

    def deployed(self, worker: Worker, version: str) -> "Report":
        """Report that all instances of the version are uploaded."""
        count = "1 instance" if worker.instances == 1 else f"{worker.instances} instances"
        message = f"version {version} is uploaded, {count}"
        return _with(self, Fact(DEPLOYED, "True", Reason.UPLOADED, message))

    def rejecting(self, version: str) -> "Report":
        """Report that Cloudflare rejected a version; the versions at the edge stay as they are."""
        known = self.status.versions or Versions()
        return _set(self, versions=known.model_copy(update={"rejected": version}))

    def published(
        self,
        worker: Worker,
        versions: Versions,
        *,
        platform: str,
    ) -> "Report":
        """Report that the routing leads to the versions. ``platform``: where the worker is, or moves from."""
        renewed = self.status.stable != versions.stable
        report = _set(
            self.on(platform),
            script_name=worker.script_name,
            urls=tuple(route.url for route in worker.routes),
            url=next((route.url for route in worker.routes), None),
            address=next((route.address for route in worker.routes), None),
            versions=versions,
            instances=worker.instances,
            selector=f"workers.code24.dev/script-name={worker.script_name}",
        )
        # What is known of the health concerns the former version.
        return _set(report, health=of_new_version(report.status.health)) if renewed else report

    def in_effect(self, source: ResolvedSource, limits: Limits) -> "Report":
        """Report the settings of the version that serves."""
        return _set(
            self,
            compatibility=CompatibilityStatus(
                date=source.compatibility_date or DEFAULT_COMPATIBILITY_DATE,
                flags=source.compatibility_flags,
            ),
            limits=LimitsStatus(cpu_ms=limits.cpu_ms, sub_requests=limits.sub_requests)
            if limits
            else None,
        )

    def rolling(
        self, rollout: RolloutStatus | None, new: NewVersion, now: int, limit: int
    ) -> "Report":
        """Report how far a new version has come, and what the former ones are by now. ``now``: Unix time."""
        report = _set(self, rollout=rollout)
        history = history_of(self.status.history, report.status, new, now, limit)
        return _set(report, history=history)

    def ordered(self, order: RolloutOrderStatus | None) -> "Report":
        """Report what has become of an order about the rollout."""
        return _set(self, rollout_order=order)

    def concluded(self, new: NewVersion, now: int, limit: int) -> "Report":
        """Report that a version was healthy after it got all requests, if it was."""
        rollout = concluded(self.status, now)
        return self if rollout is self.status.rollout else self.rolling(rollout, new, now, limit)

    def on(self, platform: str) -> "Report":
        """Report where the first deployment has begun: from now on something may be left there."""
        return _set(self, platform=self.status.platform or platform)

    def owning(self, created: tuple[CreatedResource, ...], version: str | None = None) -> "Report":
        """Report what is created for the worker; what is not needed any more stays listed until it is deleted.

        ``version``: the one that is bound to it, if that is known by now.
        """
        wanted, known = {r.name for r in created}, {r.name: r for r in self.status.resources}
        there = (
            r.model_copy(
                update={"version": version or (known[r.name].version if r.name in known else None)}
            )
            for r in created
        )
        former = (r for r in known.values() if r.name not in wanted and r.deletion == "Delete")
        return _set(self, resources=(*there, *former))

    def without(self, gone: Collection[str]) -> "Report":
        """Report that resources of these names are left to the worker no longer."""
        kept = tuple(r for r in self.status.resources if r.name not in gone)
        return _set(self, resources=kept)

    def probed(self, result: ProbeResult) -> "Report":
        """Report a probe."""
        known, health, facts = self.status.health, result.health, [result.routed, result.healthy]
        if result.out and health.state != "Unhealthy":
            health = replace(health, state="Degraded")
            facts[1] = Fact(HEALTHY, "True", Reason.DEGRADED, result.why_out)
        elif known is not None and known.out and health.state == "Degraded":
            health = replace(health, state="Healthy")  # it was degraded by its instances
        elif _is_degraded(known) and health.state in ("Healthy", "Degraded"):
            # What the requests came to is not a probe's to take back.
            health, facts = replace(health, state="Degraded"), [result.routed]
        report = self
        for fact in facts:
            report = _with(report, fact)
        report = _set(report, health=probed(known, health, self.status.stable, result.out))
        return replace(report, is_conclusive=result.is_conclusive)

    def healing(self, done: Iterable[Action]) -> "Report":
        """Report what was mended."""
        return replace(self, healed=(*self.healed, *repairs(done)))

    def leaving(self, suspended: Collection[str]) -> "Report":
        """Report that the worker is still on its former platforms, which are suspended."""
        names = ", ".join(map(repr, suspended))
        left = f"it is removed from WorkersPlatform {names} once spec.suspend is removed there"
        return replace(self, left=left)

    def not_probed(self, *, is_conclusive: bool) -> "Report":
        """Report that what former probes said still stands. ``is_conclusive``: whether the last one was."""
        return replace(self, is_conclusive=is_conclusive)

    def scaled(self, decision: Decision, now: float) -> "Report":
        """Report a decision about the number of instances. ``now``: Unix time."""
        report = _set(self, scaling=status_of(decision, self.status.scaling, now))
        for fact in decision.facts:
            report = _with(report, fact)
        return report

    def not_scaled(self) -> "Report":
        """Report that nothing but the spec says how many instances there shall be."""
        return _set(self, scaling=None)

    def measured(self, window: MetricsWindow | None, *, is_written: bool = False) -> "Report":
        """Report what the worker's requests came to, if that is due. ``is_written``: whether status is, anyway."""
        known = self.status.limits or LimitsStatus()
        limits = Limits(known.cpu_ms, known.sub_requests)
        found = renewed(self.status.metrics, window, limits, is_written=is_written)
        return _set(self, metrics=found)

    def judged(self, window: MetricsWindow, budgets: Budgets, well: Fact) -> "Report":
        """Report whether what the worker's requests came to exceeds its budgets, if it answers its probes.

        ``well``: what is said of a healthy worker.
        """
        known, version = self.status.health, self.status.stable
        if known is None or version is None or known.state not in ("Healthy", "Degraded"):
            return self
        if known.out:
            return self  # degraded by its instances, whatever its requests come to
        was_degraded = known.state == "Degraded"
        found = excess(window.of_version(version), budgets, was_degraded=was_degraded)
        if found is None or (found == "" and not was_degraded):
            return self
        fact = Fact(HEALTHY, "True", Reason.DEGRADED, found) if found else well
        state = "Degraded" if found else "Healthy"
        return _set(_with(self, fact), health=known.model_copy(update={"state": state}))

    def timed(self, before: WorkerStatus, now: datetime) -> "Report":
        """Report since when the worker's health is what it is, and its uptime. ``before``: the status as it was."""
        health = recorded(before.health, self.status.health, now, parked=self.status.instances == 0)
        return _set(self, health=health)

    def moved(self, platform: str) -> "Report":
        """Report that nothing of the worker is left on its former platform."""
        scripts = self.status.scripts if self.status.platform == platform else ()
        return _set(self, platform=platform, scripts=scripts)


def _is_degraded(known: HealthStatus | None) -> bool:
    """Whether what visitors' requests came to is why a worker is degraded."""
    return known is not None and known.state == "Degraded" and not known.out


def _with(report: Report, fact: Fact) -> Report:
    return replace(report, facts={**report.facts, fact.type: fact})


def _set(report: Report, **fields: object) -> Report:
    return replace(report, status=report.status.model_copy(update=fields))


def source_of(code: Code, *, health_path: str, template_version: str | None) -> ResolvedSource:
    """Return the outcome of a source whose code is to be deployed as it is."""
    return ResolvedSource(
        origin=code.origin,
        digest=code.digest,
        revision=code.revision,
        health_path=health_path,
        compatibility_date=code.compatibility_date,
        compatibility_flags=code.compatibility_flags,
        template_version=template_version,
        left_out=code.left_out,
    )
