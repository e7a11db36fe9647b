"""Follows the labels of namespaces while a platform's grants select namespaces by them."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from typing import Any, Final, Protocol

from workers_operator.desired.platform import PlatformConfig
from workers_operator.domain.tenancy.selectors import Labels
from workers_operator.index.index import Index
from workers_operator.kube.errors import KubeForbidden
from workers_operator.scheduling.scheduler import Scheduler
from workers_operator.scheduling.watching import Sleep, Watch

logger = logging.getLogger(__name__)

_CHECK_SECONDS: Final = 1.0
_DENIED: Final = "the operator may not list namespaces, so that no namespaceSelector holds"


class NamespacesClient(Protocol):
    """Lists namespaces: ``kube.client.KubeClient``."""

    def list_namespaces(self) -> AsyncIterator[Mapping[str, Any]]:
        """Yield the metadata of all namespaces. Raises KubeError."""


class NamespaceFollower:
    """Keeps ``index.namespaces`` up to date, and requeues the workers of a namespace whose labels change."""

    def __init__(self, client: NamespacesClient, index: Index, scheduler: Scheduler) -> None:
        self._client = client
        self._index = index
        self._scheduler = scheduler

    async def prepare(self, config: PlatformConfig) -> None:
        """Make sure that the labels are known before a platform's grants count. Raises KubeError.

        Otherwise a start, or a grant that selects by labels from now on, would refuse workers for a moment.
        """
        namespaces = self._index.namespaces
        if not config.tenancy.selects_namespaces or namespaces.known:
            return
        try:
            found = {str(m["name"]): _labels(m) async for m in self._client.list_namespaces()}
        except KubeForbidden:
            self.denied()
            return
        if not namespaces.known:  # else the watch may know better by now
            namespaces.learn(found)

    async def watch(self, watch: Watch, sleep: Sleep) -> None:
        """Follow the labels from ``prepare`` on, as long as a platform selects by them. Runs until cancelled."""
        namespaces = self._index.namespaces
        while True:
            while not (namespaces.wanted and namespaces.known):
                await sleep(_CHECK_SECONDS)
            running = asyncio.get_running_loop().create_task(watch.run(sleep))
            try:
                while namespaces.wanted and not running.done():
                    await sleep(_CHECK_SECONDS)
            finally:
                ended = running.done()
                running.cancel()
                await asyncio.gather(running, return_exceptions=True)
            if ended:
                running.result()  # raises what ended it
            namespaces.leave()

    def changed(self, namespace: str, name: str, metadata: Mapping[str, Any] | None) -> None:
        """Take in a namespace: ``name``, for it lies in none itself. Requeue its workers if its labels have changed."""
        if self._index.namespaces.put(name, _labels(metadata or {})):
            self._scheduler.rights_changed(name)

    def denied(self) -> None:
        """Take in that RBAC forbids to list namespaces: nobody has labels then."""
        if self._index.namespaces.problem is None:
            logger.warning("%s; check its ClusterRole", _DENIED)
        for name in self._index.namespaces.deny(_DENIED):
            self._scheduler.rights_changed(name)


def _labels(metadata: Mapping[str, Any]) -> Labels:
    return dict(metadata.get("labels") or {})
