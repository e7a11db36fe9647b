"""SIGKILL at every call that sets a platform up, before it is sent and after it was carried out."""

import pytest

from support.crashes import Story
from support.lab import Lab


@pytest.mark.timeout(240)  # of a machine with something else to do
def test_a_platform_is_set_up(lab: Lab) -> None:
    story = Story.begin(lab)
    assert story.survive() >= 30, "containers, templates, dispatcher and route take more calls"
    story.check_uploads()
