"""Names hold within Cloudflare's limits, can be read back, and stand for one thing each."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers_operator.domain import names

CLOUDFLARE = re.compile(r"[a-z][a-z0-9-]{0,62}")

script_names = st.from_regex(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", fullmatch=True)
long_names = st.from_regex(r"[a-z][a-z0-9-]{49,61}[a-z0-9]", fullmatch=True)
hashes = st.binary(max_size=8).map(names.short_hash)
instances = st.integers(0, 49)


@given(script_names, hashes, instances)
def test_an_uploaded_scripts_name_is_one_that_cloudflare_takes(
    script_name: str, version: str, instance: int
) -> None:
    name = names.versioned_name(names.base_name(script_name), version, instance)
    assert CLOUDFLARE.fullmatch(name)


@given(script_names, hashes, instances)
def test_a_name_is_read_back(script_name: str, version: str, instance: int) -> None:
    base = names.base_name(script_name)
    name = names.versioned_name(base, version, instance)
    assert names.parse_versioned_name(name) == (base, version, instance)


@given(st.from_regex(r"[a-z-]{1,9}--[0-9a-f]{8}--\d{1,2}", fullmatch=True))
def test_only_names_that_we_would_give_are_read(name: str) -> None:
    parsed = names.parse_versioned_name(name)
    assert parsed is None or names.versioned_name(*parsed) == name


@pytest.mark.parametrize(
    "name",
    [
        "shop",
        "shop--4f2a91c0",
        "--4f2a91c0--0",
        "shop--4f2a91c--0",
        "shop--4f2a91c0--100",
        "shop--4F2A91C0--0",
        "shop--4f2a91c0--0\n",
        "shop-4f2a91c0-0",
    ],
)
def test_other_names_are_not_ours(name: str) -> None:
    assert names.parse_versioned_name(name) is None


@given(st.lists(script_names, min_size=2, max_size=2, unique=True))
def test_two_workers_never_share_a_base_name(pair: list[str]) -> None:
    assert names.base_name(pair[0]) != names.base_name(pair[1])


@given(long_names)
def test_the_cut_name_of_one_worker_is_not_the_name_of_another(script_name: str) -> None:
    cut = names.base_name(script_name)
    assert names.base_name(cut) != cut


@given(long_names)
def test_long_names_that_differ_at_their_end_stay_apart(script_name: str) -> None:
    other = script_name[:-1] + ("a" if script_name[-1] != "a" else "b")
    assert names.base_name(script_name) != names.base_name(other)


def test_default_script_names() -> None:
    assert names.elite_script_name("brand", "customer-123") == "brand-worker-customer-123"
    assert (
        names.customer_script_name("customer-123", "customer-123") == "customer-worker-customer-123"
    )
    assert (
        names.customer_script_name("customer-123", "blog") == "customer-worker-customer-123--blog"
    )


label = st.from_regex(r"[ab]([ab-]{0,4}[ab])?", fullmatch=True)


@given(label, label, label, label)
def test_no_two_workers_share_a_default_script_name(
    customer: str, name: str, other_customer: str, other_name: str
) -> None:
    first = names.customer_script_name(customer, name)
    second = names.customer_script_name(other_customer, other_name)
    assert (first == second) == ((customer, name) == (other_customer, other_name))


def test_keys_and_pattern() -> None:
    assert names.worker_key("shop") == "worker:shop"
    assert names.host_key("shop.code24.dev") == "host:shop.code24.dev"
    assert names.dispatcher_pattern("code24.dev") == "*.code24.dev/*"
