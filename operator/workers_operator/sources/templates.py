"""Templates: packages of a script and what it says of itself. The built-in ones are shipped in ``workers/``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from workers_operator.domain.desired import Code, Module
from workers_operator.domain.handling import Stalled
from workers_operator.sources import manifest as manifests
from workers_operator.sources import schemas
from workers_operator.sources.manifest import Kind, invalid

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

ES_MODULE: Final = "application/javascript+module"
MAIN: Final = "worker.js"
_MAX_SHOWN_PROBLEMS: Final = 5


@dataclass(frozen=True)
class RequiredBinding:
    """A binding that the script can't do without. ``type``: kvNamespace, r2Bucket, analyticsEngine or service."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Feature:
    """What can be turned on. ``parameters``: JSON Schema of ``spec.parameters.<name>``; None: it takes none."""

    name: str
    description: str
    parameters: Mapping[str, Any] | None
    bindings: tuple[RequiredBinding, ...]


@dataclass(frozen=True)
class Template:
    """A worker to be configured. ``parameters``: JSON Schema of ``spec.parameters`` without the features' own.

    ``example``: {parameters, features} that work; ``manifest``: template.yaml as it was written. Code that is no
    template has an empty name and takes any parameters.
    """

    kind: Kind
    name: str
    version: str
    description: str
    code: Code
    health_path: str = "/"
    parameters: Mapping[str, Any] = field(default_factory=dict)
    features: Mapping[str, Feature] = field(default_factory=dict)
    bindings: tuple[RequiredBinding, ...] = ()
    minimum_plan: str | None = None
    example: Mapping[str, Any] = field(default_factory=dict)
    manifest: bytes = b""

    @cached_property
    def validators(self) -> Mapping[str, "Draft202012Validator"]:
        """The compiled schemas: the template's own under "", those of features under their names."""
        found = {
            name: f.parameters for name, f in self.features.items() if f.parameters is not None
        }
        return {name: schemas.compiled(s) for name, s in {"": self.parameters, **found}.items()}


def parse(kind: Kind, name: str, *, manifest: bytes, script: bytes, origin: str) -> Template:
    """The template that ``manifest`` (template.yaml) and ``script`` (one ES module) make up.

    ``origin`` tells people where it lies. Raises Stalled(TemplateInvalid), naming the field: for what the manifest's
    model refuses, for another name or kind than the place's, and for an example that the template itself would refuse.
    """
    template = _parse(kind, name, manifest=manifest, script=script, origin=origin)
    if template.example:
        try:
            check(template, **template.example)
        except Stalled as error:
            raise invalid(origin, f"example: {error.message}") from None
    return template


def _parse(
    kind: Kind, name: str, *, manifest: bytes, script: bytes, origin: str, trusted: bool = False
) -> Template:
    """As ``parse``, with the example not tried."""
    about = manifests.load(manifest, origin, trusted=trusted)
    for what, said, expected in (("name", about.name, name), ("kind", about.kind, kind)):
        if said != expected:
            raise invalid(origin, f"{what}: is {said}, but it lies where {expected} belongs")
    if not script.strip():
        raise invalid(origin, "the script is empty")
    return Template(
        kind=about.kind,
        name=about.name,
        version=about.version,
        description=about.description,
        code=Code(
            origin=origin,
            main=MAIN,
            modules=(Module(MAIN, ES_MODULE, script),),
            compatibility_date=about.compatibility.date,
            compatibility_flags=tuple(about.compatibility.flags),
        ),
        health_path=about.health_path,
        parameters=about.parameters,
        features={n: _feature(n, f) for n, f in about.features.items()},
        bindings=_bindings(about.bindings),
        minimum_plan=about.minimum_plan,
        example={} if about.example is None else about.example.model_dump(),
        manifest=manifest,
    )


def check(template: Template, *, parameters: Mapping[str, Any], features: Sequence[str]) -> None:
    """Whether the template takes these parameters and features.

    Raises Stalled: FeatureNotFound, FeatureNotEnabled (parameters of a feature that is off), ParameterMissing,
    ParameterInvalid. Messages name the whole field and never hold a value.
    """
    for name in features:
        if name not in template.features:
            raise Stalled("FeatureNotFound", _no_such_feature(template, name))
    own = {n: value for n, value in parameters.items() if n not in template.features}
    found = schemas.problems(template.validators[""], own)
    found += [schemas.Problem((n,), "is missing", missing=True) for n in _empty(template, own)]
    for name in template.features:
        if name in features:
            found += _problems_of_feature(template, name, parameters)
        elif name in parameters:
            message = (
                f"{_path((name,))}: feature {name} is not on: add it to spec.configuration.features"
            )
            raise Stalled("FeatureNotEnabled", message)
    if not found:
        return
    missing = list(dict.fromkeys(_path(p.path) for p in found if p.missing))
    if missing:
        named = f"template {template.name!r}" if template.name else "it"
        raise Stalled("ParameterMissing", f"{named} needs {', '.join(missing)}")
    texts = list(dict.fromkeys(f"{_path(p.path)}: {p.text}" for p in found))
    more = len(texts) - _MAX_SHOWN_PROBLEMS
    shown = [*texts[:_MAX_SHOWN_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
    raise Stalled("ParameterInvalid", "; ".join(shown))


def required_bindings(template: Template, features: Sequence[str]) -> tuple[RequiredBinding, ...]:
    """The template's bindings and those of the features that are on, each name once."""
    found = {b.name: b for b in template.bindings}
    for binding in (b for name in features for b in template.features[name].bindings):
        found.setdefault(binding.name, binding)
    return tuple(found.values())


def find(kind: Kind, name: str) -> Template:
    """A built-in template by name. Raises Stalled(TemplateNotFound), naming those that exist."""
    template = built_in(kind).get(name)
    if template is None:
        message = f"there is no {kind} template {name!r}; there are: {', '.join(names(kind))}"
        raise Stalled("TemplateNotFound", message)
    return template


def names(kind: Kind) -> tuple[str, ...]:
    """The names of all built-in templates of a kind, sorted."""
    return tuple(built_in(kind))


@cache
def built_in(kind: Kind) -> Mapping[str, Template]:
    """All built-in templates of a kind by their names, sorted; tests have tried their schemas and examples."""
    workers = resources.files("workers_operator") / "workers"
    found = {}
    for folder in sorted((workers / "templates" / kind).iterdir(), key=lambda f: f.name):
        found[folder.name] = _parse(
            kind,
            folder.name,
            manifest=(folder / "template.yaml").read_bytes(),
            script=(workers / "bundles" / kind / f"{folder.name}.js").read_bytes(),
            origin=f"template/{folder.name}",
            trusted=True,
        )
    return found


@cache
def dispatcher() -> Code:
    """The platform dispatcher's code."""
    return _own("dispatcher", b"")


def service_router(exports: str) -> Code:
    """The service router's code with an entrypoint for every worker that is called (domain/services.py)."""
    return _own("services", exports.encode())


def _own(name: str, more: bytes) -> Code:
    """One of our own Workers of the account."""
    workers = resources.files("workers_operator") / "workers"
    about: Mapping[str, Any] = json.loads((workers / "dispatcher.json").read_text())
    script = (workers / f"{name}.js").read_bytes() + more
    return Code(
        origin=name,
        main=MAIN,
        modules=(Module(MAIN, ES_MODULE, script),),
        compatibility_date=about["compatibilityDate"],
        compatibility_flags=tuple(about["compatibilityFlags"]),
    )


def _feature(name: str, about: manifests.ManifestFeature) -> Feature:
    return Feature(name, about.description, about.parameters, _bindings(about.bindings))


def _bindings(listed: Sequence[manifests.ManifestBinding]) -> tuple[RequiredBinding, ...]:
    return tuple(RequiredBinding(b.name, b.type, b.description) for b in listed)


def _no_such_feature(template: Template, name: str) -> str:
    there_are = ", ".join(sorted(template.features)) or "none"
    return f"there is no feature {schemas.short(name)!r} in this template; there are: {there_are}"


def _empty(template: Template, parameters: Mapping[str, Any]) -> list[str]:
    """Required parameters that are there without saying anything, as values that were never filled in are."""
    required = template.parameters.get("required", [])
    return [n for n in required if n in parameters and parameters[n] in ("", None)]


def _problems_of_feature(
    template: Template, name: str, parameters: Mapping[str, Any]
) -> list[schemas.Problem]:
    validator = template.validators.get(name)
    if validator is None:
        takes_none = [schemas.Problem((name,), f"feature {name} takes no parameters")]
        return takes_none if name in parameters else []
    found = schemas.problems(validator, parameters.get(name, {}))
    return [schemas.Problem((name, *p.path), p.text, p.missing) for p in found]


def _path(parts: Sequence[str | int]) -> str:
    """``spec.parameters.neverCache[2]``."""
    steps = (f"[{p}]" if isinstance(p, int) else f".{schemas.short(p)}" for p in parts)
    return "spec.parameters" + "".join(steps)
