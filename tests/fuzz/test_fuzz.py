"""Hostile objects, by definitions that let everything pass: each gets a condition, and nobody else feels them.

``make fuzz-objects`` does the same with thousands of them.
"""

from pathlib import Path
from typing import Final

import pytest

from support.feeding import fed
from support.fuzzing import Hostile

COUNT: Final = 100
SEED: Final = 2
SECONDS: Final = 60.0
FELT_SECONDS: Final = 10.0  # beside all other tests; by itself it is less than 2 s


@pytest.mark.timeout(240)
def test_hostile_objects(tmp_path: Path) -> None:
    with fed(tmp_path) as feeder:
        outcome = feeder.feed(Hostile(SEED), COUNT, lambda _: None, SECONDS)
        assert outcome.sent == COUNT
        assert outcome.refused < COUNT // 3, str(outcome)
        assert (outcome.silent, outcome.stuck, feeder.crashes) == ([], [], 0), str(outcome)
        assert max(outcome.edits) < FELT_SECONDS, str(outcome)
