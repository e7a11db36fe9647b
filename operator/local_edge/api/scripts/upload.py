"""An upload: the metadata and modules of a multipart request."""

import asyncio
import json
import uuid
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from starlette.requests import Request

from local_edge.api.envelope import ApiError
from local_edge.api.multipart import MAX_UPLOAD, Part, parts_of
from local_edge.api.requests import body_of, source_of
from local_edge.api.scripts.metadata import main_of, metadata_of
from local_edge.jsontypes import JsonObject
from local_edge.storage.database import now
from local_edge.storage.versions import (
    ScriptBinding,
    ScriptModule,
    ScriptVersion,
    VersionConfig,
    etag_of,
)

MAX_COMPRESSED = 10 * 1024 * 1024
MAX_UNCOMPRESSED = 64 * 1024 * 1024
"""Bytes of all modules together (paid plan)."""
_LARGE = 1024 * 1024  # bytes; larger uploads are read in a thread
_METADATA_PARTS = ("metadata", "settings")
_TYPES = {
    "application/javascript+module": "js",
    "text/javascript+module": "js",
    "application/javascript": "cjs",
    "text/javascript": "cjs",
    "application/x-javascript": "cjs",
    "application/node+module": "cjs",
    "application/json": "json",
    "application/octet-stream": "data",
    "application/wasm": "wasm",
    "text/plain": "text",
}
"""The content type determines the type of a module; its name does not matter."""
_RAW_TYPES = ("application/javascript", "text/javascript")
_RAW_NAME = "worker.js"
_SKIPPED = ("application/source-map",)
_UNSUPPORTED = ("text/x-python", "text/x-python-requirement")


@dataclass(frozen=True)
class ScriptUpload:
    metadata: JsonObject
    modules: tuple[ScriptModule, ...]
    """The main module comes first."""
    source: str = "api"
    """The client that sent the upload: api or wrangler."""


async def receive(request: Request, *, raw: bool = False) -> ScriptUpload:
    """Read the upload of a request; see `read`. With `raw`, the body may be a script in Service Worker syntax."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if raw and kind != "multipart/form-data":
        parts = await _raw_parts(request, kind)
    else:
        parts = await parts_of(request)
    if sum(len(part.data) for part in parts) < _LARGE:
        upload = read(parts)
    else:
        upload = await asyncio.to_thread(read, parts)
    return replace(upload, source=source_of(request))


async def _raw_parts(request: Request, kind: str) -> Sequence[Part]:
    """Return a script that is sent without metadata as the parts of an upload."""
    if kind not in _RAW_TYPES:
        listed = ", ".join((*_RAW_TYPES, "multipart/form-data"))
        raise ApiError(415, 10001, f"Content-Type must be one of: {listed}")
    metadata = bytearray(json.dumps({"body_part": _RAW_NAME}).encode())
    data = bytearray(await body_of(request, MAX_UPLOAD))
    script = Part(_RAW_NAME, _RAW_NAME, kind, data)
    return [Part("metadata", None, "application/json", metadata), script]


def read(parts: Sequence[Part]) -> ScriptUpload:
    """Parse and check an upload.

    Raises ApiError 10006 (metadata), 10021 (modules), 10027 (size) or 10068 (no modules).
    """
    metadata = metadata_of(parts)
    modules = [
        _module(part)
        for part in parts
        if part.name not in _METADATA_PARTS and part.content_type not in _SKIPPED
    ]
    main = main_of(metadata)
    if not modules:
        raise ApiError(400, 10068, "The uploaded script has no registered event handlers.")
    if main not in (module.name for module in modules):
        named = [part for part in parts if part.name == main and part.filename]
        if not named or "body_part" not in metadata:
            raise ApiError(
                400,
                10021,
                f"No such module: '{main}' is named by the metadata, but was not uploaded.",
            )
        metadata = {**metadata, "body_part": named[0].filename}
        main = str(named[0].filename)
    _check_size(modules)
    modules.sort(key=lambda module: module.name != main)
    return ScriptUpload(metadata, tuple(modules))


def version_of(
    config: VersionConfig, bindings: list[ScriptBinding], modules: tuple[ScriptModule, ...]
) -> ScriptVersion:
    return ScriptVersion(str(uuid.uuid4()), etag_of(modules), now(), config, bindings, modules)


def _module(part: Part) -> ScriptModule:
    name = part.filename or part.name
    if part.content_type in _UNSUPPORTED:
        text = f"Module '{name}' is Python, which the local edge does not support."
        raise ApiError(400, 10021, text)
    if name.startswith("__edge"):
        raise ApiError(400, 10021, f"Module name '{name}' is reserved.")
    kind = _TYPES.get(part.content_type or "", "data")
    data = bytes(part.data)
    if kind not in ("data", "wasm"):
        try:
            data.decode()
        except UnicodeDecodeError:
            text = f"Module '{name}' has the content type '{part.content_type}', but is not UTF-8."
            raise ApiError(400, 10021, text) from None
    return ScriptModule(name, kind, part.content_type or "application/octet-stream", data)


def _check_size(modules: Iterable[ScriptModule]) -> None:
    sizes = [len(module.data) for module in modules]
    total = sum(sizes)
    if total > MAX_COMPRESSED:
        total_compressed = sum(len(zlib.compress(module.data, 1)) for module in modules)
        if total > MAX_UNCOMPRESSED or total_compressed > MAX_COMPRESSED:
            text = f"Your Worker exceeded the size limit of {MAX_COMPRESSED >> 20} MB after compression"
            raise ApiError(400, 10027, f"{text} (or {MAX_UNCOMPRESSED >> 20} MB before).")
