"""Deployments: which versions of a script run, and for what share of its requests."""

import json
import sqlite3
import uuid
from dataclasses import dataclass, field

from local_edge.jsontypes import JsonObject
from local_edge.storage.database import Database, now

Shares = list[tuple[str, float]]
"""(version id, percentage), newest version first; the percentages add up to 100."""


@dataclass(frozen=True)
class Release:
    """A deployment."""

    shares: Shares
    source: str = "api"
    annotations: JsonObject = field(default_factory=dict)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    created_on: str = field(default_factory=now)

    @property
    def main(self) -> str:
        """The version with the largest share; of two equal ones the newer one."""
        return max(self.shares, key=lambda share: share[1])[0]


class ReleaseStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def active(self, namespace: str, name: str) -> Release | None:
        """Return the deployment of a script that is in effect: the latest one."""
        row = self._database.row(f"{_OF_SCRIPT} ORDER BY number DESC", namespace, name)
        return _release(row) if row else None

    def all(self, namespace: str, name: str) -> list[Release]:
        """Return the deployments of a script, latest first."""
        rows = self._database.rows(f"{_OF_SCRIPT} ORDER BY number DESC", namespace, name)
        return [_release(row) for row in rows]

    def get(self, namespace: str, name: str, release_id: str) -> Release | None:
        row = self._database.row(f"{_OF_SCRIPT} AND id = ?", namespace, name, release_id)
        return _release(row) if row else None

    def delete(self, release_id: str) -> None:
        self._database.change("DELETE FROM deployments WHERE id = ?", release_id)

    def in_effect(self) -> list[tuple[str, str, Shares]]:
        """Return (namespace, name, shares) of every script."""
        rows = self._database.rows(
            "SELECT namespace, script, shares, MAX(number) FROM deployments GROUP BY namespace, script"
        )
        return [(row["namespace"], row["script"], _shares(row["shares"])) for row in rows]


def insert_release(db: sqlite3.Connection, namespace: str, name: str, release: Release) -> None:
    values = (json.dumps(release.shares), json.dumps(release.annotations))
    db.execute(
        "INSERT INTO deployments (id, namespace, script, shares, annotations, source, created_on) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (release.id, namespace, name, *values, release.source, release.created_on),
    )


def _release(row: sqlite3.Row) -> Release:
    return Release(
        shares=_shares(row["shares"]),
        source=row["source"],
        annotations=json.loads(row["annotations"]),
        id=row["id"],
        created_on=row["created_on"],
    )


def _shares(text: str) -> Shares:
    return [(version_id, percentage) for version_id, percentage in json.loads(text)]


_OF_SCRIPT = "SELECT * FROM deployments WHERE namespace = ? AND script = ?"
