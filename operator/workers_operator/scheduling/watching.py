"""What every watch of this room has in common."""

from collections.abc import Awaitable, Callable
from typing import Protocol

Sleep = Callable[[float], Awaitable[None]]


class Watch(Protocol):
    """A watch that runs until cancelled: ``kube.watch.MetadataWatch``."""

    async def run(self, sleep: Sleep) -> None:
        """Run until cancelled."""
