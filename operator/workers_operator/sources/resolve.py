"""Turns source content into code: modules with their types, checked against Cloudflare's limits. Pure."""

import base64
import binascii
import codecs
import json
import posixpath
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from workers_operator.domain.content import Code, Module
from workers_operator.domain.errors import Stalled, Waiting
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import listed, short
from workers_operator.resources import ConfigMapSource, InlineModule, InlineSpec, R2Source
from workers_operator.resources.source import MODULE_NAME_RULES
from workers_operator.sources import metadata, multipart
from workers_operator.sources.templates import ES_MODULE

MISSING_RECHECK_SECONDS: Final = 10.0
# developers.cloudflare.com/workers/platform/limits, "Worker size": paid plans.
MAX_BYTES: Final = 64 * 1024 * 1024
MAX_COMPRESSED_BYTES: Final = 10 * 1024 * 1024
MAX_MODULES: Final = multipart.MAX_PARTS
MAX_NAME: Final = 1024  # characters, as of an R2 key
MAX_CHECKED_JSON: Final = (
    1024 * 1024
)  # the values of a larger module may take a hundred times its size
_MIB: Final = 1024 * 1024
_GZIP: Final = 31  # window bits of zlib for the format of gzip
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
# Content-Type of an R2 object, or of a part of a bundle → content type of the module.
MODULE_TYPES: Final[Mapping[str, str]] = {
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
# The last segment of a path in a string. It ends where the next one may begin, so that every byte is looked at once.
_LAST_SEGMENT: Final = re.compile(rb"[\"'`/]([^\"'`/\n]++)(?=[\"'`])")


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
    items = source.items or ()
    # Each key once: many modules may be made from one.
    values = {key: _value(config_map, source.name, key) for key in {item.key for item in items}}
    found = [(item.path, item.type, values[item.key]) for item in items]
    return _code(f"ConfigMap/{source.name}", source.main or "", found)


def from_object(blob: Blob, source: R2Source, origin: str) -> Code:
    """Return the code in one R2 object: a script, or a bundle of modules. Raises Stalled."""
    if not blob.content_type.startswith("multipart/"):
        return single(blob.data, source.type, origin)
    parts = multipart.parts(blob.data, blob.content_type, origin)
    about = metadata.parse(next((p.data for p in parts if p.name == "metadata"), None), origin)
    modules = multipart.modules(parts)
    for module in modules:
        if module.content_type not in MODULE_TYPES:
            raise _of_no_type(f"{origin}: module {short(module.name)!r}", module.content_type)
    code = assembled(origin, _plain(about.main), modules, about.service_worker)
    maps = (short(name) for name in multipart.source_maps(parts))
    code = replace(code, asks=about.asks, left_out=(*about.left_out, *maps))
    return code.compatible(about.date, about.flags)


def from_folder(blobs: Mapping[str, Blob], main: str, origin: str) -> Code:
    """Return the code in a folder of R2 objects, given by their names in the folder. Raises Stalled.

    The Content-Type of each object determines the type of its module. An object of another Content-Type, such as the
    README.md that wrangler writes, is left out unless its name or the code says that it is a module.
    """
    modules, others = [], []
    for name, blob in blobs.items():
        declared = MODULE_TYPES.get(blob.content_type.partition(";")[0].strip())
        if declared is not None:
            modules.append(Module(_plain(name), declared, blob.data))
        else:
            others.append(name)
    imported = _imported(others, modules)
    for name in others:
        if name == main or name.endswith(_EXTENSIONS) or name in imported:
            raise _of_no_type(f"{origin}{name}", blobs[name].content_type)
    main = _plain(main)
    service_worker = any(m.name == main and "+module" not in m.content_type for m in modules)
    return replace(assembled(origin, main, modules, service_worker), left_out=tuple(others))


def single(script: bytes, kind: str, origin: str) -> Code:
    """Return the code of a script with one module. Raises Stalled."""
    module = Module(_SINGLE, CONTENT_TYPES[kind], script)
    return assembled(origin, _SINGLE, [module], kind == "ServiceWorker")


def from_deployed(
    blob: Blob, entrypoint: str, origin: str, *, date: str | None, flags: tuple[str, ...]
) -> Code:
    """Return the code of a deployed script, as downloaded. ``entrypoint``: its main module, "" if unknown."""
    modules = multipart.modules(multipart.parts(blob.data, blob.content_type, origin))
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
        size = sum(_compressed_size(module.data) for module in code.modules)
        if size > MAX_COMPRESSED_BYTES:
            raise Stalled(
                Reason.SCRIPT_TOO_LARGE, _too_large(size, MAX_COMPRESSED_BYTES, "compressed")
            )


def _compressed_size(data: bytes) -> int:
    """Return the size of ``data`` with gzip, without keeping it."""
    squeezer = zlib.compressobj(6, zlib.DEFLATED, _GZIP)
    return sum(len(squeezer.compress(chunk)) for chunk in _chunks(data)) + len(squeezer.flush())


def _chunks(data: bytes) -> Iterator[memoryview]:
    view = memoryview(data)
    yield from (view[start : start + _MIB] for start in range(0, len(data), _MIB))


def _too_large(size: int, limit: int, how: str) -> str:
    return f"the script has {size / _MIB:.1f} MiB {how}; Cloudflare's limit is {limit // _MIB} MiB"


def _inline_bytes(module: InlineModule) -> bytes:
    if module.text is not None:
        return module.text.encode()
    try:
        return base64.b64decode("".join((module.base64 or "").split()), validate=True)
    except (binascii.Error, ValueError):
        raise Stalled(
            Reason.MODULE_INVALID,
            f"module {module.name!r}: the base64 value is malformed; it has to be the output of `base64`",
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
    return assembled(origin, _plain(main), modules, service_worker)


def _plain(name: str) -> str:
    """Return a module's name without the ``./`` before it, which means nothing."""
    return re.sub(r"^(\./+)+", "", name)


def _imported(names: Sequence[str], modules: Sequence[Module]) -> frozenset[str]:
    """Return the files that JavaScript among the modules names at the end of a string."""
    files = {name: name.rpartition("/")[2].encode(errors="replace") for name in names}
    wanted = frozenset(files.values())
    scripts = (m.data for m in modules if wanted and "javascript" in m.content_type)
    segments = (found[1] for script in scripts for found in _LAST_SEGMENT.finditer(script))
    named = {segment for segment in segments if segment in wanted}
    return frozenset(name for name, file in files.items() if file in named)


def _of_no_type(what: str, content_type: str) -> Stalled:
    wrong = f"{short(content_type)!r} is not a module type" if content_type else "is not set"
    known = ", ".join(sorted(MODULE_TYPES))
    return Stalled(Reason.MODULE_INVALID, f"{what}: its Content-Type {wrong}; set one of: {known}")


def assembled(origin: str, main: str, modules: Sequence[Module], service_worker: bool) -> Code:
    """Return the code of modules that make a script together. Raises Stalled."""
    if len(modules) > MAX_MODULES:
        message = f"{origin}: the script has {len(modules)} modules, more than {MAX_MODULES}"
        raise Stalled(Reason.SCRIPT_TOO_LARGE, message)
    if all(module.name != main for module in modules):
        there_are = listed(sorted(m.name for m in modules)) or "none"
        message = f"{origin}: there is no main module {short(main)!r}; there are: {there_are}"
        raise Stalled(Reason.MODULE_NOT_FOUND, message)
    _check_main(origin, next(module for module in modules if module.name == main))
    _check_names(origin, [module.name for module in modules])
    for module in modules:
        check_module(origin, module)
        if service_worker and module.name != main and not _VARIABLE.fullmatch(module.name):
            message = f"{origin}: module {module.name!r} of a service worker must be named like a JavaScript variable"
            raise Stalled(Reason.MODULE_INVALID, message)
    return Code(origin, main, tuple(modules), service_worker=service_worker)


def _check_names(origin: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for name in names:
        problems = [
            r.message for r in MODULE_NAME_RULES if r.check is not None and not r.check(name)
        ]
        if posixpath.normpath(name).startswith("../"):
            problems.append("a module's name must not lead above the root with ..")
        if name == "metadata":
            problems.append("an upload has a part of this name already; rename the module")
        if name in seen:
            problems.append("another module has the same name")
        if len(name) > MAX_NAME:
            problems.append(f"a module's name must not be longer than {MAX_NAME} characters")
        if problems:
            raise Stalled(Reason.MODULE_INVALID, f"{origin}: module {short(name)!r}: {problems[0]}")
        seen.add(name)


def _check_main(origin: str, module: Module) -> None:
    if module.content_type not in (ES_MODULE, CONTENT_TYPES["ServiceWorker"]):
        message = f"{origin}: the main module {module.name!r} must be JavaScript, not {module.content_type}"
        raise Stalled(Reason.MODULE_INVALID, message)


def check_module(origin: str, module: Module) -> None:
    """Raise Stalled if the content of a module is not of its type, as far as that is told in little memory."""
    if module.content_type == "application/wasm" and not module.data.startswith(_WASM_MAGIC):
        message = f"{origin}: module {module.name!r} is declared as Wasm, but its content is not WebAssembly"
        raise Stalled(Reason.MODULE_INVALID, message)
    if module.content_type not in _BINARY and not _is_utf8(module.data):
        message = (
            f"{origin}: module {module.name!r} is declared as text, but its content is not UTF-8"
        )
        raise Stalled(Reason.MODULE_INVALID, message)
    if module.content_type == CONTENT_TYPES["Json"] and len(module.data) <= MAX_CHECKED_JSON:
        try:
            json.loads(module.data, parse_int=str)  # an integer may be of any length
        except ValueError as error:
            message = f"{origin}: module {module.name!r} is declared as JSON, but its content is not: {error}"
            raise Stalled(Reason.MODULE_INVALID, message) from None
        except RecursionError:
            message = f"{origin}: module {module.name!r} is JSON that is nested too deeply"
            raise Stalled(Reason.MODULE_INVALID, message) from None


def _is_utf8(data: bytes) -> bool:
    """Whether ``data`` is UTF-8; read in parts, since a string may take four times its size."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for chunk in _chunks(data):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
