"""Heads of requests and responses: what is dropped of them, what is added, and where their bodies end.

What clients may not send is dropped: the edge's own headers, and those that Cloudflare sets. The latter are added, as
bytes: in JavaScript each would cost a copy of the request.
"""

import json
from dataclasses import dataclass

from local_edge.relay.framing import BadMessage, Body, Chunked, Endless, Sized

END = b"\r\n\r\n"
COLO = "TXL"
# Plausible values, because some Workers reject requests that seem to come from data centers or bots.
_PLACE = {
    "asn": 3320,
    "asOrganization": "Deutsche Telekom AG",
    "city": "Berlin",
    "clientAcceptEncoding": "gzip, deflate, br",
    "clientTcpRtt": 12,
    "colo": COLO,
    "continent": "EU",
    "country": "DE",
    "httpProtocol": "HTTP/1.1",
    "isEUCountry": "1",
    "latitude": "52.52000",
    "longitude": "13.40500",
    "postalCode": "10115",
    "region": "Land Berlin",
    "regionCode": "BE",
    "requestPriority": "",
    "timezone": "Europe/Berlin",
    "tlsCipher": "AEAD-AES128-GCM-SHA256",
    "tlsVersion": "TLSv1.3",
}
# workerd removes the first two, and shows them as request.cf and as the scheme of the URL.
_ADDED = (
    f"x-edge-cf: {json.dumps(_PLACE, separators=(',', ':'))}\r\nx-edge-proto: https\r\n"
    'cf-ipcountry: DE\r\ncf-visitor: {"scheme":"https"}\r\nx-forwarded-proto: https\r\n'
).encode()
_SET = frozenset(
    (
        b"cf-connecting-ip",
        b"cf-ipcountry",
        b"cf-ray",
        b"cf-visitor",
        b"x-forwarded-proto",
        b"x-real-ip",
    )
)
_OURS = b"x-edge-"
_READ = frozenset(
    (b"host", b"content-length", b"transfer-encoding", b"connection", b"x-forwarded-for")
)
_BODYLESS = (b"GET", b"HEAD")
_REPEATABLE = 128 * 1024
"""Bytes; requests with larger bodies, or of unknown length, cannot be repeated."""
_RESPONSE = frozenset(
    (b"content-length", b"transfer-encoding", b"connection", b"server", b"cf-ray")
)


@dataclass(slots=True)
class RequestHead:
    """`raw` goes to the pool. `swallowed`: the body is not passed on."""

    method: bytes
    url: str
    ray: str
    raw: bytes
    body: Body
    swallowed: bool
    repeatable: bool
    closes: bool

    def for_jail(self) -> bytes:
        """Return the head of the same request to the supervisor, which runs it in the jail."""
        lines = self.raw.removesuffix(END).split(b"\r\n")[1:]
        kept = [
            line
            for line in lines
            if not line.lower().startswith((b"host:", b"connection:", b"expect:"))
        ]
        order = json.dumps({"url": self.url}).encode()
        first = self.method + b" /jail HTTP/1.1\r\nhost: control\r\nx-edge-jail: " + order
        return b"\r\n".join([first, *kept]) + END


def read_request(head: bytes, address: str, ray: str) -> RequestHead:
    """Read a request's head, without the empty line. Raises BadMessage."""
    first, *lines = head.split(b"\r\n")
    if first.count(b" ") != 2 or b"\n" in head.replace(b"\r\n", b""):
        raise BadMessage("the request line or a line end is not HTTP/1.1")
    method, target, version = first.split(b" ")
    kept, found = _sorted(lines, _READ, _SET, _OURS)
    host = _without_port(found[b"host"][0]) if len(found[b"host"]) == 1 else None
    if host is None or not version.startswith(b"HTTP/1."):
        raise BadMessage("a request needs HTTP/1.1 and one Host header")
    body, framing = _request_body(found)
    swallowed = method in _BODYLESS and not body.done
    options = b",".join(found[b"connection"]).lower()
    forwarded = b", ".join([*found[b"x-forwarded-for"], address.encode()])
    where = address.encode()
    out = b"".join(
        (
            b"%b %b %b\r\nhost: %b\r\n" % (method, target, version, host),
            b"".join(kept),
            b"" if not options else b"connection: " + options + b"\r\n",
            b"" if method in _BODYLESS else framing,
            b"cf-connecting-ip: %b\r\nx-real-ip: %b\r\nx-forwarded-for: %b\r\n"
            % (where, where, forwarded),
            b"cf-ray: " + ray.encode() + b"\r\n",
            _ADDED + b"\r\n",
        )
    )
    size = sum(map(int, found[b"content-length"][:1]))
    return RequestHead(
        method=method,
        url=f"http://{host.decode('latin-1')}{target.decode('latin-1')}",
        ray=ray,
        raw=out,
        body=body,
        swallowed=swallowed,
        repeatable=swallowed or (size <= _REPEATABLE and not isinstance(body, Chunked)),
        closes=b"close" in options or (version == b"HTTP/1.0" and b"keep-alive" not in options),
    )


@dataclass(slots=True)
class ResponseHead:
    """`raw` goes to the client."""

    status: int
    raw: bytes
    body: Body
    closes: bool


def read_response(head: bytes, method: bytes, ray: str) -> ResponseHead:
    """Read the head of the response to a request, without the empty line. Raises BadMessage."""
    first, *lines = head.split(b"\r\n")
    status = int(first[9:12])
    kept, found = _sorted(lines, _RESPONSE, frozenset(), None)
    options = b",".join(found[b"connection"]).lower()
    body = _response_body(status, method, found)
    mark = f"cf-ray: {ray}-{COLO}\r\nserver: cloudflare\r\n".encode()
    framing = [b"%b: %b\r\n" % (name, value) for name in _FRAMING for value in found[name]]
    connection = b"connection: " + options + b"\r\n" if options else b""
    out = b"".join((first, b"\r\n", *kept, *framing, connection, mark, b"\r\n"))
    closes = b"close" in options or isinstance(body, Endless) or first.startswith(b"HTTP/1.0")
    return ResponseHead(status, out, body, closes)


_FRAMING = (b"content-length", b"transfer-encoding")
_Found = dict[bytes, list[bytes]]


def _sorted(
    lines: list[bytes], read: frozenset[bytes], dropped: frozenset[bytes], hidden: bytes | None
) -> tuple[list[bytes], _Found]:
    """Return the lines that are passed on, with their ends, and the values of the headers to read."""
    kept: list[bytes] = []
    found: _Found = {name: [] for name in read}
    for line in lines:
        name, colon, value = line.partition(b":")
        key = name.lower()
        if not colon or not key or b" " in key or b"\t" in key:
            raise BadMessage("a line of the head is no header")
        if key in read:
            found[key].append(value.strip())
        elif key not in dropped and not (hidden and key.startswith(hidden)):
            kept.append(line + b"\r\n")
    return kept, found


def _request_body(found: _Found) -> tuple[Body, bytes]:
    """Return the body's framing, and its headers."""
    lengths, codings = found[b"content-length"], found[b"transfer-encoding"]
    if codings:
        if lengths or [coding.lower() for coding in codings] != [b"chunked"]:
            raise BadMessage("the length of the body is ambiguous")
        return Chunked(), b"transfer-encoding: chunked\r\n"
    if not lengths:
        return Sized(0), b""
    if len(lengths) > 1 or not lengths[0].isdigit():
        raise BadMessage("the length of the body is ambiguous")
    return Sized(int(lengths[0])), b"content-length: " + lengths[0] + b"\r\n"


def _response_body(status: int, method: bytes, found: _Found) -> Body:
    if method == b"HEAD" or status < 200 or status in (204, 304):
        return Sized(0)
    if found[b"transfer-encoding"]:
        return Chunked()
    lengths = found[b"content-length"]
    return Sized(int(lengths[0])) if lengths else Endless()


def _without_port(host: bytes) -> bytes:
    name, colon, port = host.rpartition(b":")
    return name if colon and port.isdigit() and name else host
