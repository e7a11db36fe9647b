"""What becomes of a recommended number: windows, policies and bounds, in this order. Pure."""

from typing import Final

from workers_operator.domain.conditions import ABLE_TO_SCALE, SCALING_LIMITED, Fact
from workers_operator.domain.scaling import rates
from workers_operator.domain.scaling.behavior import Autoscaling
from workers_operator.domain.scaling.history import ScalingHistory
from workers_operator.domain.scaling.reasons import ScalingReason

BURST_HOLD_SECONDS: Final = 900.0
"""How long the number does not go down after a burst: bursts seldom come alone."""
WITHIN_BOUNDS: Final = Fact(
    SCALING_LIMITED,
    "False",
    ScalingReason.DESIRED_WITHIN_RANGE,
    "the number of instances is within the bounds",
)
_READY: Final = Fact(
    ABLE_TO_SCALE,
    "True",
    ScalingReason.READY_FOR_NEW_SCALE,
    "the number of instances is as recommended",
)


def is_held(history: ScalingHistory, now: float) -> bool:
    """Whether a burst keeps the number from going down."""
    return history.burst is not None and now - history.burst < BURST_HOLD_SECONDS


def stabilize(
    autoscaling: Autoscaling,
    current: int,
    number: int,
    history: ScalingHistory,
    now: float,
    *,
    burst: int,
) -> tuple[int, Fact]:
    """Return the number nearest to the current one that no recommendation of the windows contradicts.

    ``burst``: the number that a burst asks for, which waits for no window; 0 without one.
    """
    behavior = autoscaling.behavior
    floor = max(burst, history.least(number, now - behavior.up.window))
    ceiling = history.greatest(number, now - behavior.down.window)
    if is_held(history, now):
        ceiling = max(ceiling, current)
    stable = min(max(current, floor), ceiling)
    if stable == number:
        return stable, _READY
    which, reason = (
        ("lower", ScalingReason.SCALE_UP_STABILIZED)
        if number >= current
        else ("higher", ScalingReason.SCALE_DOWN_STABILIZED)
    )
    message = f"a recent recommendation was {which}, and is kept to for the stabilization window"
    return stable, Fact(ABLE_TO_SCALE, "True", reason, message)


def limit(
    autoscaling: Autoscaling,
    current: int,
    stable: int,
    history: ScalingHistory,
    now: float,
    *,
    burst: int,
) -> tuple[int, Fact]:
    """Return the number that policies and bounds allow; what a ``burst`` asks for is limited by the bounds only."""
    behavior = autoscaling.behavior
    if stable > current:
        most = autoscaling.maximum
        allowed = max(burst, rates.up_limit(current, behavior.up, history, now))
        if stable > min(most, allowed):
            return (
                _cut(allowed, ScalingReason.SCALE_UP_LIMIT) if allowed < most else _too_many(most)
            )
    elif stable < current:
        least = autoscaling.minimum
        allowed = rates.down_limit(current, behavior.down, history, now)
        if stable < max(least, allowed):
            return (
                _cut(allowed, ScalingReason.SCALE_DOWN_LIMIT)
                if allowed > least
                else _too_few(least)
            )
    return stable, WITHIN_BOUNDS


def _cut(allowed: int, reason: ScalingReason) -> tuple[int, Fact]:
    direction = "scaleUp" if reason is ScalingReason.SCALE_UP_LIMIT else "scaleDown"
    message = (
        f"the policies of spec.autoscaling.behavior.{direction} do not let the number change faster"
    )
    return allowed, Fact(SCALING_LIMITED, "True", reason, message)


def _too_many(most: int) -> tuple[int, Fact]:
    message = f"more instances are recommended than maxInstances, {most}, allows"
    return most, Fact(SCALING_LIMITED, "True", ScalingReason.TOO_MANY_REPLICAS, message)


def _too_few(least: int) -> tuple[int, Fact]:
    message = f"fewer instances are recommended than minInstances, {least}, allows"
    return least, Fact(SCALING_LIMITED, "True", ScalingReason.TOO_FEW_REPLICAS, message)
