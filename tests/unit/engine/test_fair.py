"""A queue that tenants share: whose turn it is, what goes first all the same, and that nobody starves."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.engine.fair import FairQueue
from workers_operator.engine.priority import Priority, Urgency

ABORT, EDIT, CREATE, RETRY, _, RESYNC = Urgency


class Waiting(NamedTuple):
    """An item, and the place that it was pushed at."""

    number: int
    priority: Priority


@dataclass
class Shared:
    """A queue, and everything that was pushed and taken, in order."""

    gone: set[Waiting] = field(default_factory=set)
    pushed: list[Waiting] = field(default_factory=list)
    taken: list[Waiting] = field(default_factory=list)
    looks: int = 0

    def __post_init__(self) -> None:
        self.queue: FairQueue[Waiting] = FairQueue(self._is_live)

    def _is_live(self, item: Waiting) -> bool:
        self.looks += 1
        return item not in self.gone

    def push(self, tenant: str, urgency: Urgency = EDIT, count: int = 1) -> None:
        for _ in range(count):
            item = Waiting(len(self.pushed), Priority(urgency, tenant))
            self.pushed.append(item)
            self.queue.push(item, item.priority)

    def take(self, count: int = 1) -> str:
        """Take items; return the tenants' letters in order."""
        before = len(self.taken)
        for _ in range(count):
            found = self.queue.take()
            if found is not None:
                assert found[0] == found[1].priority
                self.taken.append(found[1])
        return "".join(item.priority.tenant for item in self.taken[before:])

    @property
    def waiting(self) -> list[Waiting]:
        return [i for i in self.pushed if i not in self.gone and i not in self.taken]


@pytest.fixture
def shared() -> Shared:
    return Shared()


def test_tenants_take_turns(shared: Shared) -> None:
    shared.push("a", count=4)
    shared.push("b", count=2)
    shared.push("c")
    assert shared.take(9) == "abcabaa"


def test_who_comes_late_is_next_but_for_one_of_each(shared: Shared) -> None:
    shared.push("a", count=9)
    shared.push("b", count=9)
    shared.take(5)
    shared.push("c")
    assert "c" in shared.take(3)


def test_who_was_served_goes_to_the_end_even_if_nothing_was_left(shared: Shared) -> None:
    shared.push("a")
    shared.push("b", count=3)
    shared.push("c", count=3)
    assert shared.take() == "a"
    shared.push("a")
    assert shared.take(6) == "bcabcb"


def test_the_more_urgent_go_first(shared: Shared) -> None:
    shared.push("a", RESYNC)
    shared.push("b", CREATE)
    shared.push("a", EDIT)
    assert [shared.take(), shared.taken[-1].priority.urgency] == ["a", EDIT]
    assert shared.take(2) == "ba"


def test_a_flood_of_edits_leaves_every_fourth_place_to_others(shared: Shared) -> None:
    shared.push("e", EDIT, count=40)
    shared.push("c", CREATE, count=40)
    shared.push("r", RESYNC, count=40)
    counts = Counter(shared.take(40))
    assert counts["e"] >= 30
    assert min(counts["c"], counts["r"]) >= 3


def test_nothing_goes_before_an_abort(shared: Shared) -> None:
    shared.push("r", RESYNC, count=20)
    shared.push("a", ABORT, count=20)
    assert shared.take(20) == "a" * 20


def test_what_does_not_wait_any_more_is_skipped(shared: Shared) -> None:
    shared.push("a", count=2)
    shared.push("b", CREATE)
    shared.gone.update(shared.pushed[:1])
    assert shared.queue.urgency is EDIT
    assert [item.number for item in shared.queue] == [1, 2]
    shared.gone.update(shared.pushed[:2])
    assert shared.queue.urgency is CREATE
    assert shared.take(9) == "b"
    assert shared.queue.urgency is None
    assert shared.queue.take() is None
    assert not shared.queue.tenants


def test_an_order_of_ones_own(shared: Shared) -> None:
    for number, order in enumerate([3.0, 1.0, 2.0, 1.0]):
        shared.queue.push(Waiting(number, Priority.EDIT), Priority.EDIT, order)
    found = [shared.queue.take() for _ in range(4)]
    assert [item.number for _, item in filter(None, found)] == [1, 3, 2, 0]


pushes = st.tuples(st.sampled_from("abcd"), st.sampled_from(Urgency))
schedules = st.lists(st.one_of(pushes, st.none()), max_size=80)  # None: take one
calm = st.lists(
    st.one_of(st.tuples(st.sampled_from("abcd"), st.sampled_from([EDIT, CREATE, RESYNC])), st.none()),
    max_size=80,
)  # fmt: skip
Schedule = list[tuple[str, Urgency] | None]


def run(schedule: Schedule) -> tuple[Shared, dict[Waiting, tuple[int, int, bool]]]:
    """Follow a schedule, then take the rest.

    Returns, of each item whose tenant had nothing else in the queue at any time while it waited: how many were taken
    before it was pushed, how many tenants waited then, and whether nothing more urgent was there meanwhile.
    """
    shared, lonely = Shared(), dict[Waiting, tuple[int, int, bool]]()
    for step in [*schedule, *[None] * len(schedule)]:
        if step is None:
            shared.take()
        else:
            shared.push(*step)
            new, others = shared.pushed[-1], shared.waiting[:-1]
            lonely[new] = (len(shared.taken), len({i.priority.tenant for i in others}), True)
        for item in shared.waiting:
            rivals = [i for i in shared.waiting if i is not item]
            if any(i.priority.tenant == item.priority.tenant for i in rivals):
                lonely.pop(item, None)
            elif item in lonely and any(i.priority.urgency < item.priority.urgency for i in rivals):
                lonely[item] = (*lonely[item][:2], False)
    return shared, lonely


@given(schedules)
def test_nothing_is_lost_and_tenants_keep_their_order(schedule: Schedule) -> None:
    shared, _ = run(schedule)
    assert sorted(shared.taken) == shared.pushed
    for priority in {item.priority for item in shared.pushed}:
        numbers = [item.number for item in shared.taken if item.priority == priority]
        assert numbers == sorted(numbers)


@given(schedules)
def test_a_single_tenant_notices_nothing(schedule: Schedule) -> None:
    alone: Schedule = [step and ("a", step[1]) for step in schedule]
    shared, _ = run(alone)
    expected: list[Waiting] = []
    model: list[Waiting] = []
    number = 0
    for step in [*alone, *[None] * len(alone)]:
        if step is not None:
            model.append(Waiting(number, Priority(step[1], step[0])))
            number += 1
        elif model:
            first = min(model, key=lambda i: (i.priority.urgency, i.number))
            model.remove(first)
            expected.append(first)
    assert shared.taken == expected


@given(schedules)
def test_the_most_urgent_waits_for_one_of_each_tenant_at_most(schedule: Schedule) -> None:
    shared, lonely = run(schedule)
    for item, (before, _, is_most_urgent) in lonely.items():
        if not is_most_urgent:
            continue
        gone = shared.taken[before : shared.taken.index(item)]
        same = [i.priority.tenant for i in gone if i.priority.urgency is item.priority.urgency]
        assert max(Counter(same).values(), default=0) <= 1
        assert len(gone) - len(same) <= len(gone) // 4 + 1


@given(calm)
def test_nobody_starves(schedule: Schedule) -> None:
    shared, lonely = run(schedule)
    for item, (before, others, _) in lonely.items():
        assert shared.taken.index(item) - before < 4 * (others + 1)


@pytest.mark.parametrize("tenants", [1, 100, 10_000])
def test_ten_thousand_items_take_no_longer_each(shared: Shared, tenants: int) -> None:
    for number in range(10_000):
        priority = Priority(EDIT, str(number % tenants))
        shared.queue.push(Waiting(number, priority), priority)
    shared.looks = 0
    for _ in range(10_000):
        assert shared.queue.take() is not None
    assert shared.looks <= 2 * 10_000


def test_what_may_not_be_taken_keeps_nobody_else_waiting_and_keeps_its_turn() -> None:
    shared = Shared()
    shared.push("b", RESYNC)
    shared.push("a", EDIT, count=8)
    assert shared.take(3) == "aaa"
    for _ in range(3):
        found = shared.queue.take(least=RETRY)
        assert found is not None
        assert found[0] == Priority(EDIT, "a")
    assert shared.take(2) == "ba"
