"""Targets and marks in one line: what serves is told by hash and instances."""

from workers_operator.domain.serving import Mark, Serving, Target
from workers_operator.domain.tenancy.customer_plans import NO_LIMITS, Limits


def target(
    script_name: str, customer_id: str, hash_: str, instances: int, limits: Limits = NO_LIMITS
) -> Target:
    """Where a path leads."""
    return Target(script_name, customer_id, Serving(hash_, instances, limits))


def mark(uid: str, owner: str, hash_: str, instances: int, limits: Limits = NO_LIMITS) -> Mark:
    """The mark of a worker."""
    return Mark(uid, owner, Serving(hash_, instances, limits))
