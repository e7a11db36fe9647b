"""Customers' plans: what each allows, and the stricter of two limits."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.errors import Stalled
from workers_operator.domain.tenancy.customer_plans import (
    BUILT_IN,
    NO_LIMITS,
    CustomerPlan,
    Limits,
    check,
    check_minimum,
    find,
)

limits = st.builds(Limits, st.none() | st.integers(1, 999), st.none() | st.integers(1, 999))


def refused(work: Callable[[], object]) -> Stalled:
    with pytest.raises(Stalled) as caught:
        work()
    return caught.value


@given(limits, limits, limits)
def test_of_two_limits_the_stricter_holds(first: Limits, second: Limits, third: Limits) -> None:
    both = first.stricter(second)
    assert both == second.stricter(first)
    assert first.stricter(first) == first.stricter(NO_LIMITS) == first
    assert both.stricter(third) == first.stricter(second.stricter(third))
    for mine, theirs, result in (
        (first.cpu_ms, second.cpu_ms, both.cpu_ms),
        (first.sub_requests, second.sub_requests, both.sub_requests),
    ):
        given_ = [value for value in (mine, theirs) if value is not None]
        assert result == (min(given_) if given_ else None)


@given(limits)
def test_no_limits_are_false(some: Limits) -> None:
    assert bool(some) == (some != NO_LIMITS)


def test_the_built_in_plans_allow_more_and_more() -> None:
    ranked = sorted(BUILT_IN.values(), key=lambda plan: plan.level)
    assert [plan.name for plan in ranked] == ["free", "basic", "premium", "enterprise"]
    for lower, higher in pairwise(ranked):
        assert lower.level < higher.level
        assert lower.limits.stricter(higher.limits) == lower.limits
        assert (lower.max_instances or 99) < (higher.max_instances or 99)
        assert higher.features is None or (lower.features or frozenset()) <= higher.features


def test_a_plan_that_there_is_not_comes_with_those_that_there_are_by_rank() -> None:
    plans = {**BUILT_IN, "team": CustomerPlan("team", 15)}
    assert find("team", plans).level == 15
    error = refused(lambda: find("gold", plans))
    assert error.reason == "PlanNotFound"
    assert "'gold'" in error.message
    assert error.message.endswith("free, basic, team, premium, enterprise")


@given(
    st.none() | st.frozensets(st.sampled_from("abc")),
    st.none() | st.integers(1, 50),
    st.sets(st.sampled_from("abcd")),
    st.integers(0, 50),
)
def test_a_plan_refuses_exactly_what_it_does_not_allow(
    allowed: frozenset[str] | None, most: int | None, wanted: set[str], instances: int
) -> None:
    plan = CustomerPlan("team", 5, max_instances=most, features=allowed)
    missing = allowed is not None and not wanted <= allowed
    too_many = most is not None and instances > most
    if not missing and not too_many:
        check(plan, features=wanted, instances=instances)
        return
    error = refused(lambda: check(plan, features=wanted, instances=instances))
    assert error.reason == ("FeatureNotInPlan" if missing else "InstancesNotInPlan")
    assert "'team'" in error.message


def test_a_refused_feature_is_named_with_those_that_are_allowed() -> None:
    error = refused(lambda: check(BUILT_IN["basic"], features=["search"], instances=1))
    assert error.message == (
        "feature 'search' is not in plan 'basic', which includes: analytics, maintenance, security"
    )
    none = CustomerPlan("none", 0, features=frozenset())
    assert refused(lambda: check(none, features=["a"], instances=1)).message.endswith("none")


@pytest.mark.parametrize(
    ("plan", "minimum", "may"),
    [
        (None, "premium", True),
        ("free", None, True),
        ("premium", "premium", True),
        ("enterprise", "premium", True),
        ("basic", "premium", False),
        ("free", "basic", False),
    ],
)
def test_templates_for_higher_plans(plan: str | None, minimum: str | None, may: bool) -> None:
    own = BUILT_IN[plan] if plan else None
    if may:
        check_minimum(own, minimum, "shop", BUILT_IN)
        return
    error = refused(lambda: check_minimum(own, minimum, "shop", BUILT_IN))
    assert error.reason == "TemplateNotInPlan"
    assert all(word in error.message for word in ("'shop'", f"{minimum!r}", f"{plan!r}"))


def test_a_minimum_that_the_platform_does_not_know_is_said() -> None:
    error = refused(lambda: check_minimum(BUILT_IN["free"], "gold", "shop", BUILT_IN))
    assert error.reason == "PlanNotFound"
