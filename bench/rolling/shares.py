"""What share of the requests a new version really gets, of clients that nothing tells apart."""

import asyncio
import math
import statistics
import subprocess
from pathlib import Path
from typing import Final

from bench.dataplane import wrk
from bench.dataplane.wrk import Target
from bench.report import Report, number
from bench.rolling.worker import RollingWorker, canary

_WEIGHTS: Final = (1, 5, 10, 50)
_SIZE: Final = 10_000
_GOAL: Final = 0.5
_SCRIPT: Final = Path(__file__).with_name("shares.lua")
_SECONDS: Final = 900


async def shares(report: Report, worker: RollingWorker, target: Target, samples: int) -> None:
    """Each weight in turn, with so many samples of 10,000 requests."""
    version = await worker.edit(canary(*_WEIGHTS))
    for step, weight in enumerate(_WEIGHTS):
        if step > 0:
            await worker.order("promote")
        await worker.at_weight(weight)
        found = await asyncio.to_thread(_sampled, target, version, samples)
        off = [hits * 100 / _SIZE - weight for hits in found]
        told = f"share at {weight} %: mean of {samples} times {_SIZE:,} requests, off by"
        report.at_most(told, round(abs(statistics.fmean(off)), 3), _GOAL, " points")
        error = math.sqrt(weight * (100 - weight) / _SIZE)
        report.note(
            f"share at {weight} %: standard error of a sample {number(error)} points, of the mean "
            f"{number(error / math.sqrt(samples))}; samples off by "
            f"{', '.join(f'{value:+.2f}' for value in off)}"
        )
    await worker.order("abort")
    await worker.ended()


def _sampled(target: Target, version: str, samples: int) -> list[int]:
    """How many of each 10,000 requests the version has answered."""
    command = [wrk.binary(), "-t1", "-c8", f"-d{_SECONDS}s", "--timeout", "10s"]
    command += ["-H", f"Host: {target.host}", "-s", str(_SCRIPT), target.url]
    command += ["--", version, str(_SIZE)]
    found: list[int] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            assert not line.startswith("failed"), line
            if line.startswith("sample "):
                found.append(int(line.split()[1]))
            if len(found) == samples:
                break
        process.kill()  # it goes on for its whole duration otherwise
    assert len(found) == samples, f"{len(found)} samples in {_SECONDS} s"
    return found
