"""What was read → code. Pure: modules with the types that were said, checked against Cloudflare's limits."""

import base64
import binascii
import gzip
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from workers_operator.domain import multipart
from workers_operator.domain.desired import Code, Module
from workers_operator.domain.handling import Stalled, Waiting
from workers_operator.resources import ConfigMapSource, InlineModule, InlineSpec, R2Source
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
_SAID: Final[Mapping[str, str]] = {
    **{value: value for value in CONTENT_TYPES.values()},
    "text/javascript+module": ES_MODULE,
    "text/javascript": "application/javascript",
    "application/x-javascript": "application/javascript",
    "application/node+module": "application/javascript",
}
_BINARY: Final = ("application/octet-stream", "application/wasm")
_WASM_MAGIC: Final = b"\0asm"
_VARIABLE: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes from a store. ``content_type``: lower case, with parameters; "" where none was given."""

    data: bytes
    content_type: str


def from_inline(inline: InlineSpec) -> Code:
    """A script that is written into the object. Raises Stalled."""
    if inline.script is not None:
        return single(inline.script.encode(), inline.type, "inline")
    found = [(m.name, m.type, _inline_bytes(m)) for m in inline.modules or ()]
    return _code("inline", inline.main or "", found)


def from_config_map(config_map: Mapping[str, Any], source: ConfigMapSource) -> Code:
    """A script in a ConfigMap, as the API server gives it. Raises Waiting where a key is not there, Stalled."""
    if source.key is not None:
        origin = f"ConfigMap/{source.name}:{source.key}"
        return single(_value(config_map, source.name, source.key), source.type, origin)
    found = [
        (item.path, item.type, _value(config_map, source.name, item.key))
        for item in source.items or ()
    ]
    return _code(f"ConfigMap/{source.name}", source.main or "", found)


def from_object(blob: Blob, source: R2Source, origin: str) -> Code:
    """One R2 object: a script, or a bundle of modules. Raises Stalled."""
    if not blob.content_type.startswith("multipart/"):
        return single(blob.data, source.type, origin)
    metadata = _bundle_metadata(blob, origin)
    main = metadata.get("main_module") or metadata.get("body_part")
    if not isinstance(main, str):
        raise Stalled("ModuleInvalid", f"{origin}: the bundle's metadata names no main_module")
    modules = multipart.modules(blob.data, blob.content_type)
    code = _assembled(origin, main.removeprefix("./"), modules, "body_part" in metadata)
    date, flags = metadata.get("compatibility_date"), metadata.get("compatibility_flags") or []
    if not (date is None or isinstance(date, str)) or not _are_texts(flags):
        raise Stalled(
            "ModuleInvalid", f"{origin}: the bundle's compatibility date or flags are malformed"
        )
    return code.compatible(date, tuple(flags))


def from_folder(blobs: Mapping[str, Blob], main: str, origin: str) -> Code:
    """A folder of R2 objects by their names below it; the Content-Type says what each is. Raises Stalled."""
    modules = []
    for name, blob in blobs.items():
        said = _SAID.get(blob.content_type.partition(";")[0].strip())
        if said is None:
            given = repr(blob.content_type) if blob.content_type else "is not set and"
            message = f"{origin}{name}: its Content-Type {given} says no module type"
            raise Stalled("ModuleInvalid", f"{message}; there are: {', '.join(sorted(set(_SAID)))}")
        modules.append(Module(name, said, blob.data))
    service_worker = any(m.name == main and "+module" not in m.content_type for m in modules)
    return _assembled(origin, main, modules, service_worker)


def single(script: bytes, kind: str, origin: str) -> Code:
    """A script of one module."""
    module = Module(_SINGLE, CONTENT_TYPES[kind], script)
    return _assembled(origin, _SINGLE, [module], kind == "ServiceWorker")


def check_size(code: Code) -> None:
    """Raises Stalled(ScriptTooLarge) over Cloudflare's limits; compressing many MiB takes a moment."""
    if code.size > MAX_BYTES:
        raise Stalled("ScriptTooLarge", _too_large(code.size, MAX_BYTES, "before compression"))
    if code.size > MAX_COMPRESSED_BYTES:
        size = sum(len(gzip.compress(m.data, 6)) for m in code.modules)
        if size > MAX_COMPRESSED_BYTES:
            raise Stalled("ScriptTooLarge", _too_large(size, MAX_COMPRESSED_BYTES, "compressed"))


def _too_large(size: int, limit: int, how: str) -> str:
    return f"the script has {size / _MIB:.1f} MiB {how}; Cloudflare takes {limit // _MIB} MiB"


def _inline_bytes(module: InlineModule) -> bytes:
    if module.text is not None:
        return module.text.encode()
    try:
        return base64.b64decode("".join((module.base64 or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise Stalled("ModuleInvalid", f"module {module.name!r}: base64 is malformed") from None


def _value(config_map: Mapping[str, Any], name: str, key: str) -> bytes:
    text = (config_map.get("data") or {}).get(key)
    if text is not None:
        return str(text).encode()
    encoded = (config_map.get("binaryData") or {}).get(key)
    if encoded is not None:
        return base64.b64decode(encoded)
    message = f"ConfigMap {name!r} has no key {key!r}"
    raise Waiting("ConfigMapKeyNotFound", message, after=MISSING_RECHECK_SECONDS)


def _bundle_metadata(blob: Blob, origin: str) -> Mapping[str, Any]:
    found = [m for m in multipart.parts(blob.data, blob.content_type) if m.name == "metadata"]
    try:
        metadata = json.loads(found[0].data)
    except (IndexError, ValueError):
        raise Stalled("ModuleInvalid", f"{origin}: the bundle has no metadata in JSON") from None
    if not isinstance(metadata, dict):
        raise Stalled("ModuleInvalid", f"{origin}: the bundle's metadata are no object")
    return metadata


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _code(origin: str, main: str, found: Sequence[tuple[str, str, bytes]]) -> Code:
    modules = [Module(name, CONTENT_TYPES[kind], data) for name, kind, data in found]
    service_worker = any(name == main and kind == "ServiceWorker" for name, kind, _ in found)
    return _assembled(origin, main, modules, service_worker)


def _assembled(origin: str, main: str, modules: Sequence[Module], service_worker: bool) -> Code:
    if all(module.name != main for module in modules):
        there = ", ".join(sorted(m.name for m in modules)[:20]) or "nothing"
        raise Stalled(
            "ModuleNotFound", f"{origin}: there is no main module {main!r}; there is: {there}"
        )
    _check_main(origin, next(module for module in modules if module.name == main))
    for module in modules:
        _check_module(origin, module)
        if service_worker and module.name != main and not _VARIABLE.fullmatch(module.name):
            message = f"{origin}: module {module.name!r} of a service worker has to be named like a variable"
            raise Stalled("ModuleInvalid", message)
    return Code(origin, main, tuple(modules), service_worker=service_worker)


def _check_main(origin: str, module: Module) -> None:
    if module.content_type not in (ES_MODULE, CONTENT_TYPES["ServiceWorker"]):
        message = (
            f"{origin}: the main module {module.name!r} is {module.content_type}, not JavaScript"
        )
        raise Stalled("ModuleInvalid", message)


def _check_module(origin: str, module: Module) -> None:
    if module.content_type == "application/wasm" and not module.data.startswith(_WASM_MAGIC):
        message = f"{origin}: module {module.name!r} is said to be Wasm, and does not begin as such"
        raise Stalled("ModuleInvalid", message)
    if module.content_type not in _BINARY:
        try:
            module.data.decode()
        except UnicodeDecodeError:
            message = f"{origin}: module {module.name!r} is said to be text, and is not UTF-8"
            raise Stalled("ModuleInvalid", message) from None
    if module.content_type == CONTENT_TYPES["Json"]:
        try:
            json.loads(module.data)
        except ValueError as error:
            message = f"{origin}: module {module.name!r} is said to be JSON: {error}"
            raise Stalled("ModuleInvalid", message) from None
