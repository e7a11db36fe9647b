"""The format of tests.yaml, the test cases of a template, and the comparison of a response with a case. Pure.

    origin:                                     # pages of a test server on the loopback, by path and query
      /shoes: {headers: {Content-Type: text/html}, body: "<h1>Shoes</h1>"}
    parameters: {origin: "{origin}"}            # for every case; "{origin}" is replaced by the test server's address
    secrets: {PURGE_KEY: abc}                   # secret bindings of the script
    stored:                                     # content of a required bucket or KV namespace, by binding and key
      BUCKET: {index.html: {body: "<h1>Home</h1>", contentType: text/html}}
    cases:
      - name: a page is cached
        features: [security]                    # also: parameters (they override the common ones), plan
        request: {path: /shoes}                 # also: method, headers, body
        expect: {headers: {Code24-Cache: MISS}} # also: status (200), bodyContains, bodyLacks, bodyJson, dataPoints,
                                                # refused (the reason for which the operator rejects the configuration)

Cases with the same parameters, features and plan share one deployed script and run in the listed order.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from pydantic.alias_generators import to_camel

from workers_operator.authoring import AuthoringError
from workers_operator.sources.manifest import in_words, read_yaml

PLACEHOLDER: Final = "{origin}"
_MAX_SHOWN: Final = 120

Target = Annotated[str, Field(pattern=r"^/[!-~]*$", max_length=8000)]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]+$", max_length=100)]
HeaderValue = Annotated[str, Field(pattern=r"^[ -~]*$", max_length=8000)]
VariableName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=64)]
Status = Annotated[int, Field(ge=200, le=599)]


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, alias_generator=to_camel)


class OriginPage(_Strict):
    """A response of the test server."""

    status: Status = 200
    headers: dict[HeaderName, HeaderValue] = {}
    body: str = ""


class CaseRequest(_Strict):
    """The request that a case sends."""

    method: Annotated[str, Field(pattern=r"^[A-Z]+$", max_length=20)] = "GET"
    path: Target = "/"
    headers: dict[HeaderName, HeaderValue] = {}
    body: str | None = None


class Expected(_Strict):
    """The expected response.

    A header with the value None must be absent. Objects in the response may have more fields than those in
    ``body_json``. ``refused`` is the reason for which the operator must reject the configuration.
    """

    status: Status = 200
    headers: dict[HeaderName, str | None] = {}
    body_contains: list[str] = []
    body_lacks: list[str] = []
    body_json: JsonValue = None
    data_points: Annotated[int, Field(ge=0, le=100)] | None = None
    refused: str | None = None


class Case(_Strict):
    """A request and its expected response."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    parameters: dict[str, JsonValue] = {}
    features: list[str] = []
    plan: str | None = None
    request: CaseRequest = CaseRequest()
    expect: Expected = Expected()


class Stored(_Strict):
    """An object in a bucket or a value in a KV namespace; there, the content type is part of the metadata."""

    body: str
    content_type: HeaderValue = "application/octet-stream"


class Tests(_Strict):
    """The content of a tests.yaml file."""

    origin: dict[Target, OriginPage] = {}
    parameters: dict[str, JsonValue] = {}
    secrets: dict[VariableName, str] = {}
    stored: dict[VariableName, dict[str, Stored]] = {}
    cases: Annotated[list[Case], Field(min_length=1, max_length=200)]


@dataclass(frozen=True)
class CaseResponse:
    """The response to a case's request.

    Header names are in lower case. ``data_points`` is the number of data points that the script wrote for the request.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    data_points: int = 0


def load_tests(text: bytes, origin: str) -> Tests:
    """Parse a tests.yaml. ``origin`` is its name in error messages.

    Raises AuthoringError, which names the invalid field, or Stalled if ``text`` is not YAML.
    """
    try:
        return Tests.model_validate(read_yaml(text, origin), by_alias=True, by_name=False)
    except ValidationError as error:
        raise AuthoringError(f"{origin}: {in_words(error)}") from None


def with_origin(tests: Tests, address: str) -> Tests:
    """Replace the placeholder ``{origin}`` in ``tests`` by the address of the test server."""
    text = tests.model_dump_json(by_alias=True).replace(PLACEHOLDER, address)
    return Tests.model_validate_json(text, by_alias=True, by_name=False)


def differences(expected: Expected, response: CaseResponse) -> list[str]:
    """Describe how a response differs from what was expected; the list is empty if it does not."""
    return list(_differences(expected, response))


def _differences(expected: Expected, response: CaseResponse) -> Iterator[str]:
    if response.status != expected.status:
        yield f"status is {response.status}, expected {expected.status}"
    for name, wanted in expected.headers.items():
        found = response.headers.get(name.lower())
        if found != wanted:
            yield f"header {name} is {_shown(found)}, expected {_shown(wanted)}"
    body = response.body.decode(errors="replace")
    for text in expected.body_contains:
        if text not in body:
            yield f"body lacks {_shown(text)}: {_shown(body)}"
    for text in expected.body_lacks:
        if text in body:
            yield f"body holds {_shown(text)}"
    if expected.body_json is not None:
        try:
            yield from _mismatches(expected.body_json, json.loads(response.body), "body")
        except ValueError:
            yield f"body is no JSON: {_shown(body)}"
    if expected.data_points is not None and response.data_points != expected.data_points:
        yield f"{response.data_points} data points were written, expected {expected.data_points}"


def _mismatches(wanted: JsonValue, found: JsonValue, path: str) -> Iterator[str]:
    """Yield where ``found`` differs from ``wanted``. Objects in ``found`` may have more fields."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            if name in found:
                yield from _mismatches(value, found[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is missing"
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, value in enumerate(wanted):
            yield from _mismatches(value, found[index], f"{path}[{index}]")
    elif type(wanted) is not type(found) or wanted != found:
        yield f"{path} is {_shown(found)}, expected {_shown(wanted)}"


def _shown(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"
