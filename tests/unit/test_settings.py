"""Settings from the environment: good ones are taken over, bad ones are refused by name."""

import inspect
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import pytest

from workers_operator import cli
from workers_operator.desired.platform import DispatchPolicy
from workers_operator.desired.policy import Address, PlatformPolicy
from workers_operator.settings import (
    CredentialSettings,
    Settings,
    SettingsError,
    from_environment,
)

ACCOUNT = {"CLOUDFLARE_ACCOUNT_ID": "a1", "CLOUDFLARE_ZONE_ID": "z1"}
NOWHERE = Path("/nonexistent")


def read(variables: Mapping[str, str], service_account: Path = NOWHERE) -> Settings:
    """The settings of a process that is in no pod, unless it has a service account."""
    return from_environment(variables, service_account)


def test_every_variable_is_documented() -> None:
    source = Path(inspect.getfile(from_environment)).read_text()
    names = set(re.findall(r'"([A-Z]+(?:_[A-Z0-9]+)*)"', source))
    assert {"WORKERS_ALLOW_PRIVATE", "ENVIRONMENT", "KUBECONFIG"} <= names
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    assert {name for name in names if f"`{name}`" not in text} <= {"INFO"}


def test_nothing_set_is_the_default() -> None:
    assert read({}) == Settings()
    empty = dict.fromkeys(["KUBECONFIG", "CLOUDFLARE_API_TOKEN", "WORKERS_KV_WINDOW"], "")
    assert read(empty) == Settings()


def test_everything_set() -> None:
    settings = read(
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
                        address="127.0.0.1:9090",
                        credentials=CredentialSettings(api_token="t"))  # fmt: skip
    assert settings == expected
    assert (settings.host, settings.port) == ("127.0.0.1", 9090)


@pytest.mark.parametrize(
    ("address", "host", "port"),
    [("0.0.0.0:8080", "0.0.0.0", 8080), (":8081", "0.0.0.0", 8081), ("localhost:0", "localhost", 0)],
)  # fmt: skip
def test_addresses(address: str, host: str, port: int) -> None:
    settings = read({"WORKERS_OPERATOR_ADDRESS": address})
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
        read({**ACCOUNT, name: value})


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
    "WORKERS_SECRETS_NAMESPACE": "tokens",
    "WORKERS_ALLOWED_BASE_URLS": "https://api.example.com/client/v4",
    "WORKERS_ALLOWED_DATA_PLANES": "http://10.0.0.7:8788",
}


@pytest.mark.parametrize("space", ["\n", " ", "\t", "\r\n", "  \n", "\u00a0"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_white_space_around_a_value_does_not_matter(name: str, space: str) -> None:
    plain = read(EVERYTHING)
    assert read({**EVERYTHING, name: EVERYTHING[name] + space}) == plain
    assert read({**EVERYTHING, name: space + EVERYTHING[name]}) == plain


@pytest.mark.parametrize("name", EVERYTHING)
def test_nothing_but_white_space_is_nothing(name: str) -> None:
    without = {k: v for k, v in EVERYTHING.items() if k != name}
    assert read({**EVERYTHING, name: " \n"}) == read(without)


@pytest.mark.parametrize("inner", ["\n", "\r\n", "\t", "\x00", "\x7f", "\ufeff", "\u200b"])
@pytest.mark.parametrize("name", EVERYTHING)
def test_control_characters_in_a_value_are_refused_by_name(name: str, inner: str) -> None:
    value = EVERYTHING[name]
    with pytest.raises(SettingsError, match=name) as error:
        read({**EVERYTHING, name: value[:3] + inner + value[3:] + "x"})
    assert "canary" not in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize("name", sorted(EVERYTHING.keys() - {"KUBECONFIG"}))
def test_spaces_in_a_value_are_refused_by_name(name: str) -> None:
    if name == "WORKERS_OPERATOR_CONTEXT":  # kubectl allows them in the name of a context
        assert read({**EVERYTHING, name: "my context"}).context == "my context"
        return
    value = EVERYTHING[name]
    with pytest.raises(SettingsError, match=name) as error:
        read({**EVERYTHING, name: f"{value} {value}"})
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
        ("CLOUDFLARE_BASE_URL", "http://edge/a/../b"),
        ("CLOUDFLARE_BASE_URL", "http://edge./"),
        ("WORKERS_ALLOWED_BASE_URLS", "https://api.example.com/*"),
        ("WORKERS_ALLOWED_BASE_URLS", "https://*.example.com"),
        ("WORKERS_ALLOWED_BASE_URLS", "*"),
        ("WORKERS_ALLOWED_BASE_URLS", "api.example.com"),
        ("WORKERS_ALLOWED_BASE_URLS", "https://a.example;https://b.example"),
        ("WORKERS_ALLOWED_BASE_URLS", "https://a.example,user@b.example"),
        ("WORKERS_ALLOWED_DATA_PLANES", "http://10.0.0.7:8788/path"),
        ("WORKERS_ALLOWED_DATA_PLANES", "10.0.0.7:8788"),
        ("WORKERS_SECRETS_NAMESPACE", "a/b"),
        ("WORKERS_SECRETS_NAMESPACE", "a,b"),
        ("POD_NAMESPACE", "../kube-system"),
        ("LOG_LEVEL", "loud"),
        ("WORKERS_LEADER_ELECT", "yes"),
        ("WORKERS_CONCURRENCY", "\u00b2"),
        ("WORKERS_OPERATOR_ADDRESS", "localhost:\u0661"),
    ],
)
def test_what_is_no_identifier_no_url_no_number_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read({**EVERYTHING, name: value})


@pytest.mark.parametrize("missing", ACCOUNT)
def test_no_account_no_implied_platform(missing: str) -> None:
    assert read({k: v for k, v in ACCOUNT.items() if k != missing}).implied_platform is None  # fmt: skip


def test_the_implied_platform() -> None:
    staging = read(ACCOUNT).implied_platform
    assert staging is not None
    assert (staging.name, staging.account_id, staging.domain.zone_id) == ("default", "a1", "z1")
    assert (staging.environment, staging.domain.name) == ("staging", "")
    assert (staging.dispatch.namespace, staging.dispatch.dispatcher) == (
        "code24-staging",
        "code24-dispatcher-staging",
    )
    more = {"ENVIRONMENT": "production", "CLOUDFLARE_BASE_URL": "http://e", "EDGE_URL": "http://d"}
    production = read(ACCOUNT | more).implied_platform
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
    settings = read({**ACCOUNT, "CLOUDFLARE_API_TOKEN": "canary"})
    assert settings.implied_platform is not None
    assert "canary" not in str(asdict(settings.implied_platform))


def test_a_pod_has_its_lease_in_its_own_namespace(tmp_path: Path) -> None:
    assert read({}, tmp_path).election.namespace == "code24-workers"
    (tmp_path / "namespace").write_text("edge\n")
    assert read({}, tmp_path).election.namespace == "edge"
    assert read({"POD_NAMESPACE": " "}, tmp_path).election.namespace == "edge"
    assert read({"POD_NAMESPACE": "other"}, tmp_path).election.namespace == "other"


def test_a_pod_that_is_told_no_name_of_its_own_gets_one_at_the_start() -> None:
    assert read({}).election.identity is None
    assert (
        read({"POD_NAME": "workers-operator-x2k7p"}).election.identity == "workers-operator-x2k7p"
    )


EDGE = Address("http", "edge", 8787, ("client", "v4"))


@pytest.mark.parametrize(
    ("variables", "policy"),
    [
        ({}, PlatformPolicy("code24-workers")),
        ({"POD_NAMESPACE": "edge"}, PlatformPolicy("edge")),
        ({"POD_NAMESPACE": "edge", "WORKERS_SECRETS_NAMESPACE": "own"}, PlatformPolicy("own")),
        (
            {"CLOUDFLARE_BASE_URL": "http://edge:8787/client/v4/"},
            PlatformPolicy("code24-workers", (EDGE,)),
        ),
        (
            {"EDGE_URL": "http://edge"},
            PlatformPolicy("code24-workers", (), (Address("http", "edge", 80),)),
        ),
        (
            {
                "CLOUDFLARE_BASE_URL": "http://edge:8787/client/v4",
                "WORKERS_ALLOWED_BASE_URLS": " https://A.example , ,https://b.example:444/x/,",
                "WORKERS_ALLOWED_DATA_PLANES": "http://[::1]:81",
            },
            PlatformPolicy(
                "code24-workers",
                (
                    Address("https", "a.example", 443),
                    Address("https", "b.example", 444, ("x",)),
                    EDGE,
                ),
                (Address("http", "[::1]", 81),),
            ),
        ),
        (
            {"WORKERS_ALLOWED_WEBHOOKS": "http://receiver.ops:8080/hook"},
            PlatformPolicy(
                "code24-workers", (), (), (Address("http", "receiver.ops", 8080, ("hook",)),)
            ),
        ),
    ],
)
def test_what_platforms_may_ask_for(variables: dict[str, str], policy: PlatformPolicy) -> None:
    assert read(variables).credentials.policy == policy


def test_settings_do_not_show_the_token() -> None:
    assert "canary" not in repr(read({**ACCOUNT, "CLOUDFLARE_API_TOKEN": "canary"}))


@pytest.mark.parametrize("given", [True, False])
def test_an_option_goes_before_its_variable(monkeypatch: pytest.MonkeyPatch, given: bool) -> None:
    for name in EVERYTHING:
        monkeypatch.setenv(name, EVERYTHING[name])
    options = {
        "--secrets-namespace": "others",
        "--allowed-base-urls": "https://a.example,https://b.example",
        "--allowed-data-planes": "http://10.0.0.8",
    }
    arguments = [part for option in options.items() for part in option] if given else []
    settings = cli.settings_of(["run", *arguments])
    if not given:
        assert settings == from_environment(EVERYTHING)
        return
    policy = settings.credentials.policy
    assert policy.secrets_namespace == "others"
    assert [a.host for a in policy.base_urls] == ["a.example", "b.example", "edge"]
    assert [a.host for a in policy.data_planes] == ["10.0.0.8", "edge"]


def test_a_bad_option_is_refused() -> None:
    with pytest.raises(SettingsError, match="WORKERS_ALLOWED_BASE_URLS"):
        cli.settings_of(["run", "--allowed-base-urls", "*"])
