"""Turns source content into code: modules with their types, checked against Cloudflare's limits. Pure."""

import base64
import binascii
import gzip
import json
import posixpath
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from workers_operator.domain.content import Code, Module
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.resources import ConfigMapSource, InlineModule, InlineSpec, R2Source
from workers_operator.resources.source import MODULE_NAME_RULES
from workers_operator.sources import metadata, multipart
from workers_operator.sources.templates import ES_MODULE

MISSING_RECHECK_SECONDS: Final = 10.0
# developers.cloudflare.com/workers/platform/limits, "Worker size": paid plans.
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_COMPRESSED_BYTES: Final = 10 * 1024 * 1024
_MIB: Final = 1024 * 1024
_SINGLE: Final = "worker.js"

CONTENT_TYPES: Final[Mapping[str, str]] = {
    "ESModule": ES_MODULE,
    "CommonJS": "application/javascript",
    "ServiceWorker": "application/javascript",
    "Text": "text/plain",
    "Json": "application/json",
    "Data": "application/octet-stream",
    "Wasm": "application/wasm",
}
# Content-Type of an R2 object → content type of the module.
_DECLARED: Final[Mapping[str, str]] = {
    **{value: value for value in CONTENT_TYPES.values()},
    "text/javascript+module": ES_MODULE,
    "text/javascript": "application/javascript",
    "application/x-javascript": "application/javascript",
    "application/node+module": "application/javascript",
}
# As wrangler's default rules tell modules by their names.
_EXTENSIONS: Final = (
    *(".js", ".mjs", ".cjs", ".json", ".wasm", ".wasm?module"),
    *(".txt", ".html", ".sql", ".bin"),
)
_BINARY: Final = ("application/octet-stream", "application/wasm")
_WASM_MAGIC: Final = b"\0asm"
_VARIABLE: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, slots=True)
class Blob:
    """The content of an R2 object. ``content_type``: type in lower case, with parameters; "" if there is none."""

    data: bytes
    content_type: str


def from_inline(inline: InlineSpec) -> Code:
    """Return the code of an inline source. Raises Stalled."""
    if inline.script is not None:
        return single(inline.script.encode(), inline.type, "inline")
    found = [(m.name, m.type, _inline_bytes(m)) for m in inline.modules or ()]
    return _code("inline", inline.main or "", found)


def from_config_map(config_map: Mapping[str, Any], source: ConfigMapSource) -> Code:
    """Return the code in a ConfigMap (the API server's JSON). Raises Waiting if a key is missing, and Stalled."""
    if source.key is not None:
        origin = f"ConfigMap/{source.name}:{source.key}"
        return single(_value(config_map, source.name, source.key), source.type, origin)
    found = [
        (item.path, item.type, _value(config_map, source.name, item.key))
        for item in source.items or ()
    ]
    return _code(f"ConfigMap/{source.name}", source.main or "", found)


def from_object(blob: Blob, source: R2Source, origin: str) -> Code:
    """Return the code in one R2 object: a script, or a bundle of modules. Raises Stalled."""
    if not blob.content_type.startswith("multipart/"):
        return single(blob.data, source.type, origin)
    text = [p.data for p in multipart.parts(blob.data, blob.content_type) if p.name == "metadata"]
    about = metadata.parse(text[0] if text else None, origin)
    modules = multipart.modules(blob.data, blob.content_type)
    code = _assembled(origin, _plain(about.main), modules, about.service_worker)
    code = replace(code, asks=about.asks, left_out=about.left_out)
    return code.compatible(about.date, about.flags)


def from_folder(blobs: Mapping[str, Blob], main: str, origin: str) -> Code:
    """Return the code in a folder of R2 objects, given by their names in the folder. Raises Stalled.

    The Content-Type of each object determines the type of its module. An object of another Content-Type, such as the
    README.md that wrangler writes, is left out unless its name or the code says that it is a module.
    """
    modules, others = [], []
    for name, blob in blobs.items():
        declared = _DECLARED.get(blob.content_type.partition(";")[0].strip())
        if declared is not None:
            modules.append(Module(_plain(name), declared, blob.data))
        else:
            others.append(name)
    for name in others:
        if name == main or name.endswith(_EXTENSIONS) or _is_imported(name, modules):
            given = blobs[name].content_type
            wrong = f"{given!r} is not a module type" if given else "is not set"
            message = f"{origin}{name}: its Content-Type {wrong}; set one of: {', '.join(sorted(_DECLARED))}"
            raise Stalled(Reason.MODULE_INVALID, message)
    main = _plain(main)
    service_worker = any(m.name == main and "+module" not in m.content_type for m in modules)
    return replace(_assembled(origin, main, modules, service_worker), left_out=tuple(others))


def single(script: bytes, kind: str, origin: str) -> Code:
    """Return the code of a script with one module. Raises Stalled."""
    module = Module(_SINGLE, CONTENT_TYPES[kind], script)
    return _assembled(origin, _SINGLE, [module], kind == "ServiceWorker")


def from_deployed(
    blob: Blob, entrypoint: str, origin: str, *, date: str | None, flags: tuple[str, ...]
) -> Code:
    """Return the code of a deployed script, as downloaded. ``entrypoint``: its main module, "" if unknown."""
    modules = multipart.modules(blob.data, blob.content_type)
    if not modules:
        kind = blob.content_type.partition(";")[0].strip().lower() or ES_MODULE
        modules = (Module(entrypoint or _SINGLE, kind, blob.data),)
    main = entrypoint or modules[0].name
    return Code(
        origin=origin,
        main=main,
        modules=modules,
        compatibility_date=date,
        compatibility_flags=flags,
        service_worker="+module" not in next(m.content_type for m in modules if m.name == main),
    )


def check_size(code: Code) -> None:
    """Raise Stalled(ScriptTooLarge) if code exceeds Cloudflare's limits. Slow for large code, which is compressed."""
    if code.size > MAX_BYTES:
        raise Stalled(
            Reason.SCRIPT_TOO_LARGE, _too_large(code.size, MAX_BYTES, "before compression")
        )
    if code.size > MAX_COMPRESSED_BYTES:
        size = sum(len(gzip.compress(m.data, 6)) for m in code.modules)
        if size > MAX_COMPRESSED_BYTES:
            raise Stalled(
                Reason.SCRIPT_TOO_LARGE, _too_large(size, MAX_COMPRESSED_BYTES, "compressed")
            )


def _too_large(size: int, limit: int, how: str) -> str:
    return f"the script has {size / _MIB:.1f} MiB {how}; Cloudflare's limit is {limit // _MIB} MiB"


def _inline_bytes(module: InlineModule) -> bytes:
    if module.text is not None:
        return module.text.encode()
    try:
        return base64.b64decode("".join((module.base64 or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise Stalled(
            Reason.MODULE_INVALID, f"module {module.name!r}: the base64 value is malformed"
        ) from None


def _value(config_map: Mapping[str, Any], name: str, key: str) -> bytes:
    text = (config_map.get("data") or {}).get(key)
    if text is not None:
        return str(text).encode()
    encoded = (config_map.get("binaryData") or {}).get(key)
    if encoded is not None:
        return base64.b64decode(encoded)
    message = f"ConfigMap {name!r} has no key {key!r}"
    raise Waiting(Reason.CONFIG_MAP_KEY_NOT_FOUND, message, after=MISSING_RECHECK_SECONDS)


def _code(origin: str, main: str, found: Sequence[tuple[str, str, bytes]]) -> Code:
    modules = [Module(_plain(name), CONTENT_TYPES[kind], data) for name, kind, data in found]
    service_worker = any(name == main and kind == "ServiceWorker" for name, kind, _ in found)
    return _assembled(origin, _plain(main), modules, service_worker)


def _plain(name: str) -> str:
    """Return a module's name without the ``./`` before it, which means nothing."""
    return re.sub(r"^(\./+)+", "", name)


def _is_imported(name: str, modules: Sequence[Module]) -> bool:
    """Return whether JavaScript among the modules has a string that ends in the name of a file."""
    file = re.escape(name.rpartition("/")[2].encode())
    quoted = re.compile(rb"([\"'`])[^\"'`\n]*" + file + rb"\1")
    return any("javascript" in m.content_type and quoted.search(m.data) for m in modules)


def _assembled(origin: str, main: str, modules: Sequence[Module], service_worker: bool) -> Code:
    if all(module.name != main for module in modules):
        there_are = ", ".join(sorted(m.name for m in modules)[:20]) or "none"
        message = f"{origin}: there is no main module {main!r}; there are: {there_are}"
        raise Stalled(Reason.MODULE_NOT_FOUND, message)
    _check_main(origin, next(module for module in modules if module.name == main))
    _check_names(origin, [module.name for module in modules])
    for module in modules:
        _check_module(origin, module)
        if service_worker and module.name != main and not _VARIABLE.fullmatch(module.name):
            message = f"{origin}: module {module.name!r} of a service worker must be named like a JavaScript variable"
            raise Stalled(Reason.MODULE_INVALID, message)
    return Code(origin, main, tuple(modules), service_worker=service_worker)


def _check_names(origin: str, names: Sequence[str]) -> None:
    for number, name in enumerate(names):
        problems = [
            r.message for r in MODULE_NAME_RULES if r.check is not None and not r.check(name)
        ]
        if posixpath.normpath(name).startswith("../"):
            problems.append("a module's name must not lead above the root with ..")
        if name == "metadata":
            problems.append("an upload has a part of this name already; rename the module")
        if name in names[:number]:
            problems.append("another module has the same name")
        if problems:
            raise Stalled(Reason.MODULE_INVALID, f"{origin}: module {name!r}: {problems[0]}")


def _check_main(origin: str, module: Module) -> None:
    if module.content_type not in (ES_MODULE, CONTENT_TYPES["ServiceWorker"]):
        message = f"{origin}: the main module {module.name!r} must be JavaScript, not {module.content_type}"
        raise Stalled(Reason.MODULE_INVALID, message)


def _check_module(origin: str, module: Module) -> None:
    if module.content_type == "application/wasm" and not module.data.startswith(_WASM_MAGIC):
        message = f"{origin}: module {module.name!r} is declared as Wasm, but its content is not WebAssembly"
        raise Stalled(Reason.MODULE_INVALID, message)
    if module.content_type not in _BINARY:
        try:
            module.data.decode()
        except UnicodeDecodeError:
            message = f"{origin}: module {module.name!r} is declared as text, but its content is not UTF-8"
            raise Stalled(Reason.MODULE_INVALID, message) from None
    if module.content_type == CONTENT_TYPES["Json"]:
        try:
            json.loads(module.data, parse_int=str)  # an integer may be of any length
        except ValueError as error:
            message = f"{origin}: module {module.name!r} is declared as JSON, but its content is not: {error}"
            raise Stalled(Reason.MODULE_INVALID, message) from None
        except RecursionError:
            message = f"{origin}: module {module.name!r} is JSON that is nested too deeply"
            raise Stalled(Reason.MODULE_INVALID, message) from None
