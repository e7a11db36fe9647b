"""Settings from the environment: good ones are taken over, bad ones are refused by name."""

from dataclasses import asdict

import pytest

from workers_operator.desired.platform import DispatchPolicy
from workers_operator.settings import Settings, SettingsError, from_environment

ACCOUNT = {"CLOUDFLARE_ACCOUNT_ID": "a1", "CLOUDFLARE_ZONE_ID": "z1"}


def test_nothing_set_is_the_default() -> None:
    assert from_environment({}) == Settings()
    empty = dict.fromkeys(["KUBECONFIG", "CLOUDFLARE_API_TOKEN", "WORKERS_KV_WINDOW"], "")
    assert from_environment(empty) == Settings()


def test_everything_set() -> None:
    settings = from_environment(
        {
            "KUBECONFIG": "/k",
            "WORKERS_OPERATOR_CONTEXT": "c",
            "WORKERS_CONCURRENCY": "8",
            "WORKERS_KV_WINDOW": "2m30s",
            "WORKERS_OPERATOR_ADDRESS": "127.0.0.1:9090",
            "CLOUDFLARE_API_TOKEN": "t",
        }
    )
    expected = Settings(kubeconfig="/k", context="c", concurrency=8, kv_window=150.0,
                        address="127.0.0.1:9090", api_token="t")  # fmt: skip
    assert settings == expected
    assert (settings.host, settings.port) == ("127.0.0.1", 9090)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("0.0.0.0:8080", "0.0.0.0", 8080), (":8081", "0.0.0.0", 8081), ("localhost:0", "localhost", 0)],
)  # fmt: skip
def test_addresses(address: str, host: str, port: int) -> None:
    settings = from_environment({"WORKERS_OPERATOR_ADDRESS": address})
    assert (settings.host, settings.port) == (host, port)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("WORKERS_CONCURRENCY", "0"),
        ("WORKERS_CONCURRENCY", "-1"),
        ("WORKERS_CONCURRENCY", "many"),
        ("WORKERS_KV_WINDOW", "90"),
        ("WORKERS_KV_WINDOW", "soon"),
        ("ENVIRONMENT", "prod"),
        ("WORKERS_OPERATOR_ADDRESS", "localhost"),
        ("WORKERS_OPERATOR_ADDRESS", "localhost:http"),
        ("WORKERS_OPERATOR_ADDRESS", "localhost:65536"),
    ],
)
def test_a_bad_value_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({**ACCOUNT, name: value})


EVERYTHING = {
    **ACCOUNT,
    "KUBECONFIG": "/a path/k",
    "WORKERS_OPERATOR_CONTEXT": "c",
    "WORKERS_CONCURRENCY": "8",
    "WORKERS_KV_WINDOW": "2m30s",
    "WORKERS_OPERATOR_ADDRESS": "127.0.0.1:9090",
    "WORKERS_ALLOW_PRIVATE": "127.0.0.1,*.internal",
    "LOG_LEVEL": "debug",
    "WORKERS_LEADER_ELECT": "false",
    "POD_NAME": "workers-operator-5c9d-x2k7p",
    "POD_NAMESPACE": "edge",
    "CLOUDFLARE_API_TOKEN": "canary",
    "CLOUDFLARE_BASE_URL": "http://edge:8787/client/v4",
    "EDGE_URL": "http://edge:8080",
    "ENVIRONMENT": "production",
}


@pytest.mark.parametrize("space", ["\n", " ", "\t", "\r\n", "  \n", "\u00a0"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_white_space_around_a_value_does_not_matter(name: str, space: str) -> None:
    plain = from_environment(EVERYTHING)
    assert from_environment({**EVERYTHING, name: EVERYTHING[name] + space}) == plain
    assert from_environment({**EVERYTHING, name: space + EVERYTHING[name]}) == plain


@pytest.mark.parametrize("name", EVERYTHING)
def test_nothing_but_white_space_is_nothing(name: str) -> None:
    without = {k: v for k, v in EVERYTHING.items() if k != name}
    assert from_environment({**EVERYTHING, name: " \n"}) == from_environment(without)


@pytest.mark.parametrize("inner", ["\n", "\r\n", "\t", "\x00", "\x7f", "\ufeff", "\u200b"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_control_characters_in_a_value_are_refused_by_name(name: str, inner: str) -> None:
    value = EVERYTHING[name]
    with pytest.raises(SettingsError, match=name) as error:
        from_environment({**EVERYTHING, name: value[:3] + inner + value[3:] + "x"})
    assert "canary" not in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("name", sorted(EVERYTHING.keys() - {"KUBECONFIG"}))
def test_spaces_in_a_value_are_refused_by_name(name: str) -> None:
    if name == "WORKERS_OPERATOR_CONTEXT":  # kubectl allows them in the name of a context
        assert from_environment({**EVERYTHING, name: "my context"}).context == "my context"
        return
    value = EVERYTHING[name]
    with pytest.raises(SettingsError, match=name) as error:
        from_environment({**EVERYTHING, name: f"{value} {value}"})
    assert "canary" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLOUDFLARE_ACCOUNT_ID", "a/../b"),
        ("CLOUDFLARE_ACCOUNT_ID", "a?b"),
        ("CLOUDFLARE_ZONE_ID", "z#1"),
        ("CLOUDFLARE_ZONE_ID", "\u0430bc"),
        ("CLOUDFLARE_BASE_URL", "edge:8787"),
        ("CLOUDFLARE_BASE_URL", "http://"),
        ("CLOUDFLARE_BASE_URL", "http://["),
        ("CLOUDFLARE_BASE_URL", "http://edge:99999"),
        ("CLOUDFLARE_BASE_URL", "http://edge:80:80"),
        ("CLOUDFLARE_BASE_URL", "http://edge/?x=1"),
        ("CLOUDFLARE_BASE_URL", "http://user@edge"),
        ("CLOUDFLARE_BASE_URL", "ftp://edge"),
        ("WORKERS_ALLOW_PRIVATE", "http://127.0.0.1"),
        ("WORKERS_ALLOW_PRIVATE", "127.0.0.1:8080"),
        ("WORKERS_ALLOW_PRIVATE", "10.0.0.0/8"),
        ("WORKERS_ALLOW_PRIVATE", "127.0.0.1;localhost"),
        ("EDGE_URL", "http://edge/path"),
        ("EDGE_URL", "https:/edge"),
        ("LOG_LEVEL", "loud"),
        ("WORKERS_LEADER_ELECT", "yes"),
        ("WORKERS_CONCURRENCY", "\u00b2"),
        ("WORKERS_OPERATOR_ADDRESS", "localhost:\u0661"),
    ],
)
def test_what_is_no_identifier_no_url_no_number_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({**EVERYTHING, name: value})


@pytest.mark.parametrize("missing", ACCOUNT)
def test_no_account_no_implied_platform(missing: str) -> None:
    assert from_environment({k: v for k, v in ACCOUNT.items() if k != missing}).implied_platform is None  # fmt: skip


def test_the_implied_platform() -> None:
    staging = from_environment(ACCOUNT).implied_platform
    assert staging is not None
    assert (staging.name, staging.account_id, staging.domain.zone_id) == ("default", "a1", "z1")
    assert (staging.environment, staging.domain.name) == ("staging", "")
    assert (staging.dispatch.namespace, staging.dispatch.dispatcher) == (
        "code24-staging",
        "code24-dispatcher-staging",
    )
    more = {"ENVIRONMENT": "production", "CLOUDFLARE_BASE_URL": "http://e", "EDGE_URL": "http://d"}
    production = from_environment(ACCOUNT | more).implied_platform
    assert production is not None
    assert production.dispatch.namespace == "code24-production"
    assert (production.access.base_url, production.access.data_plane) == ("http://e", "http://d")
    assert production.dispatch.policy == DispatchPolicy()


def test_private_hosts_that_the_implied_platforms_workers_may_use() -> None:
    found = from_environment({**ACCOUNT, "WORKERS_ALLOW_PRIVATE": "127.0.0.1,,*.internal,"})
    assert found.implied_platform is not None
    assert found.implied_platform.dispatch.policy == DispatchPolicy(
        allow_private=("127.0.0.1", "*.internal")
    )


def test_no_token_in_the_platforms_configuration() -> None:
    settings = from_environment({**ACCOUNT, "CLOUDFLARE_API_TOKEN": "canary"})
    assert settings.implied_platform is not None
    assert "canary" not in str(asdict(settings.implied_platform))
