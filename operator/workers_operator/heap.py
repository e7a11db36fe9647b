"""Memory that is free goes back to the system: after a fleet has come up, glibc would keep what it took."""

import ctypes
import gc
import sys
from typing import Final

# malloc_trim(3); other systems give back by themselves.
_trim: Final = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None


def give_back() -> None:
    """Returns free pages of the heap, wherever they lie, cycles nobody holds included; some ten milliseconds."""
    gc.collect()
    if _trim is not None:
        _trim(0)
