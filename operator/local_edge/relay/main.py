"""The program: `python -m local_edge.relay.main DESCRIPTOR ORDERS POOL CONTROL`.

DESCRIPTOR is the socket of the data plane, which listens already; the others are paths of unix sockets. To ORDERS, the
supervisor sends its orders; there is nothing to do but to answer them.
"""

import gc
import socket
import sys
from collections.abc import Callable

from local_edge.relay.lines import Line
from local_edge.relay.polling import Channel, Poller

_ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"
_CHUNK = 64 * 1024


def main(descriptor: int, orders: str, pool: str, control: str) -> None:
    poller = Poller()
    data = socket.socket(fileno=descriptor)

    def accept_client(sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        Line(sock, poller, pool, control)

    _listen(data, poller, accept_client)
    supervisor = socket.socket(socket.AF_UNIX)
    supervisor.bind(orders)
    supervisor.listen()
    _listen(supervisor, poller, lambda sock: _Orders(sock, poller))
    gc.freeze()
    poller.run()


def _listen(
    sock: socket.socket, poller: Poller, accepted: Callable[[socket.socket], object]
) -> None:
    def accept(_: int) -> None:
        try:
            while True:
                connection, _address = sock.accept()
                accepted(connection)
        except OSError:
            return  # nobody waits any more, or the client is gone already

    poller.add(sock, accept)


class _Orders:
    """A connection of the supervisor. An order is a short message; it ends with the data that is there."""

    def __init__(self, sock: socket.socket, poller: Poller) -> None:
        self._channel = Channel(sock, poller, self._on_order)

    def _on_order(self, _: int) -> None:
        try:
            if self._channel.receive(_CHUNK):
                self._channel.send(_ANSWER)
            else:
                self._channel.close()
        except OSError:
            self._channel.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:5])
