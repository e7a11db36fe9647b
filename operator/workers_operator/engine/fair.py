"""A queue that tenants share: the most urgent first, and of one urgency one tenant after another.

Two promises hold for every order of pushes. An item of the highest urgency waits for at most one item of each other
tenant of that urgency. And every fourth item is taken by turn, whatever its urgency, so that what is never the most
urgent does not starve; only aborts go before that. An item whose turn it is keeps it until it may be taken. A single
tenant's items leave in the order of urgency and of ``order`` alone.
"""

import heapq
from collections import OrderedDict
from collections.abc import Callable, Iterator, KeysView
from typing import Final, Generic, TypeVar

from workers_operator.engine.priority import Priority, Urgency

T = TypeVar("T")
Admits = Callable[[str], bool]  # whether a tenant's items may be taken now

_BY_TURN: Final = 4


def everybody(tenant: str) -> bool:
    """Admit every tenant."""
    return True


class FairQueue(Generic[T]):
    """Items of several tenants. ``is_live``: whether an item still waits; others are skipped.

    Pushing and taking cost O(log n) steps, and one more for each tenant that is not admitted.
    """

    def __init__(self, is_live: Callable[[T], bool]) -> None:
        self._is_live = is_live
        # Tenants stand in the order of their turns: whoever is served goes to the end.
        self._lines: dict[Urgency, OrderedDict[str, list[tuple[float, int, T]]]] = {
            urgency: OrderedDict() for urgency in Urgency
        }
        self._turns: OrderedDict[str, None] = OrderedDict()
        self._pushed = 0
        self._taken = 0

    def __iter__(self) -> Iterator[T]:
        """Iterate over the items that wait, in no particular order."""
        for lines in self._lines.values():
            for line in lines.values():
                yield from (item for *_, item in line if self._is_live(item))

    @property
    def tenants(self) -> KeysView[str]:
        """A view of the tenants that wait; some may have nothing left but items that are skipped."""
        return self._turns.keys()

    @property
    def urgency(self) -> Urgency | None:
        """The urgency of the most urgent item; None if nothing waits."""
        found = self._most_urgent(everybody)
        return found[0] if found is not None else None

    def push(self, item: T, priority: Priority, order: float = 0.0) -> None:
        """Add an item. Those of one tenant and urgency leave by ``order``, and then as they came."""
        line = self._lines[priority.urgency].setdefault(priority.tenant, [])
        self._turns.setdefault(priority.tenant)
        self._pushed += 1
        heapq.heappush(line, (order, self._pushed, item))

    def take(
        self, admits: Admits = everybody, least: Urgency = Urgency.RESYNC
    ) -> tuple[Priority, T] | None:
        """Remove the next item of the tenants that are admitted, and return it; None if they have none.

        ``least``: nothing that is less urgent is taken.
        """
        found, keeps_turn = self._next(admits), False
        if found is not None and found[0] > least:
            found, keeps_turn = self._most_urgent(admits), True
        if found is None or found[0] > least:
            return None
        urgency, tenant = found
        self._taken += not keeps_turn
        self._turns.move_to_end(tenant)
        self._lines[urgency].move_to_end(tenant)
        line = self._lines[urgency][tenant]
        item = heapq.heappop(line)[-1]
        if not line:
            self._leave(urgency, tenant)
        return Priority(urgency, tenant), item

    def _next(self, admits: Admits) -> tuple[Urgency, str] | None:
        found = self._most_urgent(admits)
        if found is None or found[0] is Urgency.ABORT or (self._taken + 1) % _BY_TURN:
            return found
        return self._by_turn(admits)

    def _most_urgent(self, admits: Admits) -> tuple[Urgency, str] | None:
        for urgency, lines in self._lines.items():
            tenant = self._first(urgency, lines, admits)
            if tenant is not None:
                return urgency, tenant
        return None

    def _first(
        self, urgency: Urgency, lines: OrderedDict[str, list[tuple[float, int, T]]], admits: Admits
    ) -> str | None:
        found, done = None, []
        for tenant, line in lines.items():
            if not admits(tenant):
                continue
            if self._waits(line):
                found = tenant
                break
            done.append(tenant)
        for tenant in done:
            self._leave(urgency, tenant)
        return found

    def _by_turn(self, admits: Admits) -> tuple[Urgency, str] | None:
        for tenant in self._turns:
            if not admits(tenant):
                continue
            for urgency, lines in self._lines.items():
                if tenant in lines and self._waits(lines[tenant]):
                    return urgency, tenant
        return None

    def _waits(self, line: list[tuple[float, int, T]]) -> bool:
        """Return whether an item in the line is live; drop those before it."""
        while line and not self._is_live(line[0][-1]):
            heapq.heappop(line)
        return bool(line)

    def _leave(self, urgency: Urgency, tenant: str) -> None:
        del self._lines[urgency][tenant]
        if all(tenant not in lines for lines in self._lines.values()):
            del self._turns[tenant]
