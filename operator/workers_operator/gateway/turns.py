"""Long work in parts, between which other requests are answered."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Final, TypeVar

Item = TypeVar("Item")
_PART: Final = 50  # items, of some 0.1 to 1 ms each


async def in_turns(items: Iterable[Item]) -> AsyncIterator[Item]:
    """Yield items; after every few of them it is somebody else's turn."""
    for number, item in enumerate(items, start=1):
        yield item
        if number % _PART == 0:
            await asyncio.sleep(0)
