"""Autoscaling, well-formed and not."""

from collections.abc import Mapping
from typing import Any, Final

from support.shape import ABSENT, CUSTOMER, ELITE, Case

RPS: Final = {"type": "RequestsPerSecond", "averageValue": 100}
_PLACE: Final = "spec.autoscaling"
_EITHER: Final = "must contain RequestsPerSecond or CpuTime"


def autoscaling(**changes: Any) -> Mapping[str, Any]:
    """A change that sets ``spec.autoscaling``; ABSENT leaves a field out."""
    given = {"maxInstances": 10, "metrics": [RPS], **changes}
    return {_PLACE: {name: value for name, value in given.items() if value is not ABSENT}}


def _policy(**changes: Any) -> Mapping[str, Any]:
    policy = {"type": "Percent", "value": 50, "periodSeconds": 60, **changes}
    return {"policies": [{name: value for name, value in policy.items() if value is not ABSENT}]}


def _value(value: object) -> Mapping[str, Any]:
    return autoscaling(metrics=[{**RPS, "averageValue": value}])


VALID: Final = (
    Case(ELITE, autoscaling()),
    Case(CUSTOMER, autoscaling(minInstances=10)),
    Case(CUSTOMER, {**autoscaling(), "spec.instances": 0}),
    *(Case(ELITE, _value(value)) for value in (1, "1", "250m", "0.5", "2k", "0.000001")),
    Case(
        ELITE,
        autoscaling(
            metrics=[
                {"type": "CpuTime", "averageValue": "250m"},
                {"type": "ResponseTimeP99", "averageValue": "500m"},
                {"type": "ErrorRate", "averageValue": "0.02"},
                RPS,
            ]
        ),
    ),
    Case(ELITE, autoscaling(behavior={"scaleUp": {}, "scaleDown": _policy()})),
    Case(
        ELITE,
        autoscaling(
            behavior={
                "scaleUp": {"stabilizationWindowSeconds": 0, "tolerance": 0},
                "scaleDown": {
                    "stabilizationWindowSeconds": 3600,
                    "tolerance": "50m",
                    "selectPolicy": "Disabled",
                    **_policy(type="Instances", value=1, periodSeconds=1800),
                },
            }
        ),
    ),
    Case(ELITE, autoscaling(fallback={"instances": 10, "failureThreshold": 1})),
    Case(ELITE, autoscaling(predictive={"mode": "Act", "season": "168h", "horizon": "5m"})),
    Case(ELITE, autoscaling(predictive={"mode": "Off"})),
)


def _bad(field: str, message: str, **changes: Any) -> Case:
    return Case(ELITE, autoscaling(**changes), f"{_PLACE}.{field}", message)


def _bad_rules(field: str, message: str, **rules: Any) -> Case:
    return _bad(f"behavior.scaleUp.{field}", message, behavior={"scaleUp": rules})


def _bad_policy(field: str, message: str, **policy: Any) -> Case:
    return _bad_rules(f"policies[0].{field}", message, **_policy(**policy))


def _bad_value(value: object, message: str) -> Case:
    return Case(ELITE, _value(value), f"{_PLACE}.metrics[0].averageValue", message)


INVALID: Final = (
    _bad("maxInstances", "Required value", maxInstances=ABSENT),
    _bad("maxInstances", "less than or equal to 50", maxInstances=51),
    _bad("minInstances", "greater than or equal to 1", minInstances=0),
    _bad("minInstances", "must be at most maxInstances", minInstances=11),
    _bad("metrics", "Required value", metrics=ABSENT),
    _bad("metrics", "at least 1 items", metrics=[]),
    _bad("metrics", "Duplicate value", metrics=[RPS, {**RPS, "averageValue": "7"}]),
    _bad("metrics", _EITHER, metrics=[{"type": "ErrorRate", "averageValue": "0.02"}]),
    _bad(
        "metrics[0].type",
        'supported values: "RequestsPerSecond"',
        metrics=[{"type": "Memory", "averageValue": 1}],
    ),
    _bad("metrics[0].averageValue", "Required value", metrics=[{"type": "CpuTime"}]),
    *(_bad_value(value, "must be greater than 0") for value in (0, "0", "0.0", "0m")),
    *(
        _bad_value(value, "must be a number that is not negative")
        for value in (-1, "-1", "1e3", "2 %")
    ),
    _bad_value(0.5, "must be of type"),
    _bad_value(True, "must be of type"),
    _bad_rules("stabilizationWindowSeconds", "to 3600", stabilizationWindowSeconds=3601),
    _bad_rules("tolerance", "must be a number that is not negative", tolerance="10%"),
    _bad_rules("selectPolicy", 'supported values: "Max"', selectPolicy="Avg"),
    _bad_policy("type", 'supported values: "Instances"', type="Pods"),
    _bad_policy("value", "greater than or equal to 1", value=0),
    _bad_policy("periodSeconds", "less than or equal to 1800", periodSeconds=1801),
    _bad_policy("periodSeconds", "Required value", periodSeconds=ABSENT),
    _bad("fallback", "at most maxInstances", fallback={"instances": 11}),
    _bad("fallback.instances", "Required value", fallback={"failureThreshold": 3}),
    _bad("predictive.mode", 'supported values: "Off"', predictive={"mode": "On"}),
    _bad("predictive.mode", "must be of type string", predictive={"mode": False}),
    _bad("predictive.season", "must be at least 1h", predictive={"season": "30m"}),
    _bad("predictive.horizon", "must be at most 1h", predictive={"horizon": "2h"}),
)
