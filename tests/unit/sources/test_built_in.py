"""The templates and the dispatcher that come with the operator."""

from collections.abc import Callable

import pytest

from workers_operator.domain.errors import Stalled
from workers_operator.sources import templates
from workers_operator.sources.manifest import Kind


def refused(work: Callable[[], object], reason: str, *words: str) -> None:
    with pytest.raises(Stalled) as caught:
        work()
    assert caught.value.reason == reason
    assert all(word in caught.value.message for word in words)


@pytest.mark.parametrize("kind", ["elite", "customer"])
def test_every_template_comes_with_what_a_worker_needs(kind: Kind) -> None:
    assert templates.names(kind)
    for name in templates.names(kind):
        template = templates.find(kind, name)
        templates.check(template, **template.example)
        assert template.code.origin == f"template/{name}"
        assert template.health_path.startswith("/")
        assert template.code.compatibility_date is not None
        assert b" as default" in template.code.modules[0].data


@pytest.mark.parametrize("given_", [{}, {"origin": ""}, {"site": "https://x.example"}])
def test_a_parameter_that_is_missing_is_named(given_: dict[str, str]) -> None:
    shop = templates.find("customer", "ecommerce")
    refused(
        lambda: templates.check(shop, parameters=given_, features=()),
        "ParameterMissing",
        "spec.parameters.origin",
    )


def test_features_reach_the_template() -> None:
    shop, parameters = templates.find("customer", "ecommerce"), {"origin": "https://x.example"}
    templates.check(shop, parameters=parameters, features=["analytics"])
    refused(lambda: templates.check(shop, parameters=parameters, features=["teleport"]), "FeatureNotFound")  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "name"), [("customer", "brand"), ("elite", "ecommerce"), ("elite", "none")]
)
def test_a_template_that_there_is_not_comes_with_those_that_there_are(
    kind: Kind, name: str
) -> None:
    refused(lambda: templates.find(kind, name), "TemplateNotFound", *templates.names(kind))


def test_the_dispatcher_is_shipped() -> None:
    code = templates.dispatcher()
    assert code.main == code.modules[0].name
    assert code.compatibility_date is not None
