"""Entries of several instances come in the order of time, each once."""

import random

from support.telemetry import SECOND, invoked, line
from workers_operator.domain.telemetry.merging import Merge


def test_entries_that_arrive_within_a_moment_are_in_order() -> None:
    merge = Merge(hold=1.0)
    entries = [line(str(n), at=n, id_=str(n)) for n in range(50)]
    shuffled = random.Random(1).sample(entries, len(entries))
    for number, entry in enumerate(shuffled):
        assert merge.add(entry, number / 100)
    assert merge.due(0.9) == []
    assert merge.due_at() == 1.0
    assert merge.due(2.0) == entries
    assert merge.due_at() is None


def test_what_is_earlier_than_an_entry_that_is_due_goes_with_it() -> None:
    merge = Merge(hold=1.0)
    late, early, last = line("late", at=20), line("early", at=10), line("last", at=30)
    merge.add(late, 0.0)
    merge.add(early, 0.9)
    merge.add(last, 0.9)
    assert merge.due(1.0) == [early, late]
    assert merge.due(1.9) == [last]


def test_an_entry_that_is_known_comes_once_and_entries_without_an_id_always() -> None:
    merge = Merge(hold=0.0)
    assert merge.add(line(id_="a"), 0.0)
    assert not merge.add(line(id_="a"), 0.0)
    assert merge.add(line(), 0.0)
    assert merge.add(line(), 0.0)
    assert len(merge.due(0.0)) == 3


def test_within_a_millisecond_an_invocation_comes_before_what_it_logs() -> None:
    merge = Merge(hold=0.0)
    mine, its = line("mine", request="r1"), line("its", request="r2", script=SECOND)
    begin = invoked(request="r1")
    for entry in (its, mine, begin, line("later", at=1001, request="r0")):
        merge.add(entry, 0.0)
    assert [entry.text for entry in merge.due(0.0)] == ["GET /cart", "mine", "its", "later"]
