"""Error codes for what no condition reports; otherwise the condition's reason is the code."""

from workers_operator.domain.text.words import ReasonWord


class GatewayCode(ReasonWord):
    """Why a request is refused. ``on``: the HTTP status."""

    MALFORMED_REQUEST = "MalformedRequest", "400", "The body is not JSON, or the URL is malformed."
    INVALID_PARAMETER = (
        "InvalidParameter",
        "400",
        "A query parameter or a header is not valid; the field names it.",
    )
    UNAUTHENTICATED = (
        "Unauthenticated",
        "401",
        "The bearer token is missing, has expired, or is not valid for the audience of this API.",
    )
    NO_SUCH_WORKER = (
        "WorkerNotFound",
        "404",
        "There is no such worker, or the caller may not see it.",
    )
    NO_SUCH_ENDPOINT = "EndpointNotFound", "404", "There is no endpoint at this path."
    METHOD_NOT_ALLOWED = "MethodNotAllowed", "405", "The method is not allowed for this path."
    BODY_TIMEOUT = "RequestTimeout", "408", "The body did not arrive in time."
    ALREADY_EXISTS = "AlreadyExists", "409", "There is an object of this name; PUT replaces it."
    AMBIGUOUS_NAME = (
        "AmbiguousName",
        "409",
        "Several objects request this script name; the parameter namespace chooses one.",
    )
    FIELD_OWNED = (
        "FieldOwned",
        "409",
        "Another field manager, such as a GitOps tool, owns a field; force=true takes it over.",
    )
    ORDER_REFUSED = (
        "OrderRefused",
        "409",
        "The operator did not carry out an order about a rollout; the message says why.",
    )
    PRECONDITION_FAILED = (
        "PreconditionFailed",
        "412",
        "The worker has changed since the ETag of If-Match.",
    )
    BODY_TOO_LARGE = "BodyTooLarge", "413", "The body, or the object that it becomes, is too large."
    URL_TOO_LONG = "UrlTooLong", "414", "The URL is too long."
    UNSUPPORTED_MEDIA_TYPE = "UnsupportedMediaType", "415", "The body has to be application/json."
    KEY_REUSED = (
        "IdempotencyKeyReused",
        "422",
        "The Idempotency-Key belongs to another request of this caller.",
    )
    TOO_MANY_REQUESTS = (
        "TooManyRequests",
        "429",
        "The caller or the address has sent too many requests; Retry-After says when to continue.",
    )
    HEADERS_TOO_LARGE = "HeadersTooLarge", "431", "The headers are too large."
    INTERNAL = "InternalError", "500", "An internal error; the gateway's log has the request id."
    OVERLOADED = (
        "Overloaded",
        "503",
        "The gateway has as many connections or bodies as it can hold; Retry-After says when to go on.",
    )
    STARTING = "Starting", "503", "The gateway has not read the cluster yet."
