"""Strategy of a rollout: its steps and its deadline. Pure."""

from dataclasses import dataclass
from typing import Final, Literal

from workers_operator.domain.health.probes import StatusRange
from workers_operator.domain.rollout.criteria import Criteria

DEADLINE_SECONDS: Final = 600.0
SettingsOrigin = Literal["Worker", "Platform", "Default"]


@dataclass(frozen=True, slots=True)
class SmokeRequest:
    """A smoke test's request, with the required answer.

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
    """Requests to the new version only. ``lenient``: an unknown outcome counts as passed."""

    requests: tuple[SmokeRequest, ...]
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class WeightStep:
    """A share of the requests, in percent. ``pause``: seconds until the next step; None: until somebody promotes.

    ``analysis``: criteria for the requests until then.
    """

    weight: int
    pause: float | None
    analysis: Criteria | None = None


Step = SmokeStep | WeightStep


@dataclass(frozen=True, slots=True)
class Strategy:
    """The steps before a new version gets all requests.

    ``deadline``: seconds that a step with an unknown outcome may take. ``origin``: whose settings they are.
    ``is_way_back``: a version that is at the edge needs none of them to serve again.
    """

    steps: tuple[Step, ...]
    deadline: float = DEADLINE_SECONDS
    origin: SettingsOrigin = "Default"
    is_way_back: bool = False

    def weight_at(self, step: int) -> int:
        """Return the share of the requests, in percent, that the new version gets during a step."""
        weights = [s.weight for s in self.steps[: step + 1] if isinstance(s, WeightStep)]
        return weights[-1] if weights else 0

    @property
    def tests(self) -> int:
        """The number of statistical tests that may abort a rollout."""
        asked = [s.analysis for s in self.steps if isinstance(s, WeightStep)]
        return sum(criteria.counted for criteria in asked if criteria is not None)
