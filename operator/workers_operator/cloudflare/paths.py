"""The paths of calls: what somebody else has named stands in the part that is meant for it, or nothing is sent. Pure.

Clients and proxies remove dot segments and merge slashes on their way, and some decode a path before they do. A value
with such segments would therefore lead a call to another endpoint of the account, with the operator's token.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

from workers_operator.cloudflare.errors import Unsendable
from workers_operator.domain.reasons import Reason

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_SEPARATOR: Final = re.compile(r"[/\\]")
_DOTS: Final = (".", "..")
_MAX_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class _Key:
    """A placeholder whose value may be any text of so many bytes. ``safe``: characters that must not be encoded."""

    words: str
    max_bytes: int
    safe: str = ""


# developers.cloudflare.com/api/resources/r2: slashes in an object's key must not be percent-encoded.
_KEYS: Final[Mapping[str, _Key]] = {
    "key": _Key("KV key", 512),
    "object_key": _Key("R2 object key", 1024, safe="/"),
}
_MAX_NAME: Final = 255


def path_of(endpoint: str, values: Mapping[str, str]) -> str:
    """Return ``endpoint`` with ``values`` in place of its placeholders. Raises Unsendable, naming the value."""
    parts = {
        name: _key(_KEYS[name], v) if name in _KEYS else _name(name, v)
        for name, v in values.items()
    }
    return endpoint.format(**parts)


def leads_elsewhere(path: str) -> bool:
    """Return whether a path is not requested as it is written: on its way it would lose or change segments."""
    plain = unquote(path.partition("?")[0])
    return "#" in path or "\\" in path or any(segment in _DOTS for segment in plain.split("/"))


def _name(what: str, value: str) -> str:
    """Return a name or an id, of which Cloudflare's own consist of these characters only."""
    problem = None
    if not value:
        problem = "is empty"
    elif value in _DOTS or not _NAME.fullmatch(value):
        problem = (
            "must consist of letters, digits, dots, dashes and underscores, and not of dots only"
        )
    elif len(value) > _MAX_NAME:
        problem = f"has {len(value)} characters; at most {_MAX_NAME} are possible"
    if problem is not None:
        raise _unsendable(f"the {what} {shown(value)} {problem}")
    return value


def _key(key: _Key, value: str) -> str:
    """Return a key as one segment, or as segments that stay as they are."""
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        raise _unsendable(f"the {key.words} {shown(value)} is not valid Unicode") from None
    segments = _SEPARATOR.split(value)
    problem = None
    if not value:
        problem = "is empty"
    elif size > key.max_bytes:
        problem = f"has {size} bytes; Cloudflare takes {key.max_bytes}"
    elif any(segment in _DOTS for segment in segments):
        problem = "contains the segment . or .., which leads to another place"
    elif key.safe and "" in value.split("/"):
        problem = "begins or ends with a slash or contains two in a row, which requests do not keep"
    if problem is not None:
        raise _unsendable(f"the {key.words} {shown(value)} {problem}")
    return quote(value, safe=key.safe)


def shown(value: str) -> str:
    """Return a value for a message: quoted, without invisible characters, of a bounded length."""
    text = repr(value[:_MAX_SHOWN])
    return text if len(value) <= _MAX_SHOWN else f"{text}…"


def _unsendable(problem: str) -> Unsendable:
    return Unsendable(Reason.INVALID_NAME, f"{problem}; nothing was sent")
