"""The WorkersPlatform of a scenario that needs one as an object, and a request for a look at its account."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from bench import objects
from bench.edge import Edge
from bench.kube import Kube, Object, Watch
from bench.lab import Lab
from support.clusters import OPERATOR_NAMESPACE
from support.handles import API_VERSION
from support.kube import path_of
from support.tenancy import everything

NO_IMPLIED_PLATFORM: Final = {"CLOUDFLARE_ACCOUNT_ID": "", "CLOUDFLARE_ZONE_ID": ""}
_NAME: Final = "default"
_REQUESTED: Final = "reconcile.fluxcd.io/requestedAt"
_SECONDS: Final = 600.0


class Ground(NamedTuple):
    """What a scenario on a platform of its own works with. ``watch``: of the workers."""

    edge: Edge
    kube: Kube
    platforms: Watch
    watch: Watch


@asynccontextmanager
async def own_platform(
    here: Lab, variables: Mapping[str, str] = MappingProxyType({}), **spec: Any
) -> AsyncIterator[Ground]:
    """An operator, with these variables, whose only platform is an object, ready to use."""
    edge = here.edge()
    here.operator(edge, **NO_IMPLIED_PLATFORM, **variables)
    async with (
        here.kube() as kube,
        Watch(kube, "workersplatforms") as platforms,
        Watch(kube, objects.PLURAL) as watch,
    ):
        await create_platform(kube, edge, **spec)
        await platforms.all_ready(1, _SECONDS)
        yield Ground(edge, kube, platforms, watch)


async def create_platform(kube: Kube, edge: Edge, **spec: Any) -> None:
    """Applies the platform ``default`` and its Secret."""
    token = edge.variables["CLOUDFLARE_API_TOKEN"]
    secret: Object = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "cloudflare", "namespace": OPERATOR_NAMESPACE},
        "stringData": {"token": token},
    }
    await kube.create(f"/api/v1/namespaces/{OPERATOR_NAMESPACE}/secrets", secret)
    reference = {"namespace": OPERATOR_NAMESPACE, "name": "cloudflare", "key": "token"}
    body: Object = {
        "apiVersion": API_VERSION,
        "kind": "WorkersPlatform",
        "metadata": {"name": _NAME},
        "spec": {
            "accountId": edge.account,
            "environment": "dev",
            "credentials": {"apiTokenSecretRef": reference},
            "domain": edge.domain,
            "zones": [{"name": edge.domain, "id": edge.variables["CLOUDFLARE_ZONE_ID"]}],
            "dataPlane": {"address": edge.data_url},
            "baseUrl": edge.base_url,
            "tenancy": everything(),
            **spec,
        },
    }
    await kube.create(path_of("WorkersPlatform"), body)


async def check(kube: Kube, platforms: Watch, value: str) -> None:
    """Asks for a look, and waits until it has been taken."""
    body: Object = {"metadata": {"annotations": {_REQUESTED: value}}}
    await kube.patch(path_of("WorkersPlatform", name=_NAME), body)
    handled = lambda: platforms.states[_NAME].handled == value  # noqa: E731
    await platforms.until(handled, "the request is handled", _SECONDS)
