"""Watches everything besides our own kinds: platforms' tokens, labelled Secrets, ConfigMaps that objects name."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import ValidationError

from workers_operator.account.credentials import POLL_SECONDS, TokenReader
from workers_operator.desired import references
from workers_operator.engine.priority import Urgency
from workers_operator.index.index import Index
from workers_operator.index.objects import PLATFORM_KIND
from workers_operator.resources import WorkersPlatform
from workers_operator.scheduling.namespaces import NamespaceFollower
from workers_operator.scheduling.scheduler import Scheduler
from workers_operator.scheduling.watching import Sleep, Watch
from workers_operator.sources.secrets import SecretReader

_CONFIG_MAP_CHECK_SECONDS: Final = 1.0


class Watchers:
    """Requeues the objects that use what has changed. Every method named ``watch_…`` runs until cancelled.

    ``namespaces``: does so for labels of namespaces.
    """

    def __init__(
        self,
        index: Index,
        scheduler: Scheduler,
        tokens: TokenReader,
        secrets: SecretReader,
        namespaces: NamespaceFollower,
    ) -> None:
        self.namespaces = namespaces
        self._index = index
        self._scheduler = scheduler
        self._tokens = tokens
        self._secrets = secrets

    async def watch_tokens(self, sleep: Sleep) -> None:
        """Requeue platforms whose Secret holds another token."""
        while True:
            await sleep(POLL_SECONDS)
            for key in self._index.objects.uids(PLATFORM_KIND):
                record = self._index.objects.get(key)
                if record is None:
                    continue
                try:
                    platform = WorkersPlatform.model_validate(record.body())
                except ValidationError:
                    continue  # its pass says what is wrong
                if await self._tokens.has_changed(key.name, platform.spec):
                    self._scheduler.platform_lost(key.name)

    async def watch_secrets(self, sleep: Sleep) -> None:
        """Requeue objects whose labelled Secret has changed."""

        def changed(namespace: str, name: str) -> bool:
            return self._scheduler.changed(references.secret(namespace, name))

        await self._secrets.watch(changed, sleep)

    async def watch_config_maps(self, watch: Watch, sleep: Sleep) -> None:
        """Requeue objects whose ConfigMap has changed; starts once an object names one."""
        while not self.config_maps():
            await sleep(_CONFIG_MAP_CHECK_SECONDS)
        await watch.run(sleep)

    def config_maps(self) -> list[tuple[str, str]]:
        """Return (namespace, name) of all ConfigMaps that objects name."""
        return [(r.scope, r.name) for r in self._index.references.all_of("ConfigMap")]

    def config_map_changed(
        self, namespace: str, name: str, metadata: Mapping[str, Any] | None
    ) -> None:
        """Requeue the objects that name a ConfigMap, whatever its metadata is by now."""
        self._scheduler.changed(references.config_map(namespace, name), Urgency.EDIT)
