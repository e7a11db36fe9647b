"""Sources of a worker's script."""

import re
from collections.abc import Sequence
from typing import Annotated, Final, Literal

from pydantic import Field

from workers_operator.resources.formats import DataKey, Label, ObjectName
from workers_operator.resources.model import ListMap, Rule, SpecModel, shaped

ModuleType = Literal["ESModule", "CommonJS", "ServiceWorker", "Text", "Json", "Data", "Wasm"]
ScriptType = Literal["ESModule", "ServiceWorker"]
UpdatePolicy = Literal["Follow", "Pinned"]
TemplateKind = Literal["WorkerTemplate", "ClusterWorkerTemplate"]

# etcd refuses objects of more than 1.5 MiB; larger scripts belong in a ConfigMap or a bucket.
MAX_TEXT: Final = 1_000_000
MAX_MODULES: Final = 50
ScriptText = Annotated[str, Field(max_length=MAX_TEXT)]
Base64 = Annotated[str, Field(max_length=MAX_TEXT * 4 // 3)]
MODULE_NAME_RULES: Final = (
    Rule(
        "!self.matches('[[:cntrl:]]')",
        "a module's name must not contain control characters",
        lambda name: re.search(r"[\x00-\x1f\x7f]", name) is None,
    ),
    Rule(
        r"""!self.matches('["\\\\]')""",
        "a module's name must not contain quotation marks or backslashes, which an upload cannot carry",
        lambda name: re.search(r'["\\]', name) is None,
    ),
    Rule(
        "!self.startsWith('/')",
        "a module's name must not begin with a slash; names are relative to the main module's root",
        lambda name: not name.startswith("/"),
    ),
    Rule(
        "!self.matches('^([.]/+)*[.][.](/|$)')",
        "a module's name must not lead above the root with ..",
        lambda name: re.match(r"(\./+)*\.\.(/|$)", name) is None,
    ),
    Rule(
        "!self.matches('(^|/)[.]?$')",
        "a module's name must name a file, e.g. lib/prices.js",
        lambda name: re.search(r"(^|/)\.?$", name) is None,
    ),
)
"""What holds of the names of modules from any source: every name that an import can have."""
ModuleName = Annotated[str, Field(min_length=1, max_length=255), *MODULE_NAME_RULES]
Digest = Annotated[
    str,
    Field(max_length=128),
    shaped("^sha256:[0-9a-f]{64}$", "must be sha256: and 64 hexadecimal digits in lower case"),
]
OBJECT_KEY_RULES: Final = (
    Rule(
        r"!self.matches(r'(^|[/\\])[.][.]?([/\\]|$)')",
        "must not contain the segments . and .., which lead a request to another place",
        lambda key: re.search(r"(^|[/\\])\.\.?([/\\]|\Z)", key) is None,
    ),
    Rule(
        "!self.contains('//')",
        "must not contain two slashes in a row, which a request does not keep",
        lambda key: "//" not in key,
    ),
)
"""What holds of the keys of R2 objects that are read: their slashes stand in the path of the request as they are."""
ObjectStoreKey = Annotated[
    str,
    Field(min_length=1, max_length=1024),
    shaped(
        r"^[^/\s][^\r\n]*$",
        "must not begin with a slash or white space, and must not contain line breaks",
    ),
    *OBJECT_KEY_RULES,
]
BucketName = Annotated[
    str,
    Field(min_length=3, max_length=63),
    shaped(
        "^[a-z0-9][a-z0-9-]*[a-z0-9]$",
        "must consist of lower-case letters, digits and dashes, and begin and end with a letter or digit",
    ),
]

_TYPES: Final = (
    "ESModule (default) or CommonJS for JavaScript; ServiceWorker for JavaScript that calls "
    "addEventListener; Text, Json or Data for content that is imported as a string, a value or bytes; "
    "Wasm for a WebAssembly module."
)
_SCRIPT_TYPE: Final = (
    "Type of the script: ESModule (default), whose default export handles requests, or "
    "ServiceWorker, which calls addEventListener."
)


def _is_main(
    modules: Sequence["ConfigMapItem | InlineModule"] | None, main: str | None, name: str
) -> bool:
    """Return whether ``main`` is the ``name`` of a module that can handle requests; true if either is absent."""
    if modules is None or main is None:
        return True
    runs = ("ESModule", "ServiceWorker")
    return any(getattr(m, name) == main and m.type in runs for m in modules)


def _rules(single: str, many: str, name: str) -> tuple[Rule, ...]:
    """Return the rules for a script in ``single``, or modules in ``many`` whose ``main`` is the ``name`` of one."""
    plain = re.sub(r"(?<!^)([A-Z])", lambda m: "_" + m[1].lower(), single)
    return (
        Rule(
            f"has(self.{single}) != has(self.{many})",
            f"exactly one of {single} and {many} must be set",
            lambda source: (getattr(source, plain) is None) != (getattr(source, many) is None),
        ),
        Rule(
            f"has(self.{many}) || !has(self.main)",
            f"main is allowed only with {many}",
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
            f"main must be the {name} of one of the {many}, which must be an ESModule or a ServiceWorker",
            lambda source: _is_main(getattr(source, many), source.main, name),
            ".main",
        ),
    )


class ConfigMapItem(SpecModel):
    """A key of a ConfigMap that holds a module."""

    key: DataKey = Field(
        description="Key in the ConfigMap's data or binaryData, e.g. lib-prices.js."
    )
    path: ModuleName = Field(
        description="Name by which other modules import this module, e.g. lib/prices.js or "
        "node_modules/@scope/pkg/index.js; unique in the list. Unlike a key, it may contain slashes."
    )
    type: ModuleType = Field(default="ESModule", description=f"Type of the module: {_TYPES}")


class ConfigMapSource(SpecModel):
    """A script in a ConfigMap in the same namespace: a single key, or several items with main."""

    rules = _rules("key", "items", "path")

    name: ObjectName = Field(description="Name of the ConfigMap, e.g. shop-worker.")
    key: DataKey | None = Field(
        default=None, description="Key that holds the complete script, e.g. worker.js."
    )
    type: ScriptType = Field(default="ESModule", description=f"{_SCRIPT_TYPE} Used with key.")
    items: (
        Annotated[
            tuple[ConfigMapItem, ...], Field(min_length=1, max_length=MAX_MODULES), ListMap("path")
        ]
        | None
    ) = Field(
        default=None,
        description="The script's modules, at most 50, e.g. [{key: index.js, path: index.js}].",
    )
    main: ModuleName | None = Field(
        default=None,
        description="Path of the module that handles requests, e.g. index.js. The module must be an "
        "ESModule or a ServiceWorker. Required with items.",
    )


class R2Source(SpecModel):
    """A script in an R2 bucket: a single object, a bundle or a folder."""

    rules = (
        Rule(
            "self.key.endsWith('/') == has(self.main)",
            "main is required if key is a folder (ends in /), and not allowed otherwise",
            lambda source: source.key.endswith("/") == (source.main is not None),
            ".main",
        ),
    )

    key: ObjectStoreKey = Field(
        description="Key of the object, e.g. templates/workers/custom-worker.js. An object with the "
        "Content-Type multipart/form-data is a bundle of modules in wrangler's format. A key that ends in / "
        "is a folder: each object below it is a module, and its Content-Type determines the module's type."
    )
    bucket: BucketName | None = Field(
        default=None,
        description="Name of the bucket, e.g. team-workers. Default: the platform's data bucket.",
    )
    type: ScriptType = Field(
        default="ESModule",
        description=f"{_SCRIPT_TYPE} Used if key is a single script.",
    )
    main: ModuleName | None = Field(
        default=None,
        description="Name of the module that handles requests, relative to the folder, e.g. index.js. "
        "Required if key is a folder.",
    )


class InlineModule(SpecModel):
    """A module of an inline script."""

    rules = (
        Rule(
            "has(self.text) != has(self.base64)",
            "exactly one of text and base64 must be set",
            lambda module: (module.text is None) != (module.base64 is None),
        ),
        Rule(
            "!has(self.text) || !(self.type in ['Wasm', 'Data'])",
            "Wasm and Data modules are binary; use base64 instead of text",
            lambda module: module.text is None or module.type not in ("Wasm", "Data"),
            ".text",
            "FieldValueForbidden",
        ),
    )

    name: ModuleName = Field(
        description="Name by which other modules import this module, e.g. lib/prices.js or "
        "node_modules/@scope/pkg/index.js; unique in the list."
    )
    type: ModuleType = Field(default="ESModule", description=f"Type of the module: {_TYPES}")
    text: ScriptText | None = Field(
        default=None, description="Content of the module as text, e.g. export const limit = 20."
    )
    base64: Base64 | None = Field(
        default=None, description="Content of the module in base64, e.g. AGFzbQEAAAA=."
    )


class InlineSpec(SpecModel):
    """An inline script: either script, or modules with main."""

    rules = _rules("script", "modules", "name")

    script: ScriptText | None = Field(
        default=None,
        description="The complete script, e.g. "
        "export default { fetch() { return new Response('hello') } }.",
    )
    type: ScriptType = Field(default="ESModule", description=f"{_SCRIPT_TYPE} Used with script.")
    modules: (
        Annotated[
            tuple[InlineModule, ...], Field(min_length=1, max_length=MAX_MODULES), ListMap("name")
        ]
        | None
    ) = Field(
        default=None,
        description="The script's modules, at most 50, e.g. [{name: index.js, text: …}].",
    )
    main: ModuleName | None = Field(
        default=None,
        description="Name of the module that handles requests, e.g. index.js. The module must be an "
        "ESModule or a ServiceWorker. Required with modules.",
    )


class CodeSource(SpecModel):
    """Where code comes from."""

    template: Label | None = Field(
        default=None,
        description="Name of a template, e.g. ecommerce. The operator uses "
        "templates/<elite or customer>/<name>.js in the platform's data bucket, or its built-in template if "
        "that object does not exist.",
    )
    r2: R2Source | None = Field(
        default=None,
        description="Script in an R2 bucket of the platform's account, e.g. {key: "
        "templates/workers/custom-worker.js}.",
    )
    config_map: ConfigMapSource | None = Field(
        default=None,
        description="Script in a ConfigMap in the same namespace, e.g. {name: shop, key: worker.js}.",
    )
    inline: InlineSpec | None = Field(
        default=None,
        description="Script written inline in this object, as a single script or as modules.",
    )
    digest: Digest | None = Field(
        default=None,
        description="Digest that the content must have, e.g. sha256:9f86… (64 hex digits). For a single file "
        "it is the output of sha256sum, otherwise the value of status.source.digest. Other content is "
        "refused, and the previous version keeps serving. Default: any content is accepted.",
    )


class TemplateRefSpec(SpecModel):
    """The template that a worker follows."""

    kind: TemplateKind = Field(
        default="WorkerTemplate",
        description="WorkerTemplate (default), in the worker's namespace, or ClusterWorkerTemplate, which the "
        "WorkersPlatform has to grant as cluster/<name> among the templates.",
    )
    name: ObjectName = Field(description="Name of the template, e.g. shop.")


class SourceSpec(CodeSource):
    """Source of the script: exactly one of template, r2, configMap, inline and templateRef."""

    rules = (
        Rule(
            "[has(self.template), has(self.r2), has(self.configMap), has(self.inline), has(self.templateRef)]"
            ".filter(set, set).size() == 1",
            "exactly one of template, r2, configMap, inline and templateRef must be set",
            lambda source: (
                [
                    source.template,
                    source.r2,
                    source.config_map,
                    source.inline,
                    source.template_ref,
                ].count(None)
                == 4
            ),
        ),
        Rule(
            "!has(self.templateRef) || (!has(self.digest)"
            " && (!has(self.updatePolicy) || self.updatePolicy == 'Follow'))",
            "templateRef allows neither digest nor updatePolicy: Pinned; the template decides what its followers get",
            lambda source: (
                source.template_ref is None
                or (source.digest is None and source.update_policy == "Follow")
            ),
            ".templateRef",
            "FieldValueForbidden",
        ),
    )

    template_ref: TemplateRefSpec | None = Field(
        default=None,
        description="WorkerTemplate or ClusterWorkerTemplate to follow, e.g. {name: shop}: its script, and its "
        "defaults for what this spec does not set. A new version of it reaches its followers in waves.",
    )
    update_policy: UpdatePolicy = Field(
        default="Follow",
        description="What happens when the content of the source changes: Follow (default) deploys it; "
        "Pinned reports its digest as status.source.updateAvailable and deploys it only when digest is set "
        "to that value.",
    )
