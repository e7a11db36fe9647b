"""Parses bundles: several modules in one multipart/form-data body (RFC 7578), as in uploads and wrangler's files.

The time is linear in the size of the body, and each byte of a part is copied once.
"""

import re
from collections.abc import Iterator
from typing import Final

from workers_operator.domain.content import Module
from workers_operator.domain.errors import Stalled
from workers_operator.domain.reasons import Reason

MAX_PARTS: Final = 1000
MAX_HEAD: Final = 8 * 1024  # bytes of a part's headers
_MAX_LINES: Final = 10 * MAX_PARTS  # that begin with the boundary
_PREFIX: Final = b"--"
_MAX_BOUNDARY: Final = 74  # RFC 2046: 70 characters and the dashes around them
_END_OF_HEAD: Final = re.compile(rb"\r?\n\r?\n")
_END_OF_LINE: Final = re.compile(rb"(--)?[ \t]{0,100}(\r?\n|\Z)")
# A parameter: its name, then its value in quotation marks, or one without white space.
_PARAMETER: Final = re.compile(r";[ \t]*([^\s=;\"]+)=(?:\"((?:[^\"\\]|\\.)*)\"|([^\s;\"]*))")
_QUOTED: Final = re.compile(r"\\(.)")


def boundary_of(data: bytes) -> str | None:
    """Return the boundary in the first line of a body, or None if ``data`` is not a multipart body."""
    first, newline, rest = data[: _MAX_BOUNDARY + 200].partition(b"\n")
    line = first.rstrip(b"\r")
    if not newline or not line.startswith(_PREFIX) or len(line) > _MAX_BOUNDARY:
        return None
    if not rest.lower().startswith(b"content-disposition:"):
        return None
    return line[2:].decode("ascii", "replace")


def parts(data: bytes, content_type: str, origin: str = "") -> tuple[Module, ...]:
    """Return all parts in their order, named by file name or else by name; () if ``data`` is not a multipart body.

    The boundary is taken from ``content_type``, or else from the first line of ``data``. Raises Stalled, naming
    ``origin``, if there are too many parts or too long headers.
    """
    if not content_type.lower().startswith("multipart/"):
        return ()
    boundary = _parameters(content_type[:MAX_HEAD]).get("boundary") or boundary_of(data)
    if boundary is None or not 0 < len(boundary) <= _MAX_BOUNDARY:
        return ()
    delimiter = _PREFIX + boundary.encode(errors="replace")
    return tuple(_part(data, start, end, origin) for start, end in _bodies(data, delimiter, origin))


def modules(found: tuple[Module, ...]) -> tuple[Module, ...]:
    """Return the parts that are modules: all except the metadata and source maps."""
    return tuple(m for m in found if m.name != "metadata" and not _is_source_map(m))


def source_maps(found: tuple[Module, ...]) -> tuple[str, ...]:
    """Return the names of the parts that are source maps, which take no effect."""
    return tuple(m.name for m in found if _is_source_map(m))


def _is_source_map(part: Module) -> bool:
    return part.content_type == "application/source-map"


def _bodies(data: bytes, delimiter: bytes, origin: str) -> Iterator[tuple[int, int]]:
    """Yield where each part starts and ends, between two lines that consist of the delimiter."""
    start: int | None = None
    for number, (before, after, is_last) in enumerate(_delimiters(data, delimiter, origin)):
        if number > MAX_PARTS:
            raise _refused(origin, f"the bundle has more than {MAX_PARTS} parts")
        if start is not None:
            yield start, before
        start = after
        if is_last:
            return
    if start is not None:
        yield start, len(data)  # the last delimiter is missing


def _delimiters(data: bytes, delimiter: bytes, origin: str) -> Iterator[tuple[int, int, bool]]:
    """Yield the start and the end of each delimiter with its line breaks, and whether it is the last one."""
    position = 0 if data.startswith(delimiter) else data.find(b"\n" + delimiter) + 1
    for _ in range(_MAX_LINES):
        if not data.startswith(delimiter, position):
            return
        line = position + len(delimiter)
        if end := _END_OF_LINE.match(data, line):  # otherwise the line goes on, and is no delimiter
            yield _before(data, position), end.end(), end[1] is not None
        position = data.find(b"\n" + delimiter, line) + 1
        if not position:
            return
    raise _refused(origin, f"more than {_MAX_LINES} lines of the bundle begin with its boundary")


def _before(data: bytes, position: int) -> int:
    """Return where the line break before a delimiter begins: it belongs to the delimiter."""
    if position == 0:
        return 0
    return position - 2 if data[position - 2 : position] == b"\r\n" else position - 1


def _part(data: bytes, start: int, end: int, origin: str) -> Module:
    head, body = "", start
    if data[start : start + 1] == b"\n" or data[start : start + 2] == b"\r\n":
        body = data.index(b"\n", start) + 1  # no headers at all
    elif found := _END_OF_HEAD.search(data, start, min(end, start + MAX_HEAD)):
        head, body = data[start : found.start()].decode(errors="replace"), found.end()
    elif end - start > MAX_HEAD:
        raise _refused(origin, f"a part of the bundle has more than {MAX_HEAD} bytes of headers")
    else:
        head, body = data[start:end].decode(errors="replace"), end
    headers = _headers(head)
    parameters = _parameters(headers.get("content-disposition", ""))
    name = parameters.get("filename") or parameters.get("name") or ""
    kind = headers.get("content-type", "") or "application/octet-stream"
    kind = kind.partition(";")[0].strip().lower()
    return Module(name.removeprefix("./"), kind, data[min(body, end) : end])


def _headers(head: str) -> dict[str, str]:
    lines = (line.partition(":") for line in head.splitlines())
    return {name.strip().lower(): value.strip() for name, _, value in lines}


def _parameters(value: str) -> dict[str, str]:
    """Return the parameters of a header, such as ``name``. Browsers write a quotation mark as %22, others as \\"."""
    return {
        name.lower(): _QUOTED.sub(r"\1", quoted) if quoted else plain
        for name, quoted, plain in _PARAMETER.findall(value)
    }


def _refused(origin: str, problem: str) -> Stalled:
    return Stalled(Reason.MODULE_INVALID, f"{origin}: {problem}")
