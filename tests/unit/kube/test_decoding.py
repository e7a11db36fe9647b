"""Whatever the API server has stored is decoded, and what cannot be used of it hides nothing else."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.hostile import nested
from workers_operator.kube.decoding import MAX_DEPTH, decode, event_of, modified, sound, sound_items

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def depth_of(value: Any) -> int:
    """How deep a value is nested; without recursion."""
    depth, level = 0, [value]
    while level := [v for v in level if isinstance(v, dict | list)]:
        depth += 1
        level = [i for v in level for i in (v.values() if isinstance(v, dict) else v)]
    return depth


@given(json_values)
@example({"a": '{"[' * 200, '\\"{': ["\\", '"[', "\\\\"]})
def test_ordinary_json_is_decoded_as_usual(value: Any) -> None:
    assert decode(json.dumps(value).encode()) == value
    assert decode(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")) == value


@pytest.mark.parametrize("depth", [1, 2, MAX_DEPTH - 1, MAX_DEPTH])
@pytest.mark.parametrize("brackets", [('{"a":', "}"), ("[", "]")])
def test_what_is_not_too_deep_stays(depth: int, brackets: tuple[str, str]) -> None:
    text = nested(depth, *brackets)
    assert depth_of(decode(text.encode())) == depth
    assert decode(text.encode()) == json.loads(text)


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 500, 990, 3000, 9999, 300_000])
@pytest.mark.parametrize("brackets", [('{"a":', "}"), ("[", "]"), ('[{"]":"}","a":', "}]")])
def test_below_the_depth_nothing_is_left_and_beside_it_everything(
    depth: int, brackets: tuple[str, str]
) -> None:
    deep = nested(depth, *brackets)
    text = f'{{"before": [{{"x": "]}}"}}], "deep": {deep}, "after": {{"y": [1, 2.5, null]}}}}'
    found = decode(text.encode())
    assert (found["before"], found["after"]) == ([{"x": "]}"}], {"y": [1, 2.5, None]})
    assert list(found) == ["before", "deep", "after"]
    assert depth_of(found) == MAX_DEPTH


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b'"\\ud83d"', "\ud83d"),
        (b'"\xff"', "\ufffd"),
        (b'"a\tb\x00"', "a\tb\x00"),
        (b"1e999", math.inf),
        (b"-Infinity", -math.inf),
        (b"9" * 5000, math.inf),
        (b"9" * 30, int("9" * 30)),
        (b'{"big": -' + b"9" * 5000 + b', "b": 1}', {"big": -math.inf, "b": 1}),
    ],
)
def test_odd_values_are_decoded(text: bytes, value: Any) -> None:
    assert decode(text) == value


@pytest.mark.parametrize("text", [b"", b"<html>", b"{", b"[" * 5000, b'{"a": "', b"\xff\xfe"])
def test_what_is_not_json_is_an_error(text: bytes) -> None:
    with pytest.raises(json.JSONDecodeError):
        decode(text)


NAME = {"name": "a", "namespace": "shop", "uid": "u"}
WRONG: tuple[Any, ...] = (None, 5, -1.5, True, "x", "", [], [1, None], {}, {"a": {}}, 10**30)


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_metadata_has_its_types_whoever_wrote_it(value: Any) -> None:
    fields = ("uid", "generation", "resourceVersion", "creationTimestamp", "deletionTimestamp",
              "labels", "annotations", "finalizers", "managedFields", "ownerReferences", "more")  # fmt: skip
    found = sound({"metadata": {**dict.fromkeys(fields, value), "name": "a"}, "spec": {"x": 1}})
    assert found is not None
    metadata = found["metadata"]
    assert isinstance(metadata["uid"], str)
    assert metadata["resourceVersion"].isdigit()
    assert isinstance(metadata.get("generation", 0), int)
    assert isinstance(metadata.get("deletionTimestamp", ""), str)
    assert all(isinstance(v, str) for v in metadata["annotations"].values())
    assert all(isinstance(v, str) for v in metadata["finalizers"])
    assert "managedFields" not in metadata
    assert found["spec"] == {"x": 1}


def test_metadata_as_it_should_be_stays() -> None:
    metadata = NAME | {
        "generation": 3,
        "resourceVersion": "1234",
        "creationTimestamp": "2026-01-31T08:00:00Z",
        "deletionTimestamp": "2026-01-31T09:00:00Z",
        "labels": {"a": "b"},
        "annotations": {"c": "d"},
        "finalizers": ["f"],
    }
    found = sound({"metadata": metadata | {"managedFields": [{}]}, "spec": {}})
    assert found == {"metadata": metadata, "spec": {}}


@pytest.mark.parametrize("value", WRONG, ids=repr)
def test_what_has_no_name_is_no_object(value: Any) -> None:
    assert sound(value) is None
    assert sound({"metadata": value}) is None
    assert value == "x" or sound({"metadata": {"name": value}}) is None


@pytest.mark.parametrize("status", [*WRONG, {"conditions": 5}, {"conditions": [1, {"type": 5}]}])
def test_a_status_is_a_mapping_whose_conditions_have_types(status: Any) -> None:
    ready = {"type": "Ready", "status": "True"}
    found = sound({"metadata": NAME, "status": status})
    assert found is not None
    assert isinstance(found["status"], dict)
    assert found["status"].get("conditions", []) == []
    mixed = sound({"metadata": NAME, "status": {"conditions": [None, ready, {}]}})
    assert mixed is not None
    assert mixed["status"] == {"conditions": [ready]}


def test_a_list_leaves_out_what_is_no_object() -> None:
    items: list[Any] = [
        {"metadata": NAME},
        None,
        {"metadata": 5},
        {"spec": {}},
        {"metadata": {"name": "b"}},
    ]
    assert [i["metadata"]["name"] for i in sound_items({"items": items})] == ["a", "b"]
    pages: list[Any] = [None, [], {}, {"items": None}, {"items": {}}]
    assert [list(sound_items(page)) for page in pages] == [[]] * 5


@pytest.mark.parametrize(
    "line", [b"{", b"5", b"[]", b"{}", b'{"type": "ADDED"}', b'{"type": "ADDED", "object": {}}',
             b'{"type": "MODIFIED", "object": {"metadata": {"name": 5}}}'],
)  # fmt: skip
def test_a_line_that_is_no_event_is_left_out(line: bytes) -> None:
    assert event_of(line) is None


def test_an_event_holds_a_sound_object() -> None:
    deep = f'{{"name": "a", "managedFields": {nested(3000)}, "annotations": 5}}'
    line = f'{{"type": "ADDED", "object": {{"metadata": {deep}, "spec": {nested(3000)}}}}}'
    event = event_of(line.encode())
    assert event is not None
    assert event["object"]["metadata"]["annotations"] == {}
    assert depth_of(event) == MAX_DEPTH
    bookmark = {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "7"}}}
    assert event_of(json.dumps(bookmark).encode()) == bookmark


UID = "0b6cbd9b-8d65-4c4b-9b0e-5bd4d5b2a0e1"
METADATA = f'"name":"a","resourceVersion":"12","uid":"{UID}"'


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (f'{{"type":"MODIFIED","object":{{"metadata":{{{METADATA}}},"spec":{{}}}}}}', (UID, 12)),
        (f'{{"type":"MODIFIED","object":{{"metadata":{{{METADATA}}},"status":{{}}}}}}', (UID, 12)),
        (f'{{"type":"ADDED","object":{{"metadata":{{{METADATA}}},"spec":{{}}}}}}', None),
        (f'{{"type":"DELETED","object":{{"metadata":{{{METADATA}}},"spec":{{}}}}}}', None),
        (f'{{"type":"MODIFIED","object":{{"spec":{{}},"metadata":{{{METADATA}}}}}}}', None),
        (f'{{"object":{{"metadata":{{{METADATA}}},"spec":{{}}}},"type":"MODIFIED"}}', None),
        ('{"type":"MODIFIED","object":{"metadata":{"name":"a"},"spec":{}}}', None),
        ("not json", None),
    ],
)
def test_what_a_line_says_of_a_modified_object_is_known_without_decoding_it(
    line: str, state: tuple[str, int] | None
) -> None:
    assert modified(line.encode()) == state
