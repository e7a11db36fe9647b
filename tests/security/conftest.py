"""Both teams, the operator, the cluster and the edge, once for all tests of a process; and what holds in each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.arena import Arena
from support.bed import bed
from support.visitors import Visitors


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    arena = getattr(item, "funcargs", {}).get("arena")
    if report.failed and isinstance(arena, Arena):
        report.sections.append(("operator", arena.bed.logs()))
    return report


@pytest.fixture(scope="package")
def arena(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arena]:
    folder = Path(tmp_path_factory.mktemp("arena"))
    with bed("local", folder) as made:
        arena = Arena(made, folder)
        yield arena
        arena.close()
        assert arena.visitors.strange() == []
        assert arena.holdings() == arena.undisturbed


@pytest.fixture(autouse=True)
def visitors(arena: Arena) -> Iterator[Visitors]:
    """Whatever a test is about: team B's pages answer as ever, and what it has at the edge is the same afterwards."""
    seen, known = arena.visitors.count, len(arena.bed.recorder.problems)
    yield arena.visitors
    if arena.a.workers:
        arena.a.clear()
        assert arena.holdings() == arena.undisturbed
    assert arena.visitors.strange(seen) == []
    assert arena.bed.recorder.problems[known:] == []
    assert arena.operator.process.alive, arena.operator.process.tail()
