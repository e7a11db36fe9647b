"""Plans, features and parameters: what is refused before anything is uploaded, and in which words."""

from typing import Any

import pytest

from support.bed import Place
from support.scripts import says

SHOP: dict[str, Any] = {
    "template": "ecommerce",
    "parameters": {"origin": "https://shop.example.com"},
}


@pytest.mark.parametrize(
    ("spec", "reason", "words"),
    [
        ({"configuration": {"plan": "golden"}}, "PlanNotFound", "'golden'; there are: free, basic"),
        (
            {"configuration": {"plan": "free", "features": ["optimization"]}},
            "FeatureNotInPlan",
            "'optimization' is not in plan 'free'",
        ),
        ({"configuration": {"plan": "basic"}, "instances": 4}, "InstancesNotInPlan", "3 instances"),
        ({"configuration": {"features": ["magic"]}}, "FeatureNotFound", "magic"),
        ({"parameters": {}}, "ParameterMissing", "spec.parameters.origin"),
        (
            {"parameters": {"origin": "https://a.example", "colour": "teal"}},
            "ParameterInvalid",
            "spec.parameters.colour",
        ),
        (
            {"parameters": {"origin": "https://a.example", "pageTtl": "soon"}},
            "ParameterInvalid",
            "spec.parameters.pageTtl",
        ),
        ({"template": "unknown"}, "TemplateNotFound", "templates/customer/unknown.js"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_refused_before_anything_is_uploaded(
    place: Place, spec: dict[str, Any], reason: str, words: str
) -> None:
    worker = place.customer("shop", **{**SHOP, **spec})
    found = worker.wait_condition("SourceResolved", "False", reason)
    assert words in found["message"]
    assert worker.condition("Stalled")["reason"] == reason
    assert not worker.scripts()


def test_a_plan_of_the_platforms_own_and_what_it_allows(place: Place) -> None:
    plans = {"golden": {"maxInstances": 2, "features": ["security"], "level": 25}}
    platform = place.platform(place.proxy(), plans=plans)
    features = {"plan": "golden", "features": ["security"]}
    worker = place.customer("shop", **SHOP, configuration=features, on=platform)
    worker.wait_ready()
    worker.scale(3)
    found = worker.wait_condition("SourceResolved", "False", "InstancesNotInPlan")
    assert "'golden' allows 2 instances, not 3" in found["message"]
    assert worker.visit("/.well-known/code24/health").json() == {"status": "ok"}
    platform.apply(plans={"golden": {**plans["golden"], "maxInstances": 3}})
    worker.wait_ready(30)
    assert len(worker.scripts()) == 3


def test_a_plan_says_nothing_about_own_code_but_its_limits(place: Place) -> None:
    worker = place.customer("own", says("x"), configuration={"plan": "basic"})
    worker.wait_ready()
    assert worker.status["limits"] == {"cpuMs": 50, "subRequests": 50}
