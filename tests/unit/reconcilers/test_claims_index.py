"""Who has to be asked before a name or a hostname is taken."""

from dataclasses import replace

import pytest

from workers_operator.domain.claims import Claim
from workers_operator.domain.desired import ObjectKey, Route
from workers_operator.reconcilers.claims_index import ClaimsIndex


def key(name: str) -> ObjectKey:
    return ObjectKey("CustomerWorker", "shop", name)


def claim(name: str, script: str = "", host: str = "", path: str = "") -> Claim:
    return Claim(key(name), name, "2026", "c1", script or name, (Route(host or f"{name}.", path),))


@pytest.fixture
def index() -> ClaimsIndex:
    index = ClaimsIndex()
    index.put("default", claim("a"))
    index.put("default", claim("same-script", script="a"))
    index.put("default", claim("same-host", host="a.", path="/elite/brand"))
    index.put("default", claim("other"))
    index.put("elsewhere", claim("other-platform", script="a", host="a."))
    return index


def rivals(index: ClaimsIndex, name: str) -> list[str]:
    return [rival.key.name for rival in index.rivals(key(name), "code24.dev")]


def test_rivals_share_a_name_or_a_host_on_one_platform(index: ClaimsIndex) -> None:
    assert rivals(index, "a") == ["same-host", "same-script"]
    assert rivals(index, "same-script") == ["a"]
    assert rivals(index, "other") == rivals(index, "nobody") == []
    assert [k.name for k in index.rival_keys(key("a"))] == ["same-host", "same-script"]


def test_rivals_come_with_whole_hostnames(index: ClaimsIndex) -> None:
    hosts = [rival.routes[0].host for rival in index.rivals(key("a"), "code24.dev")]
    assert hosts == ["a.code24.dev", "same-script.code24.dev"]


def test_a_claim_replaces_the_objects_former_one(index: ClaimsIndex) -> None:
    index.put("default", replace(claim("same-host"), routes=(Route("moved."),)))
    assert rivals(index, "a") == ["same-script"]
    index.put("elsewhere", claim("same-script", script="a"))
    assert rivals(index, "a") == []
    assert rivals(index, "same-script") == ["other-platform"]


def test_an_object_that_is_gone_is_nobodys_rival(index: ClaimsIndex) -> None:
    index.remove(key("same-host"))
    index.remove(key("same-host"))
    assert rivals(index, "a") == ["same-script"]
    index.remove(key("a"))
    assert rivals(index, "a") == []
    assert sorted(k.name for k in index.on("default")) == ["other", "same-script"]
