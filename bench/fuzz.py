"""``make fuzz-objects``: feeds thousands of hostile objects to a running operator; prints what became of them.

The definitions let everything pass, also a status that somebody else has written. Ends with 1 if the operator has ended
or met an error that nobody has thought of, if an object has no condition or cannot be deleted, if the operator took
longer than 2 s for somebody else's edit, or if not all objects could be sent.

The objects are fed in parts of 1,000, each to a cluster of its own with a seed of its own: an API server remembers what
it was sent lately, and of such objects that is gigabytes.

Of the time that an edit takes, the operator's part begins when a bare watch like its own tells of the edit. What comes
before is the API server's, which is sent no more objects than it can take and tell of edits within half a second. On a
machine with other work, the operator waits for a core as well, which is told beside it.
"""

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "operator")]

from bench.report import percentile  # noqa: E402
from support.feeding import Outcome  # noqa: E402
from support.feeding_ground import Ground, ground  # noqa: E402
from support.fuzzing import Hostile  # noqa: E402
from support.neighbour import Edit  # noqa: E402

LIMIT_SECONDS: Final = 2.0
"""How long the operator may take for an edit of others."""
_PART: Final = 1000  # objects that one API server is sent
_TELL_SECONDS: Final = 20.0
_MOST_SHOWN: Final = 5


def say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def tell_result(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--minutes", type=float, default=90.0, help="sends nothing after this time in any case"
    )
    options = parser.parse_args()
    began, outcome, crashes, used = time.monotonic(), Outcome(), 0, []
    for seed, count in enumerate(_parts(options.objects), options.seed):
        left = options.minutes * 60 - (time.monotonic() - began)
        if left <= 0:
            break
        with TemporaryDirectory(prefix="fuzz-") as folder, ground(Path(folder)) as here:
            tell = _teller(began, here, outcome.sent)
            outcome.add(here.feed(Hostile(seed), count, left, tell))
            crashes += here.crashes
            used += here.used
    seconds = time.monotonic() - began
    rate = outcome.sent / seconds
    tell_result(
        f"seeds from {options.seed}, {seconds:.0f} s, {rate:.1f} objects/s, of which {outcome.paused:.0f} s paused"
    )
    tell_result(f"{outcome}, {crashes} errors in the log")
    _tell_counts("requests", outcome.steps)
    _tell_counts("refused by the API server", outcome.refused)
    _tell_counts("reasons of Ready", outcome.reasons)
    slowest = (f"{step} {took:.1f} s ({whose})" for step, (took, whose) in outcome.slowest.items())
    tell_result(f"slowest waits for what a request leads to: {', '.join(slowest)}")
    for what, found in (
        ("without a condition", outcome.silent),
        ("held until released", outcome.held),
        ("not deletable", outcome.stuck),
    ):
        _tell_list(what, found)
    slow = _tell_edits(outcome)
    for line in used:
        tell_result(line)
    incomplete = outcome.sent < options.objects
    if incomplete:
        tell_result(f"ended early: {outcome.sent} of {options.objects} objects sent")
    return int(bool(outcome.silent or outcome.stuck or crashes or slow or incomplete))


def _parts(objects: int) -> Iterator[int]:
    """Yield how many objects go to each API server."""
    for begun in range(0, objects, _PART):
        yield min(_PART, objects - begun)


def _tell_counts(what: str, counts: Counter[str]) -> None:
    shown = ", ".join(f"{count} {name}" for name, count in counts.most_common())
    tell_result(f"{what}: {shown or 'none'}")


def _tell_list(what: str, found: Sequence[str]) -> None:
    tell_result(f"{what}: {len(found)}")
    for text in found[:_MOST_SHOWN]:
        tell_result("  " + text.replace("\n", "\n  "))


def _tell_edits(outcome: Outcome) -> int:
    """Print how long others' edits took; return for how many the operator took too long."""
    edits = outcome.judged()
    parts: tuple[tuple[str, Callable[[Edit], float]], ...] = (
        ("event on a bare watch → served", lambda edit: edit.own_seconds),
        ("the same while the operator had a core", lambda edit: edit.own_seconds - edit.waited),
        ("patch → event on a bare watch", lambda edit: edit.api_seconds),
        ("patch → served", lambda edit: edit.seconds),
    )
    for what, part in parts:
        values = [part(edit) for edit in edits]
        slow = sum(value > LIMIT_SECONDS for value in values)
        shown = ", ".join(f"{percentile(values, share):.2f}" for share in (0.5, 0.99, 1.0))
        tell_result(
            f"{what}: p50, p99, max {shown} s; {slow} of {len(values)} above {LIMIT_SECONDS:g} s"
        )
    met = [f"{edit.seconds:.1f} s" for edit in outcome.edits if edit not in edits]
    given_up = sum(not edit.served for edit in edits)
    tell_result(f"edits that met the restart: {', '.join(met) or 'none'}; given up: {given_up}")
    return sum(edit.own_seconds > LIMIT_SECONDS for edit in edits)


def _teller(began: float, here: Ground, before: int) -> Callable[[Outcome], None]:
    """Tell of one part now and then. ``before``: objects of the parts before it."""
    said = time.monotonic()

    def tell(outcome: Outcome) -> None:
        nonlocal said
        if time.monotonic() - said > _TELL_SECONDS:
            said = time.monotonic()
            say(f"{said - began:6.0f} s: {before} and {outcome}, {here.crashes} errors")

    return tell


if __name__ == "__main__":
    sys.exit(main())
