"""What is asked of a rollout: its steps, and how long it may go without progress. Pure."""

from dataclasses import dataclass
from typing import Final

from workers_operator.domain.health.probes import StatusRange

DEADLINE_SECONDS: Final = 600.0


@dataclass(frozen=True, slots=True)
class SmokeRequest:
    """A request that the new version has to answer well before a step is done.

    ``path`` "": the path of the health probe. ``expected``: ranges of statuses; None: any answer of the worker's own
    will do. ``contains``: a text in the first bytes of the body. ``answers``: headers that the answer must have, with a
    part of their value. ``within``: seconds.
    """

    path: str = ""
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    expected: tuple[StatusRange, ...] | None = None
    contains: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    within: float = 10.0


@dataclass(frozen=True, slots=True)
class SmokeStep:
    """Requests to the new version only. ``lenient``: what cannot be found out stops nothing."""

    requests: tuple[SmokeRequest, ...]
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class WeightStep:
    """A share of the requests, in percent. ``pause``: seconds until the next step; None: until somebody promotes."""

    weight: int
    pause: float | None


Step = SmokeStep | WeightStep


@dataclass(frozen=True, slots=True)
class Strategy:
    """The steps before a new version gets all requests.

    ``deadline``: seconds that a step may take about which nothing can be found out.
    """

    steps: tuple[Step, ...]
    deadline: float = DEADLINE_SECONDS

    def weight_at(self, step: int) -> int:
        """Return the share of the requests, in percent, that the new version gets during a step."""
        weights = [s.weight for s in self.steps[: step + 1] if isinstance(s, WeightStep)]
        return weights[-1] if weights else 0
