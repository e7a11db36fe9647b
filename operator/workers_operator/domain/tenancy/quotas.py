"""Quotas: how many workers and scripts a namespace may have on a platform, and who gets what is left. Pure.

What serves counts first and keeps what it has, whether there is an object for it or not. What is left goes to objects
by age, the eldest first; one that asks for more than is left is passed over.
"""

import math
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from workers_operator.domain.errors import Waiting
from workers_operator.domain.plan.actions import ScriptId
from workers_operator.domain.reasons import Reason

_RECHECK_SECONDS: Final = 30.0
_FREE: Final = 2  # versions beside the one that serves
_ADVICE: Final = "ask its administrator for a higher grants[].limits"


@dataclass(frozen=True, slots=True)
class Quota:
    """What a namespace may have on a platform; None: any number."""

    workers: int | None = None
    scripts: int | None = None

    def __bool__(self) -> bool:
        return self.workers is not None or self.scripts is not None


@dataclass(frozen=True, slots=True)
class Holding:
    """What a worker of a namespace has, or asks for.

    ``age``: sorts by age. ``held``: the scripts that it has and that count; None: it does not serve. ``wanted``: those
    that its object asks for. Without an object: only what it has.
    """

    script_name: str
    age: tuple[str, ...] = ()
    held: int | None = None
    wanted: int = 0

    @property
    def has_object(self) -> bool:
        """Whether an object answers for it."""
        return bool(self.age)

    @property
    def has(self) -> int:
        """The scripts that it has and that count."""
        return self.held or 0


@dataclass(frozen=True, slots=True)
class Share:
    """What is left of a quota for one worker. ``instances``: how many it may have; ``full``: of others' workers."""

    namespace: str
    quota: Quota
    instances: float = math.inf
    full: bool = False
    orphans: int = 0

    def refusal(self, instances: int) -> Waiting | None:
        """Return why a worker may not have as many instances; None if it may."""
        if self.full:
            return self._refusal(f"{_counted(self.quota.workers, 'worker')} and has them")
        if instances > self.instances:
            scripts = _counted(self.quota.scripts, "script")
            left = max(0, int(self.instances))
            ask = _counted(instances, "instance")
            return self._refusal(f"{scripts}, which leaves room for {left} of {ask}")
        return None

    def _refusal(self, why: str) -> Waiting:
        message = f"namespace {self.namespace!r} may have {why}"
        if self.orphans:
            message += f" ({self.orphans} without an object)"
        message += f"; delete or scale down others, or {_ADVICE}"
        return Waiting(Reason.QUOTA_EXCEEDED, message, after=_RECHECK_SECONDS)


NO_QUOTA: Final = Quota()


def highest(quotas: Iterable[Quota]) -> Quota:
    """Return the highest of each limit that any of the quotas sets."""
    known = list(quotas)
    workers = [quota.workers for quota in known if quota.workers is not None]
    scripts = [quota.scripts for quota in known if quota.scripts is not None]
    return Quota(max(workers, default=None), max(scripts, default=None))


def counted(scripts: Collection[ScriptId], version: str) -> int:
    """Return how many of a worker's scripts count while ``version`` serves, or is to serve.

    Two other versions do not count: the former one, which stays, and during an update the one that is to serve or that
    serves. So an update needs no room.
    """
    return sum(found == version for found, _ in scripts) + _beside(scripts, version)


def share(
    namespace: str,
    quota: Quota,
    mine: Holding,
    others: Iterable[Holding],
    scripts: Collection[ScriptId] = (),
    version: str = "",
) -> Share:
    """Return what is left for ``mine``, the scripts of which are to be of ``version``. ``scripts``: those it has."""
    known = [other for other in others if other.script_name != mine.script_name]
    workers = _or_inf(quota.workers) - sum(h.held is not None for h in (mine, *known))
    left = _or_inf(quota.scripts) - sum(h.has for h in (mine, *known))
    for elder in sorted((h for h in known if h.has_object and h.age < mine.age), key=_age):
        grows, is_new = max(0, elder.wanted - elder.has), elder.held is None
        if grows <= max(0.0, left) and (not is_new or workers > 0):
            left -= grows
            workers -= is_new
    orphans = sum(not h.has_object for h in known)
    full = mine.held is None and workers <= 0
    instances = mine.has + max(0.0, left) - _beside(scripts, version)
    return Share(namespace, quota, instances, full, orphans)


def _beside(scripts: Collection[ScriptId], version: str) -> int:
    """Return how many scripts of other versions count."""
    sizes = Counter(found for found, _ in scripts if found != version)
    return sizes.total() - sum(size for _, size in sizes.most_common(_FREE))


def _or_inf(limit: int | None) -> float:
    return math.inf if limit is None else limit


def _age(holding: Holding) -> tuple[str, ...]:
    return holding.age


def _counted(number: int | None, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
