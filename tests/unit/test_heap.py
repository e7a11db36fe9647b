"""Memory is given back when a burst of passes is over, and not again and again."""

from workers_operator.heap import Bursts


def ends(*seconds: tuple[int, int]) -> list[int]:
    """The seconds in which a burst is over. Of each second: its passes, and the objects that wait at its end."""
    bursts, passes, found = Bursts(), 0, []
    for second, (done, waiting) in enumerate(seconds):
        passes += done
        if bursts.is_over(passes, waiting):
            found.append(second)
    return found


def test_a_burst_is_over_once_little_is_done() -> None:
    assert ends((90, 0), (90, 0), (90, 0), (5, 0), (5, 0), (5, 0)) == [3]


def test_a_burst_is_over_once_nobody_waits_though_a_fleet_is_probed() -> None:
    assert ends((90, 900), (90, 400), (90, 0), (83, 0), (83, 1), (83, 0), (83, 0)) == [2]


def test_probes_alone_are_no_burst() -> None:
    assert ends(*[(83, 3)] * 60) == []


def test_edits_now_and_then_are_no_burst_however_many_they_become() -> None:
    assert ends(*[(14, 2)] * 60) == []


def test_what_came_before_a_burst_is_no_part_of_it() -> None:
    assert ends(*[(19, 0)] * 20, (100, 30), (10, 0)) == []


def test_nothing_is_over_while_objects_wait() -> None:
    assert ends((90, 900), (2, 900), (2, 900)) == []


def test_a_few_passes_need_no_memory() -> None:
    assert ends((50, 30), (50, 0), (50, 0), (10, 0)) == []
