"""Tells passes that have nothing to do but to probe: nothing has changed of what a former pass looked at.

Most passes of a fleet are of this kind. Whatever is not compared here is looked at once an interval all the same.
"""

import math
from dataclasses import replace

from workers_operator.account.platforms import Platform, Platforms
from workers_operator.desired.report import Report
from workers_operator.domain.plan.worker import ObservedWorker
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.priority import Urgency
from workers_operator.index.memory import AtRest, Memory, Resolved
from workers_operator.index.namespaces import Namespaces
from workers_operator.reconcilers.worker.attempt import Attempt, FollowedVersion
from workers_operator.reconcilers.worker.claims.granting import Granted
from workers_operator.reconcilers.worker.rollout.rolling import Rolled


class RestKeeper:
    """Remembers what was found to be as it has to be."""

    def __init__(self, platforms: Platforms, namespaces: Namespaces) -> None:
        self._platforms = platforms
        self._namespaces = namespaces

    def still(
        self,
        memory: Memory,
        key: ObjectKey,
        resource_version: str,
        template: FollowedVersion | None,
        platform: Platform,
        now: float,
    ) -> AtRest | None:
        """Return what a former pass found, unless something that it looked at has changed, the account included.

        ``template``: what the worker follows. ``now``: monotonic second. Asks nothing of the object.
        """
        rest, resolved = memory.rest, memory.resolved
        holds = (
            rest is not None
            and resolved is not None
            and not memory.stale
            and now < min(rest.until, resolved.until)
            and resolved.platform == platform.identity
            and rest.revision == self.revision()
            and rest.seen == self._seen(template, resource_version, resolved, platform, key)
        )
        return rest if holds else None

    def recall(self, attempt: Attempt, platform: Platform, resolved: Resolved) -> AtRest | None:
        """Return what a former pass found, unless something that it looked at has changed, the account aside."""
        rest = attempt.memory.rest
        holds = (
            rest is not None
            and not attempt.forced
            and attempt.priority.urgency is Urgency.RESYNC
            and attempt.started < rest.until
            and rest.seen == self._seen_by(attempt, platform, resolved)
        )
        return rest if holds else None

    def revision(self) -> tuple[object, ...]:
        """Return what changes whenever anything may have that is known of an account."""
        return tuple(
            (account.config.name, account.snapshot.revision) for account in self._platforms
        )

    def keep(
        self,
        attempt: Attempt,
        platform: Platform,
        account: tuple[object, ...],
        granted: Granted,
        rolled: Rolled,
    ) -> None:
        """Remember what a pass has found, if it is as it has to be and nothing is to come by itself.

        ``account``: the worker's part of it, as the pass began with.
        """
        spec, lineup, course = attempt.obj.spec, rolled.lineup, rolled.lineup.course
        is_at_rest = (
            rolled.plan.empty
            and rolled.refusal is None
            and granted.refusal is None
            and rolled.report.requeue == math.inf
            and lineup.is_asked_for
            and (course.state is None or not course.state.is_active)
            and lineup.worker.instances > 0
            and lineup.worker.routes != ()
            # These follow what other objects or analytics say.
            and spec.autoscaling is None
            and spec.egress is None
            and all(binding.type != "service" for binding in spec.bindings)
            and attempt.was_tried
            and attempt.former is None
            and not rolled.report.status.resources  # one may have to be deleted yet
        )
        seen = self._seen_by(attempt, platform, lineup.resolved)
        until = attempt.started + spec.interval_seconds
        attempt.memory.keep_rest(
            AtRest(seen, until, account, lineup.serving) if is_at_rest else None
        )

    @staticmethod
    def probed(attempt: Attempt, report: Report) -> None:
        """Have the next pass look at everything if a probe found something: it may be for that pass to mend.

        Its change of status would wake that pass as well, but only once the API server tells of it.
        """
        known = attempt.memory.probes
        is_well = (
            report.requeue > 0
            and attempt.memory.misses == 0
            and not known.failures
            and known.missed is None
            and not known.instances.any_fails
        )
        if not is_well:
            attempt.memory.keep_rest(None)

    def _seen_by(
        self, attempt: Attempt, platform: Platform, resolved: Resolved
    ) -> tuple[object, ...]:
        template, version = attempt.template, attempt.obj.metadata.resource_version
        followed = template and replace(template, loaded=None)
        return self._seen(followed, version, resolved, platform, attempt.key)

    def _seen(
        self,
        template: FollowedVersion | None,
        resource_version: str | None,
        resolved: Resolved,
        platform: Platform,
        key: ObjectKey,
    ) -> tuple[object, ...]:
        return (
            template,
            resource_version,
            resolved,
            platform.provisioned,
            self._namespaces.labels(key.namespace),
            tuple(account.config for account in self._platforms),
        )


def account_part(platform: Platform, observed: ObservedWorker) -> tuple[object, ...]:
    """Return what the account has of a worker, as last observed; of its zones, when they were looked at.

    In tuples, which take a fraction of the memory of sets: thousands of workers keep theirs.
    """
    return (
        tuple(sorted(observed.scripts)),
        observed.mark,
        tuple((host, observed.hosts[host]) for host in sorted(observed.hosts)),
        tuple(sorted(observed.inherited.items())),
        tuple(sorted(observed.foreign)),
        tuple(sorted(observed.interrupted)),
        platform.snapshot.zones_seen,
    )
