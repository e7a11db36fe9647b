"""Bundles: what was put in comes out, byte by byte."""

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workers_operator.cloudflare.writes import upload_parts
from workers_operator.domain.content import Code, Content, Module
from workers_operator.sources.multipart import boundary_of, modules, parts

file_names = st.from_regex(r"[A-Za-z0-9_][A-Za-z0-9_./-]{0,20}", fullmatch=True).filter(
    lambda name: name != "metadata"
)
kinds = st.sampled_from(
    [
        "application/javascript+module",
        "application/javascript",
        "text/plain",
        "application/json",
        "application/wasm",
        "application/octet-stream",
    ]
)
# Bytes that a parser of lines could stumble over are likelier than by chance.
contents = st.binary(max_size=200) | st.lists(
    st.sampled_from([b"\r", b"\n", b"\r\n", b"--", b"--b", b"\0", b"\xff", b"a", b" ", b":"]),
    max_size=30,
).map(b"".join)
bundles = st.lists(
    st.builds(Module, file_names, kinds, contents),
    min_size=1,
    max_size=4,
    unique_by=lambda m: m.name,
)


def body(found: list[Module], boundary: str = "b0undary") -> bytes:
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{m.name}"; filename="{m.name}"\r\n'
        f"Content-Type: {m.content_type}\r\n\r\n".encode()
        + m.data
        + b"\r\n"
        for m in found
    ]
    return b"".join(lines) + f"--{boundary}--\r\n".encode()


@given(bundles)
@example([Module("a", "application/octet-stream", b"\r")])
@example([Module("a", "application/octet-stream", b"\n\r\n\r")])
@example([Module("a", "text/plain", b"")])
@example([Module("a", "application/wasm", bytes(range(256)) * 100)])
def test_any_bytes_come_out_as_they_went_in(found: list[Module]) -> None:
    data = body(found)
    assert list(modules(data, "multipart/form-data; boundary=b0undary")) == found
    assert list(modules(data, 'Multipart/Form-Data; boundary="b0undary"')) == found
    assert list(modules(data, "multipart/form-data")) == found  # the body says its boundary itself


@given(bundles)
def test_an_upload_is_read_back(found: list[Module]) -> None:
    """What dispatch uploads is what the edge gives back for a pinned version."""
    content = Content(Code("inline", found[0].name, tuple(found)), ())
    request = httpx.Request("PUT", "http://edge", files=upload_parts(content, ["t"]))
    assert list(modules(request.read(), request.headers["content-type"])) == found


def test_metadata_and_source_maps_are_no_modules() -> None:
    index = Module("index.js", "application/javascript+module", b"x")
    meta = Module("metadata", "application/json", b"{}")
    source_map = Module("index.js.map", "application/source-map", b"{}")
    data = body([meta, index, source_map])
    assert modules(data, "multipart/form-data") == (index,)
    assert parts(data, "multipart/form-data") == (meta, index, source_map)


def test_a_part_without_a_file_name_goes_by_its_name() -> None:
    data = b'--b\r\nContent-Disposition: form-data; name="./index.js"\r\n\r\nx\r\n--b--\r\n'
    assert parts(data, "multipart/form-data") == (
        Module("index.js", "application/octet-stream", b"x"),
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"--",
        b"--b",
        b"--b\r\n",
        b"--b\r\nx: y\r\n",
        b"export default {}",
        b"--" + b"b" * 73 + b"\r\nContent-Disposition: form-data\r\n",
    ],
)
def test_what_is_no_bundle_has_no_boundary(data: bytes) -> None:
    assert boundary_of(data) is None
    assert parts(data, "multipart/form-data") == ()


def test_a_script_that_only_looks_like_a_bundle_is_none() -> None:
    assert parts(body([Module("a", "text/plain", b"x")]), "application/javascript") == ()


@given(
    st.binary(max_size=300), st.sampled_from(["", "; boundary=b", "; boundary=", '; boundary="'])
)
def test_any_bytes_are_parts_or_none(data: bytes, parameter: str) -> None:
    parts(data, f"multipart/form-data{parameter}")
    boundary_of(data)
