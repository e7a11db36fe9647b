"""Formats of text fields: patterns and lengths that Kubernetes and Cloudflare define, with what they mean in words."""

from typing import Annotated, Final

from pydantic import Field

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
