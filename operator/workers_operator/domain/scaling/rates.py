"""How far the number may go now: scaling policies and their periods. Pure."""

from collections.abc import Callable, Iterable

from workers_operator.domain.scaling.behavior import Direction, RatePolicy
from workers_operator.domain.scaling.history import ScalingHistory


def up_limit(current: int, direction: Direction, history: ScalingHistory, now: float) -> int:
    """Return the greatest number that the policies allow; at least the current one."""
    if direction.select == "Disabled":
        return current
    choose = min if direction.select == "Min" else max
    return max(current, _chosen(choose, current, direction, history, now, _raised))


def down_limit(current: int, direction: Direction, history: ScalingHistory, now: float) -> int:
    """Return the least number that the policies allow; at most the current one."""
    if direction.select == "Disabled":
        return current
    choose = max if direction.select == "Min" else min
    return min(current, _chosen(choose, current, direction, history, now, _lowered))


def _chosen(
    choose: Callable[[Iterable[int]], int],
    current: int,
    direction: Direction,
    history: ScalingHistory,
    now: float,
    applied: Callable[[RatePolicy, int], int],
) -> int:
    return choose(
        [
            applied(policy, current - history.changed(now - policy.period))
            for policy in direction.policies
        ]
    )


def _raised(policy: RatePolicy, start: int) -> int:
    """Return the limit for a period that began with ``start`` instances; rounded up, or 1 would never grow."""
    if policy.type == "Instances":
        return start + policy.value
    return -(-start * (100 + policy.value) // 100)


def _lowered(policy: RatePolicy, start: int) -> int:
    if policy.type == "Instances":
        return start - policy.value
    return start * (100 - policy.value) // 100
