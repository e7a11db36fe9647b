"""What a worker is configured with besides its code: bindings, secrets, limits, compatibility, routes."""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from workers_operator.resources.formats import DataKey, Duration, ObjectName
from workers_operator.resources.model import (
    ListMap,
    ListSet,
    Rule,
    SpecModel,
    at_least,
    at_most,
)
from workers_operator.resources.source import BucketName

RESERVED: Final = "CONFIG"
"""The binding that carries parameters and customer to every script."""
MAX_VARIABLES: Final = 128  # developers.cloudflare.com/workers/platform/limits
NAME: Final = "^[A-Za-z_][A-Za-z0-9_]*$"
VariableName = Annotated[
    str,
    Field(pattern=NAME, max_length=255),
    Rule(
        f"self != '{RESERVED}'",
        f"{RESERVED} is reserved: it carries parameters and customerId to the script",
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
"""Kinds that need an id (Cloudflare's, or a name where Cloudflare knows them by name), and nothing else."""


def _listed(types: tuple[str, ...]) -> str:
    return "[" + ", ".join(f"'{t}'" for t in types) + "]"


def _only(field: str, types: tuple[str, ...], plain: str | None = None) -> Rule:
    """``field`` is for bindings of these types only."""
    attribute = plain or field
    return Rule(
        f"!has(self.{field}) || self.type in {_listed(types)}",
        f"{field} is for bindings of type {' or '.join(types)}"
        if len(types) < 4
        else f"a binding of this type has no {field}",
        lambda binding: getattr(binding, attribute) is None or binding.type in types,
        f".{field}",
        "FieldValueForbidden",
    )


def _needs(types: tuple[str, ...], fields: tuple[str, ...], message: str) -> Rule:
    """Bindings of ``types`` need exactly one of ``fields``; ``create`` counts where it is true."""

    def cel(field: str) -> str:
        return f"has(self.{field})" if field != "create" else "(has(self.create) && self.create)"

    def check(binding: Any) -> bool:
        given = [f for f in fields if getattr(binding, f) not in (None, False)]
        return binding.type not in types or len(given) == 1

    given = ", ".join(cel(field) for field in fields)
    return Rule(
        f"!(self.type in {_listed(types)}) || [{given}].filter(set, set).size() == 1",
        message,
        check,
    )


class WorkerReference(SpecModel):
    """Another worker in the object's own namespace."""

    kind: Literal["EliteWorker", "CustomerWorker"] = Field(
        default="CustomerWorker",
        description="EliteWorker or CustomerWorker (default).",
    )
    name: ObjectName = Field(description="Name of the object, e.g. prices.")


class BindingSpec(SpecModel):
    """Something that the script may use, by a name in its env."""

    rules = (
        _needs(
            ("kvNamespace",),
            ("id", "title", "create"),
            "a kvNamespace needs exactly one of id, title and create: true",
        ),
        _needs(
            ("r2Bucket",),
            ("bucket", "create"),
            "an r2Bucket needs exactly one of bucket and create: true",
        ),
        _needs(("analyticsEngine",), ("dataset",), "an analyticsEngine needs dataset"),
        _needs(("service",), ("worker",), "a service needs worker"),
        _needs(BY_ID, ("id",), "a binding of this type needs id"),
        _only("id", ("kvNamespace", *BY_ID)),
        _only("title", ("kvNamespace",)),
        _only("bucket", ("r2Bucket",)),
        _only("dataset", ("analyticsEngine",)),
        _only("worker", ("service",)),
        _only("create", ("kvNamespace", "r2Bucket")),
        Rule(
            "!has(self.deletion) || (has(self.create) && self.create)",
            "deletion is for what create: true has made",
            lambda binding: binding.deletion is None or bool(binding.create),
            ".deletion",
            "FieldValueForbidden",
        ),
    )

    name: VariableName = Field(
        description="Name in the script's env, e.g. CACHE; unique among bindings, secrets and vars."
    )
    type: BindingType = Field(
        description="The kind of thing, e.g. kvNamespace, r2Bucket, analyticsEngine, service; the others "
        "are named as in Cloudflare's API and need id where they name something."
    )
    id: Annotated[str, Field(min_length=1, max_length=255)] | None = Field(
        default=None,
        description="Cloudflare's id of the thing, e.g. 0f2ac74b498b48028cb68387c421e279 of a KV "
        "namespace; the name of a queue, a pipeline or a Vectorize index.",
    )
    title: Annotated[str, Field(min_length=1, max_length=512)] | None = Field(
        default=None, description="Title of an existing KV namespace, e.g. SHOP_CACHE."
    )
    bucket: BucketName | None = Field(
        default=None, description="Name of an existing R2 bucket, e.g. shop-data."
    )
    dataset: Annotated[str, Field(pattern="^[A-Za-z0-9_-]+$", max_length=64)] | None = Field(
        default=None, description="Name of the Analytics Engine dataset, e.g. shop_events."
    )
    worker: WorkerReference | None = Field(
        default=None,
        description="The worker that a service leads to, e.g. {name: prices}: whichever version and "
        "instance the dispatcher would ask.",
    )
    create: bool | None = Field(
        default=None,
        description="True: the KV namespace or bucket is made for this worker and belongs to it.",
    )
    deletion: Literal["Retain", "Delete"] | None = Field(
        default=None,
        description="What becomes of what create has made when the worker is deleted: Retain (default) "
        "keeps the data, Delete removes it; a bucket that is not empty stays.",
    )


class SecretKeyRef(SpecModel):
    """One key of a Secret in the object's own namespace."""

    name: ObjectName = Field(description="Name of the Secret, e.g. shop-api.")
    key: DataKey = Field(description="Key in the Secret's data, e.g. token.")


class SecretBinding(SpecModel):
    """A secret variable of the script."""

    name: VariableName = Field(
        description="Name in the script's env, e.g. API_TOKEN; unique among bindings, secrets and vars."
    )
    secret_key_ref: SecretKeyRef = Field(
        description="Where the value lies: in a Secret of the object's own namespace, e.g. {name: "
        "shop-api, key: token}. A changed value is deployed within 10 seconds if the Secret carries the "
        "label workers.code24.dev/watched, else at the next interval."
    )


class LimitsSpec(SpecModel):
    """What one request may use. Of plan and worker the stricter limit holds."""

    cpu: Annotated[Duration, at_least("1ms"), at_most("5m")] | None = Field(
        default=None, description="CPU time of one request, e.g. 100ms. 1ms to 5m."
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
        description="Memory, e.g. 128MB: the one size that Cloudflare has; any other is refused.",
    )
    sub_requests: Annotated[int, Field(ge=1, le=10_000_000)] | None = Field(
        default=None, description="Requests that one request may make in turn, e.g. 50."
    )


class CompatibilitySpec(SpecModel):
    """The runtime's behaviour that the script was written for."""

    date: Annotated[str, Field(pattern=r"^20[0-9]{2}-[01][0-9]-[0-3][0-9]$")] | None = Field(
        default=None,
        description="Compatibility date, e.g. 2026-10-01. Absent: the template's own, else Cloudflare's "
        "default for scripts without one (2021-11-02).",
    )
    flags: Annotated[
        tuple[Annotated[str, Field(pattern="^[a-z0-9_]+$", max_length=128)], ...],
        Field(max_length=50),
        ListSet(),
    ] = Field(default=(), description="Compatibility flags, e.g. [nodejs_compat]; 50 at most.")


_PATTERN_RULES: Final[tuple[tuple[str, str, Callable[[str], bool]], ...]] = (
    (
        "!self.matches('[[:space:]]')",
        "a route has no spaces",
        lambda p: re.search(r"\s", p) is None,
    ),
    (
        "!self.contains('://')",
        "write it without a scheme: host and path, e.g. shop.example.com/*",
        lambda p: "://" not in p,
    ),
    ("!self.contains('@')", "user information has no place in a route", lambda p: "@" not in p),
    (
        "!self.matches('^[^/]*:([^/]|/[^/]|$)')",
        "ports have no place in a route",
        lambda p: re.match(r"[^/]*:([^/]|/[^/]|$)", p) is None,
    ),
    (
        "!self.matches('[?#]')",
        "query and fragment have no place in a route",
        lambda p: re.search("[?#]", p) is None,
    ),
    (
        "self.matches('^[^/]+/')",
        "a route has a host and a path, e.g. shop.example.com/*",
        lambda p: re.match("[^/]+/", p) is not None,
    ),
    (
        "self.matches('^[*]?[^*]*[*]?$')",
        "* may stand only at the start of the host and at the end of the path",
        lambda p: re.fullmatch(r"\*?[^*]*\*?", p) is not None,
    ),
)


class RouteSpec(SpecModel):
    """A pattern of hosts and paths that lead to the worker."""

    pattern: Annotated[
        str,
        Field(min_length=3, max_length=512),
        *(Rule(cel, message, check) for cel, message, check in _PATTERN_RULES),
    ] = Field(
        description="Host and path inside the platform's zones, e.g. shop.example.com/* or "
        "example.com/blog/*; * may begin the host (*.example.com/*) and end the path. The most specific "
        "pattern wins, as at Cloudflare."
    )


Vars = Annotated[
    dict[str, Annotated[str, Field(max_length=5 * 1024)]],
    Field(max_length=MAX_VARIABLES - 1),
    Rule(
        f"self.all(name, name.matches('{NAME}'))",
        "names must be of letters, digits and _, and not begin with a digit",
        lambda names: all(re.fullmatch(NAME.strip("^$"), name) for name in names),
    ),
    Rule(
        f"!('{RESERVED}' in self)",
        f"{RESERVED} is reserved: it carries parameters and customerId to the script",
        lambda names: RESERVED not in names,
    ),
]
Bindings = Annotated[tuple[BindingSpec, ...], Field(max_length=64), ListMap("name")]
Secrets = Annotated[tuple[SecretBinding, ...], Field(max_length=64), ListMap("name")]
Routes = Annotated[tuple[RouteSpec, ...], Field(max_length=20), ListMap("pattern")]


def names_are_unique(spec: Any) -> bool:
    """Whether vars, secrets and bindings share no name."""
    names = [*spec.vars, *(s.name for s in spec.secrets), *(b.name for b in spec.bindings)]
    return len(set(names)) == len(names)


def count_variables(spec: Any) -> int:
    """Variables as Cloudflare counts them: vars, secrets, bindings, and CONFIG."""
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
        f"a Worker has at most {MAX_VARIABLES} variables: vars, secrets and bindings together, and CONFIG",
        lambda spec: count_variables(spec) <= MAX_VARIABLES,
    ),
)
