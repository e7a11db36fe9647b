"""What workers are configured with besides their code, and plans, well-formed and not."""

from collections.abc import Mapping
from typing import Any, Final

from support.shape import CUSTOMER, ELITE, PLATFORM, Case

_SHAPE: Final = "must "
_SECRET: Final = {"name": "TOKEN", "secretKeyRef": {"name": "shop", "key": "token"}}
_BY_ID: Final = (
    "d1", "hyperdrive", "mtlsCertificate", "pipeline", "queue", "vectorize", "vpcService",
)  # fmt: skip
_PLAIN: Final = ("versionMetadata", "ai", "browser", "images")
_UNIQUE: Final = "names must be unique among vars, secrets and bindings"
_TOO_MANY: Final = "a Worker has at most 128 variables"
_KV: Final = "a kvNamespace binding requires exactly one of id, title and create: true"
_R2: Final = "an r2Bucket binding requires exactly one of bucket and create: true"


def _vars(number: int) -> Mapping[str, str]:
    return {f"A{n}": "" for n in range(number)}


def _secrets(number: int) -> list[Mapping[str, Any]]:
    return [_SECRET | {"name": f"S{n}"} for n in range(number)]


def _ais(number: int) -> list[Mapping[str, Any]]:
    return [{"name": f"B{n}", "type": "ai"} for n in range(number)]


def _bound(type: str, **binding: Any) -> Mapping[str, Any]:
    return {"spec.bindings": [{"name": "B", "type": type} | binding]}


def _route(*patterns: str) -> Mapping[str, Any]:
    return {"spec.routes": [{"pattern": pattern} for pattern in patterns]}


def _plans(**plans: Any) -> Mapping[str, Any]:
    return {"spec.plans": plans}


def _bad_binding(type: str, message: str, field: str = "", **binding: Any) -> Case:
    return Case(ELITE, _bound(type, **binding), f"spec.bindings[0]{field}", message)


def _bad_route(pattern: str, message: str) -> Case:
    return Case(CUSTOMER, _route(pattern), "spec.routes[0].pattern", message)


VALID: Final = (
    Case(ELITE, _bound("kvNamespace", id="0f2ac74b498b48028cb68387c421e279")),
    Case(ELITE, _bound("kvNamespace", title="SHOP_CACHE")),
    Case(ELITE, _bound("kvNamespace", create=True)),
    Case(ELITE, _bound("kvNamespace", create=True, deletion="Delete")),
    Case(ELITE, _bound("kvNamespace", create=False, title="SHOP_CACHE")),
    Case(ELITE, _bound("r2Bucket", bucket="shop-data")),
    Case(ELITE, _bound("r2Bucket", create=True, deletion="Retain")),
    Case(ELITE, _bound("analyticsEngine", dataset="shop_events")),
    Case(ELITE, _bound("service", worker={"name": "prices"})),
    Case(ELITE, _bound("service", worker={"kind": "EliteWorker", "name": "brand"})),
    *(Case(ELITE, _bound(kind, id="some-id")) for kind in _BY_ID),
    *(Case(ELITE, _bound(kind)) for kind in _PLAIN),
    Case(ELITE, {"spec.secrets": [_SECRET, _SECRET | {"name": "_other"}]}),
    Case(ELITE, {"spec.vars": {"A": "x" * 5120}}),
    Case(ELITE, {"spec.vars": _vars(127)}),
    Case(
        ELITE,
        {"spec.vars": _vars(60), "spec.secrets": _secrets(34), "spec.bindings": _ais(33)},
    ),
    Case(ELITE, {"spec.secrets": _secrets(63), "spec.bindings": _ais(64)}),
    Case(ELITE, {"spec.limits": {"cpu": "1ms", "memory": "128MB", "subRequests": 1}}),
    Case(ELITE, {"spec.limits": {"cpu": "5m", "subRequests": 10_000_000}}),
    Case(ELITE, {"spec.limits.cpu": "1.5s"}),
    Case(ELITE, {"spec.compatibility": {"date": "2026-10-01", "flags": ["nodejs_compat"]}}),
    Case(CUSTOMER, _route("shop.example.com/*", "*.example.com/*", "*example.org/blog*")),
    Case(CUSTOMER, _route("shop.example.com/", "shop.example.com/a%20b/robots.txt")),
    Case(CUSTOMER, _route("Bücher.example.com./*")),
    Case(CUSTOMER, {"spec.configuration": {"plan": "premium"}}),
    Case(
        PLATFORM,
        _plans(
            premium={"maxInstances": 50, "level": 0},
            team={"limits": {"cpu": "200ms", "subRequests": 5}, "features": [], "level": 1000},
            **{"a-1": {}},
        ),
    ),
    Case(PLATFORM, _plans(**{"a" * 63: {"features": ["analytics", "search"], "maxInstances": 1}})),
)

INVALID: Final = (
    # bindings
    _bad_binding("kvNamespace", _KV),
    _bad_binding("kvNamespace", _KV, id="1", title="T"),
    _bad_binding("kvNamespace", _KV, title="T", create=True),
    _bad_binding("kvNamespace", _KV, create=False),
    _bad_binding("kvNamespace", "must be of type boolean", ".create", create="yes"),
    _bad_binding("r2Bucket", _R2),
    _bad_binding("r2Bucket", _R2, bucket="shop-data", create=True),
    _bad_binding("r2Bucket", _SHAPE, ".bucket", bucket="Shop_Data"),
    _bad_binding("analyticsEngine", "an analyticsEngine binding requires dataset"),
    _bad_binding("analyticsEngine", _SHAPE, ".dataset", dataset="shop events"),
    _bad_binding("service", "a service binding requires worker"),
    _bad_binding("service", "Required value", ".worker.name", worker={}),
    _bad_binding(
        "service", "supported values", ".worker.kind", worker={"name": "a", "kind": "Service"}
    ),
    *(_bad_binding(kind, "a binding of this type requires id") for kind in _BY_ID),
    *(
        _bad_binding(kind, "id is not allowed for bindings of this type", ".id", id="1")
        for kind in _PLAIN
    ),
    _bad_binding(
        "r2Bucket", "id is not allowed for bindings of this type", ".id", bucket="shop-data", id="1"
    ),
    _bad_binding(
        "ai", "title is allowed only for bindings of type kvNamespace", ".title", title="T"
    ),
    _bad_binding(
        "ai", "bucket is allowed only for bindings of type r2Bucket", ".bucket", bucket="shop-data"
    ),
    _bad_binding(
        "ai",
        "dataset is allowed only for bindings of type analyticsEngine",
        ".dataset",
        dataset="a",
    ),
    _bad_binding(
        "ai", "worker is allowed only for bindings of type service", ".worker", worker={"name": "a"}
    ),
    _bad_binding(
        "ai",
        "create is allowed only for bindings of type kvNamespace or r2Bucket",
        ".create",
        create=True,
    ),
    _bad_binding(
        "kvNamespace",
        "deletion is allowed only with create: true",
        ".deletion",
        title="T",
        deletion="Delete",
    ),
    _bad_binding("r2Bucket", "must be Retain or Delete", ".deletion", create=True, deletion="No"),
    _bad_binding("kv", "supported values", ".type"),
    _bad_binding(
        "service",
        "leads to the callee's default entrypoint and carries fetch only",
        ".entrypoint",
        worker={"name": "prices"},
        entrypoint="Admin",
    ),
    _bad_binding("ai", "CONFIG is reserved", ".name", name="CONFIG"),
    _bad_binding("ai", _SHAPE, ".name", name="1A"),
    _bad_binding("ai", _SHAPE, ".name", name="A-B"),
    Case(ELITE, {"spec.bindings": [{"type": "ai"}]}, "spec.bindings[0].name", "Required value"),
    Case(ELITE, {"spec.bindings": [{"name": "A"}]}, "spec.bindings[0].type", "Required value"),
    Case(ELITE, {"spec.bindings": _ais(1) * 2}, "spec.bindings", "Duplicate value"),
    Case(ELITE, {"spec.bindings": _ais(65)}, "spec.bindings", "must have at most 64 items"),
    # secrets
    Case(ELITE, {"spec.secrets": [_SECRET] * 2}, "spec.secrets", "Duplicate value"),
    Case(ELITE, {"spec.secrets": _secrets(65)}, "spec.secrets", "must have at most 64 items"),
    Case(
        ELITE,
        {"spec.secrets": [{"name": "TOKEN"}]},
        "spec.secrets[0].secretKeyRef",
        "Required value",
    ),
    Case(
        ELITE,
        {"spec.secrets": [_SECRET | {"secretKeyRef": {"name": "shop"}}]},
        "spec.secrets[0].secretKeyRef.key",
        "Required value",
    ),
    Case(
        ELITE,
        {"spec.secrets": [_SECRET | {"name": "CONFIG"}]},
        "spec.secrets[0].name",
        "CONFIG is reserved",
    ),
    Case(ELITE, {"spec.secrets": [_SECRET | {"name": "1"}]}, "spec.secrets[0].name", _SHAPE),
    # names and numbers of all together
    Case(
        ELITE,
        {"spec.vars": {"TOKEN": "x"}, "spec.secrets": [_SECRET]},
        "spec",
        _UNIQUE,
    ),
    Case(ELITE, {"spec.vars": {"B": "x"}, **_bound("ai")}, "spec", _UNIQUE),
    Case(ELITE, {"spec.secrets": [_SECRET], **_bound("ai", name="TOKEN")}, "spec", _UNIQUE),
    Case(ELITE, {"spec.vars": _vars(127), "spec.secrets": [_SECRET]}, "spec", _TOO_MANY),
    Case(ELITE, {"spec.vars": _vars(127), **_bound("ai")}, "spec", _TOO_MANY),
    Case(ELITE, {"spec.secrets": _secrets(64), "spec.bindings": _ais(64)}, "spec", _TOO_MANY),
    # limits
    Case(ELITE, {"spec.limits.memory": "256MB"}, "spec.limits.memory", "there is no other size"),
    Case(ELITE, {"spec.limits.memory": "128mb"}, "spec.limits.memory", "there is no other size"),
    Case(ELITE, {"spec.limits.cpu": "0s"}, "spec.limits.cpu", "must be at least 1ms"),
    Case(ELITE, {"spec.limits.cpu": "6m"}, "spec.limits.cpu", "must be at most 5m"),
    Case(ELITE, {"spec.limits.cpu": "100"}, "spec.limits.cpu", _SHAPE),
    Case(
        ELITE,
        {"spec.limits.subRequests": 0},
        "spec.limits.subRequests",
        "greater than or equal to 1",
    ),
    # compatibility
    *(
        Case(ELITE, {"spec.compatibility.date": date}, "spec.compatibility.date", _SHAPE)
        for date in ("2026-1-1", "1999-01-01", "2026-20-01", "2026-10-41", "2026-10-01Z", "today")
    ),
    Case(
        ELITE,
        {"spec.compatibility.flags": ["nodejs-compat"]},
        "spec.compatibility.flags[0]",
        _SHAPE,
    ),
    Case(
        ELITE,
        {"spec.compatibility.flags": ["a", "a"]},
        "spec.compatibility.flags",
        "Duplicate value",
    ),
    # routes
    _bad_route("user@shop.example.com/*", "a route must not contain user information"),
    _bad_route("user:pw@shop.example.com/*", "a route must not contain user information"),
    _bad_route("shop.example.com:8080/*", "a route must not contain a port"),
    _bad_route("shop.example.com/a b", "a route must not contain whitespace"),
    _bad_route("shop.example.com/*\n", "a route must not contain whitespace"),
    _bad_route("https://shop.example.com/*", "a route must not contain a scheme"),
    _bad_route("shop.example.com/a?b=1", "a route must not contain a query or a fragment"),
    _bad_route("shop.example.com/a#b", "a route must not contain a query or a fragment"),
    _bad_route("shop.*.example.com/*", "* is allowed only at the start of the host"),
    _bad_route("shop.example.com/*/a", "* is allowed only at the start of the host"),
    _bad_route("shop.example.com/a*b*", "* is allowed only at the start of the host"),
    _bad_route("shop.example.com", "a route must have a host and a path"),
    _bad_route("/only/a/path", "a route must have a host and a path"),
    _bad_route("a/", "at least 3"),
    _bad_route(f"a.dev/{'p' * 507}", "Too long"),
    Case(CUSTOMER, _route("a.dev/*", "a.dev/*"), "spec.routes", "Duplicate value"),
    Case(
        CUSTOMER,
        _route(*(f"a.dev/{n}" for n in range(21))),
        "spec.routes",
        "must have at most 20 items",
    ),
    Case(CUSTOMER, {"spec.routes": [{}]}, "spec.routes[0].pattern", "Required value"),
    # plans
    *(
        Case(
            PLATFORM,
            {"spec.plans": {name: {}}},
            "spec.plans",
            "plan names must consist of lower-case",
        )
        for name in ("Premium", "a_b", "-a", "a-", "a b", "a" * 64, "a.b")
    ),
    *(
        Case(PLATFORM, _plans(team=plan), "spec.plans", message, below=True)
        for plan, message in (
            ({"level": 1001}, "less than or equal to 1000"),
            ({"level": -1}, "greater than or equal to 0"),
            ({"maxInstances": 0}, "greater than or equal to 1"),
            ({"maxInstances": 51}, "less than or equal to 50"),
            ({"features": ["a", "a"]}, "Duplicate value"),
            ({"limits": {"cpu": "6m"}}, "must be at most 5m"),
            ({"limits": {"memory": "1GB"}}, "there is no other size"),
        )
    ),
    Case(
        PLATFORM,
        _plans(**{f"p{n}": {} for n in range(33)}),
        "spec.plans",
        "must have at most 32",
    ),
)
