"""Estates: the domains and the storage of platforms are out of the reach of workers."""

from dataclasses import replace

import pytest

from workers_operator.domain import names
from workers_operator.domain.errors import Stalled
from workers_operator.domain.names import Creator
from workers_operator.domain.reasons import Reason
from workers_operator.domain.routes import Route
from workers_operator.domain.tenancy.estates import Estate, Estates

ACCOUNT = ("account", None)


def estate(platform: str, domain: str) -> Estate:
    kv, bucket, dataset = f"{platform}-kv", f"{platform}-data", f"{platform}_data"
    names = (f"{platform}-dispatcher", f"{platform}-ns", kv, f"id-{platform}", bucket, dataset)
    return Estate(platform, ACCOUNT, domain, *names)


ESTATES = Estates(
    (estate("prod", "code24.dev"), estate("staging", "staging.code24.dev")),
    ("code24.dev", "staging.code24.dev"),
)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.code24.dev", "code24.dev"),
        ("code24.dev", "code24.dev"),
        ("*.shop.code24.dev", "code24.dev"),
        ("shop.staging.code24.dev", "staging.code24.dev"),
        ("example.com", "staging.code24.dev"),
        ("xstaging.code24.dev", "code24.dev"),
    ],
)
def test_a_host_belongs_to_the_longest_domain_that_contains_it(host: str, domain: str) -> None:
    ESTATES.check_host(Route(host), domain)


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("shop.code24.dev", "staging.code24.dev"),
        ("code24.dev", "staging.code24.dev"),
        ("shop.staging.code24.dev", "code24.dev"),
        ("*.staging.code24.dev", "code24.dev"),
        ("staging.code24.dev", "code24.dev"),
    ],
)
def test_a_host_of_another_platform_is_refused(host: str, domain: str) -> None:
    with pytest.raises(Stalled, match="another platform") as caught:
        ESTATES.check_host(Route(host, "/login"), domain)
    assert caught.value.reason is Reason.ROUTE_RESERVED
    assert "prod" not in caught.value.message


def test_storage_of_all_platforms_is_held() -> None:
    assert ESTATES.holds_kv(title="staging-kv")
    assert ESTATES.holds_kv(identifier="id-prod")
    assert not ESTATES.holds_kv(title="other")
    assert not ESTATES.holds_kv()
    assert ESTATES.holds_bucket("prod-data")
    assert not ESTATES.holds_bucket("")


@pytest.mark.parametrize("name", ["prod_data", "PROD_data", "Prod_Data_Events_customer_1"])
def test_datasets_are_compared_as_the_edge_does(name: str) -> None:
    assert ESTATES.holds_dataset(name)
    assert not ESTATES.holds_dataset(f"x{name}")
    assert not ESTATES.holds_dataset("prod_database")


def test_what_was_created_for_workers_is_recognised() -> None:
    creator = Creator("prod-ns", "team", "shop", "u1")
    assert ESTATES.created_for_a_worker(title=names.created_kv_title(creator, "CACHE"))
    assert ESTATES.created_for_a_worker(bucket=names.created_bucket_name(creator, "FILES"))
    assert not ESTATES.created_for_a_worker(title="SHOP_CACHE", bucket="shop-data")
    assert not ESTATES.created_for_a_worker()


def test_a_platform_whose_namespace_is_not_known_yet_holds_its_title_only() -> None:
    starting = replace(estate("new", "new.dev"), kv_id="")
    estates = Estates((starting,), ("new.dev",))

    assert estates.holds_kv(title="new-kv")
    assert not estates.holds_kv(title="shop-cache")
    assert not estates.holds_kv(identifier="id-shop-cache")
