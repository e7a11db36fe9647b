"""Find conflicts: changes of fields that another manager owns. Pure.

kubernetes.io/docs/reference/using-api/server-side-apply ("Managed fields"): fieldsV1 is a tree whose names begin with
f: (a field), k: (an item of a list, by its keys), v: (an item that is a value) or i: (an item by its place).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

MANAGER: Final = "workers-gateway"
"""The field manager of the gateway."""


@dataclass(frozen=True, slots=True)
class FieldConflict:
    """A field that a change would modify, and its owner."""

    path: str
    manager: str


_KUBECTL: Final = "kubectl"
_SCALED: Final = "spec.instances"


def conflicts(
    managed: object, before: Mapping[str, object], after: Mapping[str, object]
) -> list[FieldConflict]:
    """Return the fields that a change concerns and that others own. ``managed``: metadata.managedFields.

    ``before``, ``after``: an object as far as requests can change it, metadata.labels and spec.
    """
    found: dict[FieldConflict, None] = {}
    for entry in map(_mapping, managed if isinstance(managed, list) else ()):
        manager = str(entry.get("manager") or "")
        if manager == MANAGER:
            continue
        for path in _changed(_owned(entry), before, after, ""):
            if path != _SCALED or not _is_by_hand(entry):
                found[FieldConflict(path, manager)] = None
    return list(found)


def _owned(entry: Mapping[str, object]) -> Mapping[str, object]:
    """Return what a manager owns of the labels and the spec."""
    fields = _mapping(entry.get("fieldsV1"))
    labels = _mapping(_mapping(fields.get("f:metadata")).get("f:labels"))
    spec = _mapping(fields.get("f:spec"))
    found: dict[str, object] = {"f:metadata": {"f:labels": labels}} if labels else {}
    return found | ({"f:spec": spec} if spec else {})


def _is_by_hand(entry: Mapping[str, object]) -> bool:
    """Whether kubectl has set fields without server-side apply: kubectl scale sets them over as well."""
    manager = str(entry.get("manager") or "")
    return entry.get("operation") == "Update" and manager.startswith(_KUBECTL)


def _changed(
    fields: Mapping[str, object], before: object, after: object, path: str
) -> Iterator[str]:
    """Yield the paths of owned fields whose values differ."""
    for name, below in fields.items():
        if name == ".":
            continue
        old, new, label = _child(before, name), _child(after, name), _label(name)
        if old == new:
            continue
        where = label if not path else f"{path}{label}" if label[0] == "[" else f"{path}.{label}"
        deeper = _mapping(below)
        if any(part != "." for part in deeper) and _is_container(old):
            yield from _changed(deeper, old, new, where)
        else:
            yield where


def _child(value: object, name: str) -> object:
    """Return the part of a value that a fieldsV1 name denotes; None if there is none."""
    kind, _, rest = name.partition(":")
    if kind == "f":
        return _mapping(value).get(rest)
    items: Sequence[object] = value if isinstance(value, list) else ()
    if kind == "i":
        index = int(rest) if rest.isdecimal() else len(items)
        return items[index] if index < len(items) else None
    try:
        wanted = json.loads(rest)
    except ValueError:
        return None
    if kind == "v":
        return wanted if wanted in items else None
    keys = _mapping(wanted)
    return next((i for i in items if all(_mapping(i).get(k) == v for k, v in keys.items())), None)


def _label(name: str) -> str:
    kind, _, rest = name.partition(":")
    return rest if kind == "f" else f"[{rest}]"


def _is_container(value: object) -> bool:
    return isinstance(value, dict | list)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
