"""Counts what becomes of rollouts when the operator dies, or is lied to, at any of its mutating calls.

``make bench-crashes``; with ``--write-docs`` the table in docs/rollouts.md is written. The rollouts and the fates are
those of tests/unit/reconcilers/test_crash_points.py: an operator on an account and a cluster in memory, whose time
passes as it is told to.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "operator"), str(ROOT / "tests")]

from support.interruptions import FATES  # noqa: E402
from unit.reconcilers.test_crash_points import (  # noqa: E402
    LONG,
    ROLLOUTS,
    interrupted,
    left_over,
)

PAGE: Final = ROOT / "docs" / "rollouts.md"
BEGIN, END = "<!-- bench-crashes: begin -->\n", "<!-- bench-crashes: end -->\n"
Shares = Sequence[tuple[str, float]]


@dataclass
class Counted:
    """What has come of a rollout. ``calls``: mutating calls, each of which went wrong in every way."""

    calls: int = 0
    leaks: int = 0
    wrong: int = 0
    restarts: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(
            self.calls + other.calls,
            self.leaks + other.leaks,
            self.wrong + other.wrong,
            self.restarts + other.restarts,
        )

    def row(self, name: str) -> str:
        """Return a row of the table."""
        points = self.calls * len(FATES)
        return f"| {name} | {self.calls} | {points} | {self.leaks} | {self.wrong} | {self.restarts} |\n"


async def count(name: str) -> Counted:
    """Return what comes of a rollout if each of its calls goes wrong in every way."""
    world, interruption = await interrupted(name, None, None)
    await world.settle(LONG)
    undisturbed, found = list(world.shares), Counted(len(interruption.lines))
    await world.close()
    for number in range(found.calls):
        for fate in FATES:
            world, _ = await interrupted(name, number, fate)
            await world.settle(LONG)
            found.wrong += world.shares != undisturbed
            found.restarts += _begun(world.shares) > _begun(undisturbed)
            for key in world.api.keys("CustomerWorker"):
                world.delete(key)
            await world.settle(LONG)
            found.leaks += bool(left_over(world))
            await world.close()
    return found


def _begun(shares: Shares) -> int:
    """Return how often a version got the first of its shares."""
    given = [share for share in shares if share[1]]
    return given.count(given[0]) if given else 0


def table(found: Mapping[str, Counted]) -> str:
    """Return the table."""
    text = "| rollout | calls | points | leaks | wrong shares | begun again |\n"
    text += "| --- | ---: | ---: | ---: | ---: | ---: |\n"
    text += "".join(counted.row(name) for name, counted in found.items())
    return text + sum(found.values(), Counted()).row("all")


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, and print the table; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write-docs", action="store_true", help="write docs/rollouts.md")
    given = parser.parse_args(arguments)
    found: dict[str, Counted] = {}
    for name in ROLLOUTS:
        sys.stderr.write(f"{name}\n")
        found[name] = asyncio.run(count(name))
    text = table(found)
    sys.stdout.write(text)
    if given.write_docs:
        head, _, rest = PAGE.read_text().partition(BEGIN)
        _, _, tail = rest.partition(END)
        PAGE.write_text(f"{head}{BEGIN}{text}{END}{tail}")
    total = sum(found.values(), Counted())
    return 1 if total.leaks or total.wrong or total.restarts else 0


if __name__ == "__main__":
    raise SystemExit(main())
