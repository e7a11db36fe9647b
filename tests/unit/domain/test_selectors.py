"""Label selectors mean what they mean in Kubernetes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.tenancy.selectors import (
    Labels,
    NamespaceSelector,
    Operator,
    Requirement,
)

PROD: Labels = {"env": "prod", "team": "shop"}
WORDS = st.sampled_from(["env", "team", "prod", "shop", ""])
LABELS = st.dictionaries(WORDS, WORDS)
OPERATORS: tuple[Operator, ...] = ("In", "NotIn", "Exists", "DoesNotExist")


def selector(key: str, operator: Operator, *values: str) -> NamespaceSelector:
    return NamespaceSelector((Requirement(key, operator, frozenset(values)),))


@pytest.mark.parametrize(
    ("wanted", "matches"),
    [
        (selector("env", "In", "prod"), True),
        (selector("env", "In", "dev", "prod"), True),
        (selector("env", "In", "dev"), False),
        (selector("zone", "In", "prod"), False),
        (selector("env", "NotIn", "dev"), True),
        (selector("env", "NotIn", "prod", "dev"), False),
        (selector("zone", "NotIn", "prod"), True),
        (selector("env", "Exists"), True),
        (selector("zone", "Exists"), False),
        (selector("env", "DoesNotExist"), False),
        (selector("zone", "DoesNotExist"), True),
    ],
)
def test_what_an_operator_demands(wanted: NamespaceSelector, matches: bool) -> None:
    assert wanted.matches(PROD) is matches


def test_all_requirements_have_to_hold() -> None:
    one, two = Requirement("env", "Exists"), Requirement("zone", "Exists")
    assert NamespaceSelector((one,)).matches(PROD)
    assert not NamespaceSelector((one, two)).matches(PROD)


def test_a_label_without_a_value_is_there() -> None:
    assert selector("paid", "Exists").matches({"paid": ""})
    assert selector("paid", "In", "").matches({"paid": ""})
    assert not selector("paid", "In", "").matches({})


@given(LABELS)
def test_without_requirements_everything_matches(labels: Labels) -> None:
    assert NamespaceSelector().matches(labels)


@given(LABELS, WORDS, st.frozensets(WORDS, min_size=1))
def test_operators_come_in_opposite_pairs(labels: Labels, key: str, values: frozenset[str]) -> None:
    found = {o: Requirement(key, o, values).holds(labels) for o in OPERATORS}
    assert found["In"] is not found["NotIn"]
    assert found["Exists"] is not found["DoesNotExist"]
