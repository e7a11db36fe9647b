"""What can go wrong with a call, each with its handling (``domain.handling``).

CloudflareError
├── Rejected            the request itself is refused (4xx); Stalled
│   ├── ScriptRejected  the script does not start, or is none
│   └── NotFound        the thing that is named is not there
├── Unauthorized        the token is refused; Waiting for another token
├── TooManyRequests     429; RateLimited
└── Unavailable         Transient
    ├── Unreachable     no connection, or it broke before the request was out
    ├── OutcomeUnknown  no answer after the request was sent: it may have been carried out
    └── ServerError     5xx, or an answer that is not the API's (a proxy's HTML page)

Codes: developers.cloudflare.com/workers/platform/error-codes. Codes are reused between APIs, so they are always read
together with the path that answered.
"""

from typing import Final

from workers_operator.domain.handling import Handled, RateLimited, Stalled, Transient, Waiting

TOKEN_RECHECK_SECONDS: Final = 60.0

_SCRIPT_CODES: Final = frozenset({10006, 10021, 10027, 10052, 10053, 10054, 10055, 10068, 10069})
_AUTH_CODES: Final = frozenset({1000, 9106, 9109, 10000, 6003})
_TRANSIENT_STATUSES: Final = frozenset(
    {408, 409, 425}
)  # 409: somebody else is changing the same thing
_TRANSIENT_CODES: Final = frozenset({10002, 10013, 10035})


class CloudflareError(Handled):
    """Base of all errors of the API. ``code``: Cloudflare's own, 0 where there is none."""

    code: int = 0


class Rejected(CloudflareError, Stalled):
    """The API refuses the request as it is."""


class ScriptRejected(Rejected):
    """The script does not parse, does not start, or has no handler; the message holds the compiler's words."""


class NotFound(Rejected):
    """404: nothing of that name is there."""


class Unauthorized(CloudflareError, Waiting):
    """The API refuses the token."""


class TooManyRequests(CloudflareError, RateLimited):
    """The API has blocked the token for a while."""


class Unavailable(CloudflareError, Transient):
    """The API can't be used now."""


class Unreachable(Unavailable):
    """The request did not get out: it was not carried out."""


class OutcomeUnknown(Unavailable):
    """The answer was lost: whether the request was carried out has to be read before it is repeated."""


class ServerError(Unavailable):
    """5xx, or something that is not Cloudflare's API answered."""


def from_answer(
    status: int, errors: list[dict[str, object]], *, call: str, retry_after: float
) -> CloudflareError:
    """The error for an answer that is not a success.

    ``errors`` is the envelope's list ``[{code, message}]``; ``call`` names the endpoint for people.
    """
    first = errors[0] if errors else {}
    raw_code = first.get("code")
    code = raw_code if isinstance(raw_code, int) else 0
    message = str(first.get("message") or f"HTTP {status}").strip()
    error = _classify(status, code, message, call, retry_after)
    error.code = code
    return error


def _classify(
    status: int, code: int, message: str, call: str, retry_after: float
) -> CloudflareError:
    if status == 429:
        return TooManyRequests(
            "RateLimited",
            "Cloudflare has blocked this token's calls for a while",
            after=retry_after,
        )
    if (
        status == 401
        or (status == 403 and code in _AUTH_CODES)
        or (status == 400 and code in (6003, 9106))
    ):
        return Unauthorized(
            "CredentialsRejected",
            f"Cloudflare refuses the API token ({call}: {code} {message})",
            after=TOKEN_RECHECK_SECONDS,
        )
    if status >= 500 or status in _TRANSIENT_STATUSES or code in _TRANSIENT_CODES:
        return ServerError("CloudflareError", f"Cloudflare answered {status} to {call}")
    if status == 404:
        return NotFound("NotFound", f"{call}: {code} {message}")
    if code in _SCRIPT_CODES:
        return ScriptRejected("ScriptRejected", message)
    return Rejected("RequestRejected", f"{call}: {code} {message}")
