"""The API server's JSON, decoded whatever an object in it holds: no object keeps others from being seen. Pure.

The API server stores objects that are nested up to 10,000 deep, and their managedFields are as deep. Python's decoder
and everything that walks through a value end at about 1,000, so what lies deeper than MAX_DEPTH reads as null here. A
spec that is nested so deep is refused for less (``resources.worker``).
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

logger = logging.getLogger(__name__)

MAX_DEPTH: Final = 100
_TOKENS: Final = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]', re.DOTALL)
_NO_MARKS: Final = bytes(set(range(256)) - set(b'{}[]"'))
_BRACES: Final = bytes.maketrans(b"[]", b"{}")
_PAIR: Final = re.compile(rb'"[^"]*"?')
_STEPS: Final = [(byte in b"{[") - (byte in b"}]") for byte in range(256)]
_MAX_DIGITS: Final = 400  # a number with more is beyond every number that JSON's users have
_VERSION: Final = re.compile("[0-9]{1,19}", re.ASCII)
_MODIFIED: Final = b'{"type":"MODIFIED",'
_STATE: Final = re.compile(
    rb'"resourceVersion":"([0-9]{1,19})","uid":"([0-9a-f-]{36})"\},"s(?:pec|tatus)":'
)
_TEXTS: Final = ("name", "namespace", "uid", "creationTimestamp", "deletionTimestamp")
_OF_OBJECTS: Final = ("ADDED", "MODIFIED", "DELETED")


def decode(data: bytes) -> Any:
    """Return the value. Raises json.JSONDecodeError if ``data`` is not JSON."""
    text = _pruned(data) if _is_deep(data) else data
    try:
        return json.loads(text)
    except ValueError:
        return _TOLERANT.decode(text.decode(errors="replace"))


def sound(obj: object) -> dict[str, Any] | None:
    """Return an object with metadata and status of the types that the API gives them.

    The managedFields come down to ``specManager``, the manager that changed the spec last.

    None if nothing says which object it is.
    """
    metadata = obj.get("metadata") if isinstance(obj, dict) else None
    if not isinstance(obj, dict) or not isinstance(metadata, dict):
        return None
    if not isinstance(metadata.get("name"), str) or not metadata["name"]:
        return None
    found = {**obj, "metadata": _sound_metadata(metadata)}
    return found | {"status": _sound_status(obj["status"])} if "status" in obj else found


def sound_items(page: object) -> Iterator[dict[str, Any]]:
    """Yield the objects of a list, but those of which nothing says which they are."""
    items = page.get("items") if isinstance(page, dict) else None
    for item in items if isinstance(items, list) else ():
        obj = sound(item)
        if obj is not None:
            yield obj
        else:
            logger.warning("an object in a list is left out: it has no name")


def event_of(line: bytes) -> dict[str, Any] | None:
    """Return a watch event with a sound object; None for a line that is none, which is logged."""
    try:
        event = decode(line)
    except ValueError:
        event = None
    if isinstance(event, dict) and isinstance(event.get("object"), dict):
        if event.get("type") not in _OF_OBJECTS:
            return event
        if (obj := sound(event["object"])) is not None:
            return event | {"object": obj}
    logger.warning("a line of a watch is left out: it is not an event about an object with a name")
    return None


def modified(line: bytes) -> tuple[str, int] | None:
    """Return uid and resourceVersion of an object that a line of a watch says was modified, without decoding it.

    None if the line is not as the API server writes it, keys in order: metadata ends with these two, and nothing of
    what comes before can look like that, since annotations have no objects as values.
    """
    found = _STATE.search(line) if line.startswith(_MODIFIED) else None
    return (found[2].decode(), int(found[1])) if found else None


def _is_deep(data: bytes) -> bool:
    """Return whether brackets are nested more than MAX_DEPTH deep.

    Every answer is measured, so this has to be quick. Without escapes, and with nothing left but brackets and quotation
    marks, the pairs of these are strings; then each round takes away the innermost brackets.
    """
    if data.count(b"{") + data.count(b"[") <= MAX_DEPTH:
        return False
    marks = data.replace(rb"\\", b"").replace(rb"\"", b"").translate(_BRACES, _NO_MARKS)
    braces = _PAIR.sub(b"", marks.replace(b'""', b""))
    for _ in range(MAX_DEPTH):
        braces = braces.replace(b"{}", b"")
    return bool(braces)


def _pruned(data: bytes) -> bytes:
    """Return JSON with null in place of everything below MAX_DEPTH."""
    kept: list[bytes] = []
    start = depth = 0
    for token in _TOKENS.finditer(data):
        step = _STEPS[data[token.start()]]
        if step > 0 and depth == MAX_DEPTH:
            kept += [data[start : token.start()], b"null"]
        elif step < 0 and depth == MAX_DEPTH + 1:
            start = token.end()
        depth += step
    return b"".join([*kept, data[start:]])


def _integer(digits: str) -> int | float:
    return int(digits) if len(digits) <= _MAX_DIGITS else float(digits)


_TOLERANT: Final = json.JSONDecoder(parse_int=_integer, strict=False)


def _sound_metadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Return metadata in which every field that is read has its type; what has another one counts as absent."""
    found: dict[str, Any] = {
        k: v for k, v in metadata.items() if k in _TEXTS and isinstance(v, str)
    }
    generation, version = metadata.get("generation"), str(metadata.get("resourceVersion"))
    if manager := _spec_manager(_listed(metadata.get("managedFields"))):
        found["specManager"] = manager
    if isinstance(generation, int) and not isinstance(generation, bool):
        found["generation"] = generation
    return found | {
        "uid": found.get("uid", ""),
        "resourceVersion": version if _VERSION.fullmatch(version) else "0",
        "labels": _texts(metadata.get("labels")),
        "annotations": _texts(metadata.get("annotations")),
        "finalizers": [f for f in _listed(metadata.get("finalizers")) if isinstance(f, str)],
    }


def _spec_manager(entries: list[Any]) -> str:
    """Return the field manager that changed the spec last."""
    found = [
        (str(entry.get("time")), str(entry.get("manager")))
        for entry in entries
        if isinstance(entry, dict)
        and isinstance(entry.get("fieldsV1"), dict)
        and "f:spec" in entry["fieldsV1"]
    ]
    return max(found, default=("", ""))[1][:128]


def _sound_status(status: object) -> dict[str, Any]:
    """Return a status in which every condition has a type."""
    if not isinstance(status, dict):
        return {}
    if "conditions" not in status:
        return status
    conditions = _listed(status["conditions"])
    kept = [c for c in conditions if isinstance(c, dict) and isinstance(c.get("type"), str)]
    return status | {"conditions": kept}


def _texts(value: object) -> dict[str, str]:
    found = value.items() if isinstance(value, dict) else ()
    return {name: text for name, text in found if isinstance(text, str)}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
