"""Customer plans: the features, limits and instances that each plan allows, and how much of it is logged. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one request; None means Cloudflare's default. ``cpu_ms``: milliseconds."""

    cpu_ms: int | None = None
    sub_requests: int | None = None

    def stricter(self, other: "Limits") -> "Limits":
        """Return the lower value of each limit."""
        return Limits(
            _least(self.cpu_ms, other.cpu_ms), _least(self.sub_requests, other.sub_requests)
        )

    def __bool__(self) -> bool:
        return self.cpu_ms is not None or self.sub_requests is not None


NO_LIMITS: Final = Limits()
FULL_LOGS: Final = 100


@dataclass(frozen=True, slots=True)
class CustomerPlan:
    """A plan. ``features``: None allows all. ``level``: its rank, compared with a template's minimum plan.

    ``log_sampling``: the percentage of invocations whose logs are kept.
    """

    name: str
    level: int
    limits: Limits = NO_LIMITS
    max_instances: int | None = None
    features: frozenset[str] | None = None
    log_sampling: int = FULL_LOGS


_BASIC_FEATURES: Final = frozenset({"analytics", "security", "maintenance"})
BUILT_IN: Final[Mapping[str, CustomerPlan]] = {
    plan.name: plan
    for plan in (
        CustomerPlan("free", 0, Limits(10, 10), 1, frozenset({"analytics"}), log_sampling=10),
        CustomerPlan("basic", 10, Limits(50, 50), 3, _BASIC_FEATURES, log_sampling=50),
        CustomerPlan("premium", 20, Limits(200, 100), 20),
        CustomerPlan("enterprise", 30),
    )
}


def find(name: str, plans: Mapping[str, CustomerPlan]) -> CustomerPlan:
    """Return a plan by name. Raises Stalled(PlanNotFound), listing the existing plans."""
    plan = plans.get(name)
    if plan is None:
        known = ", ".join(sorted(plans, key=lambda n: (plans[n].level, n)))
        raise Stalled(Reason.PLAN_NOT_FOUND, f"there is no plan {name!r}; there are: {known}")
    return plan


def check(plan: CustomerPlan, *, features: Collection[str], instances: int) -> None:
    """Raise Stalled if a worker exceeds its plan."""
    if plan.features is not None:
        for feature in features:
            if feature not in plan.features:
                message = f"feature {feature!r} is not in plan {plan.name!r}, which includes: {_listed(plan.features)}"
                raise Stalled(Reason.FEATURE_NOT_IN_PLAN, message)
    if plan.max_instances is not None and instances > plan.max_instances:
        allowed = "1 instance" if plan.max_instances == 1 else f"{plan.max_instances} instances"
        message = f"plan {plan.name!r} allows {allowed}, not {instances}"
        raise Stalled(Reason.INSTANCES_NOT_IN_PLAN, message)


def check_minimum(
    plan: CustomerPlan | None, minimum: str | None, template: str, plans: Mapping[str, CustomerPlan]
) -> None:
    """Raise Stalled if a template requires a higher plan. A worker without a plan may use every template."""
    if plan is None or minimum is None:
        return
    if plan.level < find(minimum, plans).level:
        message = f"template {template!r} requires plan {minimum!r} or above; the customer has {plan.name!r}"
        raise Stalled(Reason.TEMPLATE_NOT_IN_PLAN, message)


def _listed(features: Collection[str]) -> str:
    return ", ".join(sorted(features)) or "none"


def _least(first: int | None, second: int | None) -> int | None:
    given = [value for value in (first, second) if value is not None]
    return min(given) if given else None
