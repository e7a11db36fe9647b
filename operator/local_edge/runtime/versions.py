"""Where the code of a version comes from: the database, or an upload that is just being tried."""

from collections.abc import Iterator
from contextlib import contextmanager

from local_edge.runtime.code import ACCOUNT, Owner
from local_edge.storage.database import Database
from local_edge.storage.namespaces import DispatchNamespaces
from local_edge.storage.scripts import Scripts, Version


class VersionSource:
    def __init__(
        self, database: Database, scripts: Scripts, namespaces: DispatchNamespaces
    ) -> None:
        self._database = database
        self._scripts = scripts
        self._namespaces = namespaces
        self._tried: dict[str, tuple[Version, Owner]] = {}

    @contextmanager
    def trying(self, version: Version, namespace: str) -> Iterator[None]:
        """Within this block the version can be loaded though it is not stored."""
        self._tried[version.id] = (version, self._owner(namespace, ""))
        try:
            yield
        finally:
            del self._tried[version.id]

    def find(self, version_id: str) -> tuple[Version, Owner] | None:
        tried = self._tried.get(version_id)
        if tried:
            return tried
        version = self._scripts.version(version_id)
        if version is None:
            return None
        row = self._database.row("SELECT namespace, script FROM versions WHERE id = ?", version_id)
        return version, self._owner(row["namespace"], row["script"]) if row else ACCOUNT

    def _owner(self, namespace: str, script: str) -> Owner:
        space = self._namespaces.get(namespace) if namespace else None
        return Owner(space.name, space.id, space.trusted, script) if space else ACCOUNT
