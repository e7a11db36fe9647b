"""Options and variables of the gateway: what was meant is taken, what is wrong is refused by its own name."""

from collections.abc import Mapping

import pytest

from workers_operator.gateway.cli import configuration_of
from workers_operator.settings import SettingsError


def test_white_space_around_a_variable_is_ignored() -> None:
    settings, options = configuration_of(
        [],
        {
            "WORKERS_GATEWAY_ADDRESS": " 127.0.0.1:1\n",
            "WORKERS_GATEWAY_HEALTH_ADDRESS": "127.0.0.1:2 ",
            "WORKERS_GATEWAY_CONTEXT": " production\n",
            "WORKERS_OPERATOR_CONTEXT": "another",
        },
    )
    assert (options.address, options.health_address) == ("127.0.0.1:1", "127.0.0.1:2")
    assert settings.context == "production"


def test_an_option_wins() -> None:
    variables = {"WORKERS_GATEWAY_ADDRESS": "127.0.0.1:1", "WORKERS_GATEWAY_CONTEXT": "production"}
    settings, options = configuration_of(["--address", ":3", "--context", "dev"], variables)
    assert (options.address, settings.context) == (":3", "dev")


def test_nothing_set_is_the_default() -> None:
    settings, options = configuration_of([], {})
    assert (options.address, options.health_address) == ("0.0.0.0:8090", "0.0.0.0:8091")
    assert settings.context is None


@pytest.mark.parametrize(
    ("arguments", "variables", "name"),
    [
        ([], {"WORKERS_GATEWAY_ADDRESS": "localhost"}, "WORKERS_GATEWAY_ADDRESS"),
        ([], {"WORKERS_GATEWAY_HEALTH_ADDRESS": "a:b"}, "WORKERS_GATEWAY_HEALTH_ADDRESS"),
        ([], {"WORKERS_GATEWAY_CONTEXT": "a\nb"}, "WORKERS_GATEWAY_CONTEXT"),
        (["--address", "localhost"], {}, "--address"),
        (["--health-address", "a:99999"], {}, "--health-address"),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(
    arguments: list[str], variables: Mapping[str, str], name: str
) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: "):
        configuration_of(arguments, variables)
