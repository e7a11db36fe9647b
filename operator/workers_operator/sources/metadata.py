"""The metadata of a bundle: what is used, left out or refused, so that nothing is dropped silently."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard

from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason
from workers_operator.domain.text.lines import short

MAX_BYTES: Final = 1024 * 1024
_MAX_REFUSED: Final = 5  # settings that a message names
_USED: Final = ("main_module", "body_part", "compatibility_date", "compatibility_flags", "bindings")
# What changes how a script is watched, placed or filed, and not what it does.
_LEFT_OUT: Final = (
    "annotations",
    "bindings_inherit",
    "keep_bindings",
    "keep_vars",
    "logpush",
    "observability",
    "placement",
    "tags",
    "tail_consumers",
    "usage_model",
)
_ELSEWHERE: Final[Mapping[str, str]] = {"limits": "spec.limits", "vars": "spec.vars"}
# Bindings of a service worker to its own modules: the upload has one for each.
_PARTS: Final = ("wasm_module", "text_blob", "data_blob")


@dataclass(frozen=True)
class BundleMetadata:
    """What a bundle says of itself. ``asks``: (name, API type) of its bindings; ``left_out``: unused settings."""

    main: str
    service_worker: bool
    date: str | None
    flags: tuple[str, ...]
    asks: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]


def parse(text: bytes | None, origin: str) -> BundleMetadata:
    """Return the metadata; ``text``: the part of that name. Raises Stalled, naming what is wrong or not supported."""
    found = _loaded(text, origin)
    _check_settings(found, origin)
    main = found.get("main_module") or found.get("body_part")
    if not isinstance(main, str):
        raise Stalled(Reason.MODULE_INVALID, f"{origin}: the bundle's metadata has no main_module")
    date, flags = found.get("compatibility_date"), found.get("compatibility_flags") or []
    if not (date is None or isinstance(date, str)) or not _are_strings(flags):
        raise Stalled(
            Reason.MODULE_INVALID,
            f"{origin}: in the bundle's metadata, compatibility_date must be a string and "
            "compatibility_flags a list of strings",
        )
    return BundleMetadata(
        main=main,
        service_worker="body_part" in found,
        date=date,
        flags=tuple(flags),
        asks=_bindings(found.get("bindings") or [], origin),
        left_out=tuple(name for name in _LEFT_OUT if found.get(name)),
    )


def _loaded(text: bytes | None, origin: str) -> Mapping[str, object]:
    if text is not None and len(text) > MAX_BYTES:
        message = f"{origin}: the bundle's metadata have {len(text)} bytes, more than {MAX_BYTES}"
        raise Stalled(Reason.MODULE_INVALID, message)
    try:
        found = json.loads(text if text is not None else b"")
    except (ValueError, RecursionError):
        raise Stalled(
            Reason.MODULE_INVALID, f"{origin}: the bundle has no part 'metadata' with valid JSON"
        ) from None
    if not isinstance(found, dict):
        message = f"{origin}: the bundle's metadata must be a JSON object"
        raise Stalled(Reason.MODULE_INVALID, message)
    return found


def _check_settings(found: Mapping[str, object], origin: str) -> None:
    """Raise Stalled if the metadata have settings that would not take effect. Empty ones ask for nothing."""
    refused = sorted(
        name for name, value in found.items() if value and name not in (*_USED, *_LEFT_OUT)
    )
    if not refused:
        return
    advice = [
        f"{name}, which belongs into {_ELSEWHERE[name]}"
        if name in _ELSEWHERE
        else f"{short(name)}, which the operator does not support"
        for name in refused[:_MAX_REFUSED]
    ]
    message = f"{origin}: the bundle's metadata ask for {'; for '.join(advice)}; remove it from the metadata"
    raise Stalled(Reason.BUNDLE_NOT_SUPPORTED, message)


def _bindings(listed: object, origin: str) -> tuple[tuple[str, str], ...]:
    """Return name and type of each binding but those to parts of the bundle, which the upload has anyway."""
    malformed = (
        f"{origin}: in the bundle's metadata, bindings must be a list of objects with name and type"
    )
    if not isinstance(listed, list):
        raise Stalled(Reason.MODULE_INVALID, malformed)
    found = []
    for binding in listed:
        name, kind = (
            (binding.get("name"), binding.get("type")) if isinstance(binding, dict) else (None,) * 2
        )
        if not isinstance(name, str) or not isinstance(kind, str):
            raise Stalled(Reason.MODULE_INVALID, malformed)
        if kind == "service" and binding.get("entrypoint"):
            kind = f"service with the entrypoint {short(str(binding['entrypoint']))}"
        if kind not in _PARTS or binding.get("part") != name:
            found.append((name, kind))
    return tuple(found)


def _are_strings(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)
