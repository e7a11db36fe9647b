"""Reading the output of a child so that nothing it writes can stall it.

Scripts write lines of any length (a megabyte in one console.log); a reader that waits for a line end, or gives up on a
long one, leaves the pipe full and workerd blocked in its write.
"""

import asyncio
from collections.abc import Callable

MAX_LINE = 2000
"""Characters of a line that are kept."""
_CHUNK = 1 << 16


async def drain(stream: asyncio.StreamReader, heard: Callable[[str], None]) -> None:
    """Reads until the end; `heard` gets each line, cut to MAX_LINE."""
    rest = b""
    while chunk := await stream.read(_CHUNK):
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            heard(line[:MAX_LINE].decode(errors="replace"))
        rest = rest[:MAX_LINE]  # the end of the line would be cut anyway
    if rest:
        heard(rest.decode(errors="replace"))
