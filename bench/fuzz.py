"""``make fuzz-objects``: feeds thousands of hostile objects to a running operator; prints what became of them.

The definitions let everything pass, also a status that somebody else has written. Ends with 1 if the operator has ended
or met an error that nobody has thought of, if an object has no condition or cannot be deleted, or if somebody else's
edit took longer than 2 s.
"""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "operator")]

from support.feeding import LIMIT_SECONDS, Feeder, Outcome, fed  # noqa: E402
from support.fuzzing import Hostile  # noqa: E402

_TELL_EVERY: Final = 2  # batches


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
        "--minutes", type=float, default=45.0, help="ends after this time in any case"
    )
    options = parser.parse_args()
    began = time.monotonic()
    with TemporaryDirectory(prefix="fuzz-") as folder, fed(Path(folder)) as feeder:
        hostile = Hostile(options.seed)
        tell = _teller(began, feeder)
        outcome = feeder.feed(hostile, options.objects, tell, options.minutes * 60)
        crashes = feeder.crashes
    seconds = time.monotonic() - began
    tell_result(f"seed {options.seed}, {seconds:.0f} s: {outcome}, {crashes} errors in the log")
    for reason, count in sorted(outcome.reasons.items(), key=lambda item: -item[1]):
        tell_result(f"  {count:6} {reason}")
    for what, names in (("without a condition", outcome.silent), ("not deletable", outcome.stuck)):
        if names:
            tell_result(f"{what}: {', '.join(names[:20])}")
    slow = [seconds for seconds in outcome.edits if seconds > LIMIT_SECONDS]
    tell_result(f"edits slower than {LIMIT_SECONDS:g} s: {len(slow)}")
    return int(bool(outcome.silent or outcome.stuck or crashes or slow))


def _teller(began: float, feeder: Feeder) -> Callable[[Outcome], None]:
    batches = iter(range(1, sys.maxsize))

    def tell(outcome: Outcome) -> None:
        if next(batches) % _TELL_EVERY == 0:
            say(f"{time.monotonic() - began:6.0f} s: {outcome}, {feeder.crashes} errors")

    return tell


if __name__ == "__main__":
    sys.exit(main())
