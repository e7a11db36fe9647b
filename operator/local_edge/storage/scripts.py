"""Scripts and their versions, of the account (namespace "") and of dispatch namespaces alike."""

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from local_edge.storage.database import Database, now

KEPT_VERSIONS = 2
"""Of a script: the present one, and the one before, which requests may just be loading."""


@dataclass(frozen=True)
class Module:
    name: str
    type: str
    """js, cjs, text, data, json or wasm, as the loader calls them."""
    content_type: str
    data: bytes


@dataclass(frozen=True)
class Version:
    """An upload: immutable. `config` holds the versioned keys of its metadata, and what its start has shown."""

    id: str
    etag: str
    created_on: str
    config: dict[str, Any]
    bindings: list[dict[str, Any]]
    modules: tuple[Module, ...] = field(repr=False)
    number: int = 1


@dataclass(frozen=True)
class Script:
    namespace: str
    """"" for a script of the account."""
    name: str
    tag: str
    version_id: str
    settings: dict[str, Any]
    """logpush, observability, tail_consumers: what is not versioned."""
    tags: list[str]
    created_on: str
    modified_on: str


@dataclass(frozen=True)
class Deployed:
    """A script with its present version (without modules)."""

    script: Script
    version: Version


def etag_of(modules: Iterable[Module]) -> str:
    """A hash of the content: names, types and bytes."""
    digest = hashlib.sha256()
    for module in modules:
        digest.update(f"{module.name}\0{module.type}\0{len(module.data)}\0".encode())
        digest.update(module.data)
    return digest.hexdigest()


class Scripts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, namespace: str, name: str) -> Deployed | None:
        row = self._database.row(f"{_SELECT} WHERE s.namespace = ? AND s.name = ?", namespace, name)
        return _deployed(row) if row else None

    def version(self, version_id: str) -> Version | None:
        """A version with its modules."""
        row = self._database.row("SELECT * FROM versions WHERE id = ?", version_id)
        if row is None:
            return None
        found = self._database.rows(
            "SELECT * FROM modules WHERE version_id = ? ORDER BY position", version_id
        )
        modules = tuple(Module(m["name"], m["type"], m["content_type"], m["data"]) for m in found)
        config, bindings = json.loads(row["config"]), json.loads(row["bindings"])
        return Version(
            row["id"], row["etag"], row["created_on"], config, bindings, modules, row["number"]
        )

    def page(
        self,
        namespace: str,
        *,
        tags: Iterable[tuple[str, bool]] = (),
        after: str = "",
        limit: int = -1,
    ) -> list[Deployed]:
        """Scripts by name; `tags` are (tag, wanted) pairs; `limit` -1 is all."""
        sql = [f"{_SELECT} WHERE s.namespace = ? AND s.name > ?"]
        values: list[object] = [namespace, after]
        for tag, wanted in tags:
            sql.append("AND ? = EXISTS (SELECT 1 FROM json_each(s.tags) t WHERE t.value = ?)")
            values.append(wanted)
            values.append(tag)
        sql.append("ORDER BY s.name LIMIT ?")
        return [_deployed(row) for row in self._database.rows(" ".join(sql), *values, limit)]

    def count(self, namespace: str) -> int:
        row = self._database.row("SELECT COUNT(*) AS n FROM scripts WHERE namespace = ?", namespace)
        return int(row["n"]) if row else 0

    def versions_in_use(self) -> list[tuple[str, str, str]]:
        """(namespace, name, version id) of every script."""
        rows = self._database.rows("SELECT namespace, name, version_id FROM scripts")
        return [(row["namespace"], row["name"], row["version_id"]) for row in rows]

    def users_of(self, service: str) -> list[str]:
        """Scripts that are bound to an account script, except that script itself."""
        rows = self._database.rows(
            "SELECT DISTINCT s.name FROM scripts s JOIN versions v ON v.id = s.version_id, json_each(v.bindings) b "
            "WHERE (json_extract(b.value, '$.type') = 'service' AND json_extract(b.value, '$.service') = ?1 "
            "OR json_extract(b.value, '$.outbound.worker.service') = ?1) AND NOT (s.namespace = '' AND s.name = ?1)",
            service,
        )
        return [row["name"] for row in rows]

    def bound_to_kv(self, namespace_id: str) -> list[str]:
        """Scripts that are bound to a KV namespace."""
        rows = self._database.rows(
            "SELECT DISTINCT s.name FROM scripts s JOIN versions v ON v.id = s.version_id, json_each(v.bindings) b "
            "WHERE json_extract(b.value, '$.namespace_id') = ? ORDER BY s.name",
            namespace_id,
        )
        return [row["name"] for row in rows]

    def deploy(
        self, namespace: str, name: str, version: Version, settings: dict[str, Any], tags: list[str]
    ) -> tuple[Deployed, list[str]]:
        """Makes `version` the present one of a script, new or not; also returns the versions that fell out."""
        stamp = now()
        with self._database.transaction() as db:
            row = db.execute(
                "SELECT MAX(number) AS n FROM versions WHERE namespace = ? AND script = ?",
                (namespace, name),
            ).fetchone()
            number = (row["n"] or 0) + 1
            config, bindings = json.dumps(version.config), json.dumps(version.bindings)
            identity = (version.id, namespace, name, number, version.etag)
            db.execute(
                "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (*identity, config, bindings, version.created_on),
            )
            db.executemany(
                "INSERT INTO modules VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (version.id, position, m.name, m.type, m.content_type, m.data)
                    for position, m in enumerate(version.modules)
                ],
            )
            db.execute(
                "INSERT INTO scripts VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (namespace, name) DO UPDATE SET "
                "version_id = excluded.version_id, settings = excluded.settings, tags = excluded.tags, "
                "modified_on = excluded.modified_on",
                (
                    namespace,
                    name,
                    uuid.uuid4().hex,
                    version.id,
                    json.dumps(settings),
                    json.dumps(tags),
                    stamp,
                    stamp,
                ),
            )
            retired = _forget_versions(db, namespace, name, number - 1)
            _forget_versions(db, namespace, name, number - KEPT_VERSIONS, with_rows=True)
        deployed = self.get(namespace, name)
        assert deployed is not None  # noqa: S101 - written above
        return deployed, retired

    def update(self, script: Script) -> None:
        """Changes what is not versioned: settings and tags."""
        self._database.change(
            "UPDATE scripts SET settings = ?, tags = ?, modified_on = ? WHERE namespace = ? AND name = ?",
            json.dumps(script.settings), json.dumps(script.tags), now(), script.namespace, script.name,
        )  # fmt: skip

    def delete(self, namespace: str, names: Iterable[str]) -> list[str]:
        """Returns the ids of all versions that are gone."""
        gone: list[str] = []
        with self._database.transaction() as db:
            for name in names:
                gone += _forget_versions(db, namespace, name, None, with_rows=True)
                db.execute(
                    "DELETE FROM scripts WHERE namespace = ? AND name = ?", (namespace, name)
                )
        return gone


_SELECT = (
    "SELECT s.*, v.number, v.etag, v.config, v.bindings, v.created_on AS version_created_on "
    "FROM scripts s JOIN versions v ON v.id = s.version_id"
)


def _deployed(row: sqlite3.Row) -> Deployed:
    script = Script(
        namespace=row["namespace"],
        name=row["name"],
        tag=row["tag"],
        version_id=row["version_id"],
        settings=json.loads(row["settings"]),
        tags=json.loads(row["tags"]),
        created_on=row["created_on"],
        modified_on=row["modified_on"],
    )
    config, bindings = json.loads(row["config"]), json.loads(row["bindings"])
    version = Version(
        row["version_id"],
        row["etag"],
        row["version_created_on"],
        config,
        bindings,
        (),
        row["number"],
    )
    return Deployed(script, version)


def _forget_versions(
    db: sqlite3.Connection,
    namespace: str,
    name: str,
    newest: int | None,
    *,
    with_rows: bool = False,
) -> list[str]:
    """The versions of a script up to number `newest` (None: all); `with_rows` deletes them."""
    limit = newest if newest is not None else 1 << 60
    found = db.execute(
        "SELECT id FROM versions WHERE namespace = ? AND script = ? AND number <= ?",
        (namespace, name, limit),
    ).fetchall()
    ids = [row["id"] for row in found]
    if with_rows:
        db.executemany("DELETE FROM modules WHERE version_id = ?", [(i,) for i in ids])
        db.executemany("DELETE FROM versions WHERE id = ?", [(i,) for i in ids])
    return ids
