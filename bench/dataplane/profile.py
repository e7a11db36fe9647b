"""``make profile-edge``: where the time of a request, of an upload and of idleness goes."""

import tempfile
from pathlib import Path
from typing import Final

from bench.dataplane.hops import Figures, Hop, Ladder, measured
from bench.dataplane.site import Site

_ROUNDS: Final = 3
_SECONDS: Final = 2.0


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="profile-") as temporary:
        folder = Path(temporary)
        ladder, site = Ladder(folder / "bare"), Site(folder / "edge")
        try:
            hops = [*ladder.hops(), *edge_hops(site)]
            found = measured(hops, rounds=_ROUNDS, seconds=_SECONDS)
        finally:
            ladder.stop()
            site.stop()
    print("\n".join(table(found)))
    return 0


def edge_hops(site: Site) -> list[Hop]:
    plain, dispatched = site.plain(), site.dispatched()
    pids = site.pids()
    return [
        Hop("edge: account script", plain, pids),
        Hop("edge: behind the dispatcher", dispatched, pids),
    ]


def table(found: dict[str, Figures]) -> list[str]:
    lines = [
        "| | p50, p99 at 1 | requests/s at 32 | CPU µs: router | pool | supervisor |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for name, figures in found.items():
        cpu = " | ".join(f"{figures.microseconds(p):.0f}" for p in ("router", "pool", "supervisor"))
        lines.append(
            f"| {name} | {figures.p50:.2f}, {figures.p99:.2f} ms | {figures.rate:.0f} | {cpu} |"
        )
    return lines
