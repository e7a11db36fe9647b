"""Pages of a list: a cursor names the last item of the page before. Pure."""

import base64
import hashlib
import json
from typing import Final, NamedTuple

from workers_operator.gateway.http.codes import GatewayCode
from workers_operator.gateway.http.problems import problem

DEFAULT_LIMIT: Final = 100
MAX_LIMIT: Final = 1000
_MAX_CURSOR: Final = 1024


class Position(NamedTuple):
    """Where an item stands in the list of all."""

    script_name: str
    namespace: str
    kind: str
    name: str


def cursor_of(position: Position, query: str) -> str:
    """Return the cursor for the items after a position. ``query``: the filters, which must stay the same."""
    packed = json.dumps([_digest(query), *position], separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def position_of(cursor: str, query: str) -> Position:
    """Return the position that a cursor names. Raises ApiProblem if no answer contained it."""
    try:
        padded = cursor[:_MAX_CURSOR] + "=" * (-len(cursor) % 4)
        found = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError):
        raise _invalid("is not from an answer of this API") from None
    if not (isinstance(found, list) and len(found) == 5 and all(isinstance(f, str) for f in found)):
        raise _invalid("is not from an answer of this API")
    if found[0] != _digest(query):
        raise _invalid("belongs to a list with other filters")
    return Position(*found[1:])


def _digest(query: str) -> str:
    return hashlib.sha256(query.encode(errors="surrogatepass")).hexdigest()[:8]


def _invalid(why: str) -> Exception:
    return problem(GatewayCode.INVALID_PARAMETER, f"cursor: {why}", "cursor")
