"""A cluster of this folder's own, with the CRDs of ``crds/`` installed, and kubectl on it."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from local_cluster import LocalCluster
from support import kube

CRDS = Path(__file__).parents[2] / "crds"


class Kubectl(kube.Kubectl):
    """Reads objects as well."""

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
        command.learn_kinds()
        yield command


@pytest.fixture(scope="module")
def api(kubectl: Kubectl, tmp_path_factory: pytest.TempPathFactory) -> Iterator[kube.KubeApi]:
    """The same API server by HTTP, for what is asked hundreds of times."""
    made = kube.KubeApi(kubectl, tmp_path_factory.mktemp("proxy"))
    yield made
    made.close()
