"""dev, staging and production side by side on one account: workers move between them, operators don't fight."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from support.bed import Bed, Place
from support.clusters import OPERATOR_NAMESPACE, Cluster, cluster
from support.handles import API_VERSION, Platform
from support.lab import Lab
from support.operators import Operator
from support.scripts import says
from support.waiting import holds, until

EXAMPLES = Path(__file__).parents[2] / "examples" / "environments"


def test_a_worker_moves_when_its_platform_is_changed_and_leaves_nothing_behind(
    place: Place,
) -> None:
    old, new = place.platform(place.proxy()), place.platform(place.proxy())
    worker = place.customer("hello", says("here"), on=old, instances=2)
    worker.wait_ready()
    former = worker.host
    worker.apply(platform=new.name)
    worker.domain, worker.space = new.domain, new.space
    worker.wait_ready()
    assert worker.visit().text == "here"
    assert worker.status["platform"] == new.name
    edge = place.bed.edge
    assert edge.visit(former).status_code == 404
    assert not edge.scripts(old.space)
    assert set(edge.keys(old.title)) == {"platform"}
    worker.delete()
    worker.wait_gone()
    assert not edge.scripts(new.space)


def test_the_old_platform_serves_until_the_new_one_answers(place: Place) -> None:
    proxy = place.proxy()
    old = place.platform(place.proxy())
    worker = place.customer("hello", says("here"), on=old)
    worker.wait_ready()
    former = worker.host
    late = f"{place.slug}-late"
    missing = {"apiTokenSecretRef": {"namespace": OPERATOR_NAMESPACE, "name": late, "key": "token"}}
    new = place.platform(proxy, credentials=missing)
    worker.apply(platform=new.name)
    worker.wait_condition("Ready", "False", "SecretNotFound")
    holds(lambda: place.bed.edge.visit(former).text == "here", "it stopped serving", 1)
    worker.delete()
    until(lambda: place.bed.edge.visit(former).status_code == 404, "the old one is left", 5)
    place.keep_token(late, place.new_token())
    worker.wait_gone()
    assert not place.bed.edge.scripts(old.space)


def test_storage_of_another_environment_is_named_and_not_touched(place: Place) -> None:
    first = place.platform(place.proxy())
    first.wait_ready()
    storage = {"metadataNamespace": first.title, "dataBucket": "other", "analyticsDataset": "other"}
    second = place.platform(place.proxy(), storage=storage)
    found = second.wait_condition("Provisioned", "False", "StorageNotOwned")
    assert repr(first.space) in found["message"]
    assert set(place.bed.edge.keys(first.title)) == {"platform"}


def test_the_overlays_of_the_example_differ_in_their_platform_alone(
    folder_bed: Bed, tmp_path: Path
) -> None:
    kubectl = folder_bed.cluster.kubectl.binary
    workers: dict[str, Any] = {}
    for overlay in ("dev", "staging", "production"):
        command = [str(kubectl), "kustomize", str(EXAMPLES / "overlays" / overlay)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = [o for o in yaml.safe_load_all(done.stdout) if o["kind"].endswith("Worker")]
        assert {o["spec"].pop("platform") for o in found} == {overlay}
        assert {o["metadata"].pop("namespace") for o in found} == {f"shops-{overlay}"}
        workers[overlay] = found
    assert workers["dev"] == workers["staging"] == workers["production"]
    shutil.copytree(EXAMPLES, tmp_path / "moved")
    moved = tmp_path / "moved" / "overlays" / "staging" / "kustomization.yaml"
    lines = moved.read_text().splitlines()
    changed = [line.replace("value: staging", "value: production") for line in lines]
    assert sum(a != b for a, b in zip(lines, changed, strict=True)) == 1
    moved.write_text("\n".join(changed))
    command = [str(kubectl), "kustomize", str(moved.parent)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = [o for o in yaml.safe_load_all(done.stdout) if o["kind"].endswith("Worker")]
    assert {o["spec"]["platform"] for o in found} == {"production"}


@pytest.fixture(scope="module")
def elsewhere(
    folder_bed: Bed, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Cluster, Path]]:
    """A second cluster, with an operator of its own, on the same account."""
    folder = Path(tmp_path_factory.mktemp("elsewhere"))
    with cluster("local", folder) as second:
        yield second, folder


def _there(lab: Lab, second: Cluster, name: str, **changes: Any) -> Platform:
    """What the lab's own cluster has, in the second one: a platform's Secret, and a platform."""
    own = lab.place.platform(lab.place.proxy())
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": OPERATOR_NAMESPACE},
        "stringData": {"token": own.token},
    }
    second.kubectl.apply(secret)
    reference = {"namespace": OPERATOR_NAMESPACE, "name": name, "key": "token"}
    body = {
        **own.body,
        "metadata": {"name": name},
        "spec": {
            **own.body["spec"],
            "environment": "production",
            "credentials": {"apiTokenSecretRef": reference},
            "domain": f"production.{lab.bed.edge.domain}",
            "dispatch": {"namespace": name, "dispatcher": f"{name}-dispatcher"},
            "storage": {"metadataNamespace": name, "dataBucket": own.name},
            **changes,
        },
    }
    second.kubectl.apply(body)
    return own


def test_two_operators_of_two_environments_on_one_account_never_fight(
    lab: Lab, elsewhere: tuple[Cluster, Path]
) -> None:
    second, folder = elsewhere
    lab.start()
    name = f"{lab.place.slug}-prod"
    staging = _there(lab, second, name)  # they share the bucket of the templates
    spec: dict[str, Any] = {
        "customerId": "acme-co",
        "subdomain": "acme",
        "source": {"inline": {"script": says("s")}},
    }
    ours = lab.place.customer("acme", on=staging, **spec)
    body = {
        "apiVersion": API_VERSION,
        "kind": "CustomerWorker",
        "metadata": {"name": "acme", "namespace": "default"},
        "spec": {**spec, "platform": name, "source": {"inline": {"script": says("p")}}},
    }
    second.kubectl.apply(body)
    log = folder / "operator.log"
    log.touch()
    kubeconfig = str(second.operator_kubeconfig)
    variables = {"KUBECONFIG": kubeconfig, "WORKERS_KV_WINDOW": "1s", **lab.bed.allowed}
    other = Operator(variables, log)
    edge = lab.bed.edge
    try:
        other.wait_ready()
        ours.wait_ready()
        host = f"acme.production.{edge.domain}"
        until(lambda: edge.visit(host).text == "p", other.process.tail)
        assert ours.visit().text == "s"
        for operator in (lab.operator, other):
            assert operator.process.alive
        staging.check_now()
        annotation = "reconcile.fluxcd.io/requestedAt=1"
        second.kubectl("annotate", "wp", name, annotation, "--overwrite")
        before = _state(edge)
        holds(lambda: _state(edge) == before, "somebody changes what is as it should be", 3)
        second.kubectl("delete", "cw", "acme", "--timeout=30s")
        assert edge.visit(host).status_code == 404
        assert ours.visit().text == "s"
        assert ours.scripts() == ours.expected_scripts()
    finally:
        other.process.kill()


def _state(edge: Any) -> Any:
    return edge.inventory(), edge.account_scripts()
