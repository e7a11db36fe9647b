"""Objects of our kinds, well-formed and not: the table by which API server and models are judged alike."""

from collections.abc import Mapping
from typing import Any, Final

from support import (
    shapes_configuration,
    shapes_rollouts,
    shapes_scaling,
    shapes_sources,
    shapes_tenancy,
)
from support.shape import (
    ABSENT,
    ACCOUNT,
    API_VERSION,
    CUSTOMER,
    ELITE,
    PLATFORM,
    ZONE,
    Case,
    Object,
    changed,
)

__all__ = [
    "ABSENT",
    "ACCOUNT",
    "API_VERSION",
    "CUSTOMER",
    "ELITE",
    "IMMUTABLE",
    "INVALID",
    "MUTABLE",
    "PLATFORM",
    "VALID",
    "ZONE",
    "Case",
    "Object",
    "changed",
]


def _inline(**inline: Any) -> Mapping[str, Any]:
    return {"spec.source": {"inline": inline}}


_MODULE: Final = {"name": "index.js", "text": "export default {}"}
_JSON: Final = {"name": "a.json", "type": "Json", "text": "{}"}
_ONE_SOURCE: Final = "exactly one of template, r2, configMap, inline and templateRef must be set"
_SHAPE: Final = "must "

VALID: Final = (
    *shapes_sources.VALID,
    *shapes_configuration.VALID,
    *shapes_scaling.VALID,
    *shapes_rollouts.VALID,
    *shapes_tenancy.VALID,
    Case(ELITE, {}),
    Case(ELITE, {"spec.type": "design", **_inline(script="export default {}")}),
    Case(ELITE, {"spec.source": {"configMap": {"name": "shop", "key": "worker.js"}}}),
    Case(ELITE, _inline(modules=[_MODULE, _JSON], main="index.js")),
    Case(ELITE, {"spec.instances": 0, "spec.suspend": True, "spec.policies.deletion": "Orphan"}),
    Case(ELITE, {"spec.scriptName": "a" + "-b" * 31, "spec.health": {"path": "/h?x=1"}}),
    Case(ELITE, {"metadata.name": "with.dots"}),
    Case(CUSTOMER, {}),
    Case(CUSTOMER, {"metadata.name": "with.dots", "spec.scriptName": "shop"}),
    Case(CUSTOMER, {"spec.template": ABSENT, "spec.source": {"template": "ecommerce"}}),
    Case(CUSTOMER, {"spec.configuration": {"features": ["a", "b"], "plan": "premium"}}),
    Case(
        CUSTOMER, {"spec.parameters": {"a": {"b": [1, None, "x", 1.5]}}, "spec.vars": {"A_1": ""}}
    ),
    Case(ELITE, {"spec.health.path": "/a/.well-known/..b?next=/../c"}),
    Case(CUSTOMER, {"spec.parameters": {f"p{n}": n for n in range(256)}}),
    Case(
        ELITE,
        {"spec.health.path": "/h", "spec.health.expectedStatus": ["200-299", "304", "500-500"]},
    ),
    *(Case(ELITE, {"spec.health.maxErrorRate": text}) for text in ("0%", "2.5%", "100%")),
    Case(CUSTOMER, {"spec.interval": "10s", "spec.health": {"timeout": "30s", "interval": "1.5s"}}),
    Case(PLATFORM, {}),
    Case(PLATFORM, {"spec.domain": "apps.code24.dev", "spec.environment": "production"}),
    Case(PLATFORM, {"spec.domain": f"{'a.' * 7}code24.dev"}),
    Case(PLATFORM, {"spec.dispatch": {"namespace": "mine", "dispatcher": "mine-too"}}),
    Case(PLATFORM, {"spec.credentials.apiTokenSecretRef.namespace": ABSENT}),
    Case(PLATFORM, {"spec.dispatch": {"trusted": True, "parentDomainCookies": False}}),
    Case(PLATFORM, {"spec.egress": {}}),
    Case(PLATFORM, {"spec.egress": {"allow": [], "allowPrivate": ["127.0.0.1", "localhost", "*"]}}),
    Case(PLATFORM, {"spec.egress": {"allow": ["api.example.com", "*.example.org"]}}),
    Case(CUSTOMER, {"spec.egress": {"allow": []}}),
    Case(CUSTOMER, {"spec.egress": {"allow": ["*", "xn--bcher-kva.example", "my_api.example"]}}),
    Case(CUSTOMER, {"spec.egress": {"allow": [f"{n:02}{'a' * 10}" for n in range(32)]}}),
    Case(PLATFORM, {"spec.dataPlane.address": "http://127.0.0.1:8788"}),
    Case(PLATFORM, {"spec.baseUrl": "http://127.0.0.1:8787/client/v4"}),
    Case(PLATFORM, {"spec.budget": {"requestsPer5Minutes": 10, "reservePercent": 0}}),
)

INVALID: Final = (
    *shapes_sources.INVALID,
    *shapes_configuration.INVALID,
    *shapes_scaling.INVALID,
    *shapes_rollouts.INVALID,
    *shapes_tenancy.INVALID,
    Case(ELITE, {"spec.type": ABSENT}, "spec.type", "Required value"),
    Case(ELITE, {"spec.type": "shop"}, "spec.type", 'supported values: "brand"'),
    Case(ELITE, {"spec.customerId": ABSENT}, "spec.customerId", "Required value"),
    Case(ELITE, {"spec.customerId": "Customer_1"}, "spec.customerId", _SHAPE),
    Case(ELITE, {"spec.customerId": "c" * 41}, "spec.customerId", "Too long"),
    Case(ELITE, {"spec.subdomain": ABSENT}, "spec.subdomain", "Required value"),
    Case(ELITE, {"spec.subdomain": "two.labels"}, "spec.subdomain", _SHAPE),
    Case(ELITE, {"spec.subdomain": "a" * 64}, "spec.subdomain", "Too long"),
    Case(ELITE, {"spec.scriptName": "1-script"}, "spec.scriptName", _SHAPE),
    Case(ELITE, {"spec.scriptName": "script-"}, "spec.scriptName", _SHAPE),
    Case(ELITE, {"spec.platform": "UPPER"}, "spec.platform", _SHAPE),
    Case(ELITE, {"spec.instances": 51}, "spec.instances", "less than or equal to 50"),
    Case(ELITE, {"spec.instances": -1}, "spec.instances", "greater than or equal to 0"),
    Case(ELITE, {"spec.interval": "5 minutes"}, "spec.interval", _SHAPE),
    Case(ELITE, {"spec.interval": "9s"}, "spec.interval", "must be at least 10s"),
    Case(ELITE, {"spec.health.path": "health"}, "spec.health.path", _SHAPE),
    *(
        Case(ELITE, {"spec.health.path": path}, "spec.health.path", "the segments . and ..")
        for path in ("/..", "/a/../b", "/%2E%2e/b?x=1", "/.%2e?x=1", "/./a")
    ),
    Case(ELITE, {"spec.health.path": "/a#b"}, "spec.health.path", "neither # nor a backslash"),
    Case(ELITE, {"spec.health.path": "/a\\b"}, "spec.health.path", "neither # nor a backslash"),
    *(
        Case(
            ELITE,
            {"spec.health.path": "/h", "spec.health.expectedStatus": [text]},
            "spec.health.expectedStatus[0]",
            "must be a status or a range",
        )
        for text in ("200-", "99", "600", "2xx", "200-299,304")
    ),
    Case(
        ELITE,
        {"spec.health.path": "/h", "spec.health.expectedStatus": ["299-200"]},
        "spec.health.expectedStatus[0]",
        "must not begin after its end",
    ),
    Case(
        ELITE,
        {"spec.health.expectedStatus": ["200"]},
        "spec.health.expectedStatus",
        "requires path",
    ),
    *(
        Case(
            ELITE,
            {"spec.health.maxErrorRate": text},
            "spec.health.maxErrorRate",
            "must be a percentage",
        )
        for text in ("5", "101%", "-1%", "1.234%")
    ),
    Case(ELITE, {"spec.health.interval": "999ms"}, "spec.health.interval", "must be at least 1s"),
    Case(ELITE, {"spec.health.timeout": "0s"}, "spec.health.timeout", "must be at least 1ms"),
    Case(ELITE, {"spec.health.timeout": "31s"}, "spec.health.timeout", "must be at most 30s"),
    Case(
        ELITE,
        {"spec.health.failureThreshold": 11},
        "spec.health.failureThreshold",
        "less than or equal to 10",
    ),
    Case(
        ELITE,
        {"spec.policies.deletion": "Keep"},
        "spec.policies.deletion",
        'supported values: "Delete", "Orphan"',
    ),
    Case(
        CUSTOMER,
        {"spec.parameters": {f"p{n}": n for n in range(257)}},
        "spec.parameters",
        "at most 256",
    ),
    Case(ELITE, {"spec.vars": {"1A": "x"}}, "spec.vars", "names must consist of letters"),
    Case(ELITE, {"spec.vars": {"CONFIG": "x"}}, "spec.vars", "CONFIG is reserved"),
    Case(ELITE, {"spec.vars": {f"A{n}": "" for n in range(128)}}, "spec.vars", "at most 127"),
    Case(ELITE, {"spec.vars": {"A": "x" * 5121}}, "spec.vars.A", "Too long"),
    Case(ELITE, {"spec.source": {}}, "spec.source", _ONE_SOURCE),
    Case(
        ELITE,
        {"spec.source": {"template": "brand", "inline": {"script": "x"}}},
        "spec.source",
        _ONE_SOURCE,
    ),
    Case(ELITE, _inline(), "spec.source.inline", "exactly one of script and modules"),
    Case(
        ELITE,
        _inline(script="x", modules=[_MODULE], main="index.js"),
        "spec.source.inline",
        "exactly one of script and modules",
    ),
    Case(
        ELITE,
        _inline(script="x", main="index.js"),
        "spec.source.inline.main",
        "main is allowed only with modules",
    ),
    Case(
        ELITE,
        _inline(modules=[_MODULE]),
        "spec.source.inline.main",
        "main is required with modules",
    ),
    Case(
        ELITE,
        _inline(modules=[_MODULE], main="other.js"),
        "spec.source.inline.main",
        "main must be the name of one of the modules",
    ),
    Case(
        ELITE,
        _inline(modules=[_MODULE, _JSON], main="a.json"),
        "spec.source.inline.main",
        "which must be an ESModule",
    ),
    Case(
        ELITE,
        _inline(modules=[_MODULE, _MODULE], main="index.js"),
        "spec.source.inline.modules",
        "Duplicate value",
    ),
    Case(ELITE, _inline(modules=[], main="x"), "spec.source.inline.modules", "at least 1 items"),
    Case(ELITE, {"spec.instance": 1}, "spec.instance", "unknown field"),
    Case(ELITE, {"spec.instances": "3"}, "spec.instances", "must be of type integer"),
    Case(ELITE, {"spec.instances": True}, "spec.instances", "must be of type integer"),
    Case(ELITE, {"spec.suspend": "yes"}, "spec.suspend", "must be of type boolean"),
    Case(PLATFORM, {"spec.suspend": 1}, "spec.suspend", "must be of type boolean"),
    Case(CUSTOMER, {"spec.template": ABSENT}, "spec", "exactly one of template and source"),
    Case(
        CUSTOMER,
        {"spec.source": {"template": "ecommerce"}},
        "spec",
        "exactly one of template and source",
    ),
    Case(CUSTOMER, {"metadata.name": "with.dots"}, "spec.scriptName", "must not contain dots"),
    Case(
        CUSTOMER,
        {"spec.configuration.features": ["a", "a"]},
        "spec.configuration.features",
        "Duplicate value",
    ),
    Case(CUSTOMER, {"spec.egress": {}}, "spec.egress.allow", "Required value"),
    *(
        Case(CUSTOMER, {"spec.egress": {"allow": [host]}}, "spec.egress.allow[0]", _SHAPE)
        for host in ("", "API.example.com", "https://a.example", "a.example:443", "a.example/x")
    ),
    *(
        Case(ELITE, {"spec.egress": {"allow": [host]}}, "spec.egress.allow[0]", _SHAPE)
        for host in ("*.", "a.*.example", "*example.com", "a..example", ".example", "10.0.0.0/8")
    ),
    Case(
        ELITE,
        {"spec.egress": {"allow": [f"{n}.example" for n in range(33)]}},
        "spec.egress.allow",
        "must have at most 32 items",
    ),
    Case(
        ELITE,
        {"spec.egress": {"allow": [f"{n:02}{'a' * 11}" for n in range(30)]}},
        "spec.egress.allow",
        "at most 384 characters in total",
    ),
    Case(
        CUSTOMER,
        {"spec.egress": {"allow": ["a.example", "a.example"]}},
        "spec.egress.allow",
        "Duplicate value",
    ),
    Case(
        PLATFORM,
        {"spec.egress": {"allowPrivate": ["http://127.0.0.1"]}},
        "spec.egress.allowPrivate[0]",
        _SHAPE,
    ),
    Case(PLATFORM, {"spec.accountId": "123"}, "spec.accountId", _SHAPE),
    Case(PLATFORM, {"spec.environment": "prod"}, "spec.environment", 'supported values: "dev"'),
    Case(PLATFORM, {"spec.credentials": ABSENT}, "spec.credentials", "Required value"),
    Case(PLATFORM, {"spec.domain": "localhost"}, "spec.domain", _SHAPE),
    Case(PLATFORM, {"spec.domain": f"{'a.' * 8}code24.dev"}, "spec.domain", "at most 9 labels"),
    Case(
        PLATFORM,
        {"spec.domain": "notcode24.dev"},
        "spec.domain",
        "must be the name of one of the zones or a subdomain of one",
    ),
    Case(PLATFORM, {"spec.zones": []}, "spec.zones", "at least 1 items"),
    Case(
        PLATFORM,
        {"spec.zones": [{"name": "code24.dev", "id": ZONE}] * 2},
        "spec.zones",
        "Duplicate value",
    ),
    Case(
        PLATFORM,
        {"spec.budget.requestsPer5Minutes": 9},
        "spec.budget.requestsPer5Minutes",
        "greater than or equal to 10",
    ),
    Case(
        PLATFORM,
        {"spec.budget.reservePercent": 51},
        "spec.budget.reservePercent",
        "less than or equal to 50",
    ),
    Case(
        PLATFORM,
        {"spec.dataPlane.address": "127.0.0.1:8788"},
        "spec.dataPlane.address",
        _SHAPE,
    ),
    Case(PLATFORM, {"spec.baseUrl": "ftp://api"}, "spec.baseUrl", _SHAPE),
    Case(PLATFORM, {"spec.storage.dataBucket": "my_data"}, "spec.storage.dataBucket", _SHAPE),
    Case(PLATFORM, {"spec.dispatch.namespace": "No"}, "spec.dispatch.namespace", _SHAPE),
)

# Valid objects (a base and changes to it) whose ``field`` can't be changed to what ``changes`` says.
IMMUTABLE: Final = (
    Case(ELITE, {"spec.customerId": "other"}, "spec.customerId", "customerId is immutable"),
    Case(ELITE, {"spec.type": "design"}, "spec.type", "type is immutable"),
    Case(ELITE, {"spec.scriptName": "late"}, "spec.scriptName", "neither added nor removed"),
    Case(
        changed(ELITE, {"spec.scriptName": "mine"}),
        {"spec.scriptName": ABSENT},
        "spec.scriptName",
        "neither added nor removed",
    ),
    Case(
        changed(ELITE, {"spec.scriptName": "mine"}),
        {"spec.scriptName": "other"},
        "spec.scriptName",
        "scriptName is immutable",
    ),
    Case(PLATFORM, {"spec.accountId": ZONE}, "spec.accountId", "accountId is immutable"),
)

# Valid objects that can be changed to what ``changes`` says.
MUTABLE: Final = (
    Case(ELITE, {"spec.subdomain": "other", "spec.instances": 2}),
    Case(ELITE, {"spec.platform": "other"}),
    Case(CUSTOMER, {"spec.platform": "other", "spec.routes": [{"pattern": "shop.example.com/*"}]}),
    Case(changed(ELITE, {"spec.scriptName": "mine"}), {"spec.subdomain": "other"}),
    Case(CUSTOMER, {"spec.template": "other"}),
    Case(PLATFORM, {"spec.environment": "dev", "spec.domain": "apps.code24.dev"}),
    Case(PLATFORM, {"spec.plans": {"premium": {"maxInstances": 5}}}),
)
