"""Decisions about followers, by the last pass over each template."""

from workers_operator.domain.fleet.plan import FleetPlan
from workers_operator.domain.worker import ObjectKey


class Fleets:
    """Plans by template. They may be lost: after a restart the next pass over a template decides the same."""

    def __init__(self) -> None:
        self._plans: dict[ObjectKey, FleetPlan] = {}

    def plan(self, template: ObjectKey) -> FleetPlan | None:
        """Return the decision about a template's followers; None before the first pass."""
        return self._plans.get(template)

    def put(self, template: ObjectKey, plan: FleetPlan) -> None:
        """Store a decision."""
        self._plans[template] = plan

    def forget(self, template: ObjectKey) -> None:
        """Forget a template that is gone."""
        self._plans.pop(template, None)
