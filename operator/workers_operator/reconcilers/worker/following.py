"""Complete a worker with the version of its template that it gets."""

from dataclasses import replace
from typing import Final

from workers_operator.desired.fleet import templates
from workers_operator.domain.conditions import SOURCE
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.fleet.reasons import FleetReason
from workers_operator.domain.rollout.orders import RolloutOrder
from workers_operator.domain.rollout.progress import FAILED
from workers_operator.domain.worker import ObjectKey
from workers_operator.index.index import Index
from workers_operator.index.objects import Record
from workers_operator.reconcilers.steps import concerning
from workers_operator.reconcilers.worker.attempt import Attempt, FollowedVersion
from workers_operator.resources import FollowedTemplate
from workers_operator.sources.revisions import TemplateVersions

# A template that appears, and one that gets its first version, requeue their followers.
_MISSING_SECONDS: Final = 300.0


class TemplateFollower:
    """Complete workers with their templates."""

    def __init__(self, index: Index, versions: TemplateVersions) -> None:
        self._index = index
        self._versions = versions

    def choose(self, attempt: Attempt) -> Attempt:
        """Return a pass with the version that the worker gets of its template, if it has one. Raises StepFailed.

        Until the template had its first pass in this process, the worker keeps what it has.
        """
        key = templates.followed(attempt.key, attempt.obj)
        if key is None:
            return attempt
        with concerning(SOURCE):
            return replace(attempt, template=self._version(attempt, key))

    def known(self, key: ObjectKey, template: ObjectKey, own: str) -> FollowedVersion | None:
        """Return the version that a worker gets of its template. ``own``: the one that it has.

        None before the template had its first pass in this process, and once it is gone.
        """
        record, plan = self._index.objects.get(template), self._index.fleets.plan(template)
        if record is None or plan is None or plan.uid != record.uid:
            return None
        return FollowedVersion(template, plan.version_of(key, own), plan.retry, plan.at_once)

    async def complete(self, attempt: Attempt) -> Attempt:
        """Return a pass over the completed worker. Raises StepFailed, KubeError."""
        template = attempt.template
        if template is None:
            return attempt
        key = template.key
        with concerning(SOURCE):
            found = await self._versions.get(key, self._record(key).uid, template.version)
            if found.worker_kind != attempt.key.kind:
                message = f"{key} is for {found.worker_kind}s, not for {attempt.key.kind}s"
                raise Stalled(FleetReason.WORKER_TEMPLATE_MISMATCH, message)
            obj = templates.with_defaults(attempt.obj, found.defaults)
        return replace(attempt, obj=obj, template=replace(template, loaded=found.loaded))

    def _record(self, key: ObjectKey) -> Record:
        record = self._index.objects.get(key)
        if record is None:
            message = f"there is no {key}; what serves stays, and what the worker needs of it is not known"
            reason = FleetReason.WORKER_TEMPLATE_NOT_FOUND
            raise Waiting(reason, message, after=_MISSING_SECONDS)
        return record

    def _version(self, attempt: Attempt, key: ObjectKey) -> FollowedVersion:
        self._record(key)
        own = templates.own_version(attempt.key, attempt.obj)
        known = self.known(attempt.key, key, own)
        if known is not None:
            return known
        if not own:
            message = f"{key} has no version yet; its own conditions say why"
            reason = FleetReason.WORKER_TEMPLATE_NOT_READY
            raise Waiting(reason, message, after=_MISSING_SECONDS)
        return FollowedVersion(key, own)


def followed(attempt: Attempt) -> FollowedTemplate | None:
    """Return the template's entry in status during the deployment of its version."""
    template, known = attempt.template, attempt.status.template
    if template is None:
        return None
    return FollowedTemplate(
        kind=template.key.kind,
        name=template.key.name,
        version=template.version,
        retried=known.retried if known is not None else None,
    )


def tried(attempt: Attempt) -> FollowedTemplate | None:
    """Return the template's entry in status after the deployment of its version, or after its final failure.

    Where no version could be chosen, that is the one that the worker has.
    """
    if attempt.template is None:
        is_following = templates.followed(attempt.key, attempt.obj) is not None
        return attempt.status.template if is_following else None
    known = followed(attempt)
    return known and known.model_copy(update={"retried": attempt.template.retry or None})


def order_to_retry(attempt: Attempt) -> RolloutOrder | None:
    """Return the retry order of the worker's template, unless it was carried out already."""
    template, known = attempt.template, attempt.status.template
    if template is None or known is None or known.version != template.version:
        return None
    if not template.retry or known.retried == template.retry:
        return None
    rollout = attempt.status.rollout
    has_failed = rollout is not None and rollout.phase in FAILED
    return RolloutOrder(template.retry, "retry") if has_failed else None
