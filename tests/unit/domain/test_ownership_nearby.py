"""What lies below a live host, or looks like one, belongs to its customer."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from support.serving import target
from workers_operator.domain.routes import Route
from workers_operator.domain.serving import Paths
from workers_operator.domain.tenancy.ownership import Claim, LiveRoutes, Ownership, of_route
from workers_operator.domain.worker import ObjectKey

SHARED: Final = {"code24.dev"}


def claim(name: str, customer: str, *routes: Route) -> Claim:
    key = ObjectKey("CustomerWorker", "shop", name)
    return Claim(key, name, "2026-01-01T00:00:00Z", customer, name, routes)


MINE: Final = claim("mine", "c1")
BANK: Final = claim("bank", "c2", Route("bank.code24.dev"))
SITE: Final = claim("site", "c2", Route("code24.dev", "/x"))
LIVE: Final[Mapping[str, Paths]] = {
    "bank.code24.dev": {"": target("bank", "c2", "11111111", 1)},
    "code24.dev": {"/x": target("site", "c2", "11111111", 1)},
}


class TestNearby:
    """Hosts of another customer above a host, and beside it."""

    def verdict(self, host: str, customer: str = "c1") -> Ownership:
        mine = replace(MINE, customer_id=customer, routes=(Route(host),))
        return of_route(mine, Route(host), [BANK, SITE], LiveRoutes(LIVE, shared=SHARED))

    @pytest.mark.parametrize(
        "host", ["login.bank.code24.dev", "a.b.bank.code24.dev", "*.bank.code24.dev"]
    )
    def test_below(self, host: str) -> None:
        found = self.verdict(host)
        assert found == Ownership("theirs", "another worker, which has a host above it")
        assert self.verdict(host, "c2").state == "free"

    @pytest.mark.parametrize("host", ["xn--bnk-6cd.code24.dev", "bank.c0de24.dev"])
    def test_alike(self, host: str) -> None:
        found = self.verdict(host)
        assert found == Ownership("theirs", "another worker, which has a host that looks the same")

    @pytest.mark.parametrize("host", ["bank2.code24.dev", "xbank.code24.dev", "shop.code24.dev"])
    def test_others_are_free(self, host: str) -> None:
        assert self.verdict(host).state == "free"

    def test_what_its_holder_gave_up_is_free(self) -> None:
        route = Route("x.bank.code24.dev")
        mine = replace(MINE, routes=(route,))
        assert (
            of_route(mine, route, [replace(BANK, routes=())], LiveRoutes(LIVE, shared=SHARED)).state
            == "free"
        )

    def test_what_serves_already_goes_on(self) -> None:
        route = Route("x.bank.code24.dev")
        mine = replace(MINE, routes=(route,))
        live = {**LIVE, route.host: {"": target(MINE.script_name, "c1", "11111111", 1)}}
        assert of_route(mine, route, [BANK, SITE], LiveRoutes(live, shared=SHARED)).state == "ours"
