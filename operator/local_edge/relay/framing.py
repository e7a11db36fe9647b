"""Where the body of an HTTP/1.1 message ends (RFC 9112, section 6)."""

from typing import Protocol


class BadMessage(Exception):
    """A message that is not HTTP/1.1, or whose end is ambiguous."""


class Body(Protocol):
    done: bool

    def take(self, data: bytes) -> int:
        """Return how many of the bytes belong to the body."""


class Sized:
    """A body of known length; 0 means that there is none."""

    __slots__ = ("_left", "done")

    def __init__(self, length: int) -> None:
        self._left = length
        self.done = length == 0

    def take(self, data: bytes) -> int:
        taken = min(len(data), self._left)
        self._left -= taken
        self.done = self._left == 0
        return taken


class Endless:
    """A body that ends with its connection."""

    done = False

    def take(self, data: bytes) -> int:
        return len(data)


_MAX_LINE = 4096


class Chunked:
    """A body in chunks, with its trailer."""

    __slots__ = ("_last", "_left", "_line", "done")

    def __init__(self) -> None:
        self._left = 0  # bytes of the current chunk, with the line end behind it
        self._line = b""  # the beginning of a line
        self._last = False  # whether the chunk of size 0 has been seen: the trailer follows
        self.done = False

    def take(self, data: bytes) -> int:
        position = 0
        while position < len(data) and not self.done:
            if self._left:
                step = min(self._left, len(data) - position)
                self._left -= step
                position += step
                continue
            end = data.find(b"\n", position)
            self._line += data[position : end + 1 if end >= 0 else len(data)]
            if len(self._line) > _MAX_LINE:
                raise BadMessage("a line of a chunked body is too long")
            if end < 0:
                return len(data)
            position = end + 1
            self._end_line()
        return position

    def _end_line(self) -> None:
        line, self._line = self._line.rstrip(b"\r\n"), b""
        if self._last:
            self.done = not line
            return
        size = line.partition(b";")[0].strip()
        if not size or not set(size) <= _HEX:
            raise BadMessage("the size of a chunk is not a number")
        self._left = int(size, 16) + 2
        if self._left == 2:
            self._left, self._last = 0, True


_HEX = frozenset(b"0123456789abcdefABCDEF")
