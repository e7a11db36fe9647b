"""Parse multipart/form-data with binary parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from local_edge.api.envelope import ApiError
from local_edge.api.requests import body_of

MAX_UPLOAD = 128 * 1024 * 1024
"""Maximum size of an upload in bytes."""


@dataclass
class Part:
    name: str = ""
    filename: str | None = None
    content_type: str | None = None
    """In lower case, without parameters; None if the part has no content type."""
    data: bytearray = field(default_factory=bytearray)


class _Collector:
    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._field = bytearray()
        self._value = bytearray()

    def begin(self) -> None:
        self.parts.append(Part())

    def header_field(self, data: bytes, start: int, end: int) -> None:
        self._field += data[start:end]

    def header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def header_end(self) -> None:
        part, name = self.parts[-1], bytes(self._field).lower()
        value, options = parse_options_header(bytes(self._value))
        if name == b"content-disposition":
            part.name = options.get(b"name", b"").decode(errors="replace")
            filename = options.get(b"filename")
            part.filename = None if filename is None else filename.decode(errors="replace")
        elif name == b"content-type":
            part.content_type = value.decode(errors="replace").strip().lower()
        self._field.clear()
        self._value.clear()

    def data(self, data: bytes, start: int, end: int) -> None:
        self.parts[-1].data += data[start:end]


async def parts_of(request: Request) -> Sequence[Part]:
    """Return the parts in order. Raises ApiError 10001 (content type) or 10006 (syntax)."""
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data" or not options.get(b"boundary"):
        raise ApiError(415, 10001, "Content-Type must be one of: multipart/form-data")
    collector = _Collector()
    parser = MultipartParser(
        options[b"boundary"],
        {
            "on_part_begin": collector.begin,
            "on_header_field": collector.header_field,
            "on_header_value": collector.header_value,
            "on_header_end": collector.header_end,
            "on_part_data": collector.data,
        },
    )
    try:
        parser.write(await body_of(request, MAX_UPLOAD))
        parser.finalize()
    except MultipartParseError as error:
        raise ApiError(400, 10006, f"Could not parse your upload: {error}") from None
    return collector.parts
