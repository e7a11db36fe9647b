"""docs/rollouts.md: what it shows of a spec is accepted as it is written."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.shapes import CUSTOMER, changed
from workers_operator.resources import CustomerWorker

PAGE = (Path(__file__).parents[3] / "docs" / "rollouts.md").read_text()
BLOCKS = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)]


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: next(iter(block)))
def test_an_example_is_accepted(block: Mapping[str, Any]) -> None:
    steps = {"strategy": "Canary", "steps": block.get("steps")}
    rollout = block["spec"]["rollout"] if "spec" in block else steps
    CustomerWorker.model_validate(changed(CUSTOMER, {"spec.rollout": rollout}))


def test_there_are_examples() -> None:
    assert len(BLOCKS) > 1
