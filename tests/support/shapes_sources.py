"""Where scripts come from, well-formed and not."""

from collections.abc import Mapping
from typing import Any, Final

from support.shape import ELITE, Case

DIGEST: Final = f"sha256:{'9f86d081' * 8}"
_SHAPE: Final = "must "
_INDEX: Final = {"name": "index.js", "text": "export default {}"}
_KEY: Final = {"key": "index.js", "path": "index.js"}


def _source(**source: Any) -> Mapping[str, Any]:
    return {"spec.source": source}


def _r2(**r2: Any) -> Mapping[str, Any]:
    return _source(r2=r2)


def _config_map(**config_map: Any) -> Mapping[str, Any]:
    return _source(configMap={"name": "shop"} | config_map)


def _module(**module: Any) -> Mapping[str, Any]:
    return _source(inline={"main": "index.js", "modules": [_INDEX, {"name": "b"} | module]})


MODULE_NAMES: Final = (
    "node_modules/@scope/pkg/index.js",
    "./b.js",
    "routes/[id].js",
    "routes/[[...all]].js",
    "chunk-a+b.js",
    "größe.js",
    "語/😀.js",
    "yoga.wasm?module",
    "with spaces.js",
    "a:b#c%20d'e.js",
    ".hidden",
    "..b/...js",
    "a/../b.js",
    "n" * 255,
)
"""Names of modules, beside an ``index.js``."""

VALID: Final = (
    Case(ELITE, _r2(key="templates/workers/custom-worker.js")),
    Case(ELITE, _r2(key="w.js", bucket="team-workers", type="ServiceWorker")),
    Case(ELITE, _r2(key="shop/", main="lib/index.js")),
    Case(ELITE, _r2(key="with spaces and ünïcode.js")),
    Case(ELITE, _r2(key="a/.hidden/..b/...js")),
    Case(ELITE, _source(template="brand", digest=DIGEST, updatePolicy="Pinned")),
    Case(ELITE, _source(inline={"script": "x"}, updatePolicy="Follow")),
    Case(ELITE, _config_map(key="worker.js", type="ServiceWorker")),
    Case(
        ELITE, _config_map(items=[_KEY, {"key": "lib-a.js", "path": "lib/a.js"}], main="index.js")
    ),
    Case(ELITE, _config_map(items=[_KEY | {"type": "ServiceWorker"}], main="index.js")),
    Case(ELITE, _source(inline={"script": "x", "type": "ServiceWorker"})),
    Case(
        ELITE,
        _source(inline={"modules": [_INDEX | {"type": "ServiceWorker"}], "main": "index.js"}),
    ),
    *(Case(ELITE, _module(type=t, text="x")) for t in ("ESModule", "CommonJS", "Text", "Json")),
    *(Case(ELITE, _module(type=t, base64="AGFz\nbQEAAAA=")) for t in ("Wasm", "Data", "Text")),
    Case(ELITE, _module(type="Text", text="")),
    *(Case(ELITE, _module(name=name, text="x")) for name in MODULE_NAMES),
    Case(
        ELITE,
        _config_map(
            items=[_KEY, *({"key": "k", "path": name} for name in MODULE_NAMES)], main="index.js"
        ),
    ),
    Case(ELITE, _r2(key="shop/", main="dist/@scope/größe.js")),
)

INVALID: Final = (
    Case(
        ELITE,
        _source(template="brand", r2={"key": "a.js"}),
        "spec.source",
        "exactly one of template, r2, configMap, inline and templateRef must be set",
    ),
    Case(ELITE, _source(digest=DIGEST), "spec.source", "exactly one of template, r2"),
    Case(ELITE, _source(template="brand", digest=DIGEST.upper()), "spec.source.digest", _SHAPE),
    Case(ELITE, _source(template="brand", digest=DIGEST[:-1]), "spec.source.digest", _SHAPE),
    Case(ELITE, _source(template="brand", digest=DIGEST[7:]), "spec.source.digest", _SHAPE),
    Case(
        ELITE,
        _source(template="brand", digest=f"sha256:{'9F86D081' * 8}"),
        "spec.source.digest",
        _SHAPE,
    ),
    Case(
        ELITE,
        _source(template="brand", updatePolicy="Never"),
        "spec.source.updatePolicy",
        'supported values: "Follow", "Pinned"',
    ),
    # R2
    Case(ELITE, _r2(bucket="team-workers"), "spec.source.r2.key", "Required value"),
    Case(ELITE, _r2(key="shop/"), "spec.source.r2.main", "main is required if key is a folder"),
    Case(
        ELITE,
        _r2(key="shop.js", main="index.js"),
        "spec.source.r2.main",
        "not allowed otherwise",
    ),
    Case(ELITE, _r2(key="/shop.js"), "spec.source.r2.key", _SHAPE),
    Case(ELITE, _r2(key=" shop.js"), "spec.source.r2.key", _SHAPE),
    Case(ELITE, _r2(key="k" * 1025), "spec.source.r2.key", "Too long"),
    *(
        Case(ELITE, _r2(key=key), "spec.source.r2.key", "must not contain the segments . and ..")
        for key in ("..", "../a.js", "a/../../b.js", "a/./b.js", "a/..", "a\\..\\b.js")
    ),
    Case(ELITE, _r2(key="y/../", main="i.js"), "spec.source.r2.key", "the segments . and .."),
    Case(ELITE, _r2(key="a//b.js"), "spec.source.r2.key", "must not contain two slashes in a row"),
    Case(ELITE, _r2(key="a.js", bucket="Team_Workers"), "spec.source.r2.bucket", _SHAPE),
    Case(ELITE, _r2(key="a/", main="../index.js"), "spec.source.r2.main", "above the root"),
    Case(ELITE, _r2(key="a.js", type="CommonJS"), "spec.source.r2.type", "supported values"),
    # ConfigMaps
    Case(ELITE, _config_map(), "spec.source.configMap", "exactly one of key and items must be set"),
    Case(
        ELITE,
        _config_map(key="index.js", items=[_KEY], main="index.js"),
        "spec.source.configMap",
        "exactly one of key and items must be set",
    ),
    Case(
        ELITE,
        _source(configMap={"key": "worker.js"}),
        "spec.source.configMap.name",
        "Required value",
    ),
    Case(
        ELITE,
        _config_map(key="index.js", main="index.js"),
        "spec.source.configMap.main",
        "main is allowed only with items",
    ),
    Case(
        ELITE,
        _config_map(items=[_KEY]),
        "spec.source.configMap.main",
        "main is required with items",
    ),
    Case(
        ELITE,
        _config_map(items=[_KEY], main="other.js"),
        "spec.source.configMap.main",
        "main must be the path of one of the items",
    ),
    Case(
        ELITE,
        _config_map(items=[_KEY | {"type": "CommonJS"}], main="index.js"),
        "spec.source.configMap.main",
        "an ESModule or a ServiceWorker",
    ),
    Case(
        ELITE,
        _config_map(items=[_KEY, _KEY], main="index.js"),
        "spec.source.configMap.items",
        "Duplicate value",
    ),
    Case(ELITE, _config_map(items=[], main="x"), "spec.source.configMap.items", "at least 1 items"),
    Case(
        ELITE,
        _config_map(
            items=[_KEY, *({"key": "k", "path": f"p{n}"} for n in range(50))], main="index.js"
        ),
        "spec.source.configMap.items",
        "must have at most 50 items",
    ),
    Case(
        ELITE,
        _config_map(items=[_KEY, {"key": "a/b", "path": "b"}], main="index.js"),
        "spec.source.configMap.items[1].key",
        _SHAPE,
    ),
    Case(
        ELITE,
        _config_map(items=[_KEY, {"key": "b", "path": "/b"}], main="index.js"),
        "spec.source.configMap.items[1].path",
        "must not begin with a slash",
    ),
    # inline
    Case(
        ELITE,
        _module(type="Wasm", text="not bytes"),
        "spec.source.inline.modules[1].text",
        "Wasm and Data modules are binary; use base64 instead of text",
    ),
    Case(
        ELITE,
        _module(type="Data", text=""),
        "spec.source.inline.modules[1].text",
        "Wasm and Data modules are binary; use base64 instead of text",
    ),
    Case(
        ELITE,
        _module(text="x", base64="eA=="),
        "spec.source.inline.modules[1]",
        "exactly one of text and base64 must be set",
    ),
    Case(
        ELITE,
        _module(type="Json"),
        "spec.source.inline.modules[1]",
        "exactly one of text and base64 must be set",
    ),
    Case(
        ELITE,
        _module(type="Python", text="x"),
        "spec.source.inline.modules[1].type",
        "supported values",
    ),
    *(
        Case(ELITE, _module(name=name, text="x"), "spec.source.inline.modules[1].name", message)
        for name, message in (
            ("", "should be at least 1 chars long"),
            ("n" * 256, "Too long"),
            ("/b", "must not begin with a slash"),
            ("..", "above the root"),
            ("./../b", "above the root"),
            ("b/", "must name a file"),
            ("./", "must name a file"),
            ("b/.", "must name a file"),
            ("a\nb", "control characters"),
            ("a\x7fb", "control characters"),
            ('a"b', "quotation marks"),
            ("a\\b", "backslashes"),
        )
    ),
    Case(
        ELITE,
        _source(inline={"script": "x", "type": "Wasm"}),
        "spec.source.inline.type",
        "supported values",
    ),
    Case(
        ELITE,
        _source(
            inline={
                "modules": [_INDEX, *({"name": f"m{n}", "text": ""} for n in range(50))],
                "main": "index.js",
            }
        ),
        "spec.source.inline.modules",
        "must have at most 50 items",
    ),
)
