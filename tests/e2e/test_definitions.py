"""Custom resource definitions and permissions that go and come back while the operator runs, or come after it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from support.clusters import Cluster, cluster
from support.edges import Edge
from support.operators import Operator
from support.scripts import says
from support.waiting import holds, until

ROOT = Path(__file__).parents[2]
BACK_SECONDS = 15.0
ROLE = "workers-operator"


class Site:
    """A cluster and an edge of their own: what happens to them concerns no other test."""

    def __init__(self, cluster: Cluster, edge: Edge, folder: Path) -> None:
        self.kubectl = cluster.kubectl
        self.edge = edge
        self.log = folder / "operator.log"
        self._variables = {
            **edge.variables,
            "KUBECONFIG": str(cluster.operator_kubeconfig),
            "ENVIRONMENT": "dev",
            "WORKERS_KV_WINDOW": "1s",
        }

    def start(self) -> Operator:
        self.log.write_text("")
        return Operator(self._variables, self.log)

    def apply(self, kind: str, name: str, **spec: Any) -> None:
        body = {
            "apiVersion": "workers.code24.dev/v1alpha1",
            "kind": kind,
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"customerId": "acme", "subdomain": name, **spec},
        }
        self.kubectl.apply(body)

    def customer(self, name: str) -> None:
        self.apply("CustomerWorker", name, source={"inline": {"script": says(name)}})

    def elite(self, name: str) -> None:
        self.apply("EliteWorker", name, type="brand", customerId=name,
                   parameters={"site": "https://example.com"})  # fmt: skip

    def wait_ready(self, kind: str, name: str) -> None:
        self.kubectl("wait", "--for=condition=Ready", "--timeout=30s", f"{kind}/{name}")

    def install(self, plural: str) -> None:
        self.kubectl("apply", "--server-side", "-f", str(definition(plural)))
        crd = f"crd/{plural}.workers.code24.dev"
        self.kubectl("wait", "--for=condition=Established", "--timeout=30s", crd)

    def uninstall(self, plural: str) -> None:
        self.kubectl("delete", "crd", f"{plural}.workers.code24.dev", "--timeout=30s")


def definition(plural: str) -> Path:
    return ROOT / "crds" / f"workers.code24.dev_{plural}.yaml"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = Path(tmp_path_factory.mktemp("definitions"))
    with ExitStack() as stack:
        running = stack.enter_context(cluster("local", folder))
        edge = Edge(folder / "edge", folder / "edge.log")
        stack.callback(edge.stop)
        yield Site(running, edge, folder)


@pytest.fixture
def operator(site: Site) -> Iterator[Operator]:
    operator = site.start()
    yield operator
    operator.process.kill()
    for plural in ("eliteworkers", "customerworkers"):
        site.kubectl("apply", "--server-side", "-f", str(definition(plural)))
        patch = json.dumps({"metadata": {"finalizers": None}})
        for name in site.kubectl("get", plural, "-o", "name").split():
            site.kubectl("patch", name, "--type=merge", "-p", patch)
            site.kubectl("delete", name)


def unready(operator: Operator, plural: str) -> bool:
    answer = operator.get("/readyz")
    return answer.status_code == 503 and plural in answer.text


def ready(operator: Operator) -> bool:
    return operator.get("/readyz").status_code == 200


def test_a_definition_that_goes_and_comes_back(site: Site, operator: Operator) -> None:
    operator.wait_ready()
    site.customer("before")
    site.wait_ready("customerworker", "before")
    site.uninstall("customerworkers")
    until(lambda: unready(operator, "customerworkers"), operator.process.tail, BACK_SECONDS)
    assert "eliteworkers" not in operator.get("/readyz").text

    site.elite("meanwhile")
    site.wait_ready("eliteworker", "meanwhile")
    holds(lambda: operator.get("/healthz").status_code == 200, "not healthy", 2)

    site.install("customerworkers")
    until(lambda: ready(operator), operator.process.tail, BACK_SECONDS)
    site.customer("after")
    site.wait_ready("customerworker", "after")
    site.elite("later")
    site.wait_ready("eliteworker", "later")
    assert_calm(operator, "customerworkers")


def test_a_definition_that_is_replaced_by_force(site: Site, operator: Operator) -> None:
    operator.wait_ready()
    site.elite("replaced")
    site.wait_ready("eliteworker", "replaced")
    site.kubectl("replace", "--force", "-f", str(definition("eliteworkers")))
    site.kubectl("wait", "--for=condition=Established", "--timeout=30s",
                 "crd/eliteworkers.workers.code24.dev")  # fmt: skip
    site.elite("new")
    site.wait_ready("eliteworker", "new")
    site.customer("beside")
    site.wait_ready("customerworker", "beside")
    until(lambda: ready(operator), operator.process.tail, BACK_SECONDS)
    assert_calm(operator, "eliteworkers")


@pytest.mark.parametrize("plural", ["customerworkers", "workersplatforms"])
def test_a_start_without_a_definition_waits_for_it(site: Site, plural: str) -> None:
    site.uninstall(plural)
    operator = site.start()
    try:
        until(lambda: "cannot be watched" in operator.process.text, operator.process.tail)
        assert unready(operator, plural)
        holds(lambda: unready(operator, plural), "it is ready without", 3)
        assert f"{plural} cannot be watched: the API server does not serve them" in operator.process.text  # fmt: skip
        site.install(plural)
        until(lambda: ready(operator), operator.process.tail, BACK_SECONDS)
        assert_calm(operator, plural)
    finally:
        operator.process.kill()
        site.kubectl("apply", "--server-side", "-f", str(definition(plural)))


def test_a_permission_that_is_taken_away_and_given_back(site: Site, operator: Operator) -> None:
    operator.wait_ready()
    before = json.loads(site.kubectl("get", "clusterrole", ROLE, "-o", "json"))["rules"]
    without = [
        {**rule, "resources": [r for r in rule["resources"] if r != "customerworkers"]}
        for rule in before
    ]
    _set_rules(site, without)
    try:
        # The open watch goes on; a new connection is refused.
        operator.process.kill()
        operator = site.start()
        until(lambda: "cannot be watched" in operator.process.text, operator.process.tail)
        assert unready(operator, "customerworkers")
        assert "RBAC forbids it" in operator.get("/readyz").text
        holds(lambda: operator.process.alive, "it ended", 2)
        assert_calm(operator, "customerworkers")
    finally:
        _set_rules(site, before)
    until(lambda: ready(operator), operator.process.tail, BACK_SECONDS)
    site.customer("allowed")
    site.wait_ready("customerworker", "allowed")
    operator.process.kill()


def _set_rules(site: Site, rules: list[Any]) -> None:
    patch = json.dumps({"rules": rules})
    site.kubectl("patch", "clusterrole", ROLE, "--type=merge", "-p", patch)


def assert_calm(operator: Operator, plural: str) -> None:
    """It runs, and has said in one sentence what is wrong."""
    assert operator.process.alive
    text = operator.process.text
    assert "Traceback" not in text, text
    assert text.count(f"{plural} cannot be watched") <= 1, text
