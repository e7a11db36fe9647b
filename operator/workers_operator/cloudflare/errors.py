"""Errors of Cloudflare's API. The base class of each error determines its handling (``domain.errors``).

CloudflareError
├── Rejected            the API rejects the request (4xx); Stalled
│   ├── ScriptRejected  the script does not parse or does not start
│   ├── Unsendable      not sent: the request would not say what is meant, or go elsewhere
│   ├── TooLarge        the response has more bytes than the caller takes
│   ├── NotFound        404
│   └── Denied          403 that says nothing of other calls
├── Unauthorized        the API rejects the token; Waiting for another token
├── TooManyRequests     429; RateLimited
├── HeldBack            not sent, since the API is unavailable; Paused
└── Unavailable         Transient
    ├── Unreachable     no connection: the request was not sent
    ├── OutcomeUnknown  no response to a request that was sent: Cloudflare may have executed it
    └── ServerError     5xx, or a response that is not the API's, such as a proxy's HTML page

Codes: developers.cloudflare.com/workers/platform/error-codes. Different APIs use the same code for different errors, so
a code only has a meaning together with its endpoint.
"""

from typing import Final

from workers_operator.domain.errors import (
    Paused,
    RateLimited,
    ReconcileError,
    Stalled,
    Transient,
    Waiting,
)
from workers_operator.domain.reasons import Reason

TOKEN_RECHECK_SECONDS: Final = 60.0
# Without the remaining seconds: a message that changes with every pass would cost a status write each.
BLOCKED: Final = "Cloudflare blocks this API token (HTTP 429); calls resume when the block ends"

_SCRIPT_CODES: Final = frozenset({10006, 10021, 10027, 10052, 10053, 10054, 10055, 10068, 10069})
_AUTH_CODES: Final = frozenset({1000, 9106, 9109, 10000, 6003})
# Characters; the words of a script that throws megabytes are not shown, not even in part: a cut secret stays unnoticed.
_MAX_WORDS: Final = 16 * 1024
# 409: a concurrent change of the same resource.
_TRANSIENT_STATUSES: Final = frozenset({408, 409, 425})
_TRANSIENT_CODES: Final = frozenset({10002, 10013, 10035})


class CloudflareError(ReconcileError):
    """Base class of all errors of the API. ``code``: Cloudflare's error code, 0 if there is none."""

    code: int = 0


class Rejected(CloudflareError, Stalled):
    """The API rejects the request; a retry cannot help."""


class ScriptRejected(Rejected):
    """The script does not parse, does not start, or has no handler; the message is the compiler's."""


class Unsendable(Rejected):
    """The request was not sent: with what it names it would go elsewhere, or could not be written down."""


class TooLarge(Rejected):
    """The response has more bytes than the caller takes; it was not read."""


class NotFound(Rejected):
    """404: the resource does not exist."""


class Denied(Rejected):
    """The token may not do this to what the call names; what else it may do is another matter."""


class Unauthorized(CloudflareError, Waiting):
    """The API rejects the token."""


class TooManyRequests(CloudflareError, RateLimited):
    """The API blocks the token for a while."""


class Unavailable(CloudflareError, Transient):
    """The API is not available at the moment."""


class Unreachable(Unavailable):
    """The request was not sent."""


class NotLeading(Unreachable):
    """This process is not the leader: it sends no request that changes anything."""


class OutcomeUnknown(Unavailable):
    """The response was lost. Observe whether the request was executed before you repeat it."""


class ServerError(Unavailable):
    """5xx, or a response that is not the API's."""


class HeldBack(CloudflareError, Paused):
    """The call was not sent, since others have found the API unavailable (``cloudflare.breaker``)."""


NOT_CARRIED_OUT: Final = (Rejected, Unauthorized, TooManyRequests, Unreachable, HeldBack)
"""Errors that say that a call changed nothing. After any other one it may have been carried out."""


def from_answer(
    status: int,
    errors: list[dict[str, object]],
    *,
    call: str,
    retry_after: float,
    may_be_denied: bool = False,
) -> CloudflareError:
    """Return the error for an unsuccessful response.

    ``errors``: the envelope's list ``[{code, message}]``. ``call``: method and endpoint, for the message.
    ``retry_after``: seconds. ``may_be_denied``: a 403 concerns what the call names, and not the token.
    """
    first = errors[0] if errors else {}
    raw_code = first.get("code")
    code = raw_code if isinstance(raw_code, int) else 0
    message = str(first.get("message") or f"HTTP {status}").strip()
    if len(message) > _MAX_WORDS:
        message = f"HTTP {status}, with a message of {len(message)} characters"
    if status == 403 and may_be_denied:
        error: CloudflareError = Denied(Reason.REQUEST_REJECTED, f"{call}: {code} {message}")
    else:
        error = _classify(status, code, message, call, retry_after)
    error.code = code
    return error


def _classify(
    status: int, code: int, message: str, call: str, retry_after: float
) -> CloudflareError:
    if status == 429:
        return TooManyRequests(Reason.RATE_LIMITED, BLOCKED, after=retry_after)
    if (
        status == 401
        or (status == 403 and code in _AUTH_CODES)
        or (status == 400 and code in (6003, 9106))
    ):
        return Unauthorized(
            Reason.CREDENTIALS_REJECTED,
            f"Cloudflare rejects the API token; check its value and permissions ({call}: {code} {message})",
            after=TOKEN_RECHECK_SECONDS,
        )
    if (
        status == 404
    ):  # whatever the code: that of a missing KV namespace means a transient error elsewhere
        return NotFound(Reason.NOT_FOUND, f"{call}: {code} {message}")
    if status >= 500 or status in _TRANSIENT_STATUSES or code in _TRANSIENT_CODES:
        return ServerError(Reason.CLOUDFLARE_ERROR, f"Cloudflare answered HTTP {status} to {call}")
    if status < 400 and code == 0:
        message = f"{call}: HTTP {status} with JSON that says neither success nor an error"
        return ServerError(Reason.CLOUDFLARE_ERROR, message)
    if code in _SCRIPT_CODES:
        return ScriptRejected(Reason.SCRIPT_REJECTED, message)
    return Rejected(Reason.REQUEST_REJECTED, f"{call}: {code} {message}")
