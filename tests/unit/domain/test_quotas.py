"""Quotas: what serves stays, what is left goes by age, and all together never exceed a limit by growing."""

import math
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.reasons import Reason
from workers_operator.domain.tenancy import quotas
from workers_operator.domain.tenancy.grants import Grant, Tenancy
from workers_operator.domain.tenancy.quotas import NO_QUOTA, Holding, Quota, share
from workers_operator.domain.tenancy.selectors import NamespaceSelector, Requirement

NEW = Holding("new", ("2026-02",), None, 1)
SERVING = Holding("serving", ("2026-01",), 2, 2)
ORPHAN = Holding("orphan", (), 3)


def asks(
    mine: Holding, *others: Holding, instances: int = 1, workers: int | None = None, scripts: int | None = None
) -> str:  # fmt: skip
    """Why ``mine`` is refused, "" if it is not."""
    refusal = share("team", Quota(workers, scripts), mine, others).refusal(instances)
    assert refusal is None or refusal.reason is Reason.QUOTA_EXCEEDED
    return refusal.message if refusal is not None else ""


class TestWorkers:
    """The number of workers."""

    def test_one_more_than_allowed_is_refused(self) -> None:
        assert not asks(NEW, SERVING, workers=2)
        assert "may have 1 worker" in asks(NEW, SERVING, workers=1)

    def test_what_serves_without_an_object_counts(self) -> None:
        assert "(1 without an object)" in asks(NEW, ORPHAN, workers=1)

    def test_what_serves_stays_when_the_limit_is_lowered(self) -> None:
        assert not asks(SERVING, ORPHAN, NEW, workers=0, instances=2)

    def test_the_eldest_object_gets_the_last_place(self) -> None:
        elder = replace(NEW, script_name="elder", age=("2026-01",))
        assert not asks(elder, NEW, workers=1)
        assert asks(NEW, elder, workers=1)

    def test_none_are_allowed(self) -> None:
        assert asks(NEW, workers=0)


class TestScripts:
    """The number of scripts."""

    def test_instances_are_scripts(self) -> None:
        assert not asks(NEW, SERVING, scripts=4, instances=2)
        message = asks(NEW, SERVING, scripts=4, instances=3)
        assert "4 scripts, which leaves room for 2 of 3 instances" in message

    def test_those_without_an_object_count(self) -> None:
        assert asks(NEW, ORPHAN, scripts=3)

    def test_a_worker_that_serves_may_have_what_it_has(self) -> None:
        assert not asks(SERVING, ORPHAN, scripts=1, instances=2)
        assert asks(SERVING, ORPHAN, scripts=1, instances=3)

    def test_an_elder_that_does_not_fit_keeps_nobody_out(self) -> None:
        large = Holding("large", ("2025",), None, 50)
        assert not asks(NEW, large, scripts=10, instances=10)

    def test_an_elder_that_fits_comes_first(self) -> None:
        elder = Holding("elder", ("2025",), None, 8)
        assert asks(NEW, elder, scripts=10, instances=3)
        assert not asks(NEW, elder, scripts=10, instances=2)


class TestVersions:
    """Of the versions that are kept, two beside the one that serves do not count."""

    def test_an_update_needs_no_room(self) -> None:
        there = {("v1", 0), ("v1", 1)}
        mine = replace(SERVING, held=quotas.counted(there, "v1"))
        found = share("team", Quota(scripts=2), mine, (), there, "v2")
        assert found.instances == 2

    def test_versions_that_pile_up_do(self) -> None:
        there = {("v1", 0), ("v2", 0), ("v3", 0)}
        assert quotas.counted(there, "v3") == 1
        mine = replace(SERVING, held=1)
        found = share("team", Quota(scripts=1), mine, (), there, "v4")
        assert found.refusal(1) is not None
        assert share("team", Quota(scripts=2), mine, (), there, "v4").refusal(1) is None

    def test_the_same_version_is_not_beside_itself(self) -> None:
        assert quotas.counted({("v1", 0), ("v1", 1)}, "v1") == 2


def test_the_highest_limit_of_a_namespace_counts() -> None:
    selector = NamespaceSelector((Requirement("tier", "In", frozenset({"gold"})),))
    tenancy = Tenancy(
        (
            Grant(("*",), limits=Quota(workers=2)),
            Grant(("team-a",), limits=Quota(5, 7)),
            Grant(("team-a",)),
            Grant((), selector=selector, limits=Quota(scripts=9)),
        )
    )
    assert tenancy.quota("team-a", {}) == Quota(5, 7)
    assert tenancy.quota("team-a", {"tier": "gold"}) == Quota(5, 9)
    assert tenancy.quota("team-b", {}) == Quota(2, None)
    assert Tenancy(single_tenant=True).quota("team-a", {}) == NO_QUOTA


def test_without_a_limit_there_is_always_room() -> None:
    assert share("team", NO_QUOTA, NEW, [SERVING] * 3).instances == math.inf


counts = st.integers(0, 6)
limits = st.none() | st.integers(0, 20)


@st.composite
def namespaces(draw: st.DrawFn) -> Sequence[Holding]:
    """Holdings of distinct names and ages, in any order; some serve, some have no object."""
    number = draw(st.integers(1, 7))
    found = []
    for index in range(number):
        held = draw(st.none() | counts)
        is_orphan = held is not None and draw(st.booleans())
        age = () if is_orphan else (f"{index:02}",)
        found.append(Holding(f"w{index}", age, held, 0 if is_orphan else draw(counts)))
    return draw(st.permutations(found))


def admitted(quota: Quota, holdings: Sequence[Holding]) -> set[str]:
    """The objects that get what they ask for, if each is asked with what the others have now."""
    return {
        mine.script_name
        for mine in holdings
        if mine.has_object and share("team", quota, mine, holdings).refusal(mine.wanted) is None
    }


@given(namespaces(), limits, limits)
def test_all_that_are_admitted_at_once_fit(
    holdings: Sequence[Holding], workers: int | None, scripts: int | None
) -> None:
    quota = Quota(workers, scripts)
    given_now = admitted(quota, holdings)
    after = [
        replace(h, held=max(h.has, h.wanted)) if h.script_name in given_now else h for h in holdings
    ]
    before = sum(h.held is not None for h in holdings), sum(h.has for h in holdings)
    if workers is not None:
        assert sum(h.held is not None for h in after) <= max(workers, before[0])
    if scripts is not None:
        assert sum(h.has for h in after) <= max(scripts, before[1])


@given(namespaces(), limits, limits)
def test_the_order_in_which_passes_run_does_not_matter(
    holdings: Sequence[Holding], workers: int | None, scripts: int | None
) -> None:
    """Each pass sees what those before it were given."""
    quota, known = Quota(workers, scripts), {h.script_name: h for h in holdings}
    for name in list(known):
        mine = known[name]
        if not mine.has_object:
            continue
        if share("team", quota, mine, known.values()).refusal(mine.wanted) is None:
            known[name] = replace(mine, held=max(mine.has, mine.wanted))
    given_in_turn = {n for n, h in known.items() if h.held is not None and h.has >= h.wanted}
    assert admitted(quota, holdings) <= given_in_turn


@given(namespaces(), limits, limits)
def test_what_serves_is_never_refused_what_it_has(
    holdings: Sequence[Holding], workers: int | None, scripts: int | None
) -> None:
    for mine in holdings:
        if mine.held is not None:
            left = share("team", Quota(workers, scripts), mine, holdings)
            assert left.refusal(mine.has) is None
