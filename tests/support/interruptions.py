"""One mutating call of an operator that goes wrong: the operator dies there, or learns the wrong thing about it."""

import asyncio
from typing import Final, Literal, NoReturn

Fate = Literal["killed before", "killed after", "refused", "error", "lost"]
FATES: Final[tuple[Fate, ...]] = ("killed before", "killed after", "refused", "error", "lost")


class Interruption:
    """What becomes of the mutating call of a number, counted from 0 over both APIs. None: calls are counted only.

    ``refused``: answered 500 and not carried out; ``error``: answered 500 though carried out; ``lost``: carried out,
    and the answer never arrives. ``lines`` tell of all mutating calls. After its death an operator reaches nobody.
    """

    def __init__(self, number: int | None = None, fate: Fate | None = None) -> None:
        self.lines: list[str] = []
        self.died = asyncio.Event()
        self._number = number
        self._fate = fate

    @property
    def has_struck(self) -> bool:
        """Whether the call has come."""
        return self._number is not None and len(self.lines) > self._number

    async def enter(self, line: str) -> Fate | None:
        """Take in a mutating call that has arrived; return what becomes of it."""
        await self.alive()
        number = len(self.lines)
        self.lines.append(line)
        if number != self._number:
            return None
        if self._fate == "killed before":
            await self._die()
        return self._fate

    async def leave(self, fate: Fate | None) -> None:
        """Take in that a call was carried out."""
        if fate == "killed after":
            await self._die()

    async def alive(self) -> None:
        """Return unless the operator is dead."""
        if self.died.is_set():
            await self._die()

    async def _die(self) -> NoReturn:
        self.died.set()
        await asyncio.get_running_loop().create_future()  # until its task is cancelled
        raise AssertionError("a dead operator got an answer")
