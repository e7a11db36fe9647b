"""What an answer through the data plane says about a version's health."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.health import probes as verdicts
from workers_operator.domain.health.probes import Health, ProbeAnswer, StatusRange

NEW, OLD = "22222222", "11111111"
UNKNOWN, HEALTHY = Health("Unknown", 0), Health("Healthy", 0)


@dataclass(frozen=True)
class Case:
    answer: ProbeAnswer
    routed: str
    healthy: str
    health: Health
    is_conclusive: bool
    before: Health = UNKNOWN
    known_good: bool = False
    expected: tuple[StatusRange, ...] | None = None
    threshold: int = 3


GOOD = ProbeAnswer(200, NEW, "")
BROKEN = ProbeAnswer(500, NEW, "worker_exception")
WELL = ((200, 399),)
LATE = ProbeAnswer(0, None, verdicts.LATE)
NOTHING = ProbeAnswer(0, None, "no connection")
CASES = {
    "new version answers": Case(GOOD, "True", "True", HEALTHY, True),
    "new version answers 404 at no path in particular": Case(
        ProbeAnswer(404, NEW, ""), "True", "True", HEALTHY, True
    ),
    "new version answers 404 where the user wants an answer": Case(
        ProbeAnswer(404, NEW, ""), "True", "False", Health("Unhealthy", 1), False, expected=WELL
    ),
    "redirect where the user wants an answer": Case(
        ProbeAnswer(399, NEW, ""), "True", "True", HEALTHY, True, expected=WELL
    ),
    "one of several ranges": Case(
        ProbeAnswer(304, NEW, ""), "True", "True", HEALTHY, True, expected=((200, 299), (304, 304))
    ),
    "between two ranges": Case(
        ProbeAnswer(303, NEW, ""),
        "True",
        "False",
        Health("Unhealthy", 1),
        False,
        expected=((200, 299), (304, 304)),
    ),
    "an exception, even if its status is expected": Case(
        BROKEN, "True", "False", Health("Unhealthy", 1), False, expected=((500, 599),)
    ),
    "503 by design, which the user expects": Case(
        ProbeAnswer(503, NEW, ""), "True", "True", HEALTHY, True, expected=((503, 503),)
    ),
    **{
        f"{status} at no path in particular": Case(
            ProbeAnswer(status, NEW, ""), "True", "True", HEALTHY, True
        )
        for status in (101, 404, 499, 500, 502, 503, 599)
    },
    **{
        f"the dispatcher says {error}": Case(
            ProbeAnswer(503, NEW, error), "True", "False", Health("Unhealthy", 1), False
        )
        for error in ("worker_exception", "worker_limit_exceeded")
    },
    "the dispatcher lacks the new version's script": Case(
        ProbeAnswer(503, NEW, "worker_unavailable"), "False", "Unknown", Health("Unknown", 0), False
    ),
    "an answer that did not come from the dispatcher": Case(
        ProbeAnswer(200, None, ""), "True", "True", Health("Healthy", 1), True, HEALTHY, True
    ),
    "old version still answers": Case(
        ProbeAnswer(200, OLD, ""), "False", "Unknown", HEALTHY, False, before=HEALTHY
    ),
    "old version answers after the new one had": Case(
        ProbeAnswer(200, OLD, ""), "False", "Unknown", HEALTHY, False, HEALTHY, known_good=True
    ),
    "dispatcher knows no such host yet": Case(
        ProbeAnswer(404, None, "unknown-host"), "False", "Unknown", UNKNOWN, False
    ),
    "no connection to a new version": Case(NOTHING, "False", "Unknown", UNKNOWN, False),
    "new version hangs": Case(LATE, "False", "Unknown", Health("Unknown", 1), False),
    "new version hangs too often": Case(
        LATE, "Unknown", "False", Health("Unhealthy", 3), True, Health("Unknown", 2)
    ),
    "new version fails at once": Case(BROKEN, "True", "False", Health("Unhealthy", 1), False),
    "new version fails for the last time": Case(
        BROKEN, "True", "False", Health("Unhealthy", 3), True, before=Health("Unhealthy", 2)
    ),
    "healthy version fails once": Case(
        BROKEN, "True", "True", Health("Healthy", 1), True, HEALTHY, known_good=True
    ),
    "healthy version fails too often": Case(
        BROKEN, "True", "False", Health("Unhealthy", 3), True, Health("Healthy", 2), known_good=True
    ),
    "healthy version, threshold of one": Case(
        BROKEN, "True", "False", Health("Unhealthy", 1), True, HEALTHY, True, threshold=1
    ),
    "healthy version can't be reached once": Case(
        NOTHING, "True", "True", Health("Healthy", 1), True, HEALTHY, known_good=True
    ),
    "healthy version can't be reached too often": Case(
        NOTHING, "True", "False", Health("Unhealthy", 3), True, Health("Healthy", 2), True
    ),
    "recovered": Case(GOOD, "True", "True", HEALTHY, True, before=Health("Unhealthy", 3)),
    "failures do not count on for ever": Case(
        BROKEN, "True", "False", Health("Unhealthy", 3), True, before=Health("Unhealthy", 3)
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_is_made_of_an_answer(case: Case) -> None:
    result = verdicts.judge(
        case.answer, NEW, case.before, case.threshold, known_good=case.known_good, expected=case.expected
    )  # fmt: skip
    assert (result.routed.type, result.routed.status) == ("Routed", case.routed)
    assert (result.healthy.type, result.healthy.status) == ("Healthy", case.healthy)
    assert result.health == case.health
    assert result.is_conclusive is case.is_conclusive


def test_messages_say_what_was_seen() -> None:
    def judged(answer: ProbeAnswer, expected: tuple[StatusRange, ...] | None = None) -> str:
        result = verdicts.judge(answer, NEW, UNKNOWN, 3, known_good=False, expected=expected)
        return result.healthy.message

    assert OLD in judged(ProbeAnswer(200, OLD, ""))
    assert "HTTP 500, the script throws an exception (workers-operator logs shows it)" in judged(
        BROKEN
    )
    assert "the script is missing" in judged(ProbeAnswer(503, NEW, "worker_unavailable"))
    assert "no connection" in judged(NOTHING)
    assert "HTTP 522" in judged(ProbeAnswer(522, None, ""))
    expected = ((200, 299), (304, 304))
    assert "HTTP 404, and 200-299, 304 is expected" in judged(ProbeAnswer(404, NEW, ""), expected)
    assert "with any status" in judged(ProbeAnswer(503, NEW, ""))
    assert judged(GOOD, expected) == "the health probe succeeds"


def test_a_parked_worker_is_as_wanted() -> None:
    parked = verdicts.parked()
    assert (parked.routed.status, parked.healthy.status, parked.is_conclusive) == (
        "True",
        "True",
        True,
    )
    assert parked.health == UNKNOWN


@given(st.integers(0, 10**6), st.floats(1, 3600))
def test_looks_become_rarer_and_never_rarer_than_the_interval(looks: int, interval: float) -> None:
    assert 0 < verdicts.pause(looks, interval) <= interval
    assert looks == 0 or verdicts.pause(looks, interval) <= verdicts.pause(looks + 1, interval)
    assert verdicts.pause(0, interval) == interval
