"""Notices of one webhook: delivered, refused and outstanding."""

from collections import deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from workers_operator.domain.notifications import notices
from workers_operator.domain.notifications.notices import NoticeFilter, ProblemNotice
from workers_operator.domain.notifications.problems import ObjectProblem
from workers_operator.resources.notifications.status import MAX_OPEN

_REFUSED_SECONDS: Final = 3600.0  # until a refused notice is sent again
_MOST_REPAIRS: Final = 100


class NoticeLedger:
    """Notices of one webhook. ``known``: ids of open problems that an earlier process has reported."""

    def __init__(self, known: Iterable[str]) -> None:
        self._told: dict[str, ObjectProblem | None] = dict.fromkeys(known)
        self._refused: dict[tuple[str, str], float] = {}  # (id, state) -> monotonic second
        self._repairs: deque[ProblemNotice] = deque(maxlen=_MOST_REPAIRS)

    @property
    def open(self) -> tuple[str, ...]:
        """The ids that status keeps."""
        return tuple(sorted(self._told)[:MAX_OPEN])

    def has_told(self, id_: str) -> bool:
        """Return whether an open problem has been reported."""
        return id_ in self._told

    def repaired(self, problem: ObjectProblem) -> None:
        """Queue a repair; drop the oldest beyond the limit."""
        self._repairs.append(ProblemNotice("Repaired", problem.id, problem))

    def outstanding(
        self,
        wrong: Mapping[str, ObjectProblem],
        fresh: Collection[str],
        wanted: NoticeFilter,
        now: float,
    ) -> Sequence[ProblemNotice]:
        """Return the notices that are due, the most urgent first."""
        for id_ in self._told.keys() & wrong.keys():
            self._told[id_] = wrong[id_]  # to name it once it is over
        self._refused = {at: until for at, until in self._refused.items() if until > now}
        found = notices.outstanding(wrong, self._told, fresh, wanted)
        return [n for n in (*self._repairs, *found) if (n.id, n.state) not in self._refused]

    def delivered(self, told: Sequence[ProblemNotice]) -> None:
        """Record delivered notices."""
        self._told = notices.after(self._told, (n for n in told if n.state != "Repaired"))
        self._drop_repairs(told)

    def refused(self, told: Sequence[ProblemNotice], now: float) -> None:
        """Record refused notices."""
        self._refused |= {(n.id, n.state): now + _REFUSED_SECONDS for n in told}
        self._drop_repairs(told)

    def forgive(self) -> None:
        """Forget refusals: the webhook has changed."""
        self._refused.clear()

    def _drop_repairs(self, told: Sequence[ProblemNotice]) -> None:
        left = [repair for repair in self._repairs if not any(repair is n for n in told)]
        self._repairs = deque(left, maxlen=_MOST_REPAIRS)
