"""Orders to a workerd process: JSON over HTTP on its unix socket, on connections that stay open.

A client of our own, because a general one takes several times as long as the order itself.
"""

import asyncio
import json
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from local_edge.jsontypes import JsonObject

_KEPT = 2.0
"""Seconds for which an idle connection is used again; workerd closes it after five."""


class OrderLost(Exception):
    """The process has ended, or does not listen."""


class NotListening(OrderLost):
    """The process does not listen; it has not received the order."""


class OrderFailed(Exception):
    """The process answered with an error."""


@dataclass
class _Connection:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    idle_since: float = 0.0

    def is_usable(self, now: float) -> bool:
        ended = self.reader.at_eof() or self.writer.is_closing()
        return not ended and now - self.idle_since < _KEPT


class Orders:
    """Orders have no timeout: they fail when the process ends, and the watchdog detects hangs."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        self._idle: list[_Connection] = []

    async def send(self, path: str, body: object, **parameters: str) -> JsonObject:
        """Return the answer. Raises OrderLost or OrderFailed."""
        connection = await self._connection()
        content = json.dumps(body).encode()
        query = f"?{urlencode(parameters)}" if parameters else ""
        head = (
            f"POST {path}{query} HTTP/1.1\r\nhost: orders\r\ncontent-length: {len(content)}\r\n\r\n"
        )
        try:
            connection.writer.write(head.encode() + content)
            status, answer = await _answer(connection.reader)
        except (OSError, asyncio.IncompleteReadError) as error:
            connection.writer.close()
            raise OrderLost(f"{path}: the process has ended") from error
        except BaseException:
            connection.writer.close()  # its answer would be taken for that of the next order
            raise
        connection.idle_since = time.monotonic()
        self._idle.append(connection)
        if status != 200:
            raise OrderFailed(f"{path}: status {status}: {answer.decode(errors='replace')[:300]}")
        found: JsonObject = json.loads(answer)
        return found

    async def _connection(self) -> _Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.is_usable(time.monotonic()):
                return connection
            connection.writer.close()
        try:
            return _Connection(*await asyncio.open_unix_connection(self._socket))
        except OSError as error:
            raise NotListening(f"{self._socket.name}: {error.strerror}") from error

    def close(self) -> None:
        for connection in self._idle:
            connection.writer.close()
        self._idle.clear()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """Read the status and the body of an answer, whose length workerd always states."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {
        name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])
    }
    return int(head[0].split(" ")[1]), await reader.readexactly(int(headers["content-length"]))
