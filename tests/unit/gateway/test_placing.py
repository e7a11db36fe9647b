"""Which platform a request means."""

import pytest

from workers_operator.gateway.cache.platforms import KnownPlatform
from workers_operator.gateway.http.problems import ApiProblem
from workers_operator.gateway.writes.placing import platform_meant


def platform(name: str, environment: str) -> KnownPlatform:
    return KnownPlatform(name, environment, "account", "code24.dev", is_suspended=False)


KNOWN = [
    platform("default", "staging"),
    platform("live", "production"),
    platform("other", "staging"),
    platform("one", "dev"),
    platform("two", "dev"),
]


@pytest.mark.parametrize(
    ("name", "environment", "expected"),
    [
        (None, None, None),
        ("live", None, "live"),
        ("live", "production", "live"),
        ("not-there-yet", None, "not-there-yet"),
        (None, "staging", "default"),
        (None, "production", "live"),
    ],
)
def test_a_platform_is_meant(
    name: str | None, environment: str | None, expected: str | None
) -> None:
    assert platform_meant(KNOWN, name, environment) == expected


@pytest.mark.parametrize(
    ("name", "environment", "words"),
    [
        (None, "dev", "2 platforms have the environment dev; name one by platform"),
        ("live", "dev", "has the environment production, not dev"),
    ],
)
def test_no_platform_is_meant(name: str | None, environment: str, words: str) -> None:
    with pytest.raises(ApiProblem, match=words):
        platform_meant(KNOWN, name, environment)


def test_what_there_is_is_said() -> None:
    with pytest.raises(ApiProblem, match="there are platforms of: production"):
        platform_meant(KNOWN[1:2], None, "dev")
