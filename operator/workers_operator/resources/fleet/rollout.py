"""Spec of a template's rollout."""

import re
from typing import Annotated, ClassVar, Final

from pydantic import Field

from workers_operator.resources.formats import Duration, IntOrString
from workers_operator.resources.model import Rule, SpecModel, at_least, at_most
from workers_operator.resources.rollout.analysis import AnalysisSpec
from workers_operator.resources.rollout.spec import PauseSpec

_MAX_WAVES: Final = 20
_PORTION: Final = "^([1-9][0-9]{0,5}|([1-9][0-9]?|100)%)$"

PortionText = Annotated[
    str,
    IntOrString(),
    Rule(
        f"type(self) == int ? self > 0 && self < 1000000 : self.matches('{_PORTION}')",
        "must be a number of followers above 0, or a percentage of all from 1% to 100%, e.g. 10 or 10%",
        lambda text: re.fullmatch(_PORTION.strip("^$"), text, re.ASCII) is not None,
    ),
]


class FleetRolloutSpec(SpecModel):
    """Waves in which a new version reaches the followers."""

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "!has(self.analysis) || (has(self.pause) && has(self.pause.duration))",
            "an analysis needs a pause with a duration",
            lambda spec: (
                spec.analysis is None
                or (spec.pause is not None and spec.pause.duration is not None)
            ),
            ".pause",
        ),
        Rule(
            "!has(self.analysis) || self.analysis.metrics.all(m, !m.type.startsWith('Cpu'))",
            "CPU times are not compared between followers",
            lambda spec: (
                spec.analysis is None
                or not any(m.type.startswith("Cpu") for m in spec.analysis.metrics)
            ),
            ".analysis.metrics",
        ),
    )

    waves: Annotated[tuple[PortionText, ...], Field(min_length=1, max_length=_MAX_WAVES)] = Field(
        default=("100%",),
        description='How many followers have the new version after each wave, e.g. [1, "10%", "100%"]: numbers, or '
        "percentages of all. The next wave begins once all of this one are Ready. After the last one all have it. At "
        'most 20. Default: ["100%"].',
    )
    pause: PauseSpec | None = Field(
        default=None,
        description="Time between a wave that is Ready and the next one, e.g. {duration: 5m}; {} waits for "
        "workers-operator rollout promote. Default: no pause.",
    )
    max_unavailable: PortionText = Field(
        default="25%",
        description='How many followers may be getting the new version at once, e.g. 10 or "10%". Default: 25%.',
    )
    max_failures: PortionText = Field(
        default="1",
        description='How many followers have to fail with the new version for its rollout to stop, e.g. 3 or "5%". '
        "Those that were not reached keep what they have. Default: 1.",
    )
    progress_deadline: Annotated[Duration, at_least("10s"), at_most("168h")] = Field(
        default="10m",
        description="Time after which a follower counts as failed that has, or is getting, the new version and is not "
        "Ready, e.g. 30m; steps of its own rollout do not count. 10s to 168h, default 10m.",
    )
    analysis: AnalysisSpec | None = Field(
        default=None,
        description="What the requests to followers must come to before the next wave, e.g. {minRequests: 500}: no "
        "more errors than each had with its former version. Needs pause.duration. Default: no analysis.",
    )
