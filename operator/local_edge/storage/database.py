"""The SQLite file: its schema, and short transactions on one connection.

Statements run in the event loop's thread. They take microseconds, because they never wait for the disk: with
`synchronous=OFF`, data survive a crash of the process, but not a crash of the machine. Work on many or large rows runs
in a thread, by `Database.run`.
"""

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    digest TEXT PRIMARY KEY, id TEXT NOT NULL, status TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dispatch_namespaces (
    name TEXT PRIMARY KEY, id TEXT NOT NULL, trusted INTEGER NOT NULL,
    created_on TEXT NOT NULL, modified_on TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS scripts (
    namespace TEXT NOT NULL, name TEXT NOT NULL, tag TEXT NOT NULL, version_id TEXT NOT NULL,
    settings TEXT NOT NULL, tags TEXT NOT NULL, created_on TEXT NOT NULL, modified_on TEXT NOT NULL,
    PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    id TEXT PRIMARY KEY, namespace TEXT NOT NULL, script TEXT NOT NULL, number INTEGER NOT NULL,
    etag TEXT NOT NULL, config TEXT NOT NULL, bindings TEXT NOT NULL, created_on TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_of_script ON versions (namespace, script, number);
CREATE TABLE IF NOT EXISTS modules (
    version_id TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    content_type TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (version_id, position)
);
CREATE TABLE IF NOT EXISTS deployments (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, namespace TEXT NOT NULL, script TEXT NOT NULL,
    shares TEXT NOT NULL, annotations TEXT NOT NULL, source TEXT NOT NULL, created_on TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS deployments_of_script ON deployments (namespace, script, number);
CREATE VIEW IF NOT EXISTS running AS
    SELECT d.namespace, d.script, json_extract(share.value, '$[0]') AS version_id
    FROM deployments d, json_each(d.shares) share
    WHERE d.number = (SELECT MAX(number) FROM deployments l WHERE l.namespace = d.namespace AND l.script = d.script);
CREATE TABLE IF NOT EXISTS schedules (
    script TEXT NOT NULL, cron TEXT NOT NULL, created_on TEXT NOT NULL, PRIMARY KEY (script, cron)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS domains (
    id TEXT PRIMARY KEY, hostname TEXT NOT NULL UNIQUE, zone_id TEXT NOT NULL, zone_name TEXT NOT NULL,
    script TEXT NOT NULL, cert_id TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS subdomains (
    script TEXT PRIMARY KEY, enabled INTEGER NOT NULL, previews INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS account_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS routes (
    id TEXT PRIMARY KEY, zone_id TEXT NOT NULL, pattern TEXT NOT NULL, script TEXT,
    UNIQUE (zone_id, pattern)
);
CREATE TABLE IF NOT EXISTS kv_namespaces (
    id TEXT PRIMARY KEY, title TEXT NOT NULL UNIQUE, jurisdiction TEXT
);
CREATE TABLE IF NOT EXISTS kv_pairs (
    namespace_id TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, metadata TEXT,
    expiration INTEGER, PRIMARY KEY (namespace_id, key)
);
CREATE TABLE IF NOT EXISTS r2_buckets (
    name TEXT PRIMARY KEY, location TEXT NOT NULL, storage_class TEXT NOT NULL, created_on TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS r2_objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, version TEXT NOT NULL, size INTEGER NOT NULL,
    etag TEXT NOT NULL, uploaded TEXT NOT NULL, http_metadata TEXT NOT NULL,
    custom_metadata TEXT NOT NULL, storage_class TEXT NOT NULL, data BLOB NOT NULL,
    PRIMARY KEY (bucket, key)
);
CREATE TABLE IF NOT EXISTS points (
    id INTEGER PRIMARY KEY, dataset TEXT NOT NULL, timestamp TEXT NOT NULL, point TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS points_of_dataset ON points (dataset, id);
CREATE TABLE IF NOT EXISTS invocations (
    id INTEGER PRIMARY KEY, second INTEGER NOT NULL, arrived REAL NOT NULL, key TEXT NOT NULL,
    samples BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS logs (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, event TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS logs_of_time ON logs (at, id);
CREATE INDEX IF NOT EXISTS invocations_of_second ON invocations (second);
"""
# A deployment has a random UUID, whose form the API's clients check.
_ADD_DEPLOYMENTS = """
INSERT INTO deployments (id, namespace, script, shares, annotations, source, created_on)
    SELECT substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-a' || substr(h, 18, 3) || '-'
        || substr(h, 21, 12), namespace, name, json_array(json_array(version_id, 100)), '{}', 'api', modified_on
    FROM (SELECT *, lower(hex(randomblob(16))) AS h FROM scripts s WHERE version_id <> '' AND NOT EXISTS (
        SELECT 1 FROM deployments d WHERE d.namespace = s.namespace AND d.script = s.name))
"""


def now() -> str:
    """Return the current time in the API's format."""
    return timestamp(datetime.now(UTC))


def timestamp(moment: datetime) -> str:
    """Return a time in the API's format: UTC, with microseconds."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Database:
    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        self._written: deque[str] = deque()
        path.touch(mode=0o600)  # the file contains secrets
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=OFF")
        self._connection.executescript(_SCHEMA)
        self._migrate()

    def _migrate(self) -> None:
        """Add what files of earlier releases lack: a deployment for each script."""
        self._connection.execute(_ADD_DEPLOYMENTS)

    def rows(self, sql: str, *values: object) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    def row(self, sql: str, *values: object) -> sqlite3.Row | None:
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, values).fetchone()
            return found

    def change(self, sql: str, *values: object) -> int:
        """Execute one statement and return the number of changed rows."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def note_written(self, path: str, keys: Iterable[str]) -> None:
        """Note keys of a KV namespace or an R2 bucket that have been changed; `path` is the one of their bindings."""
        self._written.extend([f"{path}/{key}" for key in keys])

    def take_written(self) -> set[str]:
        """Return the ids (path and key) noted since the last call."""
        found = set()
        while self._written:
            found.add(self._written.popleft())
        return found

    async def run(self, work: Callable[[], T]) -> T:
        """Run longer work with this database in a thread."""
        return await asyncio.to_thread(work)

    def close(self) -> None:
        with self._lock:
            self._connection.close()
