"""What endpoints are made of: a call, a refusal, a page."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, TypeVar
from urllib.parse import quote, unquote

import httpx

from support.cloudflare.state import Account

T = TypeVar("T")


class Refused(Exception):
    """The API says no."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Call:
    """A request, and what its path names."""

    request: httpx.Request
    path: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.path[name]

    @cached_property
    def body(self) -> Any:
        """The request's JSON."""
        try:
            return json.loads(self.request.content)
        except ValueError:
            code = 10012 if "/storage/kv/" in self.request.url.path else 10026
            raise Refused(400, code, "Could not parse the request body: it is no JSON.") from None

    def field(self, name: str) -> str:
        """A field of the request's JSON object, "" where it is no text."""
        value = self.body.get(name) if isinstance(self.body, dict) else None
        return value if isinstance(value, str) else ""

    @cached_property
    def _query(self) -> Mapping[str, str]:
        return self.request.url.params

    def query(self, name: str) -> str:
        return self._query.get(name, "")

    def number(self, name: str, default: int, *, least: int = 1) -> int:
        """A number of the query."""
        text = self.query(name)
        if not text:
            return default
        if not text.isdigit() or int(text) < least:
            raise Refused(400, 10001, f"{name} must be {least} or more.")
        return int(text)


Line = Callable[[Account, Call], str]
Answer = Callable[[Account, Call], httpx.Response]


@dataclass(frozen=True)
class Endpoint:
    """``line`` tells people of a call; ``answer`` carries it out."""

    method: str
    path: re.Pattern[str]
    line: Line
    answer: Answer


def endpoint(method: str, template: str, line: Line, answer: Answer) -> Endpoint:
    """An endpoint by its template, e.g. ``/zones/{zone}``; ``{name*}`` may hold slashes."""
    pattern = re.sub(
        r"\{(\w+)(\*?)\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})", template
    )
    return Endpoint(method, re.compile(pattern), line, answer)


def listed(result: object, **info: object) -> httpx.Response:
    """A successful answer that tells of its page."""
    body = {"success": True, "errors": [], "messages": [], "result": result, "result_info": info}
    return httpx.Response(200, json=body)


def page(
    account: Account, call: Call, names: Iterable[str], *, limit: str = "limit", least: int = 1
) -> tuple[list[str], dict[str, object]]:
    """The names of the page that a call asks for, and its ``result_info``."""
    size = min(call.number(limit, 1000, least=least), account.page_size)
    after = unquote(call.query("cursor"))
    found = list(islice((n for n in sorted(names) if n > after), size + 1))
    cursor = quote(found[size - 1], safe="") if len(found) > size else ""
    return found[:size], {"count": min(size, len(found)), "per_page": size, "cursor": cursor}


def found(things: Mapping[str, T], name: str, refusal: Refused) -> T:
    """The thing of a name. Raises ``refusal``."""
    if name not in things:
        raise refusal
    return things[name]
