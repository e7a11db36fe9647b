"""The stored versions of scripts."""

import re

from local_edge.storage.database import Database
from local_edge.storage.releases.rows import delete_versions, version_of
from local_edge.storage.versions import ScriptModule, ScriptVersion


class VersionStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, version_id: str) -> ScriptVersion | None:
        """Return a version with its modules."""
        row = self._database.row("SELECT * FROM versions WHERE id = ?", version_id)
        if row is None:
            return None
        found = self._database.rows(
            "SELECT * FROM modules WHERE version_id = ? ORDER BY position", row["id"]
        )
        modules = tuple(
            ScriptModule(m["name"], m["type"], m["content_type"], m["data"]) for m in found
        )
        return version_of(row, modules)

    def of_script(self, namespace: str, name: str, version_id: str) -> ScriptVersion | None:
        """Return a version of a script without its modules; `latest` is the one uploaded last."""
        if version_id == "latest":
            row = self._database.row(f"{_OF_SCRIPT} ORDER BY number DESC", namespace, name)
        else:
            row = self._database.row(
                f"{_OF_SCRIPT} AND id = ?", namespace, name, version_id.lower()
            )
        return None if row is None else version_of(row)

    def previewed(self, namespace: str, name: str, label: str) -> ScriptVersion | None:
        """Return the version that a preview host names: by the first characters of its id, or by its alias."""
        versions = self.all(namespace, name)
        if _ID_START.fullmatch(label):
            return next((version for version in versions if version.id.startswith(label)), None)
        aliased = (v for v in versions if v.config.annotations.get("workers/alias") == label)
        return next(aliased, None)

    def all(self, namespace: str, name: str) -> list[ScriptVersion]:
        """Return all versions of a script without their modules, newest first."""
        rows = self._database.rows(f"{_OF_SCRIPT} ORDER BY number DESC", namespace, name)
        return [version_of(row) for row in rows]

    def owner_of(self, version_id: str) -> tuple[str, str] | None:
        """Return namespace and name of the script that a version belongs to."""
        row = self._database.row("SELECT namespace, script FROM versions WHERE id = ?", version_id)
        return (row["namespace"], row["script"]) if row else None

    def delete(self, version_id: str) -> None:
        with self._database.transaction() as db:
            delete_versions(db, [version_id])


_ID_START = re.compile(r"[0-9a-f]{8}")
_OF_SCRIPT = "SELECT * FROM versions WHERE namespace = ? AND script = ?"
