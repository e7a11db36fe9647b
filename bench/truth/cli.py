"""The command: 10,000 requests to three workers of a real operator, and a table; exit code 1 where it differs."""

import argparse
import datetime
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from bench import report
from support.bed import Place, bed
from support.handles import Worker
from support.mixes import Asked, Sent, mix, script
from support.truths import SOURCES, Experiment, Row
from support.waiting import until

BEGIN, END = "<!-- bench-truth: begin -->\n", "<!-- bench-truth: end -->\n"
_DOCUMENT: Final = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
_INTERVAL: Final = (
    300  # seconds: the whole mix lies between two queries of the analytics, in one window of status
)
_DELAY: Final = 10
_RATE: Final = 55.0  # requests a second
_WORKERS: Final = {  # name -> instances, requests, errors
    "steady": (2, 5000, 150),
    "updated": (2, 3000, 90),
    "single": (1, 2000, 60),
}


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(prog="make bench-truth", description=__doc__)
    parser.add_argument("--write-docs", action="store_true", help="write docs/metrics.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-truth-") as folder:
        sent, rows = _measure(Path(folder))
    text = "\n".join(_text(sent, rows))
    print(text)
    if arguments.write_docs:
        head, _, rest = _DOCUMENT.read_text().partition(BEGIN)
        _DOCUMENT.write_text(f"{head}{BEGIN}{text}\n{END}{rest.partition(END)[2]}")
    wrong = [f"{row.what}: {', '.join(row.wrong)}" for row in rows if row.wrong]
    print("\n".join(["", *wrong, *sent.unexpected]), file=sys.stderr)
    return 1 if wrong or sent.unexpected else 0


def _measure(folder: Path) -> tuple[Sent, Sequence[Row]]:
    with bed("local", folder) as made:
        place = Place(made)
        operator, began = made.operator, time.time()
        metrics = {"interval": f"{_INTERVAL}s", "delay": f"{_DELAY}s", "perWorker": True}
        platform = place.platform(place.proxy(), metrics=metrics)
        workers = dict(_created(place, platform))
        experiment = Experiment(place, platform, workers)
        asked = [one for name in _WORKERS for one in _requests(name)]
        _say(f"sending {len(asked)} requests, {_RATE:.0f} a second")
        experiment.send(asked[::2], _RATE)
        workers["updated"].apply(source={"inline": {"script": script(2)}})
        workers["updated"].wait_ready()
        experiment.send(asked[1::2], _RATE)
        # The first query was sent when the platform was ready; the second one tells of the whole minutes since.
        complete = (began + _INTERVAL - _DELAY) // 60 * 60
        assert time.time() < complete, "the machine is too slow: the mix does not end in time"
        _say("waiting for the minutes to be complete, and for status to tell of them")
        for worker in workers.values():
            _await_metrics(worker)
        rows = list(experiment.told(operator).rows(experiment.sent))
        place.clear()
    return experiment.sent, rows


def _created(place: Place, platform: Any) -> Iterator[tuple[str, Worker]]:
    for name, (instances, _, _) in _WORKERS.items():
        worker = place.customer(
            name,
            script(1),
            on=platform,
            customerId=f"{place.customer_id}-{name}",
            instances=instances,
            health={"interval": "1h"},
        )
        worker.wait_ready()
        yield name, worker


def _requests(name: str) -> Iterator[Asked]:
    _, count, errors = _WORKERS[name]
    return mix(name, count, errors=errors, sleep=200, spin=5)


def _await_metrics(worker: Worker) -> None:
    until(lambda: "metrics" in worker.status, lambda: str(worker.status), 2 * _INTERVAL)


def _say(text: str) -> None:
    print(f"==> {text}", flush=True)


def _text(sent: Sent, rows: Sequence[Row]) -> Iterator[str]:
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    failed, seconds = sent.errors().total(), sent.seconds
    yield f"{sent.requests()} requests in {seconds:.0f} s, of which {failed} had to fail; {date},"
    loads = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    yield f"{report.machine()}, load averages {loads}; {report.versions()}."
    yield ""
    yield f"| | sent | seen | {' | '.join(SOURCES)} |"
    yield f"|{' --- |' * (3 + len(SOURCES))}"
    for row in rows:
        seen = "" if row.seen is None else _number(row.seen)
        told = " | ".join(_cells(row.told, row.wrong))
        yield f"| {row.what} | {_number(row.sent)} | {seen} | {told} |"


def _cells(told: Mapping[str, float], wrong: Sequence[str]) -> Iterator[str]:
    for source in SOURCES:
        if source not in told:
            yield ""
        else:
            yield f"{_number(told[source])}{' **differs**' if source in wrong else ''}"


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else f"{value:.1f}"
