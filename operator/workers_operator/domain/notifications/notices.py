"""Notifications still due: the difference between open problems and those already reported. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from workers_operator.domain.notifications.problems import ObjectProblem, ProblemKind, Severity

NoticeState = Literal["Open", "Resolved", "Repaired"]


@dataclass(frozen=True, slots=True)
class ProblemNotice:
    """A notice of a problem. ``problem``: None if the object was deleted and only the id is left."""

    state: NoticeState
    id: str
    problem: ObjectProblem | None


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Filter of a webhook. ``kinds``: empty for all; ``severity``: the least."""

    kinds: frozenset[str] = frozenset()
    severity: Severity = "Warning"

    def wants(self, kind: ProblemKind) -> bool:
        """Return whether problems of a kind pass."""
        return (not self.kinds or kind in self.kinds) and (
            self.severity == "Warning" or kind.severity == "Critical"
        )


def outstanding(
    wrong: Mapping[str, ObjectProblem],
    told: Mapping[str, ObjectProblem | None],
    fresh: Collection[str],
    wanted: NoticeFilter,
) -> list[ProblemNotice]:
    """Return the notices that are due, the most urgent first.

    ``wrong``, ``told``: problems by id, as they are and as the webhook knows them. ``fresh``: the ids of those that
    have begun or ended just now, and may be over, or back, in a moment.
    """
    new = (
        ProblemNotice("Open", id_, problem)
        for id_, problem in wrong.items()
        if id_ not in told and id_ not in fresh and wanted.wants(problem.kind)
    )
    over = (
        ProblemNotice("Resolved", id_, problem)
        for id_, problem in told.items()
        if id_ not in wrong and id_ not in fresh
    )
    return sorted((*new, *over), key=_urgency)


def after(
    told: Mapping[str, ObjectProblem | None], delivered: Iterable[ProblemNotice]
) -> dict[str, ObjectProblem | None]:
    """Return the problems known to a webhook after notices were delivered."""
    known = dict(told)
    for notice in delivered:
        if notice.state == "Open":
            known[notice.id] = notice.problem
        else:
            known.pop(notice.id, None)
    return known


def _urgency(notice: ProblemNotice) -> tuple[bool, bool, str]:
    problem = notice.problem
    is_critical = problem is not None and problem.kind.severity == "Critical"
    since = problem.since if problem is not None else ""
    return (not is_critical, notice.state == "Resolved", since)
