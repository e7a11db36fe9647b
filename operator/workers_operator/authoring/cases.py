"""tests.yaml: the requests that an author promises answers to. Pure.

    origin:                                     # what a small server on the loopback answers with, by path and query
      /shoes: {headers: {Content-Type: text/html}, body: "<h1>Shoes</h1>"}
    parameters: {origin: "{origin}"}            # of every case; "{origin}" stands for that server's address
    secrets: {PURGE_KEY: abc}                   # that the script has in its env
    stored:                                     # what lies in a required bucket or KV namespace, by binding and key
      BUCKET: {index.html: {body: "<h1>Home</h1>", contentType: text/html}}
    cases:
      - name: a page is cached
        features: [security]                    # also: parameters (over the common ones), plan
        request: {path: /shoes}                 # also: method, headers, body
        expect: {headers: {Code24-Cache: MISS}} # also: status (200), bodyContains, bodyLacks, bodyJson, dataPoints,
                                                # refused (reason by which the operator refuses to deploy this)

Cases with the same parameters, features and plan ask the same deployed script, in their order.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from pydantic.alias_generators import to_camel

from workers_operator.authoring.errors import AuthoringError
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


class Page(_Strict):
    """What the origin answers with."""

    status: Status = 200
    headers: dict[HeaderName, HeaderValue] = {}
    body: str = ""


class Request(_Strict):
    """What a visitor asks."""

    method: Annotated[str, Field(pattern=r"^[A-Z]+$", max_length=20)] = "GET"
    path: Target = "/"
    headers: dict[HeaderName, HeaderValue] = {}
    body: str | None = None


class Expected(_Strict):
    """What has to come back. A header that is null must not be there; ``body_json`` is a part of the answer's."""

    status: Status = 200
    headers: dict[HeaderName, str | None] = {}
    body_contains: list[str] = []
    body_lacks: list[str] = []
    body_json: JsonValue = None
    data_points: Annotated[int, Field(ge=0, le=100)] | None = None
    refused: str | None = None


class Case(_Strict):
    """One request and its answer."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    parameters: dict[str, JsonValue] = {}
    features: list[str] = []
    plan: str | None = None
    request: Request = Request()
    expect: Expected = Expected()


class Stored(_Strict):
    """What lies in a bucket, with its content type, or in a KV namespace, where that is metadata."""

    body: str
    content_type: HeaderValue = "application/octet-stream"


class Tests(_Strict):
    """The whole of a tests.yaml."""

    origin: dict[Target, Page] = {}
    parameters: dict[str, JsonValue] = {}
    secrets: dict[VariableName, str] = {}
    stored: dict[VariableName, dict[str, Stored]] = {}
    cases: Annotated[list[Case], Field(min_length=1, max_length=200)]


@dataclass(frozen=True)
class Answer:
    """What came back. Names of headers are in lower case; ``data_points``: how many the case has written."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    data_points: int = 0


def load_tests(text: bytes, origin: str) -> Tests:
    """The tests in ``text``. Raises AuthoringError, naming the field, or Stalled for what is no YAML."""
    try:
        return Tests.model_validate(read_yaml(text, origin), by_alias=True, by_name=False)
    except ValidationError as error:
        raise AuthoringError(f"{origin}: {in_words(error)}") from None


def with_origin(tests: Tests, address: str) -> Tests:
    """``tests`` with the origin's address where the placeholder stands."""
    text = tests.model_dump_json(by_alias=True).replace(PLACEHOLDER, address)
    return Tests.model_validate_json(text, by_alias=True, by_name=False)


def differences(expected: Expected, answer: Answer) -> list[str]:
    """What is not as expected, in words; empty: all is."""
    return list(_differences(expected, answer))


def _differences(expected: Expected, answer: Answer) -> Iterator[str]:
    if answer.status != expected.status:
        yield f"status is {answer.status}, expected {expected.status}"
    for name, wanted in expected.headers.items():
        found = answer.headers.get(name.lower())
        if found != wanted:
            yield f"header {name} is {_shown(found)}, expected {_shown(wanted)}"
    body = answer.body.decode(errors="replace")
    for text in expected.body_contains:
        if text not in body:
            yield f"body lacks {_shown(text)}: {_shown(body)}"
    for text in expected.body_lacks:
        if text in body:
            yield f"body holds {_shown(text)}"
    if expected.body_json is not None:
        try:
            yield from _missing(expected.body_json, json.loads(answer.body), "body")
        except ValueError:
            yield f"body is no JSON: {_shown(body)}"
    if expected.data_points is not None and answer.data_points != expected.data_points:
        yield f"{answer.data_points} data points were written, expected {expected.data_points}"


def _missing(wanted: Any, found: Any, path: str) -> Iterator[str]:
    """Where ``found`` is not ``wanted``; objects may have more fields."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for name, value in wanted.items():
            if name in found:
                yield from _missing(value, found[name], f"{path}.{name}")
            else:
                yield f"{path}.{name} is missing"
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for index, value in enumerate(wanted):
            yield from _missing(value, found[index], f"{path}[{index}]")
    elif type(wanted) is not type(found) or wanted != found:
        yield f"{path} is {_shown(found)}, expected {_shown(wanted)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"
