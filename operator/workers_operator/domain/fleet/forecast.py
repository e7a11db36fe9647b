"""Estimate the remaining time of a fleet's rollout from the platform's API budget. Pure."""

import math
from typing import Final

from workers_operator.domain.fleet.members import FollowerCounts
from workers_operator.domain.fleet.progress import UNDER_WAY, FleetState, FleetStrategy

CALLS_PER_FOLLOWER: Final = 2.1
"""Calls per follower: an upload, a removal of a superseded script, a share of a routing write."""


def seconds_left(
    state: FleetState, strategy: FleetStrategy, counts: FollowerCounts, seconds_per_call: float
) -> float | None:
    """Return the seconds until all followers have the version; None if that depends on an order or is over."""
    if state.phase not in UNDER_WAY or state.held:
        return None
    pauses = max(0, strategy.last - state.wave)
    if pauses and strategy.pause is None:
        return None
    missing = counts.total - counts.ready - counts.failed
    return math.ceil(
        missing * CALLS_PER_FOLLOWER * seconds_per_call + pauses * (strategy.pause or 0)
    )
