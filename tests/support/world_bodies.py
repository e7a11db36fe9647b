"""Objects of our kinds, as users write them."""

from collections.abc import Mapping
from typing import Any, Final

from support.calls import ACCOUNT
from support.scripts import says
from support.tenancy import everything
from workers_operator.domain.names import Creator
from workers_operator.domain.worker import ObjectKey
from workers_operator.resources import FINALIZER

ZONE: Final = "11111111111111111111111111111111"
OTHER_ZONE: Final = "22222222222222222222222222222222"
DOMAIN: Final = "code24.dev"
OTHER_DOMAIN: Final = "example.com"
NAMESPACE: Final = "shop"
OPERATOR_NAMESPACE: Final = "code24-workers"
API_VERSION: Final = "workers.code24.dev/v1alpha1"
BASE: Final = "customer-worker-c1--shop"  # script name of ``customer()``
# ``customer()`` as the first object after the platform and its Secret.
CREATOR: Final = Creator("ns", NAMESPACE, BASE, "00000000-0000-0000-0000-000000000003")
SHOP: Final = ObjectKey("CustomerWorker", NAMESPACE, "shop")
ROUTED: Final = f"PUT kv routes host:shop.code24.dev worker:{BASE}"
RESTS: Final = "PUT kv routes rest:shop.code24.dev"
UNROUTED: Final = f"DELETE kv routes host:shop.code24.dev worker:{BASE}"
Body = dict[str, Any]


NONE_KEPT: Body = {"historyLimit": 0}
"""A rollout after which the former version goes."""


def customer(
    name: str = "shop",
    script: str | None = "one",
    *,
    namespace: str = NAMESPACE,
    annotations: Mapping[str, str] | None = None,
    **spec: Any,
) -> Body:
    """A CustomerWorker at ``<name>.code24.dev`` that says ``script``; None: ``spec`` has its source."""
    basics: Body = {"customerId": "c1", "subdomain": name}
    if script is not None:
        basics["source"] = {"inline": {"script": says(script)}}
    return _body("CustomerWorker", name, namespace, annotations, basics | spec)


def elite(name: str = "brand", **spec: Any) -> Body:
    """An EliteWorker of the type ``brand`` with its own template."""
    parameters = {"site": "https://www.example.com/"}
    basics = {"customerId": "c1", "subdomain": "c1", "type": "brand", "parameters": parameters}
    return _body("EliteWorker", name, NAMESPACE, None, basics | spec)


def platform(name: str = "default", **spec: Any) -> Body:
    """A WorkersPlatform with containers of its own in the account; its Secret has its name."""
    own = "" if name == "default" else f"{name}-"
    basics = {
        "accountId": ACCOUNT,
        "environment": "staging",
        "credentials": {
            "apiTokenSecretRef": {"namespace": OPERATOR_NAMESPACE, "name": name, "key": "token"}
        },
        "domain": DOMAIN if name == "default" else f"{name}.{DOMAIN}",
        "zones": [{"name": DOMAIN, "id": ZONE}, {"name": OTHER_DOMAIN, "id": OTHER_ZONE}],
        "dispatch": {"namespace": f"{own}ns", "dispatcher": f"{own}dispatcher"},
        "storage": {
            "metadataNamespace": f"{own}routes",
            "dataBucket": f"{own}data",
            "analyticsDataset": f"{own}workers_analytics".replace("-", "_"),
        },
        "tenancy": everything(DOMAIN, f"www.{DOMAIN}", OTHER_DOMAIN, f"www.{OTHER_DOMAIN}"),
    }
    return _body("WorkersPlatform", name, "", None, basics | spec)


def service(name: str, worker: str, kind: str = "CustomerWorker") -> Body:
    """A service binding."""
    return {"name": name, "type": "service", "worker": {"kind": kind, "name": worker}}


def secret(name: str, of: str, key: str = "token") -> Body:
    """A variable that comes from a Secret."""
    return {"name": name, "secretKeyRef": {"name": of, "key": key}}


# --- lines of World.writes --------------------------------------------------------------------------------------------


def guarded(key: ObjectKey) -> str:
    """An object gets the finalizer."""
    return f"set_finalizers {key} [{FINALIZER}]"


def released(key: ObjectKey) -> str:
    """An object loses its finalizer."""
    return f"set_finalizers {key} []"


def stated(key: ObjectKey) -> str:
    """A status is written."""
    return f"apply_status {key}"


def uploaded(version: str, instance: int = 0, base: str = BASE, space: str = "ns") -> str:
    """A script is uploaded."""
    return f"PUT script {space}/{base}--{version}--{instance}"


def removed(version: str, instance: int = 0, base: str = BASE, space: str = "ns") -> str:
    """A script is deleted."""
    return f"DELETE script {space}/{base}--{version}--{instance}"


def _body(
    kind: str, name: str, namespace: str, annotations: Mapping[str, str] | None, spec: Body
) -> Body:
    metadata: Body = {"name": name} | ({"namespace": namespace} if namespace else {})
    metadata |= {"annotations": dict(annotations)} if annotations else {}
    return {"apiVersion": API_VERSION, "kind": kind, "metadata": metadata, "spec": spec}
