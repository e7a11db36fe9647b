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
        (None, "dev", "several platforms have the environment dev; name one by platform"),
        ("live", "dev", "platform 'live' does not have the environment dev"),
    ],
)
def test_no_platform_is_meant(name: str | None, environment: str, words: str) -> None:
    with pytest.raises(ApiProblem, match=words):
        platform_meant(KNOWN, name, environment)


def test_the_message_names_no_other_platform_or_environment() -> None:
    with pytest.raises(ApiProblem) as raised:
        platform_meant(KNOWN[:2], None, "dev")
    assert raised.value.errors[0].message == "no platform has the environment dev"
