"""Whether it is the data plane that fails, and not the workers behind it."""

from workers_operator.index.dataplanes import ENOUGH, RECENT_SECONDS, ProbedPlane


def well(count: int) -> ProbedPlane:
    plane = ProbedPlane()
    for number in range(count):
        plane.got_through(f"w{number}", 0.0, is_well=True)
    return plane


def test_all_workers_that_fail_at_once_are_not_at_fault() -> None:
    plane = well(3)
    assert [plane.failed(f"w{n}", 60.0, "no connection") for n in range(3)] == [False, False, True]
    assert plane.failure == "none of 3 workers answers its probe (no connection)"
    assert not plane.failed("w0", 61.0, "no connection")
    assert plane.got_through("w1", 62.0, is_well=True)
    assert plane.failure == ""


def test_one_that_answers_even_badly_proves_that_the_others_could() -> None:
    plane = well(4)
    for _ in range(10):
        for number in range(3):
            assert not plane.failed(f"w{number}", 60.0, "no answer in time")
        assert not plane.got_through("w3", 60.0, is_well=False)


def test_twenty_in_a_row_stand_for_thousands() -> None:
    plane = well(5000)
    told = [plane.failed(f"w{n}", 60.0, "no connection") for n in range(ENOUGH)]
    assert told.index(True) == ENOUGH - 1


def test_one_worker_alone_proves_nothing() -> None:
    plane = well(1)
    assert not any(plane.failed("w0", at, "no connection") for at in (60.0, 120.0, 180.0))


def test_one_that_is_gone_is_not_waited_for() -> None:
    plane = well(3)
    later = RECENT_SECONDS + 1
    plane.got_through("w0", later, is_well=True)
    plane.got_through("w1", later, is_well=True)
    assert not plane.failed("w0", later + 60, "no connection")
    assert plane.failed("w1", later + 60, "no connection")


def test_after_a_restart_those_that_were_well_count() -> None:
    plane = ProbedPlane()
    assert not plane.failed("w0", 0.0, "no connection")
    assert plane.failed("w1", 0.0, "no connection")
