"""What workers claim on a platform with grants, and whether they may: the operator and the policy judge it alike."""

from collections.abc import Mapping
from typing import Any, Final

from support.shapes import CUSTOMER, ELITE, Object

GRANTS: Final = [
    {
        "namespaces": ["team-a"],
        "customers": ["acme", "acme-*"],
        "hosts": ["*.code24.dev", "acme.com"],
        "plans": ["premium"],
        "templates": ["customer/ecommerce", "elite/*", "cluster/shop"],
        "scriptNames": ["acme-*"],
        "storage": {"kvNamespaces": ["SHOP"], "buckets": ["acme-*"], "queues": ["orders"]},
    },
    {"namespaces": ["team-b*"], "customers": ["*"], "hosts": ["*"]},
    {
        "namespaceSelector": {"matchLabels": {"plan": "paid", "team": "d"}},
        "customers": ["acme"],
        "hosts": ["*"],
    },
    {
        "namespaceSelector": {
            "matchExpressions": [
                {"key": "plan", "operator": "In", "values": ["trial", "try"]},
                {"key": "plan", "operator": "NotIn", "values": ["try"]},
                {"key": "team", "operator": "Exists"},
                {"key": "banned", "operator": "DoesNotExist"},
                {"key": "mood", "operator": "NotIn", "values": ["bad"]},
            ]
        },
        "customers": ["acme"],
        "hosts": ["*"],
    },
]
SCRIPT: Final = {"inline": {"script": "export default {}"}}


def worker(namespace: str, base: Mapping[str, Any] = CUSTOMER, **spec: Any) -> Object:
    """A worker of the customer acme, with the fields of ``spec`` set."""
    basics = {
        "metadata": {"name": "x", "namespace": namespace},
        "spec": {"platform": "granted", "customerId": "acme", "subdomain": "shop", **spec},
    }
    if "source" not in spec and "template" not in spec and base is CUSTOMER:
        basics["spec"]["source"] = SCRIPT
    return {**base, **basics}


def follows(name: str) -> Object:
    """The source of a worker that follows a template of the cluster."""
    return {"templateRef": {"kind": "ClusterWorkerTemplate", "name": name}}


TAKEN: Final[Mapping[str, Object]] = {
    "what is granted": worker("team-a"),
    "the beginning of a customer": worker("team-a", customerId="acme-eu"),
    "another host": worker("team-a", routes=[{"pattern": "ACME.com/shop/*"}]),
    "a host with the dot of the root": worker("team-a", routes=[{"pattern": "acme.com./*"}]),
    "all hosts below": worker("team-a", routes=[{"pattern": "*.b.code24.dev/*"}]),
    "a plan": worker("team-a", configuration={"plan": "premium"}),
    "a template": worker("team-a", template="ecommerce"),
    "a template of the cluster": worker("team-a", source=follows("shop")),
    "a template of the namespace": worker("team-a", source={"templateRef": {"name": "any"}}),
    "an elite template": worker("team-a", ELITE, type="brand", parameters={"site": "https://a.b/"}),
    "a script name": worker("team-a", scriptName="acme-shop"),
    "storage": worker(
        "team-a",
        bindings=[
            {"name": "A", "type": "kvNamespace", "title": "SHOP"},
            {"name": "B", "type": "kvNamespace", "create": True},
            {"name": "C", "type": "r2Bucket", "bucket": "acme-files"},
            {"name": "D", "type": "queue", "id": "orders"},
            {"name": "E", "type": "ai"},
        ],
    ),
    "a source bucket": worker("team-a", source={"r2": {"key": "a.js", "bucket": "acme-code"}}),
    "another namespace": worker("team-b1", customerId="any", routes=[{"pattern": "shop.x.dev/*"}]),
    "another platform": worker("team-c", platform="other"),
}
REFUSED: Final[Mapping[str, tuple[Object, str]]] = {
    "a namespace": (worker("team-c"), "spec.platform: namespace team-c"),
    "a customer": (worker("team-a", customerId="b"), "customer b on this platform"),
    "a host": (
        worker("team-a", routes=[{"pattern": "other.com/*"}]),
        "may not use host other.com",
    ),
    "a host with the dot of the root": (
        worker("team-a", routes=[{"pattern": "other.com./*"}]),
        "may not use host other.com on",
    ),
    "a host and all below": (
        worker("team-a", routes=[{"pattern": "*acme.com/*"}]),
        "may not use host",
    ),
    "all hosts below": (worker("team-a", routes=[{"pattern": "*.acme.com/*"}]), "*.acme.com"),
    "a plan": (worker("team-a", configuration={"plan": "enterprise"}), "plan enterprise"),
    "a template": (worker("team-a", template="static"), "template customer/static"),
    "a template of the cluster": (
        worker("team-a", source=follows("other")),
        "template cluster/other",
    ),
    "any template": (
        worker("team-b1", ELITE, type="brand", parameters={"site": "https://a.b/"}),
        "template elite/brand",
    ),
    "a script name": (worker("team-a", scriptName="other-shop"), "script name other-shop"),
    "a KV namespace": (
        worker("team-a", bindings=[{"name": "A", "type": "kvNamespace", "title": "OTHER"}]),
        "OTHER (kvNamespaces)",
    ),
    "an id": (worker("team-a", bindings=[{"name": "A", "type": "d1", "id": "1"}]), "1 (d1)"),
    "a source bucket": (
        worker("team-a", source={"r2": {"key": "a.js"}}),
        "(buckets)",
    ),
}
"""With what the admission policy says of them."""
