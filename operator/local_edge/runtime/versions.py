"""Look up the code of a version, in the database or among the uploads under trial."""

from collections.abc import Iterator
from contextlib import contextmanager

from local_edge.runtime.code import ACCOUNT_OWNER, Owner
from local_edge.storage.namespaces import DispatchNamespaces
from local_edge.storage.scripts import ACCOUNT, Scripts
from local_edge.storage.versions import ScriptVersion


class VersionSource:
    def __init__(self, scripts: Scripts, namespaces: DispatchNamespaces) -> None:
        self._scripts = scripts
        self._namespaces = namespaces
        self._on_trial: dict[str, tuple[ScriptVersion, Owner]] = {}

    @contextmanager
    def on_trial(self, version: ScriptVersion, namespace: str) -> Iterator[None]:
        """Make a version loadable within this block although it is not stored."""
        self._on_trial[version.id] = (version, self._owner(namespace, ""))
        try:
            yield
        finally:
            del self._on_trial[version.id]

    def find(self, version_id: str) -> tuple[ScriptVersion, Owner] | None:
        on_trial = self._on_trial.get(version_id)
        if on_trial:
            return on_trial
        versions = self._scripts.versions
        version, script = versions.get(version_id), versions.owner_of(version_id)
        if version is None or script is None:
            return None
        return version, self._owner(*script)

    def _owner(self, namespace: str, script: str) -> Owner:
        found = None if namespace == ACCOUNT else self._namespaces.get(namespace)
        return Owner(found.id, found.trusted, script) if found else ACCOUNT_OWNER
