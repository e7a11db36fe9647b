"""Parses bundles: several modules in one multipart/form-data body (RFC 7578), as in uploads and wrangler's files."""

from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, Final

from workers_operator.domain.content import Module

_PREFIX: Final = b"--"
_MAX_BOUNDARY: Final = 74  # RFC 2046: 70 characters and the dashes around them


def boundary_of(data: bytes) -> str | None:
    """Return the boundary in the first line of a body, or None if ``data`` is not a multipart body."""
    first, newline, rest = data[: _MAX_BOUNDARY + 200].partition(b"\n")
    line = first.rstrip(b"\r")
    if not newline or not line.startswith(_PREFIX) or len(line) > _MAX_BOUNDARY:
        return None
    if not rest.lower().startswith(b"content-disposition:"):
        return None
    return line[2:].decode("ascii", "replace")


def parts(data: bytes, content_type: str) -> tuple[Module, ...]:
    """Return all parts in their order, named by file name or else by name; () if ``data`` is not a multipart body.

    The boundary is taken from ``content_type``, or else from the first line of ``data``.
    """
    if not content_type.lower().startswith("multipart/"):
        return ()
    if "boundary=" not in content_type:
        boundary = boundary_of(data)
        if boundary is None:
            return ()
        content_type = f'multipart/form-data; boundary="{boundary}"'
    head = f"Content-Type: {content_type}\r\n\r\n".encode()
    message: Any = BytesParser(policy=HTTP).parsebytes(head + data)
    if not message.is_multipart():
        return ()
    return tuple(_part(part) for part in message.iter_parts())


def modules(data: bytes, content_type: str) -> tuple[Module, ...]:
    """Return the parts that are modules: all except the metadata and source maps."""
    skipped = ("application/source-map",)
    found = parts(data, content_type)
    return tuple(m for m in found if m.name != "metadata" and m.content_type not in skipped)


def _part(part: Any) -> Module:
    disposition = part["content-disposition"]
    parameters = disposition.params if disposition is not None else {}
    name = str(parameters.get("filename") or parameters.get("name") or "")
    payload = part.get_payload(decode=True)
    kind = str(part["content-type"] or "application/octet-stream").partition(";")[0].strip()
    return Module(name.removeprefix("./"), kind.lower(), payload or b"")
