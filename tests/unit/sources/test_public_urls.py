"""Parameters with the format public-url: no private host, in whatever form a template allows the URL."""

from typing import Any

import pytest

from support.addresses import PRIVATE_URLS, PUBLIC_URLS
from workers_operator.domain.errors import Stalled
from workers_operator.sources import templates
from workers_operator.sources.templates import Template

MANIFEST = b"""
name: shop
kind: customer
version: 1.0.0
description: A shop.
compatibility: {date: "2026-10-01"}
parameters:
  type: object
  additionalProperties: false
  properties:
    origin: {type: string, format: public-url}
    mirrors: {type: array, items: {type: string, format: public-url}}
    either: {anyOf: [{type: "null"}, {type: string, format: public-url}]}
    label: {type: string, format: uri}
features:
  search:
    description: A search.
    parameters:
      type: object
      additionalProperties: false
      properties: {index: {type: [string, "null"], format: public-url}}
"""
PRIVATE = "http://127.0.0.1:8080/"


@pytest.fixture(scope="module")
def shop() -> Template:
    return templates.parse("customer", "shop", manifest=MANIFEST, script=b"export default {}", origin="t")  # fmt: skip


def refused(template: Template, parameters: dict[str, Any], **more: Any) -> str:
    features = ["search"] if "search" in parameters else []
    with pytest.raises(Stalled) as caught:
        templates.check(template, parameters=parameters, features=features, **more)
    assert caught.value.reason == "ParameterInvalid"
    return caught.value.message


@pytest.mark.parametrize("url", [*PRIVATE_URLS, "", "shop.example.com", "ftp://shop.example.com/"])
def test_a_private_host_is_refused_without_its_name(shop: Template, url: str) -> None:
    assert refused(shop, {"origin": url}) == (
        "spec.parameters.origin: must be the URL of a public host, or of one that the WorkersPlatform names in "
        "spec.egress.allowPrivate"
    )


@pytest.mark.parametrize("url", PUBLIC_URLS)
def test_a_public_host_is_not(shop: Template, url: str) -> None:
    templates.check(shop, parameters={"origin": url}, features=[])


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"mirrors": ["https://a.example", PRIVATE]}, "spec.parameters.mirrors[1]"),
        ({"either": PRIVATE}, "spec.parameters.either"),
        ({"search": {"index": PRIVATE}}, "spec.parameters.search.index"),
    ],
)
def test_wherever_the_url_is(shop: Template, parameters: dict[str, Any], field: str) -> None:
    assert refused(shop, parameters).startswith(f"{field}: ")
    features = ["search"] if "search" in parameters else []
    templates.check(shop, parameters=parameters, features=features, private=("127.0.0.1",))


def test_other_private_hosts_than_the_named_ones_stay_refused(shop: Template) -> None:
    for url in ("http://127.0.0.2/", "http://internal/"):
        refused(shop, {"origin": url}, private=("127.0.0.1", "*.internal"))
    parameters = {"origin": "http://db.internal/"}
    templates.check(shop, parameters=parameters, features=[], private=("*.internal",))


@pytest.mark.parametrize("parameters", [{"label": PRIVATE}, {"label": "no URL"}, {"either": None}])
def test_other_formats_and_types_are_not_looked_at(shop: Template, parameters: Any) -> None:
    templates.check(shop, parameters=parameters, features=[])
