"""``kubectl apply`` without a process: what it sends for one object, to those who apply hundreds of times."""

import json
from collections.abc import Mapping
from typing import Any, Final

MANAGER: Final = "kubectl-client-side-apply"
LAST_APPLIED: Final = "kubectl.kubernetes.io/last-applied-configuration"


def marked(obj: Mapping[str, Any]) -> dict[str, Any]:
    """The object with what it was applied as in its annotation."""
    annotations = {**obj["metadata"].get("annotations", {})}
    applied = {**obj, "metadata": {**obj["metadata"], "annotations": annotations}}
    written = {**annotations, LAST_APPLIED: _written(applied)}
    return {**obj, "metadata": {**obj["metadata"], "annotations": written}}


def _written(obj: Mapping[str, Any]) -> str:
    """As Go writes JSON: kubectl would otherwise find another text, and write its own."""
    text = json.dumps(obj, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"{text}\n"


def patch_of(obj: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """The merge patch: what is other than wanted, and without what was applied once and is no longer."""
    text = live["metadata"].get("annotations", {}).get(LAST_APPLIED, "{}")
    return _difference(json.loads(text), marked(obj), live)


def _difference(
    last: Mapping[str, Any], wanted: Mapping[str, Any], live: Mapping[str, Any]
) -> dict[str, Any]:
    patch: dict[str, Any] = {}
    for name, value in wanted.items():
        there = live.get(name)
        if isinstance(value, dict) and isinstance(there, dict):
            before = last.get(name)
            inner = _difference(before if isinstance(before, dict) else {}, value, there)
            if inner:
                patch[name] = inner
        elif there != value:
            patch[name] = value
    return patch | dict.fromkeys(last.keys() - wanted.keys())
