"""One client's connection: its requests, one after the other, each passed on to the pool, or repeated in the jail.

What has been sent of a request is kept until its response begins. If the pool dies before that, the supervisor lets the
jail repeat the request.
"""

import os
import socket
import time

from local_edge.relay.framing import BadMessage
from local_edge.relay.heads import COLO, END, RequestHead, ResponseHead, read_request, read_response
from local_edge.relay.polling import WRITE, Channel, Poller

_CHUNK = 64 * 1024
_MAX_HEAD = 64 * 1024
_FRESH = 2.0
"""Seconds for which an idle connection to the pool is used again; workerd closes it after five."""


class Line:
    def __init__(self, sock: socket.socket, poller: Poller, pool: str, control: str) -> None:
        self._poller = poller
        self._paths = (pool, control)
        self._address = str(sock.getpeername()[0])
        self._client = Channel(sock, poller, self._on_client)
        self._upstream: Upstream | None = None
        self._inbox = bytearray()
        self._exchange: Exchange | None = None
        self._ends = False
        """Whether the connection is closed once everything is sent."""

    # --- from the client --------------------------------------------------------------------------------------------

    def _on_client(self, events: int) -> None:
        try:
            if events & WRITE:
                self._client.flush()
                self._resume()
            if events & ~WRITE:
                data = self._client.receive(_CHUNK)
                if not data:
                    self._close()
                elif self._ends:
                    return
                elif self._exchange is not None and self._exchange.tunnel:
                    self._to_upstream(data)
                else:
                    self._inbox += data
                    self._advance()
        except BlockingIOError:
            return
        except OSError:
            self._close()

    def _resume(self) -> None:
        """Let the pool go on when the client has received enough."""
        if self._ends and self._client.is_flushed:
            self._close()
        elif self._upstream is not None and not self._client.is_full:
            self._upstream.channel.listen(True)

    def _advance(self) -> None:
        """Handle what the client has sent."""
        while self._inbox and not self._ends:
            exchange = self._exchange
            if exchange is None:
                if not self._begin():
                    return
            elif not exchange.request.body.done:
                try:
                    taken = exchange.request.body.take(bytes(self._inbox))
                except BadMessage:
                    self._refuse(400)
                    return
                data = bytes(self._inbox[:taken])
                del self._inbox[:taken]
                if not exchange.request.swallowed:
                    self._to_upstream(data)
                elif exchange.request.body.done:
                    self._to_upstream(exchange.request.raw)
            else:
                self._client.listen(len(self._inbox) < _MAX_HEAD)  # it must wait for its response
                break
            self._repeat_if_due()

    def _begin(self) -> bool:
        """Begin an exchange if the head of its request is complete."""
        end = self._inbox.find(END)
        if end < 0:
            if len(self._inbox) > _MAX_HEAD:
                self._refuse(431)
            return False
        head = bytes(self._inbox[:end])
        del self._inbox[: end + 4]
        try:
            request = read_request(head, self._address, os.urandom(8).hex())
        except BadMessage:
            self._refuse(400)
            return False
        self._exchange = Exchange(request)
        if not request.swallowed:
            self._to_upstream(request.raw)
        return True

    def _to_upstream(self, data: bytes) -> None:
        exchange = self._exchange
        assert exchange is not None  # noqa: S101 - there is something to send
        exchange.keep(data)
        if exchange.broken:
            return
        try:
            upstream = self._upstream_for(exchange)
            upstream.channel.send(data)
            if upstream.channel.is_full:
                self._client.listen(False)
        except OSError:
            self._upstream_failed()

    def _upstream_for(self, exchange: "Exchange") -> "Upstream":
        upstream = self._upstream
        if upstream is not None and (exchange.sent or time.monotonic() - upstream.used < _FRESH):
            exchange.sent = True
            return upstream
        self._drop_upstream()
        exchange.sent = True
        return self._connect(self._paths[0])

    def _connect(self, path: str) -> "Upstream":
        sock = socket.socket(socket.AF_UNIX)
        sock.setblocking(False)  # a pool that hangs accepts nothing
        try:
            sock.connect(path)
        except OSError:
            sock.close()
            raise
        self._upstream = Upstream(Channel(sock, self._poller, self._on_upstream))
        return self._upstream

    # --- from the pool ----------------------------------------------------------------------------------------------

    def _on_upstream(self, events: int) -> None:
        upstream = self._upstream
        if upstream is None:
            return
        try:
            if events & WRITE:
                upstream.channel.flush()
                self._client.listen(not upstream.channel.is_full)
            data = upstream.channel.receive(_CHUNK) if events & ~WRITE else None
        except BlockingIOError:
            return
        except OSError:
            data = b""
        try:
            if data:
                self._respond(data)
            elif data is not None:
                self._upstream_ended()
        except (BadMessage, OSError):
            self._close()

    def _respond(self, data: bytes) -> None:
        """Pass on what the pool has sent."""
        exchange, upstream = self._exchange, self._upstream
        if exchange is None:
            self._drop_upstream()  # nothing was asked
            return
        if exchange.response is None and not exchange.tunnel:
            data = self._head_of(exchange, data)
        if exchange.tunnel:
            self._client.send(data)
        elif exchange.response is not None:
            head, exchange.head = exchange.head, b""
            body = exchange.response.body
            taken = body.take(data)
            self._client.send(head + data[:taken])
            if body.done:
                self._finish(exchange)
                return
        if upstream is not None and self._client.is_full:
            upstream.channel.listen(False)

    def _head_of(self, exchange: "Exchange", data: bytes) -> bytes:
        """Read the head of the response; return what is left of the data."""
        data = exchange.answer + data
        while exchange.response is None and (end := data.find(END)) >= 0:
            head, rest = data[:end], data[end + 4 :]
            status = int(head[9:12])
            if status == 101:
                exchange.begin_tunnel()
                early, self._inbox = bytes(self._inbox), bytearray()
                if early:
                    self._to_upstream(early)
                return data
            if status < 200:
                self._client.send(head + END)
            else:
                exchange.begin(read_response(head, exchange.request.method, exchange.request.ray))
            data = rest
        if exchange.response is None:
            exchange.answer = data
            return b""
        return data

    def _finish(self, exchange: "Exchange") -> None:
        response = exchange.response
        self._exchange = None
        if self._upstream is not None:
            self._upstream.used = time.monotonic()
        if (
            exchange.broken
            or not exchange.request.body.done
            or (response is not None and response.closes)
        ):
            self._drop_upstream()
        if (
            not exchange.request.body.done
            or exchange.request.closes
            or (response is not None and response.closes)
        ):
            self._end()
            return
        if self._inbox:
            self._client.listen(True)
            self._advance()

    def _upstream_ended(self) -> None:
        exchange = self._exchange
        if exchange is None:
            self._drop_upstream()
        elif exchange.response is not None and exchange.response.closes and not exchange.tunnel:
            self._drop_upstream()
            self._exchange = None
            self._end()  # the end of the connection may be the end of the body
        else:
            self._upstream_failed()

    # --- when the pool dies -----------------------------------------------------------------------------------------

    def _upstream_failed(self) -> None:
        """The pool has died, or is not there."""
        exchange = self._exchange
        self._drop_upstream()
        if exchange is None or exchange.tunnel or exchange.response is not None:
            self._close()
        elif exchange.broken or not exchange.request.repeatable:
            self._refuse(520)
        else:
            exchange.broken = True
            self._client.listen(True)
            self._repeat_if_due()

    def _repeat_if_due(self) -> None:
        """Let the supervisor repeat a request that is complete, in the jail."""
        exchange = self._exchange
        if (
            exchange is None
            or not exchange.broken
            or not exchange.request.body.done
            or exchange.repeated
        ):
            return
        exchange.repeated, exchange.answer = True, b""
        try:
            content = exchange.record.removeprefix(exchange.request.raw)
            self._connect(self._paths[1]).channel.send(exchange.request.for_jail() + content)
        except OSError:
            self._refuse(520)

    def _refuse(self, status: int) -> None:
        """Answer with an error page and end."""
        self._drop_upstream()
        self._exchange = None
        self._client.send(_page(status))
        self._end()

    def _end(self) -> None:
        """Close the connection once everything is sent."""
        self._ends = True
        if self._client.is_flushed:
            self._close()

    def _drop_upstream(self) -> None:
        if self._upstream is not None:
            self._upstream.channel.close()
            self._upstream = None

    def _close(self) -> None:
        self._ends = True
        self._drop_upstream()
        self._client.close()


class Upstream:
    """A connection to the pool, or to the supervisor. `used`: when it was used last."""

    __slots__ = ("channel", "used")

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.used = time.monotonic()


class Exchange:
    """A request and its response."""

    __slots__ = (
        "answer",
        "broken",
        "head",
        "record",
        "repeated",
        "request",
        "response",
        "sent",
        "tunnel",
    )

    def __init__(self, request: RequestHead) -> None:
        self.request = request
        self.record = b""
        """What has been sent, as long as it may have to be repeated."""
        self.sent = self.broken = self.repeated = self.tunnel = False
        self.answer = b""
        """The beginning of the response's head."""
        self.response: ResponseHead | None = None
        self.head = b""
        """The head of the response that is still to be sent."""

    def keep(self, data: bytes) -> None:
        if self.request.repeatable and self.response is None and not self.tunnel:
            self.record += data

    def begin(self, response: ResponseHead) -> None:
        self.response, self.head, self.answer, self.record = response, response.raw, b"", b""

    def begin_tunnel(self) -> None:
        self.tunnel, self.answer, self.record = True, b"", b""


_TITLES = {
    400: "Bad Request",
    431: "Request Header Fields Too Large",
    520: "Web server is returning an unknown error",
}


def _page(status: int) -> bytes:
    """Return an error page like Cloudflare's."""
    title = _TITLES[status]
    body = f"<!DOCTYPE html>\n<title>{title}</title>\n<h1>Error {status}</h1>\n<h2>{title}</h2>\n"
    return (
        f"HTTP/1.1 {status} {title}\r\ncontent-type: text/html; charset=UTF-8\r\ncache-control: no-store\r\n"
        f"x-edge-error: {status}\r\ncf-ray: {os.urandom(8).hex()}-{COLO}\r\nserver: cloudflare\r\n"
        f"connection: close\r\ncontent-length: {len(body)}\r\n\r\n{body}"
    ).encode()
