"""How long a command waits for the operator."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

POLL_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Patience:
    """``sleep`` waits for seconds; ``clock`` returns monotonic seconds; ``seconds``: when a wait is given up."""

    seconds: float
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    clock: Callable[[], float] = time.monotonic
