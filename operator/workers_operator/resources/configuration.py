"""Configuration of a worker besides its source: bindings, secrets, limits, compatibility, routes."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Final, Literal, Protocol

from pydantic import BeforeValidator, Field

from workers_operator.resources.formats import (
    IS_IDENTIFIER,
    DataKey,
    Duration,
    Flag,
    Integer,
    ObjectName,
)
from workers_operator.resources.model import (
    ListMap,
    ListSet,
    Rule,
    SpecModel,
    at_least,
    at_most,
    shaped,
    without_nulls,
)
from workers_operator.resources.source import BucketName

RESERVED: Final = "CONFIG"
"""Name of the binding that passes parameters and customerId to every script."""
MAX_VARIABLE_BYTES: Final = 5 * 1024
MAX_VARIABLES: Final = 128  # developers.cloudflare.com/workers/platform/limits
NAME: Final = "^[A-Za-z_][A-Za-z0-9_]*$"
VariableName = Annotated[
    str,
    Field(max_length=255),
    shaped(
        NAME, "must consist of letters, digits and underscores, and must not begin with a digit"
    ),
    Rule(
        f"self != '{RESERVED}'",
        f"{RESERVED} is reserved: it passes parameters and customerId to the script",
        lambda name: name != RESERVED,
    ),
]

BindingType = Literal[
    "kvNamespace",
    "r2Bucket",
    "analyticsEngine",
    "service",
    "versionMetadata",
    "ai",
    "browser",
    "d1",
    "hyperdrive",
    "images",
    "mtlsCertificate",
    "pipeline",
    "queue",
    "vectorize",
    "vpcService",
]
BY_ID: Final = (
    "d1",
    "hyperdrive",
    "mtlsCertificate",
    "pipeline",
    "queue",
    "vectorize",
    "vpcService",
)
"""Types that require ``id``: Cloudflare's id, or the name of a resource that Cloudflare identifies by name."""


def _listed(types: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{t}'" for t in types) + "]"


def _only(field: str, types: tuple[str, ...], plain: str | None = None) -> Rule:
    """Return the rule that only bindings of ``types`` may set ``field``."""
    attribute = plain or field
    return Rule(
        f"!has(self.{field}) || self.type in {_listed(types)}",
        f"{field} is allowed only for bindings of type {' or '.join(types)}"
        if len(types) < 4
        else f"{field} is not allowed for bindings of this type",
        lambda binding: getattr(binding, attribute) is None or binding.type in types,
        f".{field}",
        "FieldValueForbidden",
    )


def _needs(types: tuple[str, ...], fields: tuple[str, ...], message: str) -> Rule:
    """Return the rule that bindings of ``types`` set exactly one of ``fields``; ``create: false`` is not set."""

    def cel(field: str) -> str:
        return f"has(self.{field})" if field != "create" else "(has(self.create) && self.create)"

    def check(binding: "BindingSpec") -> bool:
        given = [f for f in fields if getattr(binding, f) not in (None, False)]
        return binding.type not in types or len(given) == 1

    given = ", ".join(cel(field) for field in fields)
    return Rule(
        f"!(self.type in {_listed(types)}) || [{given}].filter(set, set).size() == 1",
        message,
        check,
    )


class WorkerReference(SpecModel):
    """A reference to another worker in the same namespace."""

    kind: Literal["EliteWorker", "CustomerWorker"] = Field(
        default="CustomerWorker",
        description="EliteWorker or CustomerWorker (default).",
    )
    name: ObjectName = Field(description="Name of the worker, e.g. prices.")


class BindingSpec(SpecModel):
    """A resource that the script accesses through its env."""

    rules = (
        _needs(
            ("kvNamespace",),
            ("id", "title", "create"),
            "a kvNamespace binding requires exactly one of id, title and create: true",
        ),
        _needs(
            ("r2Bucket",),
            ("bucket", "create"),
            "an r2Bucket binding requires exactly one of bucket and create: true",
        ),
        _needs(("analyticsEngine",), ("dataset",), "an analyticsEngine binding requires dataset"),
        _needs(("service",), ("worker",), "a service binding requires worker"),
        _needs(BY_ID, ("id",), "a binding of this type requires id"),
        _only("id", ("kvNamespace", *BY_ID)),
        _only("title", ("kvNamespace",)),
        _only("bucket", ("r2Bucket",)),
        _only("dataset", ("analyticsEngine",)),
        _only("worker", ("service",)),
        _only("create", ("kvNamespace", "r2Bucket")),
        Rule(
            "!has(self.entrypoint)",
            "a service binding leads to the callee's default entrypoint and carries fetch only: a dispatch "
            "namespace does not hand on named entrypoints; remove entrypoint",
            lambda binding: binding.entrypoint is None,
            ".entrypoint",
            "FieldValueForbidden",
        ),
        Rule(
            "!has(self.deletion) || (has(self.create) && self.create)",
            "deletion is allowed only with create: true",
            lambda binding: binding.deletion is None or bool(binding.create),
            ".deletion",
            "FieldValueForbidden",
        ),
    )

    name: VariableName = Field(
        description="Name of the binding in the script's env, e.g. CACHE; unique among bindings, secrets "
        "and vars."
    )
    type: BindingType = Field(
        description="Type of the resource, e.g. kvNamespace. d1, hyperdrive, mtlsCertificate, pipeline, queue, "
        "vectorize and vpcService require id; ai, browser, images and versionMetadata take no further field."
    )
    id: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        default=None,
        description="ID of the resource at Cloudflare, e.g. 0f2ac74b498b48028cb68387c421e279 for a KV "
        "namespace. For a queue, a pipeline or a Vectorize index, its name.",
    )
    title: Annotated[str, Field(min_length=1, max_length=512)] | None = Field(
        default=None, description="Title of an existing KV namespace, e.g. SHOP_CACHE."
    )
    bucket: BucketName | None = Field(
        default=None, description="Name of an existing R2 bucket, e.g. shop-data."
    )
    dataset: Annotated[str, Field(max_length=64), IS_IDENTIFIER] | None = Field(
        default=None, description="Name of the Analytics Engine dataset, e.g. shop_events."
    )
    worker: WorkerReference | None = Field(
        default=None,
        description="Worker that a service binding calls, e.g. {name: prices}. A call goes to the same "
        "version and instances as a request through the dispatcher.",
    )
    entrypoint: Annotated[str, Field(max_length=255)] | None = Field(
        default=None,
        description="Not supported, e.g. Admin: a service binding leads to the callee's default entrypoint.",
    )
    create: Flag | None = Field(
        default=None,
        description="If true, the operator creates a KV namespace or an R2 bucket that belongs to this "
        "worker. Default: false.",
    )
    deletion: Literal["Retain", "Delete"] | None = Field(
        default=None,
        description="What happens to the resource that create: true created when the worker is deleted, e.g. "
        "Delete. Retain (default) keeps it. Delete deletes it, unless it is a bucket that still holds objects or a "
        "namespace that another script is bound to.",
    )


class SecretKeyRef(SpecModel):
    """A key of a Secret in the same namespace."""

    name: ObjectName = Field(description="Name of the Secret, e.g. shop-api.")
    key: DataKey = Field(description="Key in the Secret's data, e.g. token.")


class SecretBinding(SpecModel):
    """A secret that the script reads from its env."""

    name: VariableName = Field(
        description="Name of the secret in the script's env, e.g. API_TOKEN; unique among bindings, secrets "
        "and vars."
    )
    secret_key_ref: SecretKeyRef = Field(
        description="Key of a Secret in the same namespace that holds the value, e.g. {name: shop-api, "
        "key: token}. A changed value is deployed within 10 seconds if the Secret has the label "
        "workers.code24.dev/watched, otherwise at the next interval."
    )


class LimitsSpec(SpecModel):
    """Limits for one request. If the plan and the worker both set a limit, the stricter one applies."""

    cpu: Annotated[Duration, at_least("1ms"), at_most("5m")] | None = Field(
        default=None,
        description="CPU time that one request may use, e.g. 100ms. 1ms to 5m. Default: not limited here.",
    )
    memory: (
        Annotated[
            str,
            Field(max_length=16),
            Rule(
                "self == '128MB'",
                "Cloudflare gives every Worker 128MB of memory; there is no other size",
                lambda text: text == "128MB",
            ),
        ]
        | None
    ) = Field(
        default=None,
        description="Memory of the worker, e.g. 128MB, which is the only size that Cloudflare offers.",
    )
    sub_requests: Annotated[Integer, Field(ge=1, le=10_000_000)] | None = Field(
        default=None,
        description="Number of subrequests that one request may make, e.g. 50. 1 to 10000000. Default: not "
        "limited here.",
    )


_IS_DATE: Final = shaped("^20[0-9]{2}-[01][0-9]-[0-3][0-9]$", "must be a date such as 2026-10-01")
_IS_FLAG: Final = shaped(
    "^[a-z0-9_]+$", "must consist of lower-case letters, digits and underscores"
)


class CompatibilitySpec(SpecModel):
    """Compatibility settings of the Workers runtime."""

    date: Annotated[str, Field(max_length=32), _IS_DATE] | None = Field(
        default=None,
        description="Compatibility date, e.g. 2026-10-01. Default: the date of the template or bundle, "
        "otherwise Cloudflare's default for scripts without a date (2021-11-02).",
    )
    flags: Annotated[
        tuple[Annotated[str, Field(max_length=128), _IS_FLAG], ...],
        Field(max_length=50),
        ListSet(),
    ] = Field(
        default=(),
        description="Compatibility flags, e.g. [nodejs_compat], in addition to those of the template or "
        "bundle; at most 50.",
    )


_PATTERN_RULES: Final[tuple[tuple[str, str, Callable[[str], bool]], ...]] = (
    (
        "!self.matches('[[:space:]]')",
        "a route must not contain whitespace",
        lambda p: re.search(r"\s", p) is None,
    ),
    (
        "!self.contains('://')",
        "a route must not contain a scheme; write host and path, e.g. shop.example.com/*",
        lambda p: "://" not in p,
    ),
    (
        "!self.contains('@')",
        "a route must not contain user information",
        lambda p: "@" not in p,
    ),
    (
        "!self.matches('^[^/]*:([^/]|/[^/]|$)')",
        "a route must not contain a port",
        lambda p: re.match(r"[^/]*:([^/]|/[^/]|$)", p) is None,
    ),
    (
        "!self.matches('[?#]')",
        "a route must not contain a query or a fragment",
        lambda p: re.search("[?#]", p) is None,
    ),
    (
        "self.matches('^[^/]+/')",
        "a route must have a host and a path, e.g. shop.example.com/*",
        lambda p: re.match("[^/]+/", p) is not None,
    ),
    (
        "self.matches('^[*]?[^*]*[*]?$')",
        "* is allowed only at the start of the host and at the end of the path",
        lambda p: re.fullmatch(r"\*?[^*]*\*?", p) is not None,
    ),
)


class RouteSpec(SpecModel):
    """A pattern of hosts and paths that are routed to the worker."""

    pattern: Annotated[
        str,
        Field(min_length=3, max_length=512),
        *(Rule(cel, message, check) for cel, message, check in _PATTERN_RULES),
    ] = Field(
        description="Host and path in one of the platform's zones, e.g. shop.example.com/* or "
        "example.com/blog/*. A * is allowed at the start of the host (*.example.com/*) and at the end of "
        "the path. The most specific pattern takes precedence, as at Cloudflare."
    )


Vars = Annotated[
    dict[str, Annotated[str, Field(max_length=MAX_VARIABLE_BYTES)]],
    Field(max_length=MAX_VARIABLES - 1),
    BeforeValidator(without_nulls),
    Rule(
        f"self.all(name, name.matches('{NAME}'))",
        "names must consist of letters, digits and _, and must not start with a digit",
        lambda names: all(re.fullmatch(NAME.strip("^$"), name) for name in names),
    ),
    Rule(
        f"!('{RESERVED}' in self)",
        f"{RESERVED} is reserved: it passes parameters and customerId to the script",
        lambda names: RESERVED not in names,
    ),
]
Bindings = Annotated[tuple[BindingSpec, ...], Field(max_length=64), ListMap("name")]
Secrets = Annotated[tuple[SecretBinding, ...], Field(max_length=64), ListMap("name")]
Routes = Annotated[tuple[RouteSpec, ...], Field(max_length=20), ListMap("pattern")]


class _Variables(Protocol):
    """The fields of a worker's spec that name variables of the script."""

    @property
    def vars(self) -> Mapping[str, str]: ...
    @property
    def secrets(self) -> Sequence[SecretBinding]: ...
    @property
    def bindings(self) -> Sequence[BindingSpec]: ...


def names_are_unique(spec: _Variables) -> bool:
    """Return whether vars, secrets and bindings have no name in common."""
    names = [*spec.vars, *(s.name for s in spec.secrets), *(b.name for b in spec.bindings)]
    return len(set(names)) == len(names)


def count_variables(spec: _Variables) -> int:
    """Return the number of variables by Cloudflare's count: vars, secrets, bindings and CONFIG."""
    return len(spec.vars) + len(spec.secrets) + len(spec.bindings) + 1


VARIABLE_RULES: Final = (
    Rule(
        "(has(self.bindings) ? self.bindings : []).all(b, (has(self.vars) ? !(b.name in self.vars) : true)"
        " && (has(self.secrets) ? self.secrets.all(s, s.name != b.name) : true))"
        " && (has(self.secrets) && has(self.vars) ? self.secrets.all(s, !(s.name in self.vars)) : true)",
        "names must be unique among vars, secrets and bindings",
        names_are_unique,
    ),
    Rule(
        "(has(self.vars) ? self.vars.size() : 0) + (has(self.secrets) ? self.secrets.size() : 0)"
        f" + (has(self.bindings) ? self.bindings.size() : 0) < {MAX_VARIABLES}",
        f"a Worker has at most {MAX_VARIABLES} variables: vars, secrets, bindings and CONFIG together",
        lambda spec: count_variables(spec) <= MAX_VARIABLES,
    ),
)
