"""Translate bindings of Cloudflare's API to those of a custom resource. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from pydantic import JsonValue

Fields = dict[str, JsonValue]
# Cloudflare's type -> (ours, its field -> ours), where words and not only their spelling differ.
_TYPES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "kv_namespace": ("kvNamespace", {"namespace_id": "id"}),
    "r2_bucket": ("r2Bucket", {"bucket_name": "bucket"}),
    "pipelines": ("pipeline", {}),
}
_WORD: Final = re.compile("_([a-z])")


def binding_of(given: Mapping[str, JsonValue]) -> Fields:
    """Return a binding in the form of ``spec.bindings``; the model validates it."""
    kind = str(given["type"])
    ours, renamed = _TYPES.get(kind, (_WORD.sub(lambda m: m[1].upper(), kind), {}))
    found: Fields = {"name": given["name"], "type": ours}
    for name, value in given.items():
        if name in ("name", "type") or value is None:
            continue
        if name == "service":
            found["worker"] = {"name": value}
        elif name in ("namespace_id", "bucket_name") and name not in renamed:
            found[{"namespace_id": "id", "bucket_name": "bucket"}[name]] = value
        else:
            found[renamed.get(name, name)] = value
    return found
