"""Sockets that do not block, in one loop."""

import select
import socket
from collections.abc import Callable

READ = select.EPOLLIN
WRITE = select.EPOLLOUT
_HIGH = 256 * 1024
"""Bytes that may wait for a slow reader before its sender has to wait, too."""

Handler = Callable[[int], None]
"""Receives the events."""


class Poller:
    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._handlers: dict[int, Handler] = {}
        self._closing: list[socket.socket] = []

    def add(self, sock: socket.socket, handler: Handler) -> None:
        sock.setblocking(False)
        self._handlers[sock.fileno()] = handler
        self._epoll.register(sock.fileno(), READ)

    def change(self, sock: socket.socket, events: int) -> None:
        self._epoll.modify(sock.fileno(), events)

    def remove(self, sock: socket.socket) -> None:
        """Close a socket once the current events are handled, so that its number is not taken by another one."""
        if self._handlers.pop(sock.fileno(), None):
            self._epoll.unregister(sock.fileno())
            self._closing.append(sock)

    def run(self) -> None:
        """Handle events for ever."""
        handlers, poll = self._handlers, self._epoll.poll
        while True:
            for descriptor, events in poll():
                handler = handlers.get(descriptor)
                if handler is not None:
                    handler(events)
            for sock in self._closing:
                sock.close()
            self._closing.clear()


class Channel:
    """A connected socket with what could not be sent yet. Sending raises OSError if the other side is gone."""

    __slots__ = ("_events", "_out", "_poller", "_sock", "receive")

    def __init__(self, sock: socket.socket, poller: Poller, handler: Handler) -> None:
        self._sock = sock
        self._poller = poller
        self._out = bytearray()
        self._events = READ
        self.receive = sock.recv
        poller.add(sock, handler)

    @property
    def is_full(self) -> bool:
        return len(self._out) > _HIGH

    @property
    def is_flushed(self) -> bool:
        return not self._out

    def send(self, data: bytes) -> None:
        if not self._out:
            try:
                sent = self._sock.send(data)
            except BlockingIOError:
                sent = 0
            if sent == len(data):
                return
            data = data[sent:]
        self._out += data
        self._want(self._events | WRITE)

    def flush(self) -> None:
        """Send more of what waits; to be called when the socket is writable."""
        try:
            del self._out[: self._sock.send(self._out)]
        except BlockingIOError:
            return
        if not self._out:
            self._want(self._events & ~WRITE)

    def listen(self, wanted: bool) -> None:
        """Receive, or let the other side wait."""
        self._want(self._events | READ if wanted else self._events & ~READ)

    def _want(self, events: int) -> None:
        if events != self._events:
            self._events = events
            self._poller.change(self._sock, events)

    def close(self) -> None:
        self._poller.remove(self._sock)
