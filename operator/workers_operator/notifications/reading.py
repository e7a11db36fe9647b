"""Read problems from the status of objects. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from workers_operator.desired import status as statuses
from workers_operator.desired import worker as desired
from workers_operator.domain.notifications.problems import (
    ObjectProblem,
    ProblemKind,
    platform_problem,
    worker_problem,
)
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import PlatformStatus, WorkersPlatform, WorkerStatus

PLATFORM_KIND: Final = WorkersPlatform.definition.kind


def problem_of(key: ObjectKey, body: Mapping[str, Any]) -> ObjectProblem | None:
    """Return the problem that an object's status shows; None if it shows none."""
    if key.kind == PLATFORM_KIND:
        platform, status = key.name, PlatformStatus.tolerant(body.get("status"))
        facts = statuses.facts_of(status)
        cause = platform_problem(facts)
        conditions = status.conditions
    else:
        platform, found = desired.platform_of(body), WorkerStatus.tolerant(body.get("status"))
        is_degraded = found.health is not None and found.health.state == "Degraded"
        cause = worker_problem(statuses.facts_of(found), is_degraded=is_degraded)
        conditions = found.conditions
    if cause is None:
        return None
    fact = cause.condition
    condition = statuses.find(conditions, fact.type)
    since = condition.last_transition_time if condition is not None else ""
    return ObjectProblem(cause.kind, platform, key, fact.reason, fact.message, since)


def budget_problem(platform: str, since: str) -> ObjectProblem:
    """Return the problem of a platform whose API budget is exhausted."""
    message = (
        "more than 90 % of the calls that Cloudflare allows in 5 minutes have been used for 10 minutes: changes wait; "
        "see who else uses the token's account, and spread large changes"
    )
    key = ObjectKey(PLATFORM_KIND, "", platform)
    kind = ProblemKind.API_BUDGET_EXHAUSTED
    return ObjectProblem(kind, platform, key, kind.value, message, since)
