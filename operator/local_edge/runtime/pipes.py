"""Read the output of a child process such that the child never blocks on a full pipe.

Scripts can write lines of any length. A reader that waits for the end of a line, or fails on a long one, would leave
the pipe full and workerd blocked in its write.
"""

import asyncio
from collections.abc import Callable

MAX_LINE = 2000
"""Maximum length of a line in bytes; the rest is dropped."""
_CHUNK = 1 << 16


async def drain(stream: asyncio.StreamReader, reader: Callable[[str], None]) -> None:
    """Read until EOF and pass each line to `reader`, cut to MAX_LINE."""
    rest = b""
    while chunk := await stream.read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            reader(line[:MAX_LINE].decode(errors="replace"))
        rest = rest[:MAX_LINE]  # the rest of the line is dropped anyway
    if rest:
        reader(rest.decode(errors="replace"))
