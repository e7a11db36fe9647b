"""What is remembered of a worker between its passes, and when it has to be found out anew."""

import asyncio

import pytest

from workers_operator.domain.worker import ObjectKey
from workers_operator.index.memory import Memories, Memory

KEY, OTHER = ObjectKey("EliteWorker", "shop", "a"), ObjectKey("EliteWorker", "shop", "b")
WINDOW = 90.0
OLD, NEW = ("11111111", 0), ("22222222", 0)


def test_each_object_has_a_memory_of_its_own_until_it_is_gone() -> None:
    memories = Memories()
    memory = memories.of(KEY)
    assert memory == Memory()
    memory.mark_stale()
    assert memories.of(KEY) is memory
    assert not memories.of(OTHER).stale
    memories.forget(KEY)
    memories.forget(KEY)
    assert memories.of(KEY) == Memory()


@pytest.mark.parametrize("stale", [False, True])
def test_what_was_resolved_is_fresh(stale: bool) -> None:
    memory = Memory(stale=stale)
    with memory.resolving():
        assert not memory.stale
    assert not memory.stale


@pytest.mark.parametrize("stale", [False, True])
def test_a_change_while_resolving_is_not_lost(stale: bool) -> None:
    memory = Memory(stale=stale)
    with memory.resolving():
        memory.mark_stale()
    assert memory.stale


@pytest.mark.parametrize("before", [False, True])
@pytest.mark.parametrize("meanwhile", [False, True])
def test_resolving_in_vain_leaves_what_was_stale(before: bool, meanwhile: bool) -> None:
    memory = Memory(stale=before)

    def resolve() -> None:
        with memory.resolving():
            if meanwhile:
                memory.mark_stale()
            raise asyncio.CancelledError  # a pass may end like this, too

    with pytest.raises(asyncio.CancelledError):
        resolve()
    assert memory.stale == (before or meanwhile)


def test_superseded_scripts_expire_a_window_after_they_were_first_seen() -> None:
    memory = Memory()
    assert memory.track_superseded(frozenset({OLD}), 10.0, WINDOW) == (frozenset(), WINDOW)
    assert memory.track_superseded(frozenset({OLD, NEW}), 99.0, WINDOW) == (frozenset(), 1.0)
    assert memory.track_superseded(frozenset({OLD, NEW}), 100.0, WINDOW) == (frozenset({OLD}), 89.0)
    assert memory.track_superseded(frozenset(), 101.0, WINDOW) == (frozenset(), None)
    assert memory.superseded == {}


def test_what_was_published_is_probed_at_once_and_unconfirmed_until_it_answers() -> None:
    memory = Memory()
    memory.probed(is_conclusive=False, failures=1, next_probe=30.0)
    memory.published()
    assert (memory.next_probe, memory.unconfirmed, memory.misses) == (0.0, True, 0)
    memory.probed(is_conclusive=False, failures=1, next_probe=23.0)
    memory.probed(is_conclusive=False, failures=1, next_probe=28.0)
    assert (memory.next_probe, memory.unconfirmed, memory.misses) == (28.0, True, 2)
    memory.probed(is_conclusive=True, failures=0, next_probe=60.0)
    assert (memory.next_probe, memory.unconfirmed, memory.misses) == (60.0, False, 0)
    memory.probed(is_conclusive=False, failures=1, next_probe=63.0)
    assert (memory.unconfirmed, memory.misses) == (False, 1)
    memory.schedule_probe(70.0)
    assert (memory.next_probe, memory.misses) == (70.0, 1)
