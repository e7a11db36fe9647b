"""What the operator's roles grant, and what of it the API server's audit log says was used."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import yaml

from local_cluster.audit import AuditedRequest, AuditReader
from support.clusters import OPERATOR_NAMESPACE, OPERATOR_USER

_RBAC: Final = Path(__file__).parents[2] / "manifests" / "base" / "rbac.yaml"
_OWN: Final = "workers-operator"
_OF_OTHERS: Final = "workers-operator-secrets"  # where a namespace's owners bind it
_FORBIDDEN: Final = 403


class Grant(NamedTuple):
    """One verb on one resource. ``scope``: everywhere, the operator's namespace, or those of others; ``name``: of the
    only object, "" for all."""

    scope: str
    group: str
    resource: str
    verb: str
    name: str = ""

    def covers(self, request: AuditedRequest) -> bool:
        """Whether a request needs, at least, this grant."""
        is_own = request.namespace == OPERATOR_NAMESPACE
        resource = "/".join(part for part in (request.resource, request.subresource) if part)
        return (
            (self.group, self.resource, self.verb) == (request.group, resource, request.verb)
            and self.name in ("", request.name)
            and self.scope in ("everywhere", "own" if is_own else "others'")
        )


def granted() -> frozenset[Grant]:
    """All that the manifests grant to the operator."""
    return frozenset(_granted())


def _granted() -> Iterator[Grant]:
    for role in yaml.safe_load_all(_RBAC.read_text()):
        scope = _scope(role)
        for rule in role["rules"] if scope else ():
            for group in rule["apiGroups"]:
                for resource in rule["resources"]:
                    for verb in rule["verbs"]:
                        for name in rule.get("resourceNames", [""]):
                            yield Grant(scope, group, resource, verb, name)


def _scope(role: Any) -> str:
    known = {
        ("ClusterRole", _OWN): "everywhere",
        ("ClusterRole", _OF_OTHERS): "others'",
        ("Role", _OWN): "own",
    }
    return known.get((role["kind"], role["metadata"]["name"]), "")


def of_operator(requests: Iterable[AuditedRequest]) -> list[AuditedRequest]:
    """The operator's own requests."""
    return [request for request in requests if request.user == OPERATOR_USER]


def missing(log: Path) -> list[str]:
    """What the operator was refused for want of a grant, in a whole audit log.

    Secrets of other namespaces are no such thing: their owners decide. Nor are Events in a namespace that is being
    deleted, where nobody may create anything.
    """
    refused = (r for r in of_operator(AuditReader(log, 0).read()) if r.code == _FORBIDDEN)
    return [
        f"{r.verb} {r.resource}/{r.subresource} {r.namespace}/{r.name}"
        for r in refused
        if r.resource != "events" and (r.resource != "secrets" or r.namespace == OPERATOR_NAMESPACE)
    ]
