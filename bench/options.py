"""What a run was asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """``scale`` multiplies every number of objects; ``rounds`` repeats what is compared with a peer.

    ``say`` shows progress.
    """

    folder: Path
    say: Callable[[str], None]
    scale: float = 1.0
    rounds: int = 1
    quick: bool = False

    def count(self, number: int) -> int:
        """``number`` of objects, scaled; ten at least."""
        return max(10, round(number * self.scale))
