"""Keep the versions of templates that followers have or may return to, as ControllerRevisions."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from workers_operator.domain.errors import Waiting
from workers_operator.domain.worker import ObjectKey
from workers_operator.engine.offload import off_loop
from workers_operator.kube.errors import KubeNotFound
from workers_operator.resources import ObjectMeta
from workers_operator.sources.revisions import (
    LABEL,
    TemplateVersion,
    TemplateVersions,
    label_value,
    revision,
    revision_name,
)


class RevisionsClient(Protocol):
    """Creates and deletes ControllerRevisions: ``kube.client.KubeClient``."""

    async def list_revisions(self, namespace: str, label: str, value: str) -> list[str]:
        """Return the names of the ControllerRevisions with this label value."""

    async def create_revision(self, namespace: str, revision: Mapping[str, Any]) -> None:
        """Create a ControllerRevision. Raises KubeConflict if the name is taken."""

    async def delete_revision(self, namespace: str, name: str) -> None:
        """Delete a ControllerRevision."""


class RevisionKeeper:
    """Create a version's ControllerRevision before any follower gets it; delete it after the last one has left it."""

    def __init__(self, client: RevisionsClient, versions: TemplateVersions) -> None:
        self._client = client
        self._versions = versions
        self._kept: dict[ObjectKey, frozenset[str]] = {}  # versions, as pruned last

    async def keep(self, key: ObjectKey, metadata: ObjectMeta, version: TemplateVersion) -> None:
        """Ensure that a version is kept. Raises Stalled if it is too large, KubeError."""
        size = version.loaded.code.size
        wanted = await off_loop(size, revision, key, metadata, version)
        try:
            await self._versions.get(key, metadata.uid, version.hash)
        except Waiting:
            await self._client.create_revision(self._versions.namespace_of(key), wanted)

    async def prune(self, key: ObjectKey, uid: str, wanted: Collection[str]) -> None:
        """Delete unneeded versions, if the needed ones have changed. Raises KubeError."""
        kept = frozenset(wanted)
        if self._kept.get(key) == kept:
            return
        namespace = self._versions.namespace_of(key)
        names = {revision_name(key, uid, version) for version in kept}
        for name in await self._client.list_revisions(namespace, LABEL, label_value(uid)):
            if name not in names:
                try:
                    await self._client.delete_revision(namespace, name)
                except KubeNotFound:
                    continue
        self._kept[key] = kept

    def forget(self, key: ObjectKey) -> None:
        """Forget a template that is gone: its versions go with it."""
        self._kept.pop(key, None)
