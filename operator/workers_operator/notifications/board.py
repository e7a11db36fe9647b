"""Current problems of each platform."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Final

from workers_operator.domain.notifications.problems import ObjectProblem
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.clock import Clock

HOLD_SECONDS: Final = 10.0
"""Seconds to hold a problem back: shorter ones are not reported; simultaneous ones are reported together."""

Slot = tuple[ObjectKey, str]
"""An object, and the source of its problem: its conditions or its account's budget."""


class ProblemBoard:
    """Problems by platform and id. Two slots may report the same problem."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slots: dict[Slot, ObjectProblem] = {}
        self._holders: defaultdict[tuple[str, str], set[Slot]] = defaultdict(set)
        self._wrong: defaultdict[str, dict[str, ObjectProblem]] = defaultdict(dict)
        self._changed: dict[str, float] = {}  # id -> monotonic second; in their order

    def put(self, slot: Slot, problem: ObjectProblem | None) -> None:
        """Set the problem of a slot; None: it has none."""
        former = self._slots.pop(slot, None)
        if former is not None and (problem is None or problem.id != former.id):
            self._drop(slot, former)
        if problem is None:
            return
        self._slots[slot] = problem
        self._holders[problem.platform, problem.id].add(slot)
        wrong = self._wrong[problem.platform]
        if problem.id not in wrong:
            self._touch(problem.id)
        wrong[problem.id] = problem

    def has(self, slot: Slot) -> bool:
        """Return whether a slot has a problem."""
        return slot in self._slots

    def wrong(self, platform: str) -> Mapping[str, ObjectProblem]:
        """Return the problems on a platform by id."""
        return self._wrong.get(platform, {})

    def fresh(self) -> Collection[str]:
        """Return the ids of the problems that have begun or ended just now."""
        now = self._clock.monotonic()
        while self._changed and now - next(iter(self._changed.values())) >= HOLD_SECONDS:
            del self._changed[next(iter(self._changed))]
        return self._changed

    def _drop(self, slot: Slot, problem: ObjectProblem) -> None:
        at = (problem.platform, problem.id)
        self._holders[at].discard(slot)
        if self._holders[at]:
            return
        del self._holders[at]
        del self._wrong[problem.platform][problem.id]
        self._touch(problem.id)

    def _touch(self, id_: str) -> None:
        self._changed.pop(id_, None)
        self._changed[id_] = self._clock.monotonic()
