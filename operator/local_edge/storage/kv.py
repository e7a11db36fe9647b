"""KV namespaces and their pairs.

Expired pairs are invisible; they are deleted when the keys of their namespace are listed.
"""

import json
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from local_edge.jsontypes import Json
from local_edge.storage.database import Database

MAX_VALUE = 25 * 1024 * 1024
_BATCH = 500  # pairs per transaction; large writes must not block others for long


@dataclass(frozen=True)
class KVNamespace:
    id: str
    title: str
    jurisdiction: str | None


@dataclass(frozen=True)
class Pair:
    key: str
    value: bytes
    metadata: Json = None
    expiration: int | None = None
    """Unix time in seconds."""


class KV:
    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def namespaces(
        self, *, order: str, descending: bool, offset: int, limit: int
    ) -> list[KVNamespace]:
        column = "title" if order == "title" else "id"
        direction = "DESC" if descending else "ASC"
        sql = f"SELECT * FROM kv_namespaces ORDER BY {column} {direction} LIMIT ? OFFSET ?"  # noqa: S608
        return [_namespace(row) for row in self._database.rows(sql, limit, offset)]

    def count(self) -> int:
        row = self._database.row("SELECT COUNT(*) AS n FROM kv_namespaces")
        return int(row["n"]) if row else 0

    def namespace(self, namespace_id: str) -> KVNamespace | None:
        row = self._database.row("SELECT * FROM kv_namespaces WHERE id = ?", namespace_id)
        return _namespace(row) if row else None

    def titled(self, title: str) -> KVNamespace | None:
        row = self._database.row("SELECT * FROM kv_namespaces WHERE title = ?", title)
        return _namespace(row) if row else None

    def create(self, title: str, jurisdiction: str | None) -> KVNamespace:
        namespace = KVNamespace(uuid.uuid4().hex, title, jurisdiction)
        self._database.change(
            "INSERT INTO kv_namespaces VALUES (?, ?, ?)", namespace.id, title, jurisdiction
        )
        return namespace

    def rename(self, namespace_id: str, title: str) -> None:
        self._database.change(
            "UPDATE kv_namespaces SET title = ? WHERE id = ?", title, namespace_id
        )

    def delete_namespace(self, namespace_id: str) -> None:
        with self._database.transaction() as db:
            gone = "DELETE FROM kv_pairs WHERE namespace_id = ? RETURNING key"
            keys = [row["key"] for row in db.execute(gone, (namespace_id,)).fetchall()]
            db.execute("DELETE FROM kv_namespaces WHERE id = ?", (namespace_id,))
        self._note(namespace_id, keys)

    def get(self, namespace_id: str, key: str) -> Pair | None:
        row = self._database.row(
            "SELECT * FROM kv_pairs WHERE namespace_id = ? AND key = ?", namespace_id, key
        )
        if row is None or (row["expiration"] is not None and row["expiration"] <= self._clock()):
            return None
        return _pair(row)

    def put(self, namespace_id: str, pairs: Iterable[Pair]) -> None:
        rows = [
            (
                namespace_id,
                p.key,
                p.value,
                None if p.metadata is None else json.dumps(p.metadata),
                p.expiration,
            )
            for p in pairs
        ]
        for start in range(0, len(rows), _BATCH):
            with self._database.transaction() as db:
                batch = rows[start : start + _BATCH]
                db.executemany("INSERT OR REPLACE INTO kv_pairs VALUES (?, ?, ?, ?, ?)", batch)
            self._note(namespace_id, (row[1] for row in batch))

    def delete(self, namespace_id: str, keys: Iterable[str]) -> None:
        rows = [(namespace_id, key) for key in keys]
        with self._database.transaction() as db:
            db.executemany("DELETE FROM kv_pairs WHERE namespace_id = ? AND key = ?", rows)
        self._note(namespace_id, (key for _, key in rows))

    def keys(
        self, namespace_id: str, *, prefix: str, after: str, limit: int
    ) -> tuple[list[Pair], bool]:
        """Return pairs without their values, ordered by the UTF-8 of the key, and whether there are more."""
        self._database.change(
            "DELETE FROM kv_pairs WHERE namespace_id = ? AND expiration <= ?",
            namespace_id,
            int(self._clock()),
        )
        # SQLite compares text bytewise, so the keys with a prefix form a range.
        rows = self._database.rows(
            "SELECT key, x'' AS value, metadata, expiration FROM kv_pairs WHERE namespace_id = ? AND key > ? "
            "AND key >= ? AND key < ? ORDER BY key LIMIT ?",
            namespace_id, after, prefix, prefix + "\U0010ffff", limit + 1,
        )  # fmt: skip
        return [_pair(row) for row in rows[:limit]], len(rows) > limit

    def _note(self, namespace_id: str, keys: Iterable[str]) -> None:
        self._database.note_written(kv_path(namespace_id), keys)


def kv_path(namespace_id: str) -> str:
    """Return the path of the bindings to a namespace, below the control server's root."""
    return f"/kv/{namespace_id}"


def _namespace(row: sqlite3.Row) -> KVNamespace:
    return KVNamespace(row["id"], row["title"], row["jurisdiction"])


def _pair(row: sqlite3.Row) -> Pair:
    metadata = None if row["metadata"] is None else json.loads(row["metadata"])
    return Pair(row["key"], row["value"], metadata, row["expiration"])
