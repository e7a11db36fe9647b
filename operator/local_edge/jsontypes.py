"""JSON values as Python types."""

from collections.abc import Mapping
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = dict[str, Json]


def object_at(document: Mapping[str, Json], key: str) -> JsonObject:
    """Return the object at `key`, or an empty one if there is none."""
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def text_at(document: Mapping[str, Json], key: str) -> str | None:
    """Return the string at `key`, or None if there is none."""
    value = document.get(key)
    return value if isinstance(value, str) else None


def list_at(document: Mapping[str, Json], key: str) -> list[Json] | None:
    """Return the array at `key`, or None if there is none."""
    value = document.get(key)
    return value if isinstance(value, list) else None
