"""``spec.source`` → code. The ConfigMap reader is an argument: nothing here does I/O of its own."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from workers_operator.domain.desired import Code, Module
from workers_operator.domain.handling import Stalled, Waiting
from workers_operator.resources import Inline, Source
from workers_operator.sources import templates
from workers_operator.sources.templates import ES_MODULE, Kind, Template

# (namespace, name) -> the ConfigMap, or None where there is none
ConfigMapReader = Callable[[str, str], Awaitable[Mapping[str, Any] | None]]

MISSING_RECHECK_SECONDS: Final = 10.0
MAX_SCRIPT_BYTES: Final = 64 * 1024 * 1024  # Cloudflare's limit before compression
_CONTENT_TYPES: Final[Mapping[str, str]] = {
    "ESModule": ES_MODULE,
    "CommonJS": "application/javascript",
    "Text": "text/plain",
    "Json": "application/json",
}


async def resolve(
    source: Source,
    *,
    kind: Kind,
    namespace: str,
    parameters: Mapping[str, Any],
    read: ConfigMapReader,
) -> Template:
    """The code of ``source`` with the health path that goes with it.

    Raises Stalled (the object has to change) or Waiting (something else has to appear).
    """
    if source.template is not None:
        template = templates.find(kind, source.template)
        _check_parameters(source.template, template, parameters)
        return template
    if source.config_map is not None:
        reference = source.config_map
        text = await _config_map_text(namespace, reference.name, reference.key, read)
        code = _single(text, f"ConfigMap/{reference.name}:{reference.key}")
    else:
        assert source.inline is not None  # noqa: S101 - the schema allows exactly one
        code = _inline(source.inline)
    _check_size(code)
    return Template(code, "/", ())


def _check_parameters(name: str, template: Template, parameters: Mapping[str, Any]) -> None:
    missing = [p for p in template.required_parameters if not parameters.get(p)]
    if missing:
        fields = ", ".join(f"spec.parameters.{p}" for p in missing)
        raise Stalled("ParameterMissing", f"template {name!r} needs {fields}")


async def _config_map_text(namespace: str, name: str, key: str, read: ConfigMapReader) -> str:
    config_map = await read(namespace, name)
    if config_map is None:
        message = f"ConfigMap {name!r} is not in namespace {namespace!r}"
        raise Waiting("ConfigMapNotFound", message, after=MISSING_RECHECK_SECONDS)
    text = (config_map.get("data") or {}).get(key)
    if text is None:
        message = f"ConfigMap {name!r} has no key {key!r}"
        raise Waiting("ConfigMapKeyNotFound", message, after=MISSING_RECHECK_SECONDS)
    return str(text)


def _single(script: str, origin: str) -> Code:
    main = "worker.js"
    return Code(origin=origin, main=main, modules=(Module(main, ES_MODULE, script.encode()),))


def _inline(inline: Inline) -> Code:
    if inline.script is not None:
        return _single(inline.script, "inline")
    modules = tuple(
        Module(m.name, _CONTENT_TYPES[m.type], m.text.encode()) for m in inline.modules or ()
    )
    return Code(origin="inline", main=inline.main or "", modules=modules)


def _check_size(code: Code) -> None:
    size = sum(len(m.data) for m in code.modules)
    if size > MAX_SCRIPT_BYTES:
        raise Stalled(
            "ScriptTooLarge", f"the script has {size} bytes; Cloudflare takes {MAX_SCRIPT_BYTES}"
        )
