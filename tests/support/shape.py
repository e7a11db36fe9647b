"""One well-formed object of each kind, and cases that change it."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

Object = dict[str, Any]

API_VERSION: Final = "workers.code24.dev/v1alpha1"
ACCOUNT: Final = "0123456789abcdef0123456789abcdef"
ZONE: Final = "fedcba9876543210fedcba9876543210"

ELITE: Final[Object] = {
    "apiVersion": API_VERSION,
    "kind": "EliteWorker",
    "metadata": {"name": "brand", "namespace": "default"},
    "spec": {"type": "brand", "customerId": "customer-123", "subdomain": "customer123"},
}
CUSTOMER: Final[Object] = {
    "apiVersion": API_VERSION,
    "kind": "CustomerWorker",
    "metadata": {"name": "shop", "namespace": "default"},
    "spec": {"customerId": "customer-123", "subdomain": "customer123", "template": "ecommerce"},
}
PLATFORM: Final[Object] = {
    "apiVersion": API_VERSION,
    "kind": "WorkersPlatform",
    "metadata": {"name": "default"},
    "spec": {
        "accountId": ACCOUNT,
        "credentials": {"apiTokenSecretRef": {"namespace": "code24", "name": "cloudflare"}},
        "domain": "code24.dev",
        "zones": [{"name": "code24.dev", "id": ZONE}],
    },
}

ABSENT: Final = object()


def changed(obj: Mapping[str, Any], changes: Mapping[str, Any]) -> Object:
    """A copy of ``obj`` with ``{"spec.health.timeout": "1s"}`` set; ABSENT removes a field."""
    result: Object = copy.deepcopy(dict(obj))
    for path, value in changes.items():
        *parents, last = path.split(".")
        target = result
        for name in parents:
            target = target.setdefault(name, {})
        if value is ABSENT:
            del target[last]
        else:
            target[last] = value
    return result


@dataclass(frozen=True)
class Case:
    """``base`` with ``changes``. A refusal blames ``field`` and says ``message``.

    ``below``: it blames something below ``field``, which is a map: the API server writes ``a.key`` or ``a[key]``.
    """

    base: Object
    changes: Mapping[str, Any]
    field: str = ""
    message: str = ""
    below: bool = False

    @property
    def obj(self) -> Object:
        return changed(self.base, self.changes)

    def __str__(self) -> str:
        settings = (f"{k}={'' if v is ABSENT else v}"[:50] for k, v in self.changes.items())
        return f"{self.base['kind']} {' '.join(settings)}"


def with_nulls(value: Any, schema: Mapping[str, Any]) -> Any:
    """``value`` with null for every optional field it leaves out, at any depth, and in small maps for one more key."""
    if isinstance(value, list):
        return [with_nulls(item, schema.get("items", {})) for item in value]
    if not isinstance(value, dict):
        return value
    fields, values = schema.get("properties", {}), schema.get("additionalProperties")
    optional = fields.keys() - set(schema.get("required", ()))
    stated = {k: with_nulls(v, fields.get(k, values or {})) for k, v in value.items()}
    return dict.fromkeys([*optional, *(["nothing"] if values and len(value) < 9 else [])]) | stated
