"""Customers' plans: what each allows, and the stricter of two limits. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.handling import Stalled


@dataclass(frozen=True, slots=True)
class Limits:
    """What one request may use; None: Cloudflare's own default. ``cpu_ms``: milliseconds."""

    cpu_ms: int | None = None
    sub_requests: int | None = None

    def stricter(self, other: "Limits") -> "Limits":
        """The lower of each."""
        return Limits(
            _least(self.cpu_ms, other.cpu_ms), _least(self.sub_requests, other.sub_requests)
        )

    def __bool__(self) -> bool:
        return self.cpu_ms is not None or self.sub_requests is not None


NO_LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Plan:
    """``features`` None: all of them. ``level`` is what a template's minimum plan is compared with."""

    name: str
    level: int
    limits: Limits = NO_LIMITS
    max_instances: int | None = None
    features: frozenset[str] | None = None


_BASIC_FEATURES: Final = frozenset({"analytics", "security", "maintenance"})
BUILT_IN: Final[Mapping[str, Plan]] = {
    plan.name: plan
    for plan in (
        Plan("free", 0, Limits(10, 10), 1, frozenset({"analytics"})),
        Plan("basic", 10, Limits(50, 50), 3, _BASIC_FEATURES),
        Plan("premium", 20, Limits(200, 100), 20),
        Plan("enterprise", 30),
    )
}


def find(name: str, plans: Mapping[str, Plan]) -> Plan:
    """A plan by name. Raises Stalled(PlanNotFound), naming those that exist."""
    plan = plans.get(name)
    if plan is None:
        known = ", ".join(sorted(plans, key=lambda n: (plans[n].level, n)))
        raise Stalled("PlanNotFound", f"there is no plan {name!r}; there are: {known}")
    return plan


def check(plan: Plan, *, features: Collection[str], instances: int) -> None:
    """Raises Stalled where a worker wants more than its plan allows."""
    if plan.features is not None:
        for feature in features:
            if feature not in plan.features:
                message = f"feature {feature!r} is not in plan {plan.name!r}"
                raise Stalled("FeatureNotInPlan", f"{message}, which has: {_listed(plan.features)}")
    if plan.max_instances is not None and instances > plan.max_instances:
        most = "1 instance" if plan.max_instances == 1 else f"{plan.max_instances} instances"
        message = f"plan {plan.name!r} allows {most}, not {instances}"
        raise Stalled("InstancesNotInPlan", message)


def check_minimum(
    plan: Plan | None, minimum: str | None, template: str, plans: Mapping[str, Plan]
) -> None:
    """Raises Stalled where a template is for a higher plan. Without a plan no plan's limits hold."""
    if plan is None or minimum is None:
        return
    if plan.level < find(minimum, plans).level:
        message = f"template {template!r} is for plan {minimum!r} and above, not for {plan.name!r}"
        raise Stalled("TemplateNotInPlan", message)


def _listed(features: Collection[str]) -> str:
    return ", ".join(sorted(features)) or "none"


def _least(first: int | None, second: int | None) -> int | None:
    given = [value for value in (first, second) if value is not None]
    return min(given) if given else None
