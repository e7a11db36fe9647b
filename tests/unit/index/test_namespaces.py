"""The labels of namespaces, and who wants to know them."""

from collections.abc import Mapping
from typing import Any

import pytest

from workers_operator.index.namespaces import Namespaces

SELECTING = {"spec": {"tenancy": {"grants": [{"namespaces": ["a"]}, {"namespaceSelector": {}}]}}}
NAMING = {"spec": {"tenancy": {"grants": [{"namespaces": ["a"], "namespaceSelector": None}]}}}


@pytest.fixture
def namespaces() -> Namespaces:
    found = Namespaces()
    found.learn({"a": {"team": "a"}, "b": {}})
    return found


def test_labels_are_those_that_were_put_last(namespaces: Namespaces) -> None:
    assert namespaces.labels("a") == {"team": "a"}
    assert namespaces.put("a", {"team": "b"})
    assert not namespaces.put("a", {"team": "b"})
    assert namespaces.labels("a") == {"team": "b"}
    assert namespaces.put("a", {})
    assert namespaces.labels("a") == namespaces.labels("unknown") == {}
    assert not namespaces.put("b", {})


def test_a_listing_replaces_everything(namespaces: Namespaces) -> None:
    namespaces.learn({"c": {"team": "c"}})
    assert namespaces.labels("a") == {}
    assert namespaces.labels("c") == {"team": "c"}


def test_without_the_right_to_read_them_nobody_has_labels(namespaces: Namespaces) -> None:
    assert namespaces.deny("no") == ["a"]
    assert (namespaces.labels("a"), namespaces.problem, namespaces.known) == ({}, "no", True)
    assert namespaces.deny("no") == []
    assert namespaces.put("a", {"team": "a"})
    assert namespaces.problem is None


def test_labels_stay_until_they_are_listed_again(namespaces: Namespaces) -> None:
    namespaces.leave()
    assert not namespaces.known
    assert namespaces.labels("a") == {"team": "a"}


def test_platforms_that_select_by_labels(namespaces: Namespaces) -> None:
    namespaces.see_platform("naming", NAMING)
    assert not namespaces.wanted
    namespaces.see_platform("selecting", SELECTING)
    assert namespaces.wanted
    assert namespaces.selects("selecting")
    assert not namespaces.selects("naming")
    namespaces.see_platform("selecting", NAMING)
    assert not namespaces.wanted
    namespaces.see_platform("selecting", SELECTING)
    namespaces.forget_platform("selecting")
    assert not namespaces.wanted


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"spec": None},
        {"spec": {"tenancy": []}},
        {"spec": {"tenancy": {"grants": {}}}},
        {"spec": {"tenancy": {"grants": [1]}}},
    ],
)
def test_a_malformed_platform_selects_nobody(
    namespaces: Namespaces, body: Mapping[str, Any]
) -> None:
    namespaces.see_platform("default", body)
    assert not namespaces.wanted
