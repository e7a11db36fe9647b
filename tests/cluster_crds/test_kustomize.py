"""kustomize on our kinds: names that it changes are changed in them, and platforms have no namespace."""

import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from cluster_crds.conftest import Kubectl
from support.shapes import PLATFORM

ROOT = Path(__file__).parents[2]
API_VERSION = "workers.code24.dev/v1alpha1"
PLATFORMS_SECRET = {"name": "cloudflare", "literals": ["token=x"]}
KUSTOMIZATION: Mapping[str, Any] = {
    "namePrefix": "team-",
    "resources": ["objects.yaml"],
    "configurations": ["kustomizeconfig.yaml"],
    "configMapGenerator": [{"name": "code", "literals": ["worker.js=export default {}"]}],
    "secretGenerator": [
        {"name": "keys", "literals": ["token=x"]},
        {"name": "hook", "literals": ["url=x"]},
        PLATFORMS_SECRET,
    ],
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
NOTIFICATIONS = [
    {"name": "a", "urlSecretRef": {"name": "hook"}, "secretRef": {"name": "made-elsewhere"}},
    {"name": "b", "url": "https://example.com", "secretRef": {"name": "hook"}},
]
CLUSTERS = {"kind": "ClusterWorkerTemplate", "name": "base"}
OBJECTS = (
    ("CustomerWorker", "custom", WORKER),
    ("EliteWorker", "elite", WORKER),
    ("CustomerWorker", "follower", {"source": {"templateRef": {"name": "shop"}}}),
    ("CustomerWorker", "other", {"source": {"templateRef": CLUSTERS}}),
    ("WorkerTemplate", "shop", {"platform": "main", "source": WORKER["source"]}),
    ("ClusterWorkerTemplate", "base", {"platform": "main", "source": {"template": "api"}}),
    (
        "WorkersPlatform",
        "main",
        {**PLATFORM["spec"], "credentials": CREDENTIALS, "notifications": NOTIFICATIONS},
    ),
)
Built = Mapping[str, Any]


@pytest.fixture
def build(kubectl: Kubectl, tmp_path: Path) -> Callable[..., Built]:
    """Runs kustomize over OBJECTS, with fields of the kustomization besides the usual ones.

    The result has the objects by kind, the first one of each, and by kind and name as they were before; under ``names``
    those of generated objects by the beginning of their names.
    """
    objects = [
        {"apiVersion": API_VERSION, "kind": kind, "metadata": {"name": name}, "spec": spec}
        for kind, name, spec in OBJECTS
    ]
    (tmp_path / "objects.yaml").write_text(yaml.safe_dump_all(objects))
    for path in (ROOT / "manifests" / "kustomize").iterdir():
        shutil.copy(path, tmp_path)

    def run(**fields: Any) -> Built:
        (tmp_path / "kustomization.yaml").write_text(yaml.safe_dump({**KUSTOMIZATION, **fields}))
        made = list(yaml.safe_load_all(kubectl("kustomize", str(tmp_path))))
        generated = {
            re.sub("^team-|-[a-z0-9]+$", "", o["metadata"]["name"]): o["metadata"]["name"]
            for o in made
            if o["kind"] in ("ConfigMap", "Secret")
        }
        given = {
            f"{o['kind']} {o['metadata']['name'].removeprefix('team-')}": o
            for o in made
            if o["apiVersion"] == API_VERSION
        }
        return {o["kind"]: o for o in reversed(made)} | given | {"names": generated}

    return run


def names_of_secrets(built: Built) -> tuple[str, str]:
    """The name of the platform's Secret, as the platform has it and as the Secret has it."""
    credentials = built["WorkersPlatform"]["spec"]["credentials"]
    return credentials["apiTokenSecretRef"]["name"], built["names"]["cloudflare"]


@pytest.mark.parametrize("kind", ["CustomerWorker", "EliteWorker"])
def test_a_worker_names_what_is_generated(build: Callable[..., Built], kind: str) -> None:
    built = build()
    spec, names = built[kind]["spec"], built["names"]
    assert spec["source"]["configMap"]["name"] == names["code"]
    assert [s["secretKeyRef"]["name"] for s in spec["secrets"]] == [names["keys"], "made-elsewhere"]
    assert re.fullmatch("team-code-[a-z0-9]{10}", names["code"])


@pytest.mark.parametrize("kind", ["CustomerWorker", "EliteWorker"])
def test_a_worker_names_what_has_a_prefix(build: Callable[..., Built], kind: str) -> None:
    spec = build()[kind]["spec"]
    assert [b["worker"]["name"] for b in spec["bindings"]] == ["team-custom", "team-elite"]
    assert spec["platform"] == "team-main"


def test_a_platform_names_its_secret(build: Callable[..., Built]) -> None:
    named, made = names_of_secrets(build())
    assert named == made


def test_webhooks_name_their_secrets(build: Callable[..., Built]) -> None:
    built = build()
    url, signed = built["WorkersPlatform"]["spec"]["notifications"]
    made = built["names"]["hook"]
    assert re.fullmatch("team-hook-[a-z0-9]{10}", made)
    assert (url["urlSecretRef"]["name"], signed["secretRef"]["name"]) == (made, made)


def test_templates_and_their_followers_name_what_is_renamed(build: Callable[..., Built]) -> None:
    built = build()
    template = built["WorkerTemplate shop"]["spec"]
    assert template["source"]["configMap"]["name"] == built["names"]["code"]
    assert template["platform"] == "team-main"
    assert built["ClusterWorkerTemplate base"]["spec"]["platform"] == "team-main"
    assert _followed(built, "follower") == "team-shop"
    assert _followed(built, "other") == "team-base"


def _followed(built: Built, follower: str) -> str:
    return str(built[f"CustomerWorker {follower}"]["spec"]["source"]["templateRef"]["name"])


class TestNamespaces:
    """Platforms are cluster-scoped, which kustomize knows from openapi.json alone."""

    OPENAPI: Mapping[str, Any] = {"openapi": {"path": "openapi.json"}}
    ELSEWHERE: Mapping[str, Any] = {
        "secretGenerator": [{**PLATFORMS_SECRET, "namespace": "code24-workers"}]
    }

    @pytest.mark.parametrize("how", ["--server-side", "--server-side=false"])
    def test_a_namespace_that_is_written_onto_a_platform_is_ignored(
        self, build: Callable[..., Built], kubectl: Kubectl, how: str
    ) -> None:
        platform = build(namespace="shops")["WorkersPlatform"]
        assert platform["metadata"]["namespace"] == "shops"
        kubectl("apply", how, "-f", "-", stdin=platform)
        stored = kubectl.json("get", "wp", "team-main")
        assert "namespace" not in stored["metadata"]
        assert kubectl("diff", how, "-f", "-", stdin=platform) == ""
        kubectl("delete", "-f", "-", stdin=platform)
        assert kubectl.json("get", "wp")["items"] == []

    def test_a_platform_gets_none(self, build: Callable[..., Built]) -> None:
        built = build(namespace="shops", **self.OPENAPI)
        assert "namespace" not in built["WorkersPlatform"]["metadata"]
        for kind in ("CustomerWorker", "EliteWorker"):
            assert built[kind]["metadata"]["namespace"] == "shops"
            assert built[kind]["spec"]["platform"] == "team-main"

    @pytest.mark.parametrize("namespace", [{}, {"namespace": "code24-workers"}])
    def test_a_platform_names_its_secret_in_whatever_namespace_that_is(
        self, build: Callable[..., Built], namespace: Mapping[str, str]
    ) -> None:
        built = build(**self.OPENAPI, **self.ELSEWHERE, **namespace)
        named, made = names_of_secrets(built)
        assert named == made
        assert built["Secret"]["metadata"]["namespace"] == "code24-workers"


def test_what_watches_the_operator_is_built(kubectl: Kubectl) -> None:
    made = list(yaml.safe_load_all(kubectl("kustomize", str(ROOT / "manifests" / "observability"))))
    found = {(o["kind"], o["metadata"]["name"]): o for o in made}
    assert len(found) == len(made)
    assert {o["metadata"].get("namespace") for o in made if o["kind"] != "ClusterRole"} == {
        "code24-workers"
    }
    dashboard = found["ConfigMap", "workers-operator-dashboard"]
    assert dashboard["metadata"]["labels"] == {"grafana_dashboard": "1"}
    assert '"uid": "workers-operator"' in dashboard["data"]["dashboard.json"]
    assert "config.yaml" in found["ConfigMap", "workers-operator-resource-state"]["data"]
    assert found["PrometheusRule", "workers-operator"]["spec"]["groups"]
