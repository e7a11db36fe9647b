"""Whether a status has to be written, and which Events tell of it."""

from collections.abc import Mapping
from typing import Any

import pytest

from workers_operator.desired.status import Transition, differs, facts_of, is_same, transitions
from workers_operator.domain.conditions import Fact, carry_over
from workers_operator.resources import ObservedStatus, WorkerStatus


def condition(
    type: str, status: str = "True", reason: str = "Because", **more: Any
) -> dict[str, Any]:
    given = {"type": type, "status": status, "reason": reason, "message": "so"}
    return given | {"lastTransitionTime": "2026-01-31T08:00:00Z"} | more


READY, HEALTHY = condition("Ready"), condition("Healthy")
STATUS: Mapping[str, Any] = {
    "observedGeneration": 3,
    "conditions": [READY, HEALTHY],
    "urls": ["https://a/"],
    "versions": {"stable": "11111111"},
    "instances": 1,
}


def changed(**fields: Any) -> dict[str, Any]:
    return {**STATUS, **fields}


FOREIGN = condition("example.com/Approved")


@pytest.mark.parametrize(
    "old",
    [
        STATUS,
        changed(conditions=[HEALTHY, READY]),
        changed(conditions=[READY, FOREIGN, HEALTHY]),
        changed(drift=None, domains=[], source={}),
    ],
    ids=["same", "order", "foreign condition", "empty fields"],
)
def test_nothing_to_write(old: Mapping[str, Any]) -> None:
    assert not differs(STATUS, old)


def test_what_every_probe_changes_makes_no_other_status() -> None:
    def of(failures: int, **more: Any) -> WorkerStatus:
        health = {"state": "Healthy", "consecutiveFailures": failures, **more}
        return WorkerStatus.tolerant(changed(health=health))

    assert is_same(of(2), of(0))
    assert is_same(WorkerStatus.tolerant(changed(conditions=[])), WorkerStatus.tolerant(STATUS))
    assert not is_same(of(0, out=[1]), of(0))
    assert not is_same(of(0), WorkerStatus.tolerant(STATUS))
    assert not is_same(WorkerStatus.tolerant(changed(instances=2)), WorkerStatus.tolerant(STATUS))


@pytest.mark.parametrize(
    "old",
    [
        {},
        changed(observedGeneration=2),
        changed(conditions=[READY]),
        changed(conditions=[READY, condition("Healthy", "False")]),
        changed(conditions=[READY, condition("Healthy", observedGeneration=2)]),
        changed(conditions=[READY, HEALTHY, condition("Reconciling")]),
        changed(conditions=[READY, HEALTHY, condition("Stalled")]),
        changed(instances=0),
        changed(extra="x"),
    ],
    ids=["new", "generation", "missing", "status", "its generation", "reconciling", "stalled", "field", "gone"],
)  # fmt: skip
def test_something_to_write(old: Mapping[str, Any]) -> None:
    assert differs(STATUS, old)


def events(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(t.type, t.reason) for t in told_of(new, old)]


def told_of(new: Mapping[str, Any], old: Mapping[str, Any]) -> list[Transition]:
    return transitions(WorkerStatus.model_validate(new), WorkerStatus.model_validate(old))


def ready(status: str, reason: str = "Because", **fields: Any) -> dict[str, Any]:
    return changed(conditions=[condition("Ready", status, reason), HEALTHY], **fields)


@pytest.mark.parametrize(
    ("new", "old", "told"),
    [
        (STATUS, STATUS, []),
        (STATUS, {}, [("Normal", "Deployed")]),
        (ready("True", versions={"stable": "22222222"}), STATUS, [("Normal", "Deployed")]),
        (STATUS, ready("False"), [("Normal", "Ready")]),
        (ready("False", "ProbeFailed"), STATUS, [("Warning", "ProbeFailed")]),
        (ready("False", "Other"), ready("False", "ProbeFailed"), [("Warning", "Other")]),
        (ready("False", "Other"), ready("False", "Other"), []),
        (ready("False", "Pending"), {}, []),
        (changed(instances=3), STATUS, [("Normal", "Scaled")]),
        (changed(instances=0), STATUS, [("Normal", "Scaled")]),
        (changed(observedGeneration=4), STATUS, []),
    ],
    ids=[
        "nothing", "first", "update", "won", "lost", "another reason", "still lost", "pending", "scaled", "parked",
        "generation",
    ],
)  # fmt: skip
def test_events(
    new: Mapping[str, Any], old: Mapping[str, Any], told: list[tuple[str, str]]
) -> None:
    assert events(new, old) == told


def test_an_event_says_where_the_version_answers() -> None:
    new = changed(url="https://a/")
    assert [t.message for t in told_of(new, {})] == ["version 11111111 answers at https://a/"]


def test_a_version_that_took_a_while_to_answer_is_told_of_when_it_does() -> None:
    """The routing of a new version reaches the edge some time after it was written."""
    waiting = ready("False", "AwaitingPropagation", versions={"stable": "22222222"})
    answers = ready("True", versions={"stable": "22222222"})
    told = events(waiting, STATUS) + events(answers, waiting)
    assert ("Normal", "Deployed") in told


def test_waiting_for_a_new_version_is_no_warning() -> None:
    waiting = ready("False", "AwaitingPropagation", versions={"stable": "22222222"})
    assert [type for type, _ in events(waiting, STATUS)] in ([], ["Normal"])


def test_facts_of_this_pass_then_of_former_ones_then_unknown() -> None:
    found = {"A": Fact("A", "True", "New", "new")}
    previous = [condition("A", "False", "Old"), condition("B", "False", "Old")]
    status = ObservedStatus.model_validate({"conditions": previous})
    facts = carry_over(("A", "B", "C"), found, facts_of(status))
    assert [(f.type, f.status, f.reason) for f in facts] == [
        ("A", "True", "New"),
        ("B", "False", "Old"),
        ("C", "Unknown", "Pending"),
    ]
