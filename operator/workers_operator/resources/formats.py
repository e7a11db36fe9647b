"""Formats of text fields: patterns and lengths that Kubernetes and Cloudflare define, with what they mean in words."""

import re
from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, Strict
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from workers_operator.resources import durations
from workers_operator.resources.model import ListSet, Rule, shaped

# RFC 1123. The name of a Kubernetes object consists of labels separated by dots.
LABEL: Final = r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
OBJECT_NAME: Final = r"^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$"
HOSTNAME: Final = r"^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]*[a-z0-9])?$"
# A Cloudflare script name matches ^[a-z][a-z0-9-]{0,62}$. Ours does not end in a dash, because a suffix follows.
SCRIPT_NAME: Final = r"^[a-z]([a-z0-9-]*[a-z0-9])?$"
# A hostname as URLs have it, *.hostname, or * for all.
HOST_PATTERN: Final = (
    r"^([*]|([*][.])?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?([.][a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*)$"
)
# A worker's list is part of the metadata of a KV key, which has at most 1,024 bytes.
MAX_HOSTS: Final = 32
MAX_HOST_CHARACTERS: Final = 384
CLOUDFLARE_ID: Final = r"^[0-9a-f]{32}$"
ORIGIN: Final = r"^https?://[^/?#@\s]+$"
# A part of Kubernetes' quantities: 100, 0.5, 250m for a quarter, 2k for two thousand.
QUANTITY: Final = r"^[0-9]{1,9}([.][0-9]{1,6})?[mk]?$"
INT_OR_STRING: Final = "x-kubernetes-int-or-string"
BASE_URL: Final = r"^https?://[^/?#@\s]+(/[^?#\s]*)?$"

IS_LABEL: Final = shaped(
    LABEL, "must consist of lower-case letters, digits and dashes, without a dash at either end"
)
IS_SCRIPT_NAME: Final = shaped(
    SCRIPT_NAME,
    "must begin with a lower-case letter, consist of lower-case letters, digits and dashes, and not end in a dash",
)
IS_ORIGIN: Final = shaped(ORIGIN, "must be scheme, host and port, e.g. http://127.0.0.1:8788")
IS_BASE_URL: Final = shaped(
    BASE_URL,
    "must be a URL with http or https, without query, e.g. https://api.example.com/client/v4",
)
IS_IDENTIFIER: Final = shaped(
    "^[A-Za-z0-9_-]+$", "must consist of letters, digits, dashes and underscores"
)


@dataclass(frozen=True, slots=True)
class IntOrString:
    """Annotates a text that may also be written as a whole number, as Kubernetes' quantities may."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(_as_text, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {INT_OR_STRING: True, "maxLength": 20}


def _as_text(value: object) -> object:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def parse_quantity(text: str) -> float:
    """Return the value of a quantity: 0.25 for ``250m``. Raises ValueError if ``text`` is none."""
    if re.fullmatch(QUANTITY.strip("^$"), text, re.ASCII) is None:
        raise ValueError(f"{text!r} is not a quantity; write it like 100, 0.5 or 250m")
    if text.endswith("m"):
        return float(text[:-1]) / 1000
    return float(text[:-1]) * 1000 if text.endswith("k") else float(text)


Quantity = Annotated[
    str,
    IntOrString(),
    Rule(
        f"type(self) == int ? self >= 0 : self.matches(r'{QUANTITY}')",
        "must be a number that is not negative, e.g. 100, 0.5 or 250m",
        lambda text: re.fullmatch(QUANTITY.strip("^$"), text, re.ASCII) is not None,
    ),
]
PositiveQuantity = Annotated[
    Quantity,
    Rule(
        "type(self) == int ? self > 0 : self.matches('[1-9]')",
        "must be greater than 0",
        lambda text: re.search("[1-9]", text) is not None,
    ),
]

# Only what JSON calls so: the API server refuses "yes" and "3".
Flag = Annotated[bool, Strict()]
Integer = Annotated[int, Strict()]
Label = Annotated[str, Field(max_length=63), IS_LABEL]
ObjectName = Annotated[
    str,
    Field(max_length=253),
    shaped(
        OBJECT_NAME,
        "must consist of lower-case letters, digits, dashes and dots, and begin and end with a letter or digit",
    ),
]
Hostname = Annotated[
    str,
    Field(max_length=253),
    shaped(HOSTNAME, "must be a hostname of two labels or more in lower case, e.g. code24.dev"),
]
HostPattern = Annotated[
    str,
    Field(max_length=253),
    shaped(
        HOST_PATTERN,
        "must be a hostname or an IPv4 address, *. and a hostname, or *; without scheme, port and path, in "
        "lower case",
    ),
]
HostPatterns = Annotated[
    tuple[HostPattern, ...],
    Field(max_length=MAX_HOSTS),
    ListSet(),
    Rule(
        f"self.map(host, host.size()).sum() <= {MAX_HOST_CHARACTERS}",
        f"hosts must have at most {MAX_HOST_CHARACTERS} characters in total",
        lambda hosts: sum(map(len, hosts)) <= MAX_HOST_CHARACTERS,
    ),
]
CloudflareId = Annotated[
    str,
    Field(max_length=64),
    shaped(CLOUDFLARE_ID, "must consist of 32 hexadecimal digits in lower case"),
]
DataKey = Annotated[
    str,
    Field(max_length=253),
    shaped("^[-._a-zA-Z0-9]+$", "must consist of letters, digits, dashes, dots and underscores"),
]
Duration = Annotated[
    str,
    Field(max_length=durations.MAX_LENGTH),
    shaped(
        durations.PATTERN, "must be a duration with the units ms, s, m and h, e.g. 30s or 1h30m"
    ),
]
