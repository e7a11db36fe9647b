"""How a rollout goes on, whatever happens to it."""

import math
from dataclasses import replace
from typing import Final, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.rollout import orders
from workers_operator.domain.rollout.analysis import FALSE_ABORTS, Finding, Judgement
from workers_operator.domain.rollout.criteria import Criteria, Criterion
from workers_operator.domain.rollout.orders import RolloutOrder, Verb
from workers_operator.domain.rollout.progress import (
    Course,
    Phase,
    RolloutState,
    Situation,
    analysed,
    proceed,
    smoked,
)
from workers_operator.domain.rollout.smoke import PASSED, SmokeOutcome
from workers_operator.domain.rollout.strategy import (
    SmokeRequest,
    SmokeStep,
    Step,
    Strategy,
    WeightStep,
)

OLD, NEW, OLDEST = "0a0a0a0a", "1b1b1b1b", "2c2c2c2c"
SMOKE: Final = SmokeStep((SmokeRequest("/"),), lenient=True)
STEPS: Final[tuple[Step, ...]] = (SMOKE, WeightStep(10, 60), SMOKE, WeightStep(50, None))
AT: Final = Situation(NEW, OLD, OLDEST, None, Strategy(STEPS, 600), now=1_000_000)


def order(verb: str, version: str = "") -> RolloutOrder:
    return orders.order_of(cast("Verb", verb), version, "now")


def state(step: int, phase: Phase = "Progressing") -> RolloutState:
    return RolloutState(NEW, phase, step, AT.now, AT.now)


def at(known: RolloutState | None) -> Situation:
    return replace(AT, state=known)


def next_after(course: Course, known: Situation, seconds: int) -> Situation:
    """What a pass begins with that comes after a course was carried out and written."""
    stable = course.stable
    previous = known.previous if stable == known.stable else known.stable
    return replace(
        known, stable=stable, previous=previous, state=course.state, now=known.now + seconds,
        order=None, routed=float(course.weight),
    )  # fmt: skip


steps = st.lists(
    st.one_of(
        st.just(SMOKE),
        st.just(replace(SMOKE, lenient=False)),
        st.builds(
            WeightStep,
            st.integers(1, 99),
            st.one_of(st.none(), st.integers(1, 400)),
            st.one_of(st.none(), st.just(Criteria((Criterion("ErrorRate"),)))),
        ),
    ),
    max_size=6,
).map(lambda found: _growing(found))
phases = st.sampled_from(
    ["Progressing", "Paused", "Promoting", "Succeeded", "Aborted", "RolledBack"]
)
states = st.one_of(
    st.none(),
    st.builds(
        RolloutState,
        version=st.sampled_from([OLD, NEW, OLDEST]),
        phase=phases,
        step=st.integers(0, 9),
        started=st.integers(0, AT.now),
        since=st.integers(AT.now - 2000, AT.now),
        held=st.booleans(),
        unhealthy=st.booleans(),
    ),
)
situations = st.builds(
    Situation,
    target=st.sampled_from([OLD, NEW]),
    stable=st.sampled_from([OLD, NEW, None]),
    previous=st.sampled_from([OLDEST, None]),
    state=states,
    strategy=st.builds(Strategy, steps.map(tuple), st.integers(10, 1000)),
    now=st.just(AT.now),
    is_bad=st.booleans(),
    order=st.one_of(
        st.none(),
        st.builds(order, st.sampled_from(orders.VERBS), st.sampled_from(["", OLD, NEW, OLDEST])),
    ),
    routed=st.sampled_from([None, 0.0, 10.0]),
)


def _growing(found: list[Step]) -> list[Step]:
    weights = iter(sorted({s.weight for s in found if isinstance(s, WeightStep)}))
    kept: list[Step] = []
    for step in found:
        if isinstance(step, SmokeStep):
            kept.append(step)
        elif (weight := next(weights, None)) is not None:
            kept.append(replace(step, weight=weight))
    return kept


@given(situations)
def test_whatever_is_known_a_version_that_is_there_serves(known: Situation) -> None:
    course = proceed(known)
    assert course.stable in {known.target, known.stable, known.previous} - {None}
    assert course.candidate in (None, known.target)
    assert course.candidate != course.stable
    assert 0 <= course.weight <= 99
    assert course.weight == 0 or course.candidate is not None
    assert course.due > 0


@given(situations)
def test_a_version_that_has_failed_gets_no_request_without_an_order(known: Situation) -> None:
    failed = known.of_target
    if known.stable is None or known.order is not None or failed is None or not failed.has_failed:
        return
    course = proceed(known)
    if known.target != known.stable:
        assert (course.stable, course.weight) == (known.stable, 0)


@given(situations)
def test_deciding_again_changes_nothing(known: Situation) -> None:
    """A pass that comes at once has nothing to do: nothing flaps."""
    first = proceed(known)
    if first.smoke is not None or known.is_bad:
        return
    second = proceed(next_after(first, known, 0))
    assert (second.stable, second.weight) == (first.stable, first.weight)


@given(situations, st.lists(st.tuples(st.integers(0, 300), st.booleans()), max_size=40))
def test_shares_only_grow_until_all_or_nothing(
    known: Situation, passes: list[tuple[int, bool]]
) -> None:
    """And a smoke test comes before the first request that a step after it allows."""
    now, before = replace(known, is_bad=False, order=None, routed=None), 0
    rollout = None
    for seconds, passed in passes:
        course = proceed(now)
        while course.smoke is not None:
            failure = "" if passed else "HTTP 500"
            course = smoked(course, now, SmokeOutcome(failure=failure))
            if not passed:
                assert course.weight == 0
                assert course.state is not None
                assert course.state.phase == "Aborted"
        version = course.state.version if course.state is not None else None
        if version == rollout and course.candidate is not None:
            assert course.weight >= before
        rollout, before = version, course.weight
        now = replace(next_after(course, now, seconds), routed=None)


def test_the_steps_in_order() -> None:
    course = proceed(AT)
    assert (course.candidate, course.weight, course.smoke) == (NEW, 0, SMOKE)
    course = smoked(course, AT, PASSED)
    assert (course.weight, course.due, course.smoke) == (10, 60, None)
    later = next_after(course, AT, 59)
    assert proceed(later).due == 1
    later = replace(later, now=later.now + 1)
    course = proceed(later)
    assert (course.weight, course.smoke) == (10, SMOKE)
    course = smoked(course, later, PASSED)
    assert (course.weight, course.due) == (50, math.inf)
    assert course.state is not None
    assert course.state.phase == "Paused"
    late = next_after(course, later, 100_000)
    assert proceed(late).weight == 50
    done = proceed(replace(late, order=order("promote")))
    assert (done.stable, done.candidate, done.weight) == (NEW, None, 0)
    assert done.state is not None
    assert done.state.phase == "Promoting"


@pytest.mark.parametrize("lenient", [True, False])
def test_what_cannot_be_tested_waits_unless_that_stops_nothing(lenient: bool) -> None:
    known = replace(AT, strategy=Strategy((replace(SMOKE, lenient=lenient), STEPS[1])))
    course = smoked(proceed(known), known, SmokeOutcome(unknown="no connection"))
    assert course.weight == (10 if lenient else 0)
    assert course.state is not None
    assert course.state.message == (
        "" if lenient else "the smoke test cannot be made: no connection"
    )
    assert course.due == (60 if lenient else 3)


@pytest.mark.parametrize(("seconds", "phase"), [(600, "Progressing"), (601, "Aborted")])
def test_a_test_that_cannot_be_made_has_until_the_deadline(seconds: int, phase: Phase) -> None:
    strict = Strategy((replace(SMOKE, lenient=False),), 600)
    known = replace(AT, state=state(0), strategy=strict, now=AT.now + seconds)
    course = smoked(proceed(known), known, SmokeOutcome(unknown="no connection"))
    assert course.state is not None
    assert course.state.phase == phase
    late = "no progress for 600 s: " if phase == "Aborted" else ""
    assert course.state.message == f"{late}the smoke test cannot be made: no connection"


def test_a_long_absence_of_the_operator_aborts_nothing() -> None:
    for step in range(4):
        course = proceed(replace(at(state(step)), now=AT.now + 100_000))
        assert course.state is not None
        assert course.state.phase != "Aborted"


@pytest.mark.parametrize("phase", ["Promoting", "Succeeded"])
def test_an_old_listing_takes_nothing_back(phase: Phase) -> None:
    """The routing still seems to lead to the old version: the status is newer."""
    course = proceed(at(state(4, phase)))
    assert (course.stable, course.candidate) == (NEW, None)


def test_a_promotion_that_was_not_written_is_seen_at_the_edge() -> None:
    course = proceed(replace(at(state(3)), stable=NEW, previous=OLD))
    assert course.stable == NEW
    assert course.state is not None
    assert course.state.phase == "Promoting"


@pytest.mark.parametrize(
    ("text", "verb", "version"),
    [
        ("abort", "abort", ""),
        ("abort now", "abort", ""),
        ("undo:0a0a0a0a 2026-01-31T08:00:00Z", "undo", OLD),
        ("promote-full\nx", "promote-full", ""),
    ],
)
def test_orders_are_read(text: str, verb: str, version: str) -> None:
    found = orders.parse(text)
    assert found is not None
    assert (found.id, found.verb, found.version) == (text, verb, version)


@pytest.mark.parametrize(
    "text", ["", "Abort", "undo:", "undo:0A0A0A0A", "undo:12", "abortnow", "rm"]
)
def test_what_is_no_order(text: str) -> None:
    assert orders.parse(text) is None


@given(st.sampled_from(orders.VERBS), st.sampled_from(["", OLD]), st.text(max_size=30))
def test_an_order_is_read_as_it_was_given(verb: Verb, version: str, stamp: str) -> None:
    given_order = orders.order_of(verb, version, stamp)
    assert orders.parse(orders.given(given_order.annotation())) == given_order


# --- analysis ---------------------------------------------------------------------------------------------------------

CRITERIA: Final = Criteria((Criterion("ErrorRate"),))
ANALYSED: Final = Strategy(
    (SMOKE, WeightStep(10, 60, CRITERIA), WeightStep(50, None, CRITERIA), WeightStep(90, 60)), 600
)


def analysed_at(step: int, seconds: int, *, held: bool = False) -> Situation:
    """A step of the analysed strategy, some seconds after it began."""
    known = replace(state(step), held=held)
    return replace(AT, strategy=ANALYSED, state=known, now=AT.now + seconds)


def test_a_step_under_way_is_analysed_as_far_as_it_has_come() -> None:
    course = proceed(analysed_at(1, 20))
    assert course.analysis is not None
    assert (course.analysis.since, course.analysis.until) == (AT.now, None)
    assert course.analysis.share == FALSE_ABORTS / 2  # two steps ask for one metric each
    assert (course.weight, course.due) == (10, 40)


def test_a_step_that_is_over_waits_for_the_analysis() -> None:
    at = analysed_at(1, 61)
    course = proceed(at)
    assert course.analysis is not None
    assert course.analysis.until == AT.now + 60
    assert course.weight == 10
    after = analysed(course, at, Judgement("Pending", "the metrics are late"))
    assert after.state is not None
    assert (after.weight, after.state.phase, after.state.step) == (10, "Progressing", 1)
    assert after.state.message == "the metrics are late"
    assert 0 < after.due < math.inf


def test_the_next_step_begins_once_the_analysis_has_passed() -> None:
    at = analysed_at(1, 61)
    after = analysed(proceed(at), at, Judgement("Passed"))
    assert after.state is not None
    assert (after.weight, after.state.step, after.state.since) == (50, 2, at.now)
    assert after.state.message == ""


@pytest.mark.parametrize("seconds", [20, 61])
def test_a_version_that_failed_is_aborted_at_any_time(seconds: int) -> None:
    at = analysed_at(1, seconds)
    after = analysed(proceed(at), at, Judgement("Failed", "ErrorRate is 12 %"))
    assert after.state is not None
    assert (after.stable, after.candidate, after.weight) == (OLD, None, 0)
    assert after.state.phase == "Aborted"
    assert after.state.message == "the analysis failed: ErrorRate is 12 %"
    assert after.is_way_back


def test_what_is_inconclusive_pauses_until_somebody_decides() -> None:
    at = analysed_at(1, 61)
    after = analysed(proceed(at), at, Judgement("Inconclusive", "12 requests"))
    assert after.state is not None
    assert (after.weight, after.state.phase, after.state.held) == (10, "Paused", True)
    assert after.state.message == "the analysis is inconclusive: 12 requests"
    assert after.due == math.inf
    later = proceed(next_after(after, at, 3600))
    assert later.state is not None
    assert (later.weight, later.state.phase, later.state.message) == (
        10,
        "Paused",
        after.state.message,
    )
    promoted = proceed(replace(next_after(after, at, 10), order=order("promote")))
    assert promoted.weight == 50
    resumed = proceed(replace(next_after(after, at, 10), order=order("resume")))
    assert resumed.analysis is not None
    assert resumed.analysis.since == at.now + 10  # with requests of its own
    assert resumed.weight == 10


@pytest.mark.parametrize("finding", ["Pending", "Passed", "Inconclusive"])
@pytest.mark.parametrize(
    "at", [analysed_at(1, 20), analysed_at(2, 999), analysed_at(1, 99, held=True)]
)
def test_nothing_but_a_failure_ends_a_step_early(at: Situation, finding: Finding) -> None:
    """A step with ``pause: {}``, and one that somebody has paused, wait for an order."""
    course = proceed(at)
    assert course.analysis is not None
    assert course.analysis.until is None
    assert analysed(course, at, Judgement(finding)) == replace(course, analysis=None)


def test_a_step_without_analysis_asks_for_none() -> None:
    course = proceed(analysed_at(3, 20))
    assert course.analysis is None
    assert proceed(analysed_at(3, 61)).stable == NEW
