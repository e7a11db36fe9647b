"""Cases of a platform's tenancy: who a grant is for."""

from typing import Any, Final

from support.shape import PLATFORM, Case, Object

_SELECTOR: Final = "spec.tenancy.grants[0].namespaceSelector"


def _grants(**grant: Any) -> Object:
    return {"spec.tenancy": {"grants": [grant]}}


def _expression(**expression: Any) -> Object:
    return _grants(namespaceSelector={"matchExpressions": [{"key": "env", **expression}]})


def _labels(**labels: str) -> Object:
    return _grants(namespaceSelector={"matchLabels": labels})


VALID: Final = (
    Case(PLATFORM, _grants(namespaces=["a", "b-*"])),
    Case(PLATFORM, _grants(namespaceSelector={})),
    Case(PLATFORM, _grants(namespaces=["a"], namespaceSelector={"matchLabels": {"team": "a"}})),
    Case(PLATFORM, _labels(**{"kubernetes.io/metadata.name": "a", "A_1": ""})),
    Case(PLATFORM, _expression(operator="In", values=["prod", "x_y.z"])),
    Case(PLATFORM, _expression(operator="NotIn", values=[""])),
    Case(PLATFORM, _expression(operator="Exists")),
    Case(PLATFORM, _expression(operator="DoesNotExist", values=[])),
)

_VALUES: Final = f"{_SELECTOR}.matchExpressions[0].values"
INVALID: Final = (
    Case(PLATFORM, _grants(customers=["*"]), "spec.tenancy.grants[0].namespaces", "at least one"),
    Case(PLATFORM, _grants(namespaces=[]), "spec.tenancy.grants[0].namespaces", "at least one"),
    Case(PLATFORM, _labels(**{"-a": ""}), f"{_SELECTOR}.matchLabels", "keys of labels"),
    Case(PLATFORM, _labels(**{"a" * 64: ""}), f"{_SELECTOR}.matchLabels", "keys of labels"),
    Case(
        PLATFORM,
        _labels(team="a b"),
        f"{_SELECTOR}.matchLabels",
        "must be the value of a label",
        below=True,
    ),
    Case(
        PLATFORM,
        _labels(**{f"a{n}": "" for n in range(9)}),
        f"{_SELECTOR}.matchLabels",
        "at most 8",
    ),
    Case(PLATFORM, _expression(operator="In"), _VALUES, "listed for In and NotIn"),
    Case(PLATFORM, _expression(operator="NotIn", values=[]), _VALUES, "listed for In and NotIn"),
    Case(PLATFORM, _expression(operator="Exists", values=["a"]), _VALUES, "only for these"),
    Case(
        PLATFORM,
        _expression(operator="Equals", values=["a"]),
        f"{_SELECTOR}.matchExpressions[0].operator",
        'supported values: "In"',
    ),
    Case(
        PLATFORM,
        _expression(operator="In", values=[f"v{n}" for n in range(17)]),
        _VALUES,
        "at most 16 items",
    ),
    Case(
        PLATFORM,
        _grants(namespaceSelector={"matchExpressions": [{"key": "a", "operator": "Exists"}] * 9}),
        f"{_SELECTOR}.matchExpressions",
        "at most 8 items",
    ),
)
