"""An upload: metadata and modules of a multipart request, checked, as a version."""

import asyncio
import json
import re
import uuid
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request

from local_edge.api.bindings import SECRETS, Binding
from local_edge.api.envelope import ApiError
from local_edge.api.multipart import Part, parts_of
from local_edge.storage.database import now
from local_edge.storage.scripts import Module, Version, etag_of

MAX_COMPRESSED = 10 * 1024 * 1024
MAX_UNCOMPRESSED = 64 * 1024 * 1024
"""Bytes of all modules together (paid plan)."""
_LARGE = 1024 * 1024  # bytes from which on reading an upload takes more than a moment
_MAX_CPU_MS = 300_000
MAX_TAGS = 8
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
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
"""What a module is says its content type, never its name."""
_SKIPPED = ("application/source-map",)
_UNAVAILABLE = ("text/x-python", "text/x-python-requirement")
_SCRIPT_SETTINGS = {"logpush": False, "observability": None, "tail_consumers": None}
"""Settings that are not versioned, with their defaults."""


@dataclass(frozen=True)
class Upload:
    metadata: dict[str, Any]
    modules: tuple[Module, ...]
    """The main module first."""


async def receive(request: Request) -> Upload:
    """The upload that a request holds; see `read`."""
    parts = await parts_of(request)
    if sum(len(part.data) for part in parts) < _LARGE:
        return read(parts)
    return await asyncio.to_thread(read, parts)


def read(parts: Sequence[Part]) -> Upload:
    """Raises ApiError 10006 (metadata), 10021 (modules), 10027 (size) or 10068 (nothing to run)."""
    metadata = metadata_of(parts)
    modules = [
        _module(part)
        for part in parts
        if part.name not in _METADATA_PARTS and not _is_skipped(part)
    ]
    main = _main_of(metadata)
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
    return Upload(metadata, tuple(modules))


_KINDS = {
    "annotations": dict,
    "bindings": list,
    "compatibility_date": str,
    "compatibility_flags": list,
    "keep_bindings": list,
    "limits": dict,
    "logpush": bool,
    "observability": dict,
    "placement": dict,
    "tail_consumers": list,
}
"""What the keys of the metadata must be, if they are there and not null."""
_ABSENT = ("assets", "containers", "exports", "migrations")
"""Keys of what is not there: an upload that asks for it would be accepted, and not do what it should."""
_USAGE_MODELS = ("standard", "bundled", "unbound")
_PLACEMENT_MODES = ("smart", "targeted")


def metadata_of(parts: Sequence[Part], name: str = "metadata") -> dict[str, Any]:
    found = next((part for part in parts if part.name == name), None)
    if found is None:
        raise ApiError(400, 10021, f"The upload has no part named '{name}'.")
    try:
        metadata = json.loads(bytes(found.data))
    except ValueError:
        raise ApiError(400, 10006, f"The part '{name}' is not JSON.") from None
    if not isinstance(metadata, dict):
        raise ApiError(400, 10006, f"The part '{name}' is not a JSON object.")
    check_kinds(metadata)
    return metadata


def check_kinds(metadata: Mapping[str, Any]) -> None:
    for key, kind in _KINDS.items():
        if metadata.get(key) is not None and not isinstance(metadata[key], kind):
            words = {bool: "true or false", dict: "an object", list: "an array", str: "a string"}
            raise ApiError(400, 10021, f"'{key}' in the metadata must be {words[kind]}.")
    for key in _ABSENT:
        if metadata.get(key):
            raise ApiError(400, 10021, f"'{key}' in the metadata: the local edge has no {key}.")


def kept_kinds(metadata: Mapping[str, Any]) -> Sequence[str]:
    """Kinds of bindings that stay without being repeated; secrets do unless the upload says otherwise."""
    kinds = metadata.get("keep_bindings")
    return SECRETS if kinds is None else kinds


def main_alone(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Of the metadata what belongs to the code."""
    return {key: metadata[key] for key in metadata if key in ("main_module", "body_part")}


def config_of(
    metadata: Mapping[str, Any], previous: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The versioned settings; `previous` fills in what the metadata does not name (for changes of settings)."""
    before = previous or {}
    syntax, main = before.get("syntax"), before.get("main")
    if "main_module" in metadata or "body_part" in metadata:
        syntax = "modules" if "main_module" in metadata else "service-worker"
        main = _main_of(metadata)
    config = {
        "syntax": syntax,
        "main": main,
        "compatibility_date": metadata.get("compatibility_date", before.get("compatibility_date")),
        "compatibility_flags": metadata.get(
            "compatibility_flags", before.get("compatibility_flags")
        )
        or [],
        "limits": metadata.get("limits", before.get("limits")),
        "placement": metadata.get("placement", before.get("placement")),
        "usage_model": metadata.get("usage_model", before.get("usage_model")) or "standard",
        "annotations": metadata.get("annotations") or {},
    }
    _check_config(config)
    return config


def script_settings_of(
    metadata: Mapping[str, Any], previous: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    before = {**_SCRIPT_SETTINGS, **(previous or {})}
    settings = {name: metadata.get(name, before[name]) for name in _SCRIPT_SETTINGS}
    observability = settings["observability"]
    if observability is not None and not isinstance(observability.get("enabled"), bool):
        raise ApiError(400, 10021, "observability needs the field 'enabled'.")
    return settings


def tags_of(value: object) -> list[str]:
    """Sorted, each once; 100102 and 100103 for tags that do not hold."""
    if not isinstance(value, list) or not all(isinstance(tag, str) and tag for tag in value):
        raise ApiError(400, 100102, "Tags must be an array of non-empty strings.")
    tags = sorted(set(value))
    if len(tags) > MAX_TAGS:
        raise ApiError(400, 100103, f"A script has at most {MAX_TAGS} tags, not {len(tags)}.")
    return tags


def version_of(
    config: dict[str, Any], bindings: list[Binding], modules: tuple[Module, ...]
) -> Version:
    return Version(str(uuid.uuid4()), etag_of(modules), now(), config, bindings, modules)


def _main_of(metadata: Mapping[str, Any]) -> str:
    main = metadata.get("main_module") or metadata.get("body_part")
    if not isinstance(main, str):
        raise ApiError(400, 10021, "The metadata must name a main_module or a body_part.")
    return main


def _is_skipped(part: Part) -> bool:
    return part.content_type in _SKIPPED


def _module(part: Part) -> Module:
    name = part.filename or part.name
    if part.content_type in _UNAVAILABLE:
        raise ApiError(400, 10021, f"Module '{name}' is Python, which the local edge does not run.")
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
    return Module(name, kind, part.content_type or "application/octet-stream", data)


def _check_size(modules: Iterable[Module]) -> None:
    sizes = [len(module.data) for module in modules]
    total = sum(sizes)
    if total > MAX_COMPRESSED:
        total_compressed = sum(len(zlib.compress(module.data, 1)) for module in modules)
        if total > MAX_UNCOMPRESSED or total_compressed > MAX_COMPRESSED:
            text = f"Your Worker exceeded the size limit of {MAX_COMPRESSED >> 20} MB after compression"
            raise ApiError(400, 10027, f"{text} (or {MAX_UNCOMPRESSED >> 20} MB before).")


def _check_config(config: Mapping[str, Any]) -> None:
    limits = config["limits"] or {}
    cpu = limits.get("cpu_ms") or 0
    if not isinstance(cpu, int) or cpu > _MAX_CPU_MS:
        raise ApiError(400, 10206, f"limits.cpu_ms is at most {_MAX_CPU_MS}.")
    if config["usage_model"] not in _USAGE_MODELS:
        raise ApiError(400, 10021, f"usage_model must be one of {', '.join(_USAGE_MODELS)}.")
    _check_date(config["compatibility_date"])
    mode = (config["placement"] or {}).get("mode")
    if mode is not None and mode not in _PLACEMENT_MODES:
        raise ApiError(400, 10021, f"placement.mode must be one of {', '.join(_PLACEMENT_MODES)}.")


def _check_date(text: str | None) -> None:
    if text is None:
        return
    try:
        # Only this of the forms that fromisoformat takes is a compatibility date.
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        moment = date.fromisoformat(text)
    except ValueError:
        raise ApiError(400, 10021, f"Invalid compatibility date: '{text}'.") from None
    if moment > datetime.now(UTC).date():
        raise ApiError(400, 10021, f"Can't set compatibility date in the future: {text}.")
