"""Build and merge kubeconfig documents as plain values.

Certificates and tokens are embedded, so that a kubeconfig is a single file that can be copied.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

ADMIN_CONTEXT = "local"
CLUSTER = "local-cluster"

Document = dict[str, Any]


def single(*, url: str, authority: str, context: str, token: str) -> Document:
    """Return a kubeconfig with one context; `authority` is PEM text."""
    encoded = base64.b64encode(authority.encode()).decode()
    cluster = {"server": url, "certificate-authority-data": encoded}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": CLUSTER, "cluster": cluster}],
        "users": [{"name": context, "user": {"token": token}}],
        "contexts": [{"name": context, "context": {"cluster": CLUSTER, "user": context}}],
        "current-context": context,
    }


def merged(base: Document | None, addition: Document) -> Document:
    """Return `base` with the entries of `addition`, which replace entries of the same name.

    The current context of `base` is kept.
    """
    if base is None:
        return addition
    result = {**addition, "current-context": base["current-context"]}
    for section in ("clusters", "users", "contexts"):
        result[section] = _by_name(base.get(section, ()), addition[section])
    return result


def _by_name(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[Any]:
    return list({entry["name"]: entry for entry in (*old, *new)}.values())
