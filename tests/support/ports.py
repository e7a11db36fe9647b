"""Ports of this machine that an operator is told of at its start, for tests that listen on one of them later."""

import socket
from collections import deque


class Ports:
    """A port is used again when all others have been: what an operator still sends to it finds nobody for long."""

    def __init__(self, number: int) -> None:
        # Held while nobody listens: a connection is refused then, and no one else gets the port.
        self._holders = [reusable_socket(0) for _ in range(number)]
        self._ports = deque(int(holder.getsockname()[1]) for holder in self._holders)

    @property
    def origins(self) -> list[str]:
        """What URLs at these ports begin with."""
        return [f"http://127.0.0.1:{port}" for port in sorted(self._ports)]

    def take(self) -> int:
        """The port that was taken the longest time ago."""
        self._ports.rotate(-1)
        return self._ports[-1]

    def close(self) -> None:
        for holder in self._holders:
            holder.close()


def reusable_socket(port: int) -> socket.socket:
    """A socket that is bound to a port, beside others of the kind; 0: a free port."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    bound.bind(("127.0.0.1", port))
    return bound
