"""Where a worker's script comes from."""

import re
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from workers_operator.resources.formats import DataKey, Label, ObjectName
from workers_operator.resources.model import ListMap, Rule, SpecModel

ModuleType = Literal["ESModule", "CommonJS", "ServiceWorker", "Text", "Json", "Data", "Wasm"]
ScriptType = Literal["ESModule", "ServiceWorker"]
UpdatePolicy = Literal["Follow", "Pinned"]

# etcd refuses objects of more than 1.5 MiB; a larger script belongs into storage of its own.
MAX_TEXT: Final = 1_000_000
MAX_MODULES: Final = 50
ScriptText = Annotated[str, Field(max_length=MAX_TEXT)]
Base64 = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=\s]*$", max_length=MAX_TEXT * 4 // 3)]
ModuleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$", max_length=128)]
Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]
ObjectStoreKey = Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^/\s][^\r\n]*$")]
BucketName = Annotated[
    str, Field(pattern=r"^[a-z0-9][a-z0-9-]*[a-z0-9]$", min_length=3, max_length=63)
]

_TYPES: Final = (
    "ESModule (default) or CommonJS for JavaScript, ServiceWorker for JavaScript that calls "
    "addEventListener, Text for an importable string, Json for an importable value, Data for "
    "importable bytes, Wasm for a WebAssembly module"
)
_SCRIPT_TYPE: Final = (
    "What the script is: ESModule (default), whose default export handles requests, or "
    "ServiceWorker, which calls addEventListener."
)


def _is_main(modules: Sequence[Any] | None, main: str | None, name: str) -> bool:
    if modules is None or main is None:
        return True
    runs = ("ESModule", "ServiceWorker")
    return any(getattr(m, name) == main and m.type in runs for m in modules)


def _rules(single: str, many: str, name: str) -> tuple[Rule, ...]:
    """One script in the field ``single``, or several modules in ``many`` with main, named by ``name``."""
    plain = re.sub(r"(?<!^)([A-Z])", lambda m: "_" + m[1].lower(), single)
    return (
        Rule(
            f"has(self.{single}) != has(self.{many})",
            f"exactly one of {single} and {many} must be set",
            lambda source: (getattr(source, plain) is None) != (getattr(source, many) is None),
        ),
        Rule(
            f"has(self.{many}) || !has(self.main)",
            f"main is for {many}; a {single} needs none",
            lambda source: getattr(source, many) is not None or source.main is None,
            ".main",
            "FieldValueForbidden",
        ),
        Rule(
            f"!has(self.{many}) || has(self.main)",
            f"main is required with {many}",
            lambda source: getattr(source, many) is None or source.main is not None,
            ".main",
            "FieldValueRequired",
        ),
        Rule(
            f"!has(self.{many}) || !has(self.main) || self.{many}.exists(m, m.{name} == self.main"
            " && m.type in ['ESModule', 'ServiceWorker'])",
            f"main must be the {name} of one of the {many}, and that one an ESModule or a ServiceWorker",
            lambda source: _is_main(getattr(source, many), source.main, name),
            ".main",
        ),
    )


class ConfigMapItem(SpecModel):
    """One key of a ConfigMap as a module."""

    key: DataKey = Field(
        description="Key in the ConfigMap's data or binaryData, e.g. lib-prices.js."
    )
    path: ModuleName = Field(
        description="Name by which other modules import it, e.g. lib/prices.js; unique in the list. "
        "Keys can't hold slashes, paths can."
    )
    type: ModuleType = Field(
        default="ESModule", description=f"What the value is: {_TYPES}, e.g. Wasm."
    )


class ConfigMapSource(SpecModel):
    """The script in a ConfigMap of the object's own namespace: one key, or several items with main."""

    rules = _rules("key", "items", "path")

    name: ObjectName = Field(description="Name of the ConfigMap, e.g. shop-worker.")
    key: DataKey | None = Field(
        default=None, description="Key that holds the whole script, e.g. worker.js."
    )
    type: ScriptType = Field(
        default="ESModule", description=f"With key. {_SCRIPT_TYPE} E.g. ServiceWorker."
    )
    items: (
        Annotated[
            tuple[ConfigMapItem, ...], Field(min_length=1, max_length=MAX_MODULES), ListMap("path")
        ]
        | None
    ) = Field(
        default=None,
        description="The script's modules, 50 at most, e.g. [{key: index.js, path: index.js}].",
    )
    main: ModuleName | None = Field(
        default=None,
        description="Path of the module that handles requests, e.g. index.js; it is an ESModule or a "
        "ServiceWorker. Required with items.",
    )


class R2Source(SpecModel):
    """The script in an R2 bucket: one object, a bundle, or a folder."""

    rules = (
        Rule(
            "self.key.endsWith('/') == has(self.main)",
            "main is required where key is a folder (it ends in /), and has no place otherwise",
            lambda source: source.key.endswith("/") == (source.main is not None),
            ".main",
        ),
    )

    key: ObjectStoreKey = Field(
        description="Key of the object, e.g. templates/workers/custom-worker.js. An object of the type "
        "multipart/form-data is a bundle of modules, as wrangler writes it. A key that ends in / is a "
        "folder: each object below it is a module, and its Content-Type says of which kind."
    )
    bucket: BucketName | None = Field(
        default=None,
        description="The bucket, e.g. team-workers. Default: the platform's data bucket.",
    )
    type: ScriptType = Field(
        default="ESModule",
        description=f"For a single object. {_SCRIPT_TYPE} E.g. ServiceWorker.",
    )
    main: ModuleName | None = Field(
        default=None,
        description="For a folder: name of the module that handles requests, relative to the folder, "
        "e.g. index.js.",
    )


class InlineModule(SpecModel):
    """One module of a script written into the object."""

    rules = (
        Rule(
            "has(self.text) != has(self.base64)",
            "exactly one of text and base64 must be set",
            lambda module: (module.text is None) != (module.base64 is None),
        ),
        Rule(
            "!has(self.text) || !(self.type in ['Wasm', 'Data'])",
            "Wasm and Data are bytes: write them as base64",
            lambda module: module.text is None or module.type not in ("Wasm", "Data"),
            ".text",
            "FieldValueForbidden",
        ),
    )

    name: ModuleName = Field(
        description="Name by which other modules import it, e.g. lib/prices.js; unique in the list."
    )
    type: ModuleType = Field(
        default="ESModule", description=f"What the content is: {_TYPES}, e.g. Text."
    )
    text: ScriptText | None = Field(
        default=None, description="Content of the module as text, e.g. export const limit = 20."
    )
    base64: Base64 | None = Field(
        default=None, description="Content of the module as base64, e.g. AGFzbQEAAAA=."
    )


class InlineSpec(SpecModel):
    """A script written into the object: either script, or modules with main."""

    rules = _rules("script", "modules", "name")

    script: ScriptText | None = Field(
        default=None,
        description="The whole script, e.g. "
        "export default { fetch() { return new Response('hello') } }.",
    )
    type: ScriptType = Field(
        default="ESModule", description=f"With script. {_SCRIPT_TYPE} E.g. ServiceWorker."
    )
    modules: (
        Annotated[
            tuple[InlineModule, ...], Field(min_length=1, max_length=MAX_MODULES), ListMap("name")
        ]
        | None
    ) = Field(
        default=None,
        description="The script's modules, 50 at most, e.g. [{name: index.js, text: …}].",
    )
    main: ModuleName | None = Field(
        default=None,
        description="Name of the module that handles requests, e.g. index.js; it is an ESModule or a "
        "ServiceWorker. Required with modules.",
    )


class SourceSpec(SpecModel):
    """Where the script comes from: exactly one of template, r2, configMap and inline."""

    rules = (
        Rule(
            "[has(self.template), has(self.r2), has(self.configMap), has(self.inline)]"
            ".filter(set, set).size() == 1",
            "exactly one of template, r2, configMap and inline must be set",
            lambda source: (
                [source.template, source.r2, source.config_map, source.inline].count(None) == 3
            ),
        ),
    )

    template: Label | None = Field(
        default=None,
        description="Name of a template, e.g. ecommerce: templates/<elite or customer>/<name>.js in the "
        "platform's data bucket, else the one that comes with the operator.",
    )
    r2: R2Source | None = Field(
        default=None,
        description="The script lies in an R2 bucket of the platform's account, e.g. {key: "
        "templates/workers/custom-worker.js}.",
    )
    config_map: ConfigMapSource | None = Field(
        default=None,
        description="The script lies in a ConfigMap of the object's own namespace, e.g. {name: shop, "
        "key: worker.js}.",
    )
    inline: InlineSpec | None = Field(
        default=None, description="The script is written here, as one script or as modules."
    )
    digest: Digest | None = Field(
        default=None,
        description="Pins the content, e.g. sha256:9f86… (64 hex digits; of a single file what sha256sum "
        "says, else what status.source.digest shows). Anything else is refused, and the version before "
        "keeps serving.",
    )
    update_policy: UpdatePolicy = Field(
        default="Follow",
        description="What happens when the source's content changes: Follow (default) deploys it, Pinned "
        "shows it as status.source.updateAvailable and waits until digest names it.",
    )
