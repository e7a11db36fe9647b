"""The order of the suite: folders that take long begin first; no process is then alone with one of them at the end.

Clusters and edges that the tests of a folder share have the scope of its package. Idle ones would cost the tests that
come after them a tenth of a core each.
"""

import signal
from pathlib import Path
from typing import Final

import pytest

_HERE: Final = Path(__file__).parent
_LONGEST_FIRST: Final = (
    "e2e",
    "security",
    "page",
    "sdk",
    "cluster",
    "cluster_crds",
    "edge",
    "workers",
    "fuzz",
    "unit",
)


def pytest_configure() -> None:
    """Take SIGINT, which a shell has ignored by what it runs in the background, and by all that this starts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by folder; the random order within each stays."""
    items.sort(key=lambda item: _LONGEST_FIRST.index(item.path.relative_to(_HERE).parts[0]))
