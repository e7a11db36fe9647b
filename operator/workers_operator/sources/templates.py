"""Templates: packages of a script and its manifest. The built-in templates are shipped in ``workers/``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

from workers_operator.domain.content import Code, Module
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import listed, short
from workers_operator.sources import manifest as manifests
from workers_operator.sources.manifest import Kind, invalid
from workers_operator.sources.parameters.validation import Checker, Problem

ES_MODULE: Final = "application/javascript+module"
MAIN: Final = "worker.js"
_MAX_SHOWN_PROBLEMS: Final = 5
_ROUTER_BUNDLE: Final = "services.js"
_ROUTER_MAIN: Final = f"""\
import router, {{ leadsTo }} from "./{_ROUTER_BUNDLE}";
export default router;
"""


@dataclass(frozen=True)
class RequiredBinding:
    """A binding that the script requires. ``type``: kvNamespace, r2Bucket, analyticsEngine or service."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Feature:
    """An optional feature. ``parameters``: JSON Schema of ``spec.parameters.<name>``, None without parameters."""

    name: str
    description: str
    parameters: Mapping[str, Any] | None
    bindings: tuple[RequiredBinding, ...]


@dataclass(frozen=True)
class TemplateRules:
    """What a template accepts and requires.

    ``parameters``: JSON Schema of ``spec.parameters`` without the features' own. ``minimum_plan``: the lowest plan that
    may use the template. An empty object accepts any parameters.
    """

    parameters: Mapping[str, Any] = field(default_factory=dict)
    features: Mapping[str, Feature] = field(default_factory=dict)
    bindings: tuple[RequiredBinding, ...] = ()
    minimum_plan: str | None = None


@dataclass(frozen=True)
class Template:
    """A configurable worker.

    ``example``: valid {parameters, features}. ``manifest``: the bytes of template.yaml. ``name``: "" for code that is
    not a template.
    """

    kind: Kind
    name: str
    version: str
    description: str
    code: Code
    health_path: str = "/"
    rules: TemplateRules = field(default_factory=TemplateRules)
    example: Mapping[str, Any] = field(default_factory=dict)
    manifest: bytes = b""


def parse(kind: Kind, name: str, *, manifest: bytes, script: bytes, origin: str) -> Template:
    """Return the template with ``manifest`` (template.yaml) and ``script`` (one ES module).

    ``origin``: where the template is stored, for messages. Raises Stalled(TemplateInvalid), naming the field, if the
    manifest is malformed, has another name or kind than its location, or has an example that the template rejects.
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
    """Parse a template without checking its example."""
    about = manifests.load(manifest, origin, trusted=trusted)
    for what, said, expected in (("name", about.name, name), ("kind", about.kind, kind)):
        if said != expected:
            raise invalid(origin, f"{what}: is {said}, but must be {expected} at this location")
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
        rules=TemplateRules(
            about.parameters,
            {n: _feature(n, f) for n, f in about.features.items()},
            _bindings(about.bindings),
            about.minimum_plan,
        ),
        example={} if about.example is None else about.example.model_dump(),
        manifest=manifest,
    )


def check(
    template: Template,
    *,
    parameters: Mapping[str, Any],
    features: Sequence[str],
    private: Sequence[str] = (),
) -> None:
    """Check parameters and features against the template. ``private``: the private hosts that URLs may name.

    Raises Stalled: FeatureNotFound, FeatureNotEnabled (parameters of a disabled feature), ParameterMissing,
    ParameterInvalid. Messages name the full path of the field and never contain its value.
    """
    for name in features:
        if name not in template.rules.features:
            raise Stalled(Reason.FEATURE_NOT_FOUND, _no_such_feature(template, name))
    own = {n: value for n, value in parameters.items() if n not in template.rules.features}
    checker = Checker(private=private)
    found = checker.problems(template.rules.parameters, own)
    found += [Problem((n,), "is missing", missing=True) for n in _empty(template, own)]
    for name, feature in template.rules.features.items():
        if name in features:
            found += _problems_of_feature(checker, feature, parameters)
        elif name in parameters:
            message = f"{_path((name,))}: feature {name} is not enabled; add it to spec.configuration.features"
            raise Stalled(Reason.FEATURE_NOT_ENABLED, message)
    if not found:
        return
    missing = list(dict.fromkeys(_path(p.path) for p in found if p.missing))
    if missing:
        named = f"template {template.name!r}" if template.name else "the worker"
        raise Stalled(Reason.PARAMETER_MISSING, f"{named} requires {listed(missing)}")
    texts = list(dict.fromkeys(f"{_path(p.path)}: {p.text}" for p in found))
    more = len(texts) - _MAX_SHOWN_PROBLEMS
    shown = [*texts[:_MAX_SHOWN_PROBLEMS], *([f"and {more} more"] if more > 0 else [])]
    raise Stalled(Reason.PARAMETER_INVALID, "; ".join(shown))


def required_bindings(template: Template, features: Sequence[str]) -> tuple[RequiredBinding, ...]:
    """Return the bindings that the template and its enabled features require, without duplicates."""
    found = {b.name: b for b in template.rules.bindings}
    for binding in (b for name in features for b in template.rules.features[name].bindings):
        found.setdefault(binding.name, binding)
    return tuple(found.values())


def find(kind: Kind, name: str) -> Template:
    """Return a built-in template by name. Raises Stalled(TemplateNotFound), listing the existing ones."""
    template = built_in(kind).get(name)
    if template is None:
        message = f"there is no {kind} template {name!r}; there are: {listed(names(kind))}"
        raise Stalled(Reason.TEMPLATE_NOT_FOUND, message)
    return template


def names(kind: Kind) -> tuple[str, ...]:
    """Return the names of all built-in templates of a kind, sorted."""
    return tuple(built_in(kind))


@cache
def built_in(kind: Kind) -> Mapping[str, Template]:
    """Return all built-in templates of a kind by name, sorted. Tests check their schemas and examples."""
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
    """Return the platform dispatcher's code."""
    return _own("dispatcher", Module(MAIN, ES_MODULE, _bundle("dispatcher.js")))


@cache
def outbound() -> Code:
    """Return the outbound Worker's code."""
    return _own("egress", Module(MAIN, ES_MODULE, _bundle("egress.js")))


def service_router(exports: str) -> Code:
    """Return the service router's code.

    ``exports`` is JavaScript that exports an entrypoint for every called worker (domain/services.py). It is appended to
    the main module, which imports ``leadsTo`` from the bundle.
    """
    main = Module(MAIN, ES_MODULE, (_ROUTER_MAIN + exports).encode())
    return _own("services", main, Module(_ROUTER_BUNDLE, ES_MODULE, _bundle(_ROUTER_BUNDLE)))


def _own(origin: str, *modules: Module) -> Code:
    """Return the code of one of the operator's own Workers. ``MAIN`` is its main module."""
    source = resources.files("workers_operator") / "workers" / "src" / "compatibility.json"
    about: Mapping[str, Any] = json.loads(source.read_text())
    return Code(
        origin=origin,
        main=MAIN,
        modules=modules,
        compatibility_date=about["compatibilityDate"],
        compatibility_flags=tuple(about["compatibilityFlags"]),
    )


@cache
def _bundle(name: str) -> bytes:
    return (resources.files("workers_operator") / "workers" / "bundles" / name).read_bytes()


def _feature(name: str, about: manifests.ManifestFeature) -> Feature:
    return Feature(name, about.description, about.parameters, _bindings(about.bindings))


def _bindings(listed: Sequence[manifests.ManifestBinding]) -> tuple[RequiredBinding, ...]:
    return tuple(RequiredBinding(b.name, b.type, b.description) for b in listed)


def _no_such_feature(template: Template, name: str) -> str:
    there_are = listed(sorted(template.rules.features)) or "none"
    return f"there is no feature {short(name)!r} in this template; there are: {there_are}"


def _empty(template: Template, parameters: Mapping[str, Any]) -> list[str]:
    """Return the required parameters whose value is "" or null."""
    required = template.rules.parameters.get("required", [])
    return [n for n in required if n in parameters and parameters[n] in ("", None)]


def _problems_of_feature(
    checker: Checker, feature: Feature, parameters: Mapping[str, Any]
) -> list[Problem]:
    name = feature.name
    if feature.parameters is None:
        takes_none = [Problem((name,), f"feature {name} takes no parameters")]
        return takes_none if name in parameters else []
    found = checker.problems(feature.parameters, parameters.get(name, {}))
    return [Problem((name, *p.path), p.text, p.missing) for p in found]


def _path(parts: Sequence[str | int]) -> str:
    """Return the path of a field, such as ``spec.parameters.neverCache[2]``."""
    steps = (f"[{p}]" if isinstance(p, int) else f".{short(p)}" for p in parts)
    return "spec.parameters" + "".join(steps)
