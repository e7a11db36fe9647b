"""What is said of logs that are not kept."""

from support.telemetry import FIRST, SECOND
from workers_operator.domain.telemetry.sampling import sampling_notices


def test_nothing_is_said_of_logs_that_are_all_kept_or_of_which_nothing_is_known() -> None:
    assert sampling_notices({FIRST: 1.0, SECOND: None}) == []


def test_sampled_logs_and_those_that_are_not_kept_are_named() -> None:
    other = FIRST._replace(hash="22222222")
    found = sampling_notices({SECOND: 0.1, FIRST: 0.1, other: 0.0})
    assert len(found) == 2
    assert found[0].startswith("no logs of 22222222/0 are kept: ")
    assert (
        found[1] == "logs of 11111111/0, 11111111/1 are sampled: 10% of the invocations are shown"
    )
