"""The steps of rollouts as answers have them. Pure."""

from collections.abc import Mapping

from workers_operator.desired.rollout import rollout_spec, settings_of, strategy_of
from workers_operator.domain.rollout.strategy import SmokeStep, Step
from workers_operator.gateway.shapes.models import RolloutStepModel
from workers_operator.resources import HealthSpec, RolloutSpec


def steps_of(
    spec: Mapping[str, object], platform: RolloutSpec | None
) -> tuple[RolloutStepModel, ...]:
    """Return the steps that apply to new versions of a worker. ``platform``: what its platform says of rollouts."""
    settings = settings_of(rollout_spec(spec), platform)
    return tuple(map(_step, strategy_of(settings, HealthSpec(), "").steps))


def _step(step: Step) -> RolloutStepModel:
    if isinstance(step, SmokeStep):
        return RolloutStepModel(smoke=True)
    asked = step.analysis.criteria if step.analysis is not None else None
    return RolloutStepModel(
        smoke=False,
        weight=step.weight,
        pause_seconds=step.pause,
        analysis=tuple(criterion.metric for criterion in asked) if asked is not None else None,
    )
