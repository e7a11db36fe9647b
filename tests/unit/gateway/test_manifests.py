"""manifests/gateway: a pod that Pod Security's restricted level takes, with the grants that the gateway needs."""

from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import yaml

from workers_operator.desired.fleet.templates import TEMPLATE_KINDS
from workers_operator.gateway.access.reviews import WORKER_KINDS
from workers_operator.gateway.cache.objects import KINDS_WATCHED
from workers_operator.gateway.cli import main
from workers_operator.gateway.options import GatewayOptions
from workers_operator.resources import KINDS

OPTIONS = GatewayOptions()
FOLDER = Path(__file__).parents[3] / "manifests" / "gateway"
OBJECTS: dict[tuple[str, str], Any] = {
    (body["kind"], body["metadata"]["name"]): body
    for name in yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    for body in yaml.safe_load_all((FOLDER / name).read_text())
}


def granted(kind: str, name: str) -> set[tuple[str, str]]:
    """(verb, resource) of everything that a role grants."""
    return {
        (verb, resource)
        for rule in OBJECTS[kind, name]["rules"]
        for verb in rule["verbs"]
        for resource in rule["resources"]
    }


def test_the_gateway_may_do_what_it_does_and_no_more() -> None:
    plurals = {kind: KINDS[kind].definition.plural for kind in KINDS_WATCHED}
    needed = {(verb, plural) for verb in ("get", "list", "watch") for plural in plurals.values()}
    needed |= {
        (verb, plurals[kind])
        for verb in ("create", "update", "patch", "delete")
        for kind in WORKER_KINDS
    }
    needed |= {("get", KINDS[kind].definition.plural) for kind in TEMPLATE_KINDS}
    needed |= {("create", "tokenreviews"), ("create", "subjectaccessreviews"), ("list", "events")}
    assert granted("ClusterRole", "workers-gateway") == needed
    assert granted("Role", "workers-gateway") == {("get", "secrets")}
    assert OBJECTS["Role", "workers-gateway"]["metadata"]["namespace"] == "code24-workers"


def test_what_callers_get_is_aggregated_into_the_default_roles() -> None:
    assert granted("ClusterRole", "workers-logs") == {
        ("get", "eliteworkers/logs"),
        ("get", "customerworkers/logs"),
    }
    labels = OBJECTS["ClusterRole", "workers-force"]["metadata"]["labels"]
    assert list(labels) == ["rbac.authorization.k8s.io/aggregate-to-admin"]


def test_the_pod_is_restricted() -> None:
    pod = OBJECTS["Deployment", "workers-gateway"]["spec"]["template"]["spec"]
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


LABELS = {"app.kubernetes.io/name": "workers-gateway"}
SERVICE = OBJECTS["Service", "workers-gateway"]
DEPLOYMENT = OBJECTS["Deployment", "workers-gateway"]
POD = DEPLOYMENT["spec"]["template"]
PORTS = {port["name"]: port["containerPort"] for port in POD["spec"]["containers"][0]["ports"]}
AROUND = ("Service", "PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy")


def example(name: str) -> list[Any]:
    return list(yaml.safe_load_all((FOLDER / "examples" / name).read_text()))


@pytest.mark.parametrize("kind", AROUND)
def test_what_is_around_the_pod_is_about_it(kind: str) -> None:
    body = OBJECTS[kind, "workers-gateway"]
    assert body["metadata"]["namespace"] == DEPLOYMENT["metadata"]["namespace"]
    spec = body["spec"]
    match kind:
        case "HorizontalPodAutoscaler":
            assert spec["scaleTargetRef"]["name"] == DEPLOYMENT["metadata"]["name"]
        case "Service":
            assert spec["selector"] == LABELS
        case _:
            selector = spec.get("podSelector") or spec["selector"]
            assert selector == {"matchLabels": LABELS}
    assert LABELS.items() <= POD["metadata"]["labels"].items()


def test_a_pod_may_go_while_others_stay() -> None:
    budget = OBJECTS["PodDisruptionBudget", "workers-gateway"]["spec"]
    scaler = OBJECTS["HorizontalPodAutoscaler", "workers-gateway"]["spec"]
    assert 1 <= budget["minAvailable"] < scaler["minReplicas"] <= scaler["maxReplicas"]
    [metric] = scaler["metrics"]
    # There is no limit of the CPU that a share could be of.
    assert metric["resource"]["target"]["type"] == "AverageValue"
    assert DEPLOYMENT["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0


def test_the_network_lets_in_who_calls_and_who_measures() -> None:
    policy = OBJECTS["NetworkPolicy", "workers-gateway"]["spec"]
    opened = {
        next(iter(rule["from"][0]["namespaceSelector"]["matchLabels"])): rule["ports"][0]["port"]
        for rule in policy["ingress"]
    }
    assert opened == {
        "workers.code24.dev/gateway-ingress": "http",
        "workers.code24.dev/scrape": "health",
    }
    assert PORTS.keys() == set(opened.values())
    outwards = {port["port"] for rule in policy["egress"] for port in rule["ports"]}
    assert outwards == {53, 443, 6443}
    assert policy["policyTypes"] == ["Ingress", "Egress"]


def test_probes_and_the_service_name_ports_of_the_pod() -> None:
    [container] = POD["spec"]["containers"]
    for probe in ("livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["port"] in PORTS
    [port] = SERVICE["spec"]["ports"]
    assert port["targetPort"] in PORTS
    assert PORTS["http"] == int(OPTIONS.address.rpartition(":")[2])
    assert PORTS["health"] == int(OPTIONS.health_address.rpartition(":")[2])


def test_the_examples_lead_to_the_service_and_keep_a_token_with_one_replica() -> None:
    name, [port] = SERVICE["metadata"]["name"], SERVICE["spec"]["ports"]
    [ingress] = example("ingress.yaml")
    [path] = ingress["spec"]["rules"][0]["http"]["paths"]
    assert path["backend"]["service"] == {"name": name, "port": {"name": port["name"]}}
    assert (path["path"], path["pathType"]) == ("/", "Prefix")
    annotations = ingress["metadata"]["annotations"]
    known = "nginx.ingress.kubernetes.io/"
    assert annotations[f"{known}upstream-hash-by"] == "$http_authorization"
    assert annotations[f"{known}proxy-buffering"] == "off"
    assert int(annotations[f"{known}proxy-read-timeout"]) >= 3600  # streams last as long
    size = int(annotations[f"{known}proxy-body-size"].removesuffix("m")) * 1024 * 1024
    assert size == OPTIONS.bounds.body
    route, policy = example("httproute.yaml")
    [backend] = route["spec"]["rules"][0]["backendRefs"]
    assert (backend["name"], backend["port"]) == (name, port["port"])
    assert policy["spec"]["targetRefs"][0]["name"] == route["metadata"]["name"]
    assert policy["spec"]["loadBalancer"]["consistentHash"]["header"]["name"] == "Authorization"
    for body in (ingress, route, policy):
        assert body["metadata"]["namespace"] == SERVICE["metadata"]["namespace"]


def test_the_example_behind_an_ingress_is_a_patch_that_the_command_takes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    [patch] = example("trusted-proxies.yaml")
    assert (patch["kind"], patch["metadata"]["name"]) == ("Deployment", "workers-gateway")
    [container] = patch["spec"]["template"]["spec"]["containers"]
    assert container["name"] == POD["spec"]["containers"][0]["name"]
    command, (option, value) = container["args"][0], container["args"][1].split("=")
    assert command == "gateway"
    assert ip_network(value).is_private
    with pytest.raises(SystemExit):
        main(["--help"])
    assert option in capsys.readouterr().out
