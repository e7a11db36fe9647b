"""The fields of a status that are read without its models: the same as these have, and nothing of what is malformed."""

import pytest

from workers_operator.resources import (
    Condition,
    FollowedTemplate,
    HealthStatus,
    MetricsStatus,
    RolloutStatus,
    WorkerStatus,
)
from workers_operator.resources.observed.glance import MetricsGlance, StatusGlance, TemplateGlance

SINCE = "2026-01-31T08:00:00Z"


def condition(name: str, status: str, reason: str) -> Condition:
    return Condition.model_validate(
        {
            "type": name,
            "status": status,
            "reason": reason,
            "message": "",
            "lastTransitionTime": SINCE,
        }
    )


def test_a_glance_sees_what_the_models_wrote() -> None:
    status = WorkerStatus(
        observed_generation=3,
        conditions=(
            condition("Stalled", "True", "InvalidSpec"),
            condition("Ready", "False", "InvalidSpec"),
        ),
        health=HealthStatus(state="Degraded"),
        platform="default",
        rollout=RolloutStatus(version="4f2a91c0", phase="Paused"),
        template=FollowedTemplate(kind="WorkerTemplate", name="shop", version="0a0b0c0d"),
        metrics=MetricsStatus(
            window="5m",
            until=SINCE,
            requests=12_000,
            errors=23,
            error_rate="0.19%",
            requests_per_second="41",
        ),
    )
    assert StatusGlance.of(status.dump()) == StatusGlance(
        3,
        "False",
        "InvalidSpec",
        True,
        "Degraded",
        "default",
        "Paused",
        TemplateGlance("WorkerTemplate", "shop", "0a0b0c0d"),
        MetricsGlance(SINCE, "41", "0.19%"),
    )


@pytest.mark.parametrize(
    "status",
    [
        None,
        {},
        [],
        "text",
        {"conditions": None, "health": None, "rollout": None, "template": None, "platform": None},
        {
            "conditions": {},
            "health": [],
            "rollout": "x",
            "template": 1,
            "platform": {},
            "metrics": 2,
        },
        {"conditions": [None, "x", {}, {"type": ["Ready"], "status": "True"}]},
        {"observedGeneration": "3", "health": {"state": 1}, "rollout": {"phase": None}},
    ],
)
def test_what_is_malformed_is_absent(status: object) -> None:
    assert StatusGlance.of(status) == StatusGlance()
