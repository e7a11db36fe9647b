"""Spec of a rollout."""

import re
from itertools import pairwise
from typing import Annotated, ClassVar, Final, Literal

from pydantic import BeforeValidator, Field

from workers_operator.resources.durations import parse_duration
from workers_operator.resources.formats import Duration, Integer
from workers_operator.resources.health import ExpectedStatus, HealthPath, status_range
from workers_operator.resources.model import (
    Rule,
    SpecModel,
    at_least,
    at_most,
    shaped,
    without_nulls,
)
from workers_operator.resources.rollout.analysis import AnalysisSpec

MAX_STEPS: Final = 20
MAX_HISTORY: Final = 20
_HEADER: Final = "[0-9A-Za-z_-]{1,64}"
_WEIGHTS: Final = "self.filter(s, has(s.weight)).map(s, s.weight)"

HeaderValue = Annotated[
    str,
    Field(max_length=512),
    shaped("^[ -~]*$", "must consist of printable ASCII characters"),
]
Headers = Annotated[
    dict[str, HeaderValue],
    Field(max_length=16),
    BeforeValidator(without_nulls),
    Rule(
        f"self.all(name, name.matches(r'^{_HEADER}$'))",
        "names must consist of letters, digits, dashes and underscores, at most 64",
        lambda headers: all(re.fullmatch(_HEADER, name, re.ASCII) for name in headers),
    ),
]


_OURS: Final = ("host", "content-length", "transfer-encoding", "connection")
RequestHeaders = Annotated[
    Headers,
    Rule(
        f"self.all(name, !(name.lowerAscii() in {list(_OURS)}) && !name.lowerAscii().startsWith('code24-'))",
        "such a header is set by the operator itself: " + ", ".join(_OURS) + " and code24-*",
        lambda headers: (
            not any(n.lower() in _OURS or n.lower().startswith("code24-") for n in headers)
        ),
    ),
]


class SmokeExpectation(SpecModel):
    """Required answer of the new version."""

    status: ExpectedStatus | None = Field(
        default=None,
        description="Statuses that pass, each a status or a range, e.g. [200-299]; at most 16. Default: those of "
        "spec.health.",
    )
    contains: Annotated[str, Field(max_length=256)] = Field(
        default="", description="Text that the first 64 KiB of the body contain, e.g. Welcome."
    )
    headers: Headers = Field(
        default={},
        description="Headers of the response, each with a part of its value, e.g. {content-type: text/html}; at "
        "most 16.",
    )
    max_response_time: Annotated[Duration, at_least("1ms"), at_most("30s")] = Field(
        default="5s",
        description="Time until the response's headers and the first 64 KiB of its body, e.g. 800ms. 1ms to 30s, "
        "default 5s.",
    )

    @property
    def ranges(self) -> tuple[tuple[int, int], ...] | None:
        return None if self.status is None else tuple(map(status_range, self.status))


class SmokeRequestSpec(SpecModel):
    """A request to the new version."""

    path: HealthPath | None = Field(
        default=None,
        description="Path below the worker's route, e.g. /checkout?test=1. Default: the path of the health probe.",
    )
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] = Field(
        default="GET", description="Method, e.g. POST. Default: GET."
    )
    headers: RequestHeaders = Field(
        default={}, description="Headers of the request, e.g. {accept: text/html}; at most 16."
    )
    body: Annotated[str, Field(max_length=4096)] | None = Field(
        default=None, description='Body of the request, e.g. {"sku": 1}; at most 4096 characters.'
    )
    expect: SmokeExpectation = Field(
        default=SmokeExpectation(),
        description="What the new version must answer, e.g. {status: ['200'], contains: Welcome}. Redirects are not "
        "followed.",
    )


class SmokeSpec(SpecModel):
    """A smoke test: requests that reach the new version only."""

    requests: Annotated[tuple[SmokeRequestSpec, ...], Field(max_length=10)] = Field(
        default=(),
        description="Requests, e.g. [{path: /checkout}], all of which must be answered as expected; each is tried "
        "up to three times. At most 10. Default: the health probe.",
    )


class PauseSpec(SpecModel):
    """A pause of a rollout."""

    duration: Annotated[Duration, at_least("1s"), at_most("168h")] | None = Field(
        default=None,
        description="Length of the pause, e.g. 5m. 1s to 168h. Default: until workers-operator rollout promote.",
    )


class RolloutStepSpec(SpecModel):
    """A step of a rollout: a smoke test, or a share of the requests for some time, and their analysis."""

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "has(self.smoke) != has(self.weight)",
            "exactly one of smoke and weight must be set",
            lambda step: (step.smoke is None) != (step.weight is None),
        ),
        Rule(
            "has(self.weight) == has(self.pause)",
            "weight requires pause, and pause requires weight; use {} to wait for a promotion",
            lambda step: (step.weight is None) == (step.pause is None),
            ".pause",
        ),
        Rule(
            "!has(self.analysis) || has(self.weight)",
            "requires weight: a version without requests cannot be analysed",
            lambda step: step.analysis is None or step.weight is not None,
            ".analysis",
        ),
    )

    smoke: SmokeSpec | None = Field(
        default=None,
        description="Smoke test of the new version, e.g. {requests: [{path: /checkout}]}; if it fails, the rollout "
        "is aborted.",
    )
    weight: Annotated[Integer, Field(ge=1, le=99)] | None = Field(
        default=None,
        description="Share of the requests that the new version gets, in percent, e.g. 10. 1 to 99, more than in "
        "the step before. After the last step it gets all.",
    )
    pause: PauseSpec | None = Field(
        default=None,
        description="Time until the next step, e.g. {duration: 5m}; {} waits for workers-operator rollout promote.",
    )
    analysis: AnalysisSpec | None = Field(
        default=None,
        description="Analysis of the requests to the new version during the step, e.g. {} to compare its ErrorRate "
        "with the version that serves. The next step begins once it has passed.",
    )


def _grows(steps: tuple[RolloutStepSpec, ...]) -> bool:
    weights = [step.weight for step in steps if step.weight is not None]
    return all(a < b for a, b in pairwise(weights))


class RolloutSpec(SpecModel):
    """Rollout of a new version."""

    rules: ClassVar[tuple[Rule, ...]] = (
        Rule(
            "(has(self.strategy) && self.strategy == 'Canary') == has(self.steps)",
            "strategy: Canary requires steps, and steps require strategy: Canary",
            lambda rollout: (rollout.strategy == "Canary") == bool(rollout.steps),
            ".steps",
        ),
    )

    strategy: Literal["Immediate", "Canary"] = Field(
        default="Immediate",
        description="Immediate (default): the new version gets all requests as soon as it has passed a smoke test, "
        "which is its health probe. Canary: it gets them in steps.",
    )
    steps: (
        Annotated[
            tuple[RolloutStepSpec, ...],
            Field(min_length=1, max_length=MAX_STEPS),
            Rule(
                f"{_WEIGHTS}.isSorted() && {_WEIGHTS}.all(w, {_WEIGHTS}.exists_one(o, o == w))",
                "the weights must grow from step to step",
                _grows,
            ),
        ]
        | None
    ) = Field(
        default=None,
        description="Steps of a Canary, e.g. [{smoke: {}}, {weight: 10, pause: {duration: 5m}}, {weight: 50, pause: "
        "{}}]; at most 20. If the first one is no smoke test, that of Immediate comes before it.",
    )
    progress_deadline: Annotated[Duration, at_least("10s"), at_most("24h")] = Field(
        default="10m",
        description="Time after which the rollout is aborted if a smoke test cannot be made, because the data plane "
        "cannot be reached, e.g. 30m. 10s to 24h, default 10m.",
    )
    history_limit: Annotated[Integer, Field(ge=0, le=MAX_HISTORY)] = Field(
        default=5,
        description="Number of versions in status.history, e.g. 10. 0 to 20, default 5. With 0 the former version is "
        "not kept at the edge, and an undo is not possible.",
    )

    @property
    def deadline_seconds(self) -> float:
        return parse_duration(self.progress_deadline)
