"""Keeps the heap small and its collections short.

After the first pass over a fleet, glibc would keep its peak, and each full collection would walk through all of it.
"""

import ctypes
import gc
import sys
from typing import Final

# malloc_trim(3); other systems return free memory without it.
_trim: Final = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


# A second with fewer passes is calm; so is one in which fewer objects wait, after more have waited.
_FEW: Final = 20
_BURST: Final = 200  # passes


class Bursts:
    """Notices when a burst of passes is over, and with it what they needed memory for.

    A large fleet is never without passes, because its workers are probed: those do not wait for one another. And edits
    that come now and then are no burst, however many they become.
    """

    def __init__(self) -> None:
        self._last = 0
        self._counted = 0  # passes since the last calm second
        self._waited = False

    def is_over(self, passes: int, waiting: int) -> bool:
        """Return whether a burst has ended, once a second.

        ``passes``: so far; ``waiting``: objects that have been due for a second.
        """
        in_second, self._last = passes - self._last, passes
        is_calm = in_second < _FEW
        if waiting >= _FEW or not is_calm:
            self._counted += in_second
        if waiting >= _FEW:
            self._waited = True
            return False
        if not (is_calm or self._waited):
            return False
        was_burst = self._counted >= _BURST
        self._counted, self._waited = 0, False
        return was_burst


def give_back() -> None:
    """Collect garbage, then return all free pages of the heap to the system.

    Blocks the event loop: about 10 ms at start, plus 20 ms for every 100,000 live objects.
    """
    gc.collect()
    if _trim is not None:
        _trim(0)


def settle() -> None:
    """Return free pages, and leave everything that lives now out of later collections.

    For a process that holds a fleet and answers requests. What is replaced is freed by its reference count as before.
    """
    give_back()
    gc.freeze()
