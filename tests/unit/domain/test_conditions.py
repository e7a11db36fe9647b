"""What a pass found out becomes conditions that kstatus and Flux read rightly."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.conditions import kstatus, violations
from workers_operator.desired import status as statuses
from workers_operator.domain import conditions
from workers_operator.domain.conditions import Fact, carry_over
from workers_operator.domain.text.lines import MAX_MESSAGE
from workers_operator.resources import Condition, ObservedStatus

TYPES = ("SourceResolved", "Deployed", "Routed", "Healthy")
THEN, NOW = "2026-01-31T08:00:00Z", "2026-01-31T09:00:00Z"


def fact(
    type: str, status: conditions.Status = "True", reason: str = "Because", message: str = ""
) -> Fact:
    return Fact(type, status, reason, message or f"{type} is {status}")


def rendered(
    facts: Sequence[Fact],
    previous: Sequence[Condition] = (),
    *,
    generation: int = 3,
    now: str = NOW,
) -> tuple[Condition, ...]:
    all_facts = [conditions.ready(facts, "all is well"), *facts]
    return statuses.render(all_facts, previous, generation=generation, now=now)


def known_from(conditions: Sequence[Condition]) -> Mapping[str, Fact]:
    return statuses.facts_of(ObservedStatus(conditions=tuple(conditions)))


def as_json(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
    return [condition.dump() for condition in conditions]


progress = st.sampled_from(
    [None, fact("Reconciling", reason="Progressing"), fact("Stalled", reason="InvalidSpec")]
)
found = st.dictionaries(
    st.sampled_from(TYPES), st.sampled_from(["True", "False", "Unknown"]), max_size=4
).map(lambda d: {k: fact(k, v) for k, v in d.items()})  # type: ignore[arg-type]


@given(st.lists(st.tuples(found, progress), min_size=1, max_size=4))
def test_every_status_keeps_fluxs_rules(passes: list[tuple[dict[str, Fact], Fact | None]]) -> None:
    conditions: tuple[Condition, ...] = ()
    for generation, (facts, under_way) in enumerate(passes, start=1):
        known = carry_over(TYPES, facts, known_from(conditions))
        known += [under_way] if under_way else []
        conditions = rendered(known, conditions, generation=generation)
        status = {"observedGeneration": generation, "conditions": as_json(conditions)}
        obj = {"metadata": {"name": "x", "generation": generation}, "status": status}
        assert violations(obj) == []
        assert [x.type for x in conditions[:5]] == ["Ready", *TYPES]
        if under_way is not None:
            assert kstatus(obj) == ("Failed" if under_way.type == "Stalled" else "InProgress")
        elif all(f.status == "True" for f in known):
            assert kstatus(obj) == "Current"


@pytest.mark.parametrize(
    ("facts", "status", "reason"),
    [
        ([fact("A"), fact("B")], "True", "Succeeded"),
        ([fact("A"), fact("B", "False", "Broken")], "False", "Broken"),
        ([fact("A", "Unknown", "Later"), fact("B", "False", "Broken")], "False", "Broken"),
        ([fact("A", "False", "First"), fact("B", "False", "Second")], "False", "First"),
        ([fact("A"), fact("B", "Unknown", "Later")], "False", "Later"),
        ([fact("A"), fact("Reconciling", reason="Progressing")], "False", "Progressing"),
        ([fact("A", "False", "Broken"), fact("Stalled", reason="Other")], "False", "Broken"),
        ([fact("A", "Unknown", "Later"), fact("Reconciling")], "False", "Later"),
    ],
)
def test_ready_mirrors_the_worst(facts: list[Fact], status: str, reason: str) -> None:
    ready = conditions.ready(facts, "all is well")
    assert (ready.status, ready.reason) == (status, reason)


@pytest.mark.parametrize("kind", ["Reconciling", "Stalled"])
def test_ready_names_what_failed_and_not_what_was_not_reached(kind: str) -> None:
    """A hostname that is taken is found out before anything is deployed."""
    facts = carry_over(TYPES, {
        "SourceResolved": fact("SourceResolved"),
        "Routed": fact("Routed", "False", "HostnameConflict", "a.code24.dev/* belongs to another worker"),
    }, {})  # fmt: skip
    ready = conditions.ready([*facts, fact(kind)], "")
    assert (ready.reason, ready.message) == (
        "HostnameConflict",
        "a.code24.dev/* belongs to another worker",
    )


def test_the_time_moves_only_with_the_status() -> None:
    first = rendered([fact("A"), fact("B", "False")], now=THEN)
    again = rendered([fact("A", reason="Other"), fact("B", "True")], first, generation=4)
    times = {x["type"]: x["lastTransitionTime"] for x in as_json(again)}
    assert times == {"Ready": NOW, "A": THEN, "B": NOW}
    assert {x["observedGeneration"] for x in as_json(again)} == {4}
    assert statuses.find(again, "A") == again[1]
    assert statuses.find(again, "C") is None


def test_a_condition_that_comes_back_gets_a_new_time() -> None:
    stalled = rendered([fact("A"), fact("Stalled")], now=THEN)
    well = rendered([fact("A")], stalled, now=THEN)
    assert statuses.find(well, "Stalled") is None
    back = statuses.find(rendered([fact("A"), fact("Stalled")], well), "Stalled")
    assert back is not None
    assert back.last_transition_time == NOW


def test_long_messages_are_cut() -> None:
    (ready, condition) = rendered([fact("A", "False", message="x" * 5000)])
    assert len(condition.message) == len(ready.message) == MAX_MESSAGE


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (
            "Uncaught Error: x\n  at worker.js:1:7\r\n\tat b\n",
            "Uncaught Error: x at worker.js:1:7 at b",
        ),
        ("a\tb", "a b"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("abc\u202edef\u2066", "abc\\u202edef\\u2066"),
        ("größe \U0001f600", "größe \U0001f600"),
        ("half \ud83d", "half \\ud83d"),
        ("\x00" * 5000, "\\x00" * 191 + "\\x0…"),
        ("x\n" * 5000, "x " * 383 + "x…"),
    ],
)
def test_a_message_is_one_line_that_a_terminal_shows(said: str, shown: str) -> None:
    (_, condition) = rendered([fact("A", "False", message=said)])
    assert condition.message == shown


def test_what_a_message_quotes_stays_on_its_line() -> None:
    said = "Uncaught Error: a\r\n  at worker.js:1\x1b[31m\u202eb"
    for condition in rendered([fact("A", "False", message=said)]):
        assert condition.message == "Uncaught Error: a at worker.js:1\\x1b[31m\\u202eb"
