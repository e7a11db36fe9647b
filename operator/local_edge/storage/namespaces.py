"""Dispatch namespaces."""

import sqlite3
import uuid
from dataclasses import dataclass

from local_edge.storage.database import Database, now


@dataclass(frozen=True)
class DispatchNamespace:
    id: str
    name: str
    trusted: bool
    created_on: str
    modified_on: str


class DispatchNamespaces:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[DispatchNamespace]:
        return [
            _namespace(row)
            for row in self._database.rows("SELECT * FROM dispatch_namespaces ORDER BY name")
        ]

    def get(self, name: str) -> DispatchNamespace | None:
        """Find a namespace by name or id."""
        row = self._database.row(
            "SELECT * FROM dispatch_namespaces WHERE name = ?1 OR id = ?1", name
        )
        return _namespace(row) if row else None

    def create(self, name: str) -> DispatchNamespace:
        stamp = now()
        namespace = DispatchNamespace(str(uuid.uuid4()), name, False, stamp, stamp)
        self._database.change(
            "INSERT INTO dispatch_namespaces VALUES (?, ?, ?, ?, ?)",
            name,
            namespace.id,
            0,
            stamp,
            stamp,
        )
        return namespace

    def update(self, namespace: DispatchNamespace, *, name: str, trusted: bool) -> None:
        """Rename a namespace with its scripts, or change its trust."""
        with self._database.transaction() as db:
            db.execute(
                "UPDATE dispatch_namespaces SET name = ?, trusted = ?, modified_on = ? WHERE id = ?",
                (name, int(trusted), now(), namespace.id),
            )
            names = (name, namespace.name)
            for table in ("scripts", "versions", "deployments"):
                db.execute(f"UPDATE {table} SET namespace = ? WHERE namespace = ?", names)  # noqa: S608

    def delete(self, name: str) -> None:
        self._database.change("DELETE FROM dispatch_namespaces WHERE name = ?", name)


def _namespace(row: sqlite3.Row) -> DispatchNamespace:
    return DispatchNamespace(
        row["id"], row["name"], bool(row["trusted"]), row["created_on"], row["modified_on"]
    )
