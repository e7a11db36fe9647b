"""What the dispatcher adds to a request while two versions share them, beside what it adds while one serves."""

import asyncio
import statistics
from collections.abc import Mapping, Sequence
from typing import Final

from bench.dataplane import wrk
from bench.dataplane.wrk import Load, Target
from bench.report import Report, number

_GOAL: Final = 1.05
_SECONDS: Final = 2.0
_DIRECT, _ONE, _TWO = "an account script", "one version", "two versions"


async def added(
    report: Report, direct: Target, one_version: Target, two_versions: Target, rounds: int
) -> None:
    """All three in turns, forwards and backwards, at one connection."""
    targets = {_DIRECT: direct, _ONE: one_version, _TWO: two_versions}
    for target in targets.values():
        await asyncio.to_thread(wrk.load, target, 1, 1)
    turns = [await _turn(targets, backwards=turn % 2 == 1) for turn in range(rounds)]
    p99 = [{name: load.p99 for name, load in turn.items()} for turn in turns]
    p50 = [{name: load.p50 for name, load in turn.items()} for turn in turns]
    told = f"dispatcher's added p99 with a canary ÷ without, medians of {rounds} rounds"
    if (one := _added(p99, _ONE)) > 0:
        report.at_most(told, round(_added(p99, _TWO) / one, 3), _GOAL)
    else:
        report.tell(told, "lost in the noise")
    for what, times in (("p50", p50), ("p99", p99)):
        ratios = [turn[_TWO] / turn[_ONE] for turn in times]
        report.tell(f"{what} of a request, with ÷ without: quartiles", _quartiles(ratios))
    for name in targets:
        shown = [statistics.median(turn[name] for turn in times) for times in (p50, p99)]
        report.note(f"{name}: p50, p99 of a request, medians: {shown[0]:.3f}, {shown[1]:.3f} ms")


async def _turn(targets: Mapping[str, Target], *, backwards: bool) -> dict[str, Load]:
    names = list(targets)[::-1] if backwards else list(targets)
    return {name: await asyncio.to_thread(wrk.load, targets[name], 1, _SECONDS) for name in names}


def _added(turns: Sequence[Mapping[str, float]], name: str) -> float:
    """The median of what is added to an account script's time in the same round."""
    return statistics.median(turn[name] - turn[_DIRECT] for turn in turns)


def _quartiles(values: list[float]) -> str:
    return ", ".join(number(value) for value in statistics.quantiles(values, n=4))
