"""Scripts of the account and of dispatch namespaces alike, with their versions and deployments."""

import json
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace

from local_edge.jsontypes import JsonObject
from local_edge.storage.database import Database, now
from local_edge.storage.releases.deployments import Release, ReleaseStore, insert_release
from local_edge.storage.releases.rows import (
    delete_versions,
    insert_version,
    version_ids,
    version_of,
)
from local_edge.storage.releases.versions import VersionStore
from local_edge.storage.versions import ScriptBinding, ScriptVersion

ACCOUNT = ""
"""The namespace of the account's own scripts."""
KEPT_OF_ACCOUNT = 100
"""Versions stored per script of the account: those that Cloudflare can still deploy. As many deployments are stored."""
KEPT_OF_NAMESPACE = 2
"""Versions stored per script of a namespace: the current one, and its predecessor, which requests may be loading."""


@dataclass(frozen=True)
class Script:
    namespace: str
    """A dispatch namespace, or ACCOUNT."""
    name: str
    tag: str
    version_id: str
    """The version that handles most of the requests; empty if none has been deployed."""
    settings: JsonObject
    """The settings that are not versioned: logpush, observability, tail_consumers."""
    tags: list[str]
    created_on: str
    modified_on: str


@dataclass(frozen=True)
class Deployed:
    """A script with the version that handles most of its requests, without the version's modules."""

    script: Script
    version: ScriptVersion


class Scripts:
    def __init__(self, database: Database) -> None:
        self._database = database
        self.versions = VersionStore(database)
        self.releases = ReleaseStore(database)

    def get(self, namespace: str, name: str) -> Deployed | None:
        row = self._database.row(f"{_SELECT} WHERE s.namespace = ? AND s.name = ?", namespace, name)
        return _deployed(row) if row else None

    def script(self, namespace: str, name: str) -> Script | None:
        """Return a script, even one that has never been deployed."""
        row = self._database.row(
            "SELECT * FROM scripts WHERE namespace = ? AND name = ?", namespace, name
        )
        return _script(row) if row else None

    def all(self, namespace: str) -> list[Script]:
        """Return all scripts of a namespace by name, even those that have never been deployed."""
        rows = self._database.rows(
            "SELECT * FROM scripts WHERE namespace = ? ORDER BY name", namespace
        )
        return [_script(row) for row in rows]

    def create(self, namespace: str, name: str, settings: JsonObject, tags: list[str]) -> Script:
        """Create a script without a version."""
        stamp, tag = now(), uuid.uuid4().hex
        script = Script(namespace, name, tag, "", settings, tags, stamp, stamp)
        values = (json.dumps(settings), json.dumps(tags), stamp, stamp)
        self._database.change(
            "INSERT INTO scripts VALUES (?, ?, ?, ?, ?, ?, ?, ?)", namespace, name, tag, "", *values
        )
        return script

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

    def users_of(self, service: str) -> list[tuple[str, ScriptBinding]]:
        """Return who uses an account script: names of other scripts, with the bindings that refer to it."""
        rows = self._database.rows(
            "SELECT DISTINCT s.name, b.value"
            + _BOUND
            + "WHERE (json_extract(b.value, '$.type') = 'service' AND json_extract(b.value, '$.service') = ?1 "
            "OR json_extract(b.value, '$.outbound.worker.service') = ?1) AND NOT (s.namespace = '' AND s.name = ?1) "
            "ORDER BY s.name",
            service,
        )
        return [(row["name"], ScriptBinding.parse(json.loads(row["value"]))) for row in rows]

    def bound_to_kv(self, namespace_id: str) -> list[str]:
        """Return the scripts that are bound to a KV namespace."""
        rows = self._database.rows(
            "SELECT DISTINCT s.name"
            + _BOUND
            + "WHERE json_extract(b.value, '$.namespace_id') = ? ORDER BY s.name",
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
        """Store a version and let it run for all requests; create the script if it does not exist.

        Returns the ids of the versions that no longer run, too.
        """
        before = self.releases.active(namespace, name)
        release = Release([(version.id, 100)], version.config.source, _cause(version))
        with self._database.transaction() as db:
            insert_version(db, namespace, name, version)
            stamp, stored_settings, stored_tags = now(), json.dumps(settings), json.dumps(tags)
            tag = uuid.uuid4().hex
            db.execute(
                "INSERT INTO scripts VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (namespace, name) DO UPDATE SET "
                "version_id = excluded.version_id, settings = excluded.settings, tags = excluded.tags, "
                "modified_on = excluded.modified_on",
                (namespace, name, tag, version.id, stored_settings, stored_tags, stamp, stamp),
            )
            insert_release(db, namespace, name, release)
            _prune(db, namespace, name, [version.id, *_retired(before, release)])
        deployed = self.get(namespace, name)
        assert deployed is not None  # noqa: S101 - written above
        return deployed, _retired(before, release)

    def release(self, namespace: str, name: str, release: Release) -> list[str]:
        """Let stored versions of a script run; return the ids of those that no longer run."""
        before = self.releases.active(namespace, name)
        with self._database.transaction() as db:
            db.execute(
                "UPDATE scripts SET version_id = ?, modified_on = ? WHERE namespace = ? AND name = ?",
                (release.main, now(), namespace, name),
            )
            insert_release(db, namespace, name, release)
            running = [version_id for version_id, _ in release.shares]
            _prune(db, namespace, name, [*running, *_retired(before, release)])
        return _retired(before, release)

    def add_version(self, namespace: str, name: str, version: ScriptVersion) -> ScriptVersion:
        """Store a version of an existing script without deploying it; return it with its number."""
        release = self.releases.active(namespace, name)
        with self._database.transaction() as db:
            version = insert_version(db, namespace, name, version)
            running = [version_id for version_id, _ in release.shares] if release else []
            _prune(db, namespace, name, running)
        return version

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
                versions = version_ids(db, namespace, name)
                delete_versions(db, versions)
                deleted += versions
                for table, column in (("scripts", "name"), ("deployments", "script")):
                    db.execute(
                        f"DELETE FROM {table} WHERE namespace = ? AND {column} = ?",  # noqa: S608
                        (namespace, name),
                    )
        return deleted


_SELECT = (
    "SELECT s.*, v.id, v.number, v.etag, v.config, v.bindings, v.created_on AS version_created_on "
    "FROM scripts s JOIN versions v ON v.id = s.version_id"
)
_BOUND = (
    " FROM scripts s JOIN running r ON r.namespace = s.namespace AND r.script = s.name "
    "JOIN versions v ON v.id = r.version_id, json_each(v.bindings) b "
)


def _deployed(row: sqlite3.Row) -> Deployed:
    return Deployed(_script(row), replace(version_of(row), created_on=row["version_created_on"]))


def _script(row: sqlite3.Row) -> Script:
    return Script(
        namespace=row["namespace"],
        name=row["name"],
        tag=row["tag"],
        version_id=row["version_id"],
        settings=json.loads(row["settings"]),
        tags=json.loads(row["tags"]),
        created_on=row["created_on"],
        modified_on=row["modified_on"],
    )


def _cause(version: ScriptVersion) -> JsonObject:
    """Return the annotations of the deployment that comes with a version."""
    trigger = version.config.annotations.get("workers/triggered_by")
    if trigger == "upload":
        return {
            "workers/message": "Automatic deployment on upload.",
            "workers/triggered_by": trigger,
        }
    return {"workers/triggered_by": trigger}


def _retired(before: Release | None, after: Release) -> list[str]:
    """Return the versions that no longer run."""
    running = {version_id for version_id, _ in after.shares}
    return [
        version_id
        for version_id, _ in (before.shares if before else [])
        if version_id not in running
    ]


def _prune(db: sqlite3.Connection, namespace: str, name: str, running: Iterable[str]) -> None:
    """Delete the oldest versions and deployments of a script, but no version that runs."""
    kept = KEPT_OF_ACCOUNT if namespace == ACCOUNT else KEPT_OF_NAMESPACE
    surplus = version_ids(db, namespace, name)[kept:]
    delete_versions(db, set(surplus).difference(running))
    db.execute(
        "DELETE FROM deployments WHERE namespace = ?1 AND script = ?2 AND number NOT IN (SELECT number "
        "FROM deployments WHERE namespace = ?1 AND script = ?2 ORDER BY number DESC LIMIT ?3)",
        (namespace, name, kept),
    )
