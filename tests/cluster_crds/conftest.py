"""A cluster of this folder's own, with the CRDs of ``crds/`` installed, and kubectl on it."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local_cluster import LocalCluster

CRDS = Path(__file__).parents[2] / "crds"


@dataclass(frozen=True)
class Kubectl:
    """Runs kubectl as the cluster's administrator."""

    binary: Path
    kubeconfig: Path

    def run(self, *arguments: str, stdin: Any = None) -> subprocess.CompletedProcess[str]:
        """The finished process, whatever its exit code; ``stdin`` is passed as JSON."""
        return subprocess.run(
            [self.binary, f"--kubeconfig={self.kubeconfig}", *arguments],
            input=None if stdin is None else json.dumps(stdin),
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def __call__(self, *arguments: str, stdin: Any = None) -> str:
        """What a successful kubectl prints."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def refused(self, *arguments: str, stdin: Any = None) -> str:
        """What kubectl says when the API server refuses."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode != 0, done.stdout
        return done.stderr

    def json(self, *arguments: str, stdin: Any = None) -> Any:
        """What a successful kubectl prints with ``-o json``."""
        return json.loads(self(*arguments, "-o", "json", stdin=stdin))

    def read(self, obj: Mapping[str, Any]) -> Any:
        """``obj`` as it is stored now."""
        metadata = obj["metadata"]
        scope = ("-n", metadata["namespace"]) if "namespace" in metadata else ()
        return self.json(*scope, "get", obj["kind"], metadata["name"])


@pytest.fixture(scope="module")
def kubectl(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kubectl]:
    with LocalCluster(tmp_path_factory.mktemp("cluster")) as cluster:
        command = Kubectl(cluster.kubectl, cluster.kubeconfig)
        command("apply", "--server-side", "-f", str(CRDS))
        command("wait", "--for=condition=Established", "--timeout=20s", "-f", str(CRDS))
        yield command
