"""Grants: what none of them lists nobody may claim, and a grant gives to its namespaces and customers only."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route
from workers_operator.domain.tenancy.customer_plans import CustomerPlan
from workers_operator.domain.tenancy.grants import EVERYTHING, Grant, Tenancy, reserved_hosts
from workers_operator.domain.tenancy.ownership import Claim
from workers_operator.domain.tenancy.selectors import NamespaceSelector, Requirement
from workers_operator.domain.worker import ObjectKey

SHOP = Grant(
    ("team-a",), ("acme", "acme-*"), {"hosts": ("*.acme.dev", "acme.com"), "plans": ("premium",)}
)
TENANCY = Tenancy((SHOP, Grant(("team-b*",), ("*",), {"hosts": ("*",)})))


def refused(call: Callable[[], object], *words: str) -> str:
    with pytest.raises(Stalled) as caught:
        call()
    assert caught.value.reason is Reason.NOT_GRANTED
    assert all(word in caught.value.message for word in words), caught.value.message
    return caught.value.message


class TestWho:
    """A grant is for namespaces and customers."""

    def test_without_grants_nobody_may_claim_anything(self) -> None:
        refused(lambda: Tenancy().rights("team-a", "acme", {}), "spec.platform", "'team-a'")

    def test_another_namespace_has_none(self) -> None:
        refused(lambda: TENANCY.rights("team-c", "acme", {}), "spec.platform", "'team-c'")

    def test_another_customer_is_not_granted(self) -> None:
        message = refused(
            lambda: TENANCY.rights("team-a", "other", {}), "spec.customerId", "'other'"
        )
        assert "acme" not in message, "it would tell whom others work for"

    @pytest.mark.parametrize("customer", ["acme", "acme-", "acme-eu"])
    def test_a_name_or_its_beginning(self, customer: str) -> None:
        assert TENANCY.rights("team-a", customer, {}).allows("plans", "premium")

    def test_a_beginning_is_no_name(self) -> None:
        refused(lambda: TENANCY.rights("team-a", "acm", {}))
        refused(lambda: TENANCY.rights("team-a", "acmeeu", {}))

    def test_a_single_tenant_may_do_everything(self) -> None:
        rights = Tenancy(single_tenant=True).rights("any", "any", {})
        assert rights is EVERYTHING
        assert rights.allows("storage.d1", "x")
        rights.check_host(Route("code24.dev"), reserved={"code24.dev"})

    def test_several_grants_add_up_but_only_those_for_the_customer(self) -> None:
        one = Grant(("a",), ("x",), {"hosts": ("x.dev",), "plans": ("basic",)})
        two = Grant(("a",), ("x", "y"), {"hosts": ("y.dev",)})
        tenancy = Tenancy((one, two))
        assert tenancy.rights("a", "x", {}).names("hosts") == {"x.dev", "y.dev"}
        assert tenancy.rights("a", "y", {}).names("hosts") == {"y.dev"}

    def test_what_several_grants_allow_is_in_memory_once(self) -> None:
        """Thousands of workers remember their rights."""
        grants = [Grant(("a", "b"), ("*",), {"hosts": (host,)}) for host in ("x.dev", "y.dev")]
        tenancy = Tenancy(tuple(grants))
        first, second = (tenancy.rights(name, name, {}) for name in ("a", "b"))
        assert first.allowed is second.allowed
        equal = Tenancy(tuple(replace(grant) for grant in grants))
        assert equal.rights("a", "a", {}).allowed is first.allowed
        other = Tenancy((grants[0], replace(grants[1], allowed={"hosts": ("z.dev",)})))
        assert other.rights("a", "a", {}).names("hosts") == {"x.dev", "z.dev"}


class TestSelectors:
    """A grant is also for namespaces with certain labels."""

    PAID = NamespaceSelector((Requirement("plan", "In", frozenset({"paid"})),))
    TENANCY = Tenancy((Grant(("team-a",), ("x",), {"plans": ("basic",)}, PAID),))

    def test_the_label_counts(self) -> None:
        assert self.TENANCY.rights("other", "x", {"plan": "paid"}).allows("plans", "basic")
        refused(lambda: self.TENANCY.rights("other", "x", {"plan": "free"}), "'other'")
        refused(lambda: self.TENANCY.rights("other", "x", {}), "'other'")

    def test_a_namespace_that_is_named_needs_no_label(self) -> None:
        assert self.TENANCY.rights("team-a", "x", {}).allows("plans", "basic")

    def test_another_customer_is_not_granted(self) -> None:
        refused(lambda: self.TENANCY.rights("other", "y", {"plan": "paid"}), "'y'")

    def test_a_grant_without_a_selector_selects_nobody(self) -> None:
        tenancy = Tenancy((Grant(("team-a",), ("x",)),))
        assert not tenancy.selects_namespaces
        refused(lambda: tenancy.rights("other", "x", {"plan": "paid"}))

    def test_rivals_are_judged_by_the_labels_of_their_namespaces(self) -> None:
        tenancy = Tenancy((Grant((), ("x",), {"hosts": ("*",)}, self.PAID),))
        labels = {"one": {"plan": "paid"}, "two": {"plan": "free"}}
        claims = [claim("one", "x", "a.dev"), claim("two", "x", "a.dev")]
        assert tenancy.granted(claims, labels.__getitem__) == claims[:1]


class TestHosts:
    """Hosts are granted by name, or all below a domain."""

    RIGHTS = TENANCY.rights("team-a", "acme", {})

    @pytest.mark.parametrize(
        "host", ["acme.com", "shop.acme.dev", "a.b.acme.dev", "*.acme.dev", "*.b.acme.dev"]
    )
    def test_granted(self, host: str) -> None:
        self.RIGHTS.check_host(Route(host))

    @pytest.mark.parametrize(
        "host", ["acme.dev", "xacme.dev", "www.acme.com", "*.dev", "*.acme.com", "dev"]
    )
    def test_not_granted(self, host: str) -> None:
        refused(lambda: self.RIGHTS.check_host(Route(host, "/a")), host, "hosts")

    def test_a_reserved_host_has_to_be_named(self) -> None:
        reserved = reserved_hosts("code24.dev", ["code24.dev", "example.com"])
        assert reserved == {"code24.dev", "www.code24.dev", "example.com", "www.example.com"}
        everything = TENANCY.rights("team-b1", "x", {})
        everything.check_host(Route("shop.example.com"), reserved)
        for route in map(Route, reserved):
            refused(partial(everything.check_host, route, reserved), "reserved")
        named = Tenancy((Grant(("a",), ("x",), {"hosts": ("*", "example.com")}),)).rights(
            "a", "x", {}
        )
        named.check_host(Route("example.com"), reserved)

    def test_a_wildcard_does_not_take_a_reserved_host_along(self) -> None:
        reserved = reserved_hosts("code24.dev", ["code24.dev", "example.com"])
        wild = ("*", "*.example.com")
        rights = Tenancy((Grant(("a",), ("x",), {"hosts": wild}),)).rights("a", "x", {})
        message = refused(
            partial(rights.check_host, Route("*.example.com", "/a"), reserved), "reserved"
        )
        assert "*.example.com covers www.example.com" in message
        rights.check_host(Route("*.shop.example.com"), reserved)
        named = {"hosts": (*wild, "www.example.com")}
        rights = Tenancy((Grant(("a",), ("x",), named),)).rights("a", "x", {})
        rights.check_host(Route("*.example.com"), reserved)


class TestPlans:
    """The grant decides on the plan, not the object."""

    def rights(self, *plans: str) -> Tenancy:
        own = (CustomerPlan("tiny", 0), CustomerPlan("gold", 25))
        return Tenancy((Grant(("a",), ("x",), {"plans": plans} if plans else {}),), own)

    def plan(self, named: str | None, *granted: str) -> str | None:
        tenancy = self.rights(*granted)
        found = tenancy.plan(named, tenancy.rights("a", "x", {}))
        return found.name if found else None

    def test_without_a_grant_the_lowest_holds(self) -> None:
        assert self.plan(None) == "free"

    def test_a_plan_that_is_not_granted_is_refused(self) -> None:
        refused(lambda: self.plan("enterprise"), "spec.configuration.plan", "'enterprise'")
        refused(lambda: self.plan("enterprise", "premium"))

    def test_a_granted_plan_is_chosen_or_the_highest_holds(self) -> None:
        assert self.plan("basic", "basic", "gold") == "basic"
        assert self.plan(None, "basic", "gold") == "gold"
        assert self.plan(None, "g*") == "gold"
        assert self.plan(None, "unknown") == "free"

    def test_all_plans_are_no_limit(self) -> None:
        assert self.plan(None, "*") is None
        assert self.plan("tiny", "*") == "tiny"

    def test_a_granted_plan_has_to_exist(self) -> None:
        with pytest.raises(Stalled, match="there is no plan 'none'"):
            self.plan("none", "*")


def claim(namespace: str, customer: str, *hosts: str) -> Claim:
    key = ObjectKey("CustomerWorker", namespace, "x")
    return Claim(key, "uid", "2026-01-01", customer, "script", tuple(map(Route, hosts)))


def test_claims_without_a_grant_keep_nobody_out() -> None:
    claims = [
        claim("team-a", "acme", "acme.com", "other.com"),
        claim("team-a", "other", "acme.com"),
        claim("nobody", "acme", "acme.com"),
    ]
    assert TENANCY.granted(claims, lambda _: {}) == [claim("team-a", "acme", "acme.com")]


def test_a_claim_to_a_reserved_host_keeps_nobody_out_unless_it_is_granted_by_name() -> None:
    reserved = reserved_hosts("code24.dev", ["acme.com"])
    claims = [claim("team-a", "acme", "acme.com"), claim("team-b1", "x", "acme.com", "a.dev")]
    granted = [claims[0], claim("team-b1", "x", "a.dev")]
    assert TENANCY.granted(claims, lambda _: {}, reserved) == granted


names = st.from_regex(re.compile("[a-c-]{1,3}"), fullmatch=True)


@given(st.lists(st.tuples(names, names), max_size=4), names, names)
def test_rights_exist_for_exactly_the_pairs_that_are_granted(
    pairs: list[tuple[str, str]], namespace: str, customer: str
) -> None:
    tenancy = Tenancy(tuple(Grant((n,), (c,)) for n, c in pairs))
    if (namespace, customer) in pairs:
        assert tenancy.rights(namespace, customer, {}).namespace == namespace
    else:
        refused(lambda: tenancy.rights(namespace, customer, {}))
