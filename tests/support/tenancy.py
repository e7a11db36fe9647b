"""Grants that let every namespace claim everything: for tests that are about something else."""

from collections.abc import Mapping
from typing import Any, Final

ALL: Final = ["*"]
STORAGE: Final = (
    "kvNamespaces",
    "buckets",
    "datasets",
    "d1",
    "hyperdrive",
    "mtlsCertificates",
    "pipelines",
    "queues",
    "vectorize",
    "vpcServices",
)


def everything(*reserved_hosts: str) -> Mapping[str, Any]:
    """``spec.tenancy`` that grants everything, and these hosts, which ``*`` does not."""
    fields = ("namespaces", "customers", "plans", "templates", "scriptNames")
    grant: dict[str, Any] = dict.fromkeys(fields, ALL)
    grant["hosts"] = [*ALL, *reserved_hosts]
    grant["storage"] = dict.fromkeys(STORAGE, ALL)
    return {"grants": [grant]}
