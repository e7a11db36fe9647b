"""Hostile objects, by definitions that let everything pass: each gets a condition, and nobody else feels them.

``make fuzz-objects`` does the same with thousands of them.
"""

from pathlib import Path
from typing import Final

import pytest

from support.feeding_ground import ground
from support.fuzzing import Hostile

COUNT: Final = 60
SEED: Final = 2
SECONDS: Final = 60.0
FELT_SECONDS: Final = 10.0  # beside all other tests; by itself it is less than 2 s


@pytest.mark.timeout(240)
def test_hostile_objects(tmp_path: Path) -> None:
    with ground(tmp_path) as here:
        outcome = here.feed(Hostile(SEED), COUNT, SECONDS)
        assert outcome.sent == COUNT
        assert sum(outcome.refused.values()) < COUNT // 3, outcome.refused
        assert (outcome.silent, outcome.stuck, here.crashes) == ([], [], 0), str(outcome)
        assert max(edit.own_seconds for edit in outcome.judged()) < FELT_SECONDS, str(outcome)
