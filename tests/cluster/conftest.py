"""Real clusters for the tests: one that a test run shares, and folders for those that tests start
themselves.

Everything is tied to the test process, so that nothing outlives it however it ends.
"""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest

from local_cluster import LocalCluster

PATIENCE = 30.0
"""Seconds after which a condition that is still false fails the test."""


class Await(Protocol):
    """Waits for a condition; the text says what did not happen."""

    def __call__(self, condition: Callable[[], object], problem: str) -> None: ...


Run = Callable[..., subprocess.CompletedProcess[str]]
"""Runs a command with the given arguments and captures what it prints."""


@pytest.fixture(scope="session")
def eventually() -> Await:
    def wait(condition: Callable[[], object], problem: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < deadline, problem
            time.sleep(0.02)

    return wait


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCluster]:
    """A cluster for tests that stay in namespaces of their own."""
    with LocalCluster(tmp_path_factory.mktemp("shared")) as running:
        yield running


@pytest.fixture
def kubectl(cluster: LocalCluster) -> Run:
    """kubectl on the shared cluster, as the administrator unless an option says otherwise."""

    def run(*arguments: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        command = [str(cluster.kubectl), f"--kubeconfig={cluster.kubeconfig}", *arguments]
        return _run(command, ok=ok)

    return run


@pytest.fixture
def namespace(kubectl: Run) -> str:
    """A new namespace of the shared cluster."""
    name = f"test-{uuid4().hex[:8]}"
    kubectl("create", "namespace", name)
    return name


@pytest.fixture(scope="session")
def local_cluster() -> Run:
    """The command `local-cluster`, as a process of its own."""

    def run(
        *arguments: str | Path, ok: bool = True, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "local_cluster.cli", *map(str, arguments)]
        return _run(command, ok=ok, env=env)

    return run


@pytest.fixture
def folder(tmp_path: Path, local_cluster: Run) -> Iterator[Path]:
    """A folder for a cluster that the test starts; whatever still runs there is ended."""
    yield tmp_path / "cluster"
    local_cluster("down", "--dir", tmp_path / "cluster")


def _run(
    command: Sequence[str], *, ok: bool, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
    if ok:
        assert done.returncode == 0, done.stdout + done.stderr
    return done
