"""Parses the route patterns of users (``host/path``) into routes of the dispatcher. Pure.

Rules: developers.cloudflare.com/workers/configuration/routing/routes ("Matching behavior"). ``*`` is allowed at the
start of the host and at the end of the path only; hosts are case-insensitive; the most specific pattern wins: an exact
host before ``*.host``, then the longest path.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import quote

import idna

from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason

_MAX_HOST: Final = 253
# The dispatcher looks up no host with more labels (``workers/src/routes.js``): a lookup costs two reads at most.
_MAX_LABELS: Final = 10
_KEPT_IN_PATHS: Final = "/%:@!$&'()*+,;=-._~[]|"
_ESCAPE: Final = re.compile("%[0-9A-Fa-f]{2}")
_UNRESERVED: Final = re.compile("[A-Za-z0-9._~-]")
_LABEL: Final = re.compile(r"[a-z0-9_-]{1,63}")
_PUNYCODE: Final = "xn--"
_JOINERS: Final = "\u200c\u200d"
_ANY_LABEL: Final = "health"
_WILDCARD: Final = re.compile(r"\*\.?")


@dataclass(frozen=True, slots=True)
class Route:
    """The hosts and paths of requests to a worker.

    ``host``: a hostname, or ``*.`` and a suffix. ``path``: "" matches every path, ``/a`` this path and all paths below
    it, ``/a*`` all paths with this prefix, ``=/a`` exactly this path.
    """

    host: str
    path: str = ""

    @property
    def url(self) -> str:
        """A URL that the route matches, for users."""
        if self.path.startswith("="):
            return f"https://{self.host}{self.path[1:]}"
        if self.path.endswith("*"):
            return f"https://{self.host}{self.path[:-1]}"
        return f"https://{self.host}{self.path}/"

    @property
    def address(self) -> str:
        """The same without its scheme and its last slash: columns are narrow."""
        return self.url.removeprefix("https://").removesuffix("/")

    def request_to(self, path: str) -> tuple[str, str]:
        """Return host and path of a request that the route matches, below it the given path if there is a below."""
        host = self.host.replace("*", _ANY_LABEL)
        if self.path.startswith("="):
            return host, self.path[1:]
        return host, self.path.removesuffix("*").removesuffix("/") + path

    @property
    def zone_pattern(self) -> str:
        """The pattern of the zone route that sends these requests to the dispatcher."""
        if self.path.startswith("="):
            return self.host + self.path[1:]
        return self.host + (self.path if self.path.endswith("*") else f"{self.path}/*")

    def covered_by(self, domain: str) -> bool:
        """Return whether the platform's own route ``*.<domain>/*`` covers this route."""
        return self.host.removeprefix("*.").endswith(f".{domain}")


@dataclass(frozen=True, slots=True)
class ZonePattern:
    """The pattern of a zone route, whoever made it. ``host``: "*" at its start stands for any beginning."""

    host: str
    path: str  # without the "*" at its end
    is_prefix: bool
    is_plain: bool  # of unencrypted requests only

    @property
    def rank(self) -> tuple[bool, int, int, bool]:
        """How specific the pattern is: of two that match a request, the greater one wins."""
        return (self.host[:1] != "*", len(self.host), len(self.path), not self.is_prefix)

    def covers(self, route: Route) -> bool:
        """Return whether all requests of a route match."""
        if self.is_plain or not self._covers_host(route.host):
            return False
        if not self.is_prefix:
            return route.path == f"={self.path}"
        return (route.path.removeprefix("=").removesuffix("*") or "/").startswith(self.path)

    def _covers_host(self, host: str) -> bool:
        if self.host[:1] != "*":
            return host == self.host
        return host.removeprefix("*").endswith(self.host[1:])


@lru_cache(maxsize=4096)
def zone_pattern(pattern: str) -> ZonePattern:
    """Read a zone route's pattern; a missing path is /."""
    scheme, _, bare = pattern.rpartition("://")
    host, slash, path = bare.partition("/")
    path = slash + path or "/"
    prefix = path.endswith("*")
    return ZonePattern(host.lower(), path.removesuffix("*"), prefix, scheme.lower() == "http")


class PatternRefused(Stalled):
    """An invalid route pattern. The message quotes it."""


Refusal = Stalled | Waiting


@dataclass(frozen=True)
class WantedRoutes:
    """The routes that an object asks for, in its order: each one, or why it is refused."""

    items: tuple[Route | Refusal, ...]

    @property
    def served(self) -> tuple[Route, ...]:
        """The routes that nothing speaks against."""
        return tuple(dict.fromkeys(item for item in self.items if isinstance(item, Route)))

    @property
    def refused(self) -> tuple[Refusal, ...]:
        """Why the others are refused."""
        return tuple(item for item in self.items if not isinstance(item, Route))

    def judged(self, check: Callable[[Route], None]) -> "WantedRoutes":
        """Return the routes after one more check, which raises a refusal."""
        return WantedRoutes(tuple(_judged(item, check) for item in self.items))

    def refusal(self) -> Refusal | None:
        """Return the first refusal, which says how many more there are; None if all routes are served."""
        if not self.refused:
            return None
        first, more = self.refused[0], len(self.refused) - 1
        message = first.message
        if more:
            message += f"; {more} more {'route is' if more == 1 else 'routes are'} refused, too"
        if isinstance(first, Waiting):
            return Waiting(first.reason, message, after=first.after)
        return Stalled(first.reason, message)


def _judged(item: Route | Refusal, check: Callable[[Route], None]) -> Route | Refusal:
    if isinstance(item, Route):
        try:
            check(item)
        except (Stalled, Waiting) as refusal:
            return refusal
    return item


def parse_pattern(pattern: str) -> tuple[Route, ...]:
    """Return the routes of a pattern, with case, trailing dot, punycode and percent-encoding normalised.

    ``*example.com/*`` yields two: the host itself, and all hosts below it. Raises PatternRefused(InvalidRoute).
    """
    host, slash, path = pattern.strip().partition("/")
    if not slash or "*" in path[:-1] or "?" in path or "#" in path:
        raise _refused(
            pattern,
            "write a host and a path such as shop.example.com/*, with * only at the end of the path",
        )
    wildcard = _WILDCARD.match(host)
    name = _host(pattern, host[wildcard.end() :] if wildcard else host)
    route_path = _path(pattern, "/" + path)
    if wildcard is None:
        hosts: tuple[str, ...] = (name,)
    elif wildcard[0] == "*.":
        hosts = (f"*.{name}",)
    else:
        hosts = (name, f"*.{name}")
    if any(h.count(".") >= _MAX_LABELS for h in hosts):
        raise _refused(pattern, f"a host has at most {_MAX_LABELS} labels, * included")
    return tuple(Route(h, route_path) for h in hosts)


def zone_of(host: str, zones: Iterable[str]) -> str | None:
    """Return the zone that contains a host, exact or ``*.``; None if there is none. The longest zone name wins."""
    name = host.removeprefix("*.")
    holders = [z for z in zones if f".{name}".endswith(f".{z}")]
    return max(holders, key=len, default=None)


def takes_all(host: str, domain: str) -> bool:
    """Return whether a wildcard host covers all hosts directly below a domain."""
    return host.startswith("*.") and f".{domain}".endswith(host[1:])


def overlaps(first: str, second: str) -> bool:
    """Return whether a hostname can match both hosts: they are equal, or one is below the other's wildcard."""
    if first == second:
        return True
    if first.startswith("*.") and second.startswith("*."):
        return first.endswith(second[1:]) or second.endswith(first[1:])
    return _below(first, second) or _below(second, first)


def is_named(host: str, listed: Iterable[str]) -> bool:
    """Whether a list names a host: as it is, by ``*.`` and a domain that it is below, or by ``*``."""
    return any(
        item in ("*", host) or (item.startswith("*.") and host.endswith(item[1:]))
        for item in listed
    )


def _below(exact: str, wildcard: str) -> bool:
    return wildcard.startswith("*.") and not exact.startswith("*.") and exact.endswith(wildcard[1:])


def _host(pattern: str, host: str) -> str:
    """Return a host as browsers spell it: UTS 46, non-transitional, without CheckHyphens and UseSTD3ASCIIRules."""
    try:
        # The trailing dot may be any of the full stops that are mapped to a dot.
        mapped = host.lower() if host.isascii() else idna.uts46_remap(host, std3_rules=False)
        labels = [_label(label) for label in mapped.removesuffix(".").split(".")]
    except (idna.IDNAError, UnicodeError):
        raise _refused(pattern, "the host is not a valid hostname") from None
    name = ".".join(labels)
    if len(labels) < 2 or len(name) > _MAX_HOST or not all(map(_LABEL.fullmatch, labels)):
        raise _refused(pattern, "the host is not a valid hostname")
    return name


def _label(label: str) -> str:
    """Return a label in ASCII. Raises IDNAError or UnicodeError for one that is not valid."""
    if label.isascii() and not label.startswith(_PUNYCODE):
        return label
    text = label
    if label.startswith(_PUNYCODE):
        text = label.removeprefix(_PUNYCODE).encode("ascii").decode("punycode")
        if text.isascii() or idna.uts46_remap(text, std3_rules=False) != text:
            raise idna.IDNAError("not what it decodes to is encoded")
    idna.check_initial_combiner(text)
    idna.check_bidi(text)
    for index, char in enumerate(text):
        if char in _JOINERS and not idna.valid_contextj(text, index):
            raise idna.IDNAError("a joiner joins nothing")
    return _PUNYCODE + text.encode("punycode").decode("ascii")


def _path(pattern: str, path: str) -> str:
    """Convert a pattern's path to a route's: ``/*`` → "", ``/a`` → ``=/a``; ``/a/*`` and ``/a*`` stay."""
    try:
        encoded = _normalized(path)
    except UnicodeEncodeError:
        raise _refused(pattern, "the path is not valid Unicode") from None
    if encoded == "/*":
        return ""
    return encoded if encoded.endswith("*") else f"={encoded}"


def _normalized(path: str) -> str:
    """Return a path as Cloudflare normalises those of requests, before Workers see them.

    developers.cloudflare.com/rules/normalization/how-it-works: escapes of unreserved characters are decoded, others
    upper-cased, dot segments removed, backslashes turned round, adjacent slashes merged. ``workers/src/routes.js`` and
    the local edge do the same with requests.
    """
    escaped = quote(path.replace("\\", "/"), safe=_KEPT_IN_PATHS)
    *segments, last = _ESCAPE.sub(_unescaped, escaped).split("/")
    if last in (".", ".."):  # "/a/.." is a folder; "/a/..*" is the beginning of a name
        segments, last = [*segments, last], ""
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]  # the first one is the root
        elif segment != ".":
            kept.append(segment)
    return re.sub("/{2,}", "/", "/".join([*kept, last]))


def _unescaped(escape: re.Match[str]) -> str:
    char = chr(int(escape[0][1:], 16))
    return char if _UNRESERVED.fullmatch(char) else escape[0].upper()


def _refused(pattern: str, why: str) -> PatternRefused:
    return PatternRefused(Reason.INVALID_ROUTE, f"route {pattern[:200]!r}: {why}")
