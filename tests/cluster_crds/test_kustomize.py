"""kustomize gives generated ConfigMaps and Secrets names with a hash: our kinds name them by it."""

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster_crds.conftest import Kubectl

ROOT = Path(__file__).parents[2]
API_VERSION = "workers.code24.dev/v1alpha1"
KUSTOMIZATION = {
    "resources": ["objects.yaml"],
    "configurations": ["kustomizeconfig.yaml"],
    "configMapGenerator": [{"name": "code", "literals": ["worker.js=export default {}"]}],
    "secretGenerator": [{"name": name, "literals": ["token=x"]} for name in ("keys", "cloudflare")],
}
WORKER = {
    "source": {"configMap": {"name": "code", "key": "worker.js"}},
    "secrets": [
        {"name": "TOKEN", "secretKeyRef": {"name": "keys", "key": "token"}},
        {"name": "OTHER", "secretKeyRef": {"name": "made-elsewhere", "key": "token"}},
    ],
    "bindings": [
        {"name": "C", "type": "service", "worker": {"name": "custom"}},
        {"name": "E", "type": "service", "worker": {"name": "elite", "kind": "EliteWorker"}},
    ],
    "platform": "main",
}
CREDENTIALS = {"apiTokenSecretRef": {"namespace": "code24-workers", "name": "cloudflare"}}
OBJECTS = (
    ("CustomerWorker", "custom", WORKER),
    ("EliteWorker", "elite", WORKER),
    ("WorkersPlatform", "main", {"credentials": CREDENTIALS}),
)


@pytest.fixture
def build(kubectl: Kubectl, tmp_path: Path) -> Mapping[str, Any]:
    """What kustomize makes of OBJECTS, by kind; the generated ones by the beginning of their names."""
    objects = [
        {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}
        for kind, name, spec in OBJECTS
    ]
    (tmp_path / "objects.yaml").write_text(yaml.safe_dump_all(objects))
    (tmp_path / "kustomization.yaml").write_text(
        yaml.safe_dump({"namePrefix": "team-", **KUSTOMIZATION})
    )
    shutil.copy(ROOT / "manifests" / "kustomize" / "kustomizeconfig.yaml", tmp_path)
    made = list(yaml.safe_load_all(kubectl("kustomize", str(tmp_path))))
    generated = {
        re.sub("^team-|-[a-z0-9]+$", "", o["metadata"]["name"]): o["metadata"]["name"]
        for o in made
        if o["kind"] in ("ConfigMap", "Secret")
    }
    return {o["kind"]: o for o in made} | {"names": generated}


@pytest.mark.parametrize("kind", ["CustomerWorker", "EliteWorker"])
def test_a_worker_names_what_is_generated(build: Mapping[str, Any], kind: str) -> None:
    spec, names = build[kind]["spec"], build["names"]
    assert spec["source"]["configMap"]["name"] == names["code"]
    assert [s["secretKeyRef"]["name"] for s in spec["secrets"]] == [names["keys"], "made-elsewhere"]
    assert re.fullmatch("team-code-[a-z0-9]{10}", names["code"])


@pytest.mark.parametrize("kind", ["CustomerWorker", "EliteWorker"])
def test_a_worker_names_what_has_a_prefix(build: Mapping[str, Any], kind: str) -> None:
    spec = build[kind]["spec"]
    assert [b["worker"]["name"] for b in spec["bindings"]] == ["team-custom", "team-elite"]
    assert spec["platform"] == "team-main"


def test_a_platform_names_its_secret(build: Mapping[str, Any]) -> None:
    reference = build["WorkersPlatform"]["spec"]["credentials"]["apiTokenSecretRef"]
    assert reference["name"] == build["names"]["cloudflare"]
