"""Fixtures of the end-to-end tests: real processes, a real API server, faults at the wire (see tests/support)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.bed import Bed, Place, bed
from support.clusters import CHOICES
from support.gateways import Gateway
from support.lab import Lab


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cluster",
        choices=CHOICES,
        default="local",
        help="cluster for the end-to-end tests: a local one, the current context, or one made by kind",
    )


def pytest_configure(config: pytest.Config) -> None:
    # Two operators on one cluster would work on the same objects.
    if config.getoption("--cluster", "local") == "current" and config.getoption(
        "numprocesses", None
    ):
        raise pytest.UsageError("--cluster current is for one process: leave out -n")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    shared = getattr(item, "funcargs", {}).get("folder_bed")
    if report.failed and isinstance(shared, Bed):
        report.sections.append(("operator", shared.logs()))
    return report


@pytest.fixture(scope="package")
def folder_bed(
    pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Bed]:
    with bed(pytestconfig.getoption("--cluster"), Path(tmp_path_factory.mktemp("bed"))) as made:
        yield made


@pytest.fixture(scope="module")
def gateway(folder_bed: Bed, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """A gateway for all tests of a module."""
    with folder_bed.gateway(tmp_path_factory.mktemp("gateway") / "gateway.log") as made:
        yield made


@pytest.fixture(autouse=True)
def rules(folder_bed: Bed) -> Iterator[None]:
    """Whatever a test is about: no status ever written may break the rules that clients rely on."""
    known = len(folder_bed.recorder.problems)
    yield
    new = folder_bed.recorder.problems[known:]
    assert not new, "\n".join(new)


@pytest.fixture
def shared(folder_bed: Bed) -> Bed:
    """The bed with the shared operator running."""
    assert folder_bed.operator.process.alive
    return folder_bed


@pytest.fixture
def place(shared: Bed) -> Iterator[Place]:
    """A corner of the shared operator's cluster."""
    made = Place(shared)
    yield made
    made.clear()


@pytest.fixture
def lab(folder_bed: Bed) -> Iterator[Lab]:
    """The cluster without any operator: the test starts its own, and may kill it."""
    folder_bed.pause()
    made = Lab(folder_bed)
    yield made
    made.close()
