"""The metadata of an upload: checks, versioned settings, script settings and tags."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from local_edge.api.envelope import ApiError
from local_edge.api.multipart import Part
from local_edge.api.scripts.bindings import SECRETS
from local_edge.jsontypes import Json, JsonObject, list_at, text_at
from local_edge.storage.scripts import Script
from local_edge.storage.versions import VersionConfig

MAX_TAGS = 8
_MAX_CPU_MS = 300_000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SCRIPT_SETTINGS: JsonObject = {"logpush": False, "observability": None, "tail_consumers": None}
"""The settings that are not versioned, with their defaults."""
_KINDS: Mapping[str, type] = {
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
"""The types of the metadata's keys; each key may also be absent or null."""
_KIND_NAMES = {bool: "true or false", dict: "an object", list: "an array", str: "a string"}
_UNSUPPORTED = ("assets", "containers", "exports", "migrations")
"""Keys that are rejected, because a script would not work without what they ask for."""
_USAGE_MODELS = ("standard", "bundled", "unbound")
_PLACEMENT_MODES = ("smart", "targeted")


def metadata_of(parts: Sequence[Part], name: str = "metadata") -> JsonObject:
    """Parse and check a metadata part. Raises ApiError 10006 or 10021."""
    found = next((part for part in parts if part.name == name), None)
    if found is None:
        raise ApiError(400, 10021, f"The upload has no part named '{name}'.")
    try:
        metadata: Json = json.loads(bytes(found.data))
    except ValueError:
        raise ApiError(400, 10006, f"The part '{name}' is not JSON.") from None
    if not isinstance(metadata, dict):
        raise ApiError(400, 10006, f"The part '{name}' is not a JSON object.")
    check_kinds(metadata)
    return metadata


def check_kinds(metadata: JsonObject) -> None:
    for key, kind in _KINDS.items():
        if metadata.get(key) is not None and not isinstance(metadata[key], kind):
            raise ApiError(400, 10021, f"'{key}' in the metadata must be {_KIND_NAMES[kind]}.")
    for key in _UNSUPPORTED:
        if metadata.get(key):
            raise ApiError(400, 10021, f"'{key}' in the metadata: the local edge has no {key}.")


def kept_kinds(metadata: JsonObject) -> list[Json]:
    """Return the types of the bindings to keep: the requested ones, by default secrets."""
    kinds = list_at(metadata, "keep_bindings")
    return list(SECRETS) if kinds is None else kinds


def main_only(metadata: JsonObject) -> JsonObject:
    """Return the part of the metadata that belongs to the code."""
    return {key: metadata[key] for key in metadata if key in ("main_module", "body_part")}


def main_of(metadata: JsonObject) -> str:
    main = metadata.get("main_module") or metadata.get("body_part")
    if not isinstance(main, str):
        raise ApiError(400, 10021, "The metadata must name a main_module or a body_part.")
    return main


def config_of(metadata: JsonObject, previous: VersionConfig | None = None) -> VersionConfig:
    """Return the versioned settings. Settings that the metadata does not name are taken from `previous`."""
    if previous is None or metadata.get("main_module") or metadata.get("body_part"):
        syntax = "modules" if metadata.get("main_module") else "service-worker"
        main = main_of(metadata)
    else:
        syntax, main = previous.syntax, previous.main
    before = previous or VersionConfig(syntax, main)
    limits = _object(metadata, "limits", before.limits)
    _check_limits(limits)
    model = metadata.get("usage_model", before.usage_model) or "standard"
    if not isinstance(model, str) or model not in _USAGE_MODELS:
        raise ApiError(400, 10021, f"usage_model must be one of {', '.join(_USAGE_MODELS)}.")
    config = VersionConfig(
        syntax=syntax,
        main=main,
        compatibility_date=(
            text_at(metadata, "compatibility_date")
            if "compatibility_date" in metadata
            else before.compatibility_date
        ),
        compatibility_flags=(
            list_at(metadata, "compatibility_flags") or []
            if "compatibility_flags" in metadata
            else before.compatibility_flags
        ),
        limits=limits,
        placement=_object(metadata, "placement", before.placement),
        usage_model=model,
        annotations=_object(metadata, "annotations", None) or {},
    )
    _check_date(config.compatibility_date)
    _check_placement(config.placement)
    return config


def script_settings_of(metadata: JsonObject, previous: JsonObject | None = None) -> JsonObject:
    """Return the settings that are not versioned; `previous` fills in what the metadata does not name."""
    before = {**_SCRIPT_SETTINGS, **(previous or {})}
    settings = {name: metadata.get(name, before[name]) for name in _SCRIPT_SETTINGS}
    observability = settings["observability"]
    if isinstance(observability, dict) and not isinstance(observability.get("enabled"), bool):
        raise ApiError(400, 10021, "observability needs the field 'enabled'.")
    return settings


def relabeled(script: Script, settings: JsonObject, tags: list[str]) -> Script:
    return replace(script, settings=settings, tags=tags)


def tags_of(value: object) -> list[str]:
    """Sort and deduplicate tags. Raises ApiError 100102 or 100103 for invalid ones."""
    if not isinstance(value, list) or not all(isinstance(tag, str) and tag for tag in value):
        raise ApiError(400, 100102, "Tags must be an array of non-empty strings.")
    tags = sorted(set(value))
    if len(tags) > MAX_TAGS:
        raise ApiError(400, 100103, f"A script has at most {MAX_TAGS} tags, not {len(tags)}.")
    return tags


def _object(metadata: JsonObject, key: str, default: JsonObject | None) -> JsonObject | None:
    value = metadata.get(key, default)
    return value if isinstance(value, dict) else None


def _check_limits(limits: JsonObject | None) -> None:
    cpu = (limits or {}).get("cpu_ms") or 0
    if not isinstance(cpu, int) or cpu > _MAX_CPU_MS:
        raise ApiError(400, 10206, f"limits.cpu_ms is at most {_MAX_CPU_MS}.")


def _check_placement(placement: JsonObject | None) -> None:
    mode = (placement or {}).get("mode")
    if mode is not None and mode not in _PLACEMENT_MODES:
        raise ApiError(400, 10021, f"placement.mode must be one of {', '.join(_PLACEMENT_MODES)}.")


def _check_date(text: str | None) -> None:
    if text is None:
        return
    try:
        # fromisoformat accepts other forms, too.
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        moment = date.fromisoformat(text)
    except ValueError:
        raise ApiError(400, 10021, f"Invalid compatibility date: '{text}'.") from None
    if moment > datetime.now(UTC).date():
        raise ApiError(400, 10021, f"Can't set compatibility date in the future: {text}.")
