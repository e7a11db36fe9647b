"""Route patterns: ``host/path`` as people write them → routes as the dispatcher knows them. Pure.

Rules: developers.cloudflare.com/workers/configuration/routing/routes ("Matching behavior"). ``*`` stands at the start
of the host or at the end of the path only; hosts don't care about case; the most specific pattern wins: an exact host
before ``*.host``, then the longest path.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

import idna

from workers_operator.domain.desired import Route
from workers_operator.domain.handling import Stalled

_MAX_HOST: Final = 253
_KEPT_IN_PATHS: Final = "/%:@!$&'()*+,;=-._~"
_WILDCARD: Final = re.compile(r"\*\.?")


class PatternRefused(Stalled):
    """A pattern that can't be served; the message names it."""


def parse_pattern(pattern: str) -> tuple[Route, ...]:
    """The routes that a pattern means: case, trailing dot, punycode and percent-encoding are normalised.

    ``*example.com/*`` means two: the host itself, and all hosts below it. Raises PatternRefused(InvalidRoute).
    """
    host, slash, path = pattern.strip().partition("/")
    if not slash or "*" in path[:-1] or "?" in path or "#" in path:
        raise _refused(pattern, "it has to be a host and a path, with * at the path's end only")
    wildcard = _WILDCARD.match(host)
    name = _host(pattern, host[wildcard.end() :] if wildcard else host)
    route_path = _path(pattern, "/" + path)
    if wildcard is None:
        hosts: tuple[str, ...] = (name,)
    elif wildcard[0] == "*.":
        hosts = (f"*.{name}",)
    else:
        hosts = (name, f"*.{name}")
    return tuple(Route(h, route_path) for h in hosts)


def zone_of(host: str, zones: Iterable[str]) -> str | None:
    """The zone that a host, exact or ``*.``, lies in; of several the closest."""
    name = host.removeprefix("*.")
    holders = [z for z in zones if f".{name}".endswith(f".{z}")]
    return max(holders, key=len, default=None)


def takes_all(host: str, domain: str) -> bool:
    """Whether a wildcard host means all hosts right below a domain."""
    return host.startswith("*.") and f".{domain}".endswith(host[1:])


def overlaps(first: str, second: str) -> bool:
    """Whether one host may be meant by both: the same, or one exact below the other's wildcard."""
    if first == second:
        return True
    if first.startswith("*.") and second.startswith("*."):
        return first.endswith(second[1:]) or second.endswith(first[1:])
    return _below(first, second) or _below(second, first)


def _below(exact: str, wildcard: str) -> bool:
    return wildcard.startswith("*.") and not exact.startswith("*.") and exact.endswith(wildcard[1:])


def _host(pattern: str, host: str) -> str:
    try:
        # The dot at its end may be one of the other full stops that IDNA knows.
        name = idna.encode(host, uts46=True).decode().lower().removesuffix(".")
    except (idna.IDNAError, UnicodeError):
        raise _refused(pattern, "its host is no hostname") from None
    if "." not in name or len(name) > _MAX_HOST or ":" in name or "@" in name:
        raise _refused(pattern, "its host is no hostname")
    return name


def _path(pattern: str, path: str) -> str:
    """``/*`` is every path (""), ``/a/*`` and ``/a*`` are prefixes (with ``*``), ``/a`` is exactly that (``=/a``)."""
    try:
        encoded = quote(path, safe=_KEPT_IN_PATHS)
    except UnicodeEncodeError:
        raise _refused(pattern, "its path is no text") from None
    if encoded == "/*":
        return ""
    return encoded if encoded.endswith("*") else f"={encoded}"


def _refused(pattern: str, why: str) -> PatternRefused:
    return PatternRefused("InvalidRoute", f"route {pattern[:200]!r}: {why}")
