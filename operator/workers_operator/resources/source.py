"""Where a worker's script comes from."""

from typing import Annotated, Literal

from pydantic import Field

from workers_operator.resources.formats import DataKey, Label, ObjectName
from workers_operator.resources.model import ListMap, Rule, SpecModel

ModuleType = Literal["ESModule", "CommonJS", "Text", "Json"]

# etcd refuses objects of more than 1.5 MiB; a larger script belongs into storage of its own.
MAX_TEXT = 1_000_000
ScriptText = Annotated[str, Field(max_length=MAX_TEXT)]
ModuleName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$", max_length=128)]


class ConfigMapKey(SpecModel):
    """One key of a ConfigMap in the object's own namespace."""

    name: ObjectName = Field(description="Name of the ConfigMap, e.g. shop-worker.")
    key: DataKey = Field(
        description="Key in the ConfigMap's data that holds the script as one ES module, e.g. "
        "worker.js."
    )


class InlineModule(SpecModel):
    """One module of a script written into the object."""

    name: ModuleName = Field(
        description="Name by which other modules import it, e.g. lib/prices.js; unique in the list."
    )
    type: ModuleType = Field(
        default="ESModule",
        description="What the text is: ESModule (default) or CommonJS for JavaScript, Text for an "
        "importable string, Json for an importable value.",
    )
    text: ScriptText = Field(description="Content of the module.")


class Inline(SpecModel):
    """A script written into the object: either script, or modules with main."""

    rules = (
        Rule(
            "has(self.script) != has(self.modules)",
            "exactly one of script and modules must be set",
            lambda inline: (inline.script is None) != (inline.modules is None),
        ),
        Rule(
            "has(self.modules) || !has(self.main)",
            "main is for modules; a script needs none",
            lambda inline: inline.modules is not None or inline.main is None,
            ".main",
            "FieldValueForbidden",
        ),
        Rule(
            "!has(self.modules) || has(self.main)",
            "main is required with modules",
            lambda inline: inline.modules is None or inline.main is not None,
            ".main",
            "FieldValueRequired",
        ),
        Rule(
            "!has(self.modules) || !has(self.main)"
            " || self.modules.exists(m, m.name == self.main && m.type == 'ESModule')",
            "main must be the name of one of the modules, and that one an ESModule",
            lambda inline: (
                inline.modules is None
                or inline.main is None
                or any(m.name == inline.main and m.type == "ESModule" for m in inline.modules)
            ),
            ".main",
        ),
    )

    script: ScriptText | None = Field(
        default=None,
        description="The whole script as one ES module, e.g. "
        "export default { fetch() { return new Response('hello') } }.",
    )
    modules: (
        Annotated[tuple[InlineModule, ...], Field(min_length=1, max_length=50), ListMap("name")]
        | None
    ) = Field(default=None, description="The script's modules, 50 at most.")
    main: ModuleName | None = Field(
        default=None,
        description="Name of the module whose default export handles requests, e.g. index.js; it "
        "is an ESModule. Required with modules.",
    )


class Source(SpecModel):
    """Where the script comes from: exactly one of template, configMap and inline."""

    rules = (
        Rule(
            "[has(self.template), has(self.configMap), has(self.inline)].filter(set, set)"
            ".size() == 1",
            "exactly one of template, configMap and inline must be set",
            lambda source: [source.template, source.config_map, source.inline].count(None) == 2,
        ),
    )

    template: Label | None = Field(
        default=None, description="Name of a template that comes with the operator, e.g. ecommerce."
    )
    config_map: ConfigMapKey | None = Field(
        default=None,
        description="The script lies in a ConfigMap of the object's own namespace; a change there "
        "is deployed.",
    )
    inline: Inline | None = Field(
        default=None, description="The script is written here, as one script or as modules."
    )
