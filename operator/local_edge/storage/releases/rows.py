"""Versions as rows of the database."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, fields, replace

from local_edge.storage.versions import (
    ScriptBinding,
    ScriptModule,
    ScriptVersion,
    Startup,
    VersionConfig,
)


def version_of(row: sqlite3.Row, modules: tuple[ScriptModule, ...] = ()) -> ScriptVersion:
    """Return the version in a row of the table `versions`."""
    # The column `config` holds the fields of both classes.
    stored = json.loads(row["config"])
    config, startup = (
        {field.name: stored[field.name] for field in fields(kind) if field.name in stored}
        for kind in (VersionConfig, Startup)
    )
    return ScriptVersion(
        id=row["id"],
        etag=row["etag"],
        created_on=row["created_on"],
        config=VersionConfig(**config),
        bindings=[ScriptBinding.parse(document) for document in json.loads(row["bindings"])],
        modules=modules,
        startup=Startup(**startup),
        number=row["number"],
    )


def insert_version(
    db: sqlite3.Connection, namespace: str, name: str, version: ScriptVersion
) -> ScriptVersion:
    """Store a version with the next number of its script, and return it with this number."""
    row = db.execute(
        "SELECT MAX(number) AS n FROM versions WHERE namespace = ? AND script = ?",
        (namespace, name),
    ).fetchone()
    version = replace(version, number=(row["n"] or 0) + 1)
    config = json.dumps({**asdict(version.config), **asdict(version.startup)})
    bindings = json.dumps([binding.document() for binding in version.bindings])
    values = (version.number, version.etag, config, bindings, version.created_on)
    db.execute(
        "INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (version.id, namespace, name, *values),
    )
    db.executemany(
        "INSERT INTO modules VALUES (?, ?, ?, ?, ?, ?)",
        [
            (version.id, position, m.name, m.type, m.content_type, m.data)
            for position, m in enumerate(version.modules)
        ],
    )
    return version


def delete_versions(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    keys = [(version_id,) for version_id in ids]
    db.executemany("DELETE FROM modules WHERE version_id = ?", keys)
    db.executemany("DELETE FROM versions WHERE id = ?", keys)


def version_ids(db: sqlite3.Connection, namespace: str, name: str) -> list[str]:
    """Return the ids of all versions of a script, newest first."""
    rows = db.execute(
        "SELECT id FROM versions WHERE namespace = ? AND script = ? ORDER BY number DESC",
        (namespace, name),
    )
    return [row["id"] for row in rows]
