"""The filters of a tail: an event must pass all of them.

Each filter is an object with one key: `sampling_rate`, `outcome`, `method`, `header` (`key`, and `query` for its
value), `client_ip`, `query` (text of a log line) or `scriptVersion`.
"""

import random
from collections.abc import Callable, Iterable, Mapping

from local_edge.jsontypes import Json, JsonObject, list_at, object_at, text_at

Rule = Callable[[JsonObject, Json], bool]
"""Whether an event passes the value of a filter."""


def passes(event: JsonObject, filters: Iterable[JsonObject]) -> bool:
    return all(
        RULES[kind](event, wanted)
        for rule in filters
        for kind, wanted in rule.items()
        if kind in RULES
    )


def _request(event: JsonObject) -> JsonObject:
    return object_at(object_at(event, "event"), "request")


def _sampled(event: JsonObject, wanted: Json) -> bool:
    return not isinstance(wanted, int | float) or random.random() < wanted  # noqa: S311


def _has_outcome(event: JsonObject, wanted: Json) -> bool:
    return not isinstance(wanted, list) or event.get("outcome") in wanted


def _has_method(event: JsonObject, wanted: Json) -> bool:
    methods = [str(method).upper() for method in wanted] if isinstance(wanted, list) else []
    return not methods or text_at(_request(event), "method") in methods


def _has_header(event: JsonObject, wanted: Json) -> bool:
    if not isinstance(wanted, dict):
        return True
    value = text_at(object_at(_request(event), "headers"), str(wanted.get("key")).lower())
    query = text_at(wanted, "query")
    return value is not None and (not query or query.lower() in value.lower())


def _has_address(event: JsonObject, wanted: Json) -> bool:
    address = text_at(object_at(_request(event), "headers"), "cf-connecting-ip")
    return not isinstance(wanted, list) or "self" in wanted or address in wanted


def _has_text(event: JsonObject, wanted: Json) -> bool:
    lines = [line for line in list_at(event, "logs") or [] if isinstance(line, dict)]
    return any(
        str(wanted) in str(part) for line in lines for part in list_at(line, "message") or []
    )


def _has_version(event: JsonObject, wanted: Json) -> bool:
    return text_at(object_at(event, "scriptVersion"), "id") == wanted


RULES: Mapping[str, Rule] = {
    "sampling_rate": _sampled,
    "outcome": _has_outcome,
    "method": _has_method,
    "header": _has_header,
    "client_ip": _has_address,
    "query": _has_text,
    "scriptVersion": _has_version,
}
