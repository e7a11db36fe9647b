"""Scripts and their versions, of the account and of dispatch namespaces alike."""

import json
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from local_edge.jsontypes import JsonObject
from local_edge.storage.database import Database, now
from local_edge.storage.versions import (
    ScriptBinding,
    ScriptModule,
    ScriptVersion,
    Startup,
    VersionConfig,
)

ACCOUNT = ""
"""The namespace of the account's own scripts."""
KEPT_VERSIONS = 2
"""Versions stored per script: the current one, and its predecessor, which requests may be loading."""


@dataclass(frozen=True)
class Script:
    namespace: str
    """A dispatch namespace, or ACCOUNT."""
    name: str
    tag: str
    version_id: str
    settings: JsonObject
    """The settings that are not versioned: logpush, observability, tail_consumers."""
    tags: list[str]
    created_on: str
    modified_on: str


@dataclass(frozen=True)
class Deployed:
    """A script with its current version, without the version's modules."""

    script: Script
    version: ScriptVersion


class Scripts:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, namespace: str, name: str) -> Deployed | None:
        row = self._database.row(f"{_SELECT} WHERE s.namespace = ? AND s.name = ?", namespace, name)
        return _deployed(row) if row else None

    def version(self, version_id: str) -> ScriptVersion | None:
        """Return a version with its modules."""
        row = self._database.row("SELECT * FROM versions WHERE id = ?", version_id)
        if row is None:
            return None
        found = self._database.rows(
            "SELECT * FROM modules WHERE version_id = ? ORDER BY position", version_id
        )
        modules = tuple(
            ScriptModule(m["name"], m["type"], m["content_type"], m["data"]) for m in found
        )
        return _version(row, row["id"], row["created_on"], modules)

    def owner_of(self, version_id: str) -> tuple[str, str] | None:
        """Return namespace and name of the script that a version belongs to."""
        row = self._database.row("SELECT namespace, script FROM versions WHERE id = ?", version_id)
        return (row["namespace"], row["script"]) if row else None

    def page(
        self,
        namespace: str,
        *,
        tags: Iterable[tuple[str, bool]] = (),
        after: str = "",
        limit: int = -1,
    ) -> list[Deployed]:
        """List scripts by name; `tags` are (tag, wanted) pairs, a `limit` of -1 means all."""
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
        """Return (namespace, name, version id) of every script."""
        rows = self._database.rows("SELECT namespace, name, version_id FROM scripts")
        return [(row["namespace"], row["name"], row["version_id"]) for row in rows]

    def users_of(self, service: str) -> list[str]:
        """Return the scripts that are bound to an account script, except that script itself."""
        rows = self._database.rows(
            "SELECT DISTINCT s.name FROM scripts s JOIN versions v ON v.id = s.version_id, json_each(v.bindings) b "
            "WHERE (json_extract(b.value, '$.type') = 'service' AND json_extract(b.value, '$.service') = ?1 "
            "OR json_extract(b.value, '$.outbound.worker.service') = ?1) AND NOT (s.namespace = '' AND s.name = ?1)",
            service,
        )
        return [row["name"] for row in rows]

    def bound_to_kv(self, namespace_id: str) -> list[str]:
        """Return the scripts that are bound to a KV namespace."""
        rows = self._database.rows(
            "SELECT DISTINCT s.name FROM scripts s JOIN versions v ON v.id = s.version_id, json_each(v.bindings) b "
            "WHERE json_extract(b.value, '$.namespace_id') = ? ORDER BY s.name",
            namespace_id,
        )
        return [row["name"] for row in rows]

    def deploy(
        self,
        namespace: str,
        name: str,
        version: ScriptVersion,
        settings: JsonObject,
        tags: list[str],
    ) -> tuple[Deployed, list[str]]:
        """Make `version` the current one of a script, and create the script if it does not exist.

        Returns the ids of the older versions, too.
        """
        with self._database.transaction() as db:
            row = db.execute(
                "SELECT MAX(number) AS n FROM versions WHERE namespace = ? AND script = ?",
                (namespace, name),
            ).fetchone()
            number = (row["n"] or 0) + 1
            _insert_version(db, namespace, name, number, version)
            stamp, stored_settings, stored_tags = now(), json.dumps(settings), json.dumps(tags)
            tag = uuid.uuid4().hex
            db.execute(
                "INSERT INTO scripts VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (namespace, name) DO UPDATE SET "
                "version_id = excluded.version_id, settings = excluded.settings, tags = excluded.tags, "
                "modified_on = excluded.modified_on",
                (namespace, name, tag, version.id, stored_settings, stored_tags, stamp, stamp),
            )
            retired = _versions_up_to(db, namespace, name, number - 1)
            _delete_versions(db, _versions_up_to(db, namespace, name, number - KEPT_VERSIONS))
        deployed = self.get(namespace, name)
        assert deployed is not None  # noqa: S101 - written above
        return deployed, retired

    def update(self, script: Script) -> None:
        """Store the settings and tags of a script, which are not versioned."""
        self._database.change(
            "UPDATE scripts SET settings = ?, tags = ?, modified_on = ? WHERE namespace = ? AND name = ?",
            json.dumps(script.settings), json.dumps(script.tags), now(), script.namespace, script.name,
        )  # fmt: skip

    def delete(self, namespace: str, names: Iterable[str]) -> list[str]:
        """Delete scripts and return the ids of all their versions."""
        deleted: list[str] = []
        with self._database.transaction() as db:
            for name in names:
                versions = _versions_up_to(db, namespace, name, _ALL)
                _delete_versions(db, versions)
                deleted += versions
                db.execute(
                    "DELETE FROM scripts WHERE namespace = ? AND name = ?", (namespace, name)
                )
        return deleted


_ALL = 1 << 60  # greater than the number of any version
_SELECT = (
    "SELECT s.*, v.etag, v.config, v.bindings, v.created_on AS version_created_on "
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
    return Deployed(script, _version(row, row["version_id"], row["version_created_on"], ()))


def _version(
    row: sqlite3.Row, version_id: str, created_on: str, modules: tuple[ScriptModule, ...]
) -> ScriptVersion:
    # The column `config` holds the fields of both classes.
    stored = json.loads(row["config"])
    config, startup = (
        {field.name: stored[field.name] for field in fields(kind) if field.name in stored}
        for kind in (VersionConfig, Startup)
    )
    return ScriptVersion(
        id=version_id,
        etag=row["etag"],
        created_on=created_on,
        config=VersionConfig(**config),
        bindings=[ScriptBinding.parse(document) for document in json.loads(row["bindings"])],
        modules=modules,
        startup=Startup(**startup),
    )


def _insert_version(
    db: sqlite3.Connection, namespace: str, name: str, number: int, version: ScriptVersion
) -> None:
    config = json.dumps({**asdict(version.config), **asdict(version.startup)})
    bindings = json.dumps([binding.document() for binding in version.bindings])
    db.execute(
        "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (version.id, namespace, name, number, version.etag, config, bindings, version.created_on),
    )
    db.executemany(
        "INSERT INTO modules VALUES (?, ?, ?, ?, ?, ?)",
        [
            (version.id, position, m.name, m.type, m.content_type, m.data)
            for position, m in enumerate(version.modules)
        ],
    )


def _versions_up_to(db: sqlite3.Connection, namespace: str, name: str, newest: int) -> list[str]:
    """Return the ids of the versions of a script up to number `newest`."""
    rows = db.execute(
        "SELECT id FROM versions WHERE namespace = ? AND script = ? AND number <= ?",
        (namespace, name, newest),
    )
    return [row["id"] for row in rows]


def _delete_versions(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    keys = [(version_id,) for version_id in ids]
    db.executemany("DELETE FROM modules WHERE version_id = ?", keys)
    db.executemany("DELETE FROM versions WHERE id = ?", keys)
