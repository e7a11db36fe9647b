"""Bundles: what was put in comes out, byte by byte."""

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support.bounds import MIB, peak
from workers_operator.cloudflare.writes import upload_parts
from workers_operator.domain.content import Code, Content, Module
from workers_operator.domain.errors import Stalled
from workers_operator.sources import multipart
from workers_operator.sources.multipart import MAX_HEAD, MAX_PARTS, boundary_of, parts

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


def modules(data: bytes, content_type: str) -> tuple[Module, ...]:
    return multipart.modules(parts(data, content_type))


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


def test_lines_may_end_as_on_any_system() -> None:
    found = (Module("a", "text/plain", b"x"), Module("b", "text/plain", b"\n"))
    data = body(list(found)).replace(b"\r\n", b"\n")
    assert modules(data, "multipart/form-data") == found


def test_what_stands_around_the_parts_is_none() -> None:
    data = b"a preamble\r\n" + body([Module("a", "text/plain", b"x")]) + b"--b0undary\r\n\r\ny"
    [part] = modules(data, "multipart/form-data; boundary=b0undary")
    assert part == Module("a", "text/plain", b"x")


def test_a_line_that_goes_on_is_no_end_of_a_part() -> None:
    content = b"--b0undaryx\r\n--b0undary-\r\n --b0undary"
    [part] = modules(body([Module("a", "text/plain", content)]), "multipart/form-data")
    assert part.data == content


def test_names_are_unquoted() -> None:
    head = b'Content-Disposition: form-data; name="a;b\\"c"; filename="gr\xc3\xb6\xc3\x9fe.js"'
    data = b"--b\r\n" + head + b"\r\n\r\nx\r\n--b--\r\n"
    [part] = parts(data, "multipart/form-data; boundary=b")
    assert part.name == "größe.js"
    [part] = parts(data.replace(b"filename", b"other"), "multipart/form-data; boundary=b")
    assert part.name == 'a;b"c'


# --- bounds -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"\n" * (20 * MIB), b"\r\n" * (10 * MIB), b"\n--b0undar" * (2 * MIB), bytes(20 * MIB)],
    ids=["newlines", "line breaks", "near boundaries", "zeros"],
)
def test_a_body_is_copied_once(content: bytes) -> None:
    data = body([Module("a", "application/octet-stream", content)])
    with peak() as cost:
        [part] = modules(data, "multipart/form-data")
    assert part.data == content
    assert cost.memory < len(content) + MIB


def test_nothing_but_newlines_is_no_bundle() -> None:
    data = b"\n" * (20 * MIB)
    with peak() as cost:
        assert modules(data, "multipart/form-data; boundary=b") == ()
    assert cost.memory < MIB


def test_a_bundle_has_so_many_parts_and_no_more() -> None:
    small = [Module(f"m{n}", "text/plain", b"") for n in range(MAX_PARTS + 1)]
    assert len(modules(body(small[:-1]), "multipart/form-data")) == MAX_PARTS
    with pytest.raises(Stalled, match="r2/b/w: the bundle has more than 1000 parts"):
        parts(body(small), "multipart/form-data", "r2/b/w")


@pytest.mark.parametrize("line", [b"\n--bx", b"\n--b" + b" " * 200 + b"x"])
def test_a_boundary_that_is_everywhere_is_refused(line: bytes) -> None:
    data = b"--b\r\nContent-Disposition: form-data\r\n\r\n" + line * 20_000 + b"\r\n--b--\r\n"
    with pytest.raises(Stalled, match="r2/b/w: more than 10000 lines of the bundle begin"):
        parts(data, "multipart/form-data; boundary=b", "r2/b/w")


def test_the_headers_of_a_part_are_short() -> None:
    def with_head(size: int) -> bytes:
        head = b'Content-Disposition: form-data; name="a"\r\nX: '
        return b"--b\r\n" + head.ljust(size - 4, b"x") + b"\r\n\r\ny\r\n--b--\r\n"

    assert parts(with_head(MAX_HEAD), "multipart/form-data; boundary=b")[0].data == b"y"
    with pytest.raises(
        Stalled, match="r2/b/w: a part of the bundle has more than 8192 bytes of he"
    ):
        parts(with_head(MAX_HEAD + 1), "multipart/form-data; boundary=b", "r2/b/w")
