"""Rests of hosts: which of them keep others off a route, and how many a namespace has."""

from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from workers_operator.domain.errors import Waiting
from workers_operator.domain.routes import Route
from workers_operator.domain.tenancy import rest
from workers_operator.domain.tenancy.rest import MOST, HostRest, Rests, begin

NOW: Final = datetime(2026, 11, 29, 12, tzinfo=UTC)
SHARED: Final = {"code24.dev", "example.com"}


def resting(*hosts: str, owner: str = "CustomerWorker team-b/shop") -> Rests:
    rests = Rests()
    for host in hosts:
        rests.put(begin(host, owner, NOW, 600))
    return rests


@pytest.mark.parametrize(
    ("host", "what"),
    [
        ("bshop.code24.dev", "the host"),
        ("*.code24.dev", "the host"),
        ("login.bshop.code24.dev", "a host above it"),
        ("*.bshop.code24.dev", "a host above it"),
        ("bsh0p.code24.dev", "a host that looks the same"),
        ("xn--bhop-g9d.code24.dev", "a host that looks the same"),
    ],
)
def test_what_rests_with_a_host(host: str, what: str) -> None:
    rests, route = resting("bshop.code24.dev"), Route(host, "/login")
    found = rests.over(route, SHARED, NOW)
    assert [one.host for one in found] == ["bshop.code24.dev"]
    rest.check(route, "team-b", found, NOW)
    with pytest.raises(Waiting) as refused:
        rest.check(route, "team-a", found, NOW)
    assert f"{what} was given up by another worker and rests until" in refused.value.message
    assert "team-b" not in refused.value.message
    assert rests.over(route, SHARED, NOW + timedelta(seconds=600)) == ()


@pytest.mark.parametrize(
    "host", ["xbshop.code24.dev", "shop.code24.dev", "bshop.example.com", "example.com"]
)
def test_other_hosts_are_free(host: str) -> None:
    assert resting("bshop.code24.dev").over(Route(host), SHARED, NOW) == ()


@pytest.mark.parametrize("host", ["shop.example.com", "*.shop.example.com"])
def test_below_a_host_that_all_customers_share_everybody_goes_on(host: str) -> None:
    assert resting("example.com").over(Route(host), SHARED, NOW) == ()


def test_a_host_that_rests_anew_rests_for_the_one_that_had_it_last() -> None:
    rests = resting("a.dev")
    rests.put(HostRest("a.dev", "team-c", round(NOW.timestamp()) + 900))
    [found] = rests.over(Route("a.dev"), (), NOW)
    assert found.namespace == "team-c"
    assert rests.room("team-b", NOW) == MOST


def test_a_namespace_has_so_many_rests_at_a_time() -> None:
    rests = resting(*(f"h{n}.code24.dev" for n in range(MOST - 1)))
    assert rests.room("team-b", NOW) == 1
    assert rests.room("team-a", NOW) == MOST
    later = NOW + timedelta(seconds=601)
    assert rests.room("team-b", later) == MOST
    assert rests.find("h0.code24.dev") is None
