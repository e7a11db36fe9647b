"""A database of the first release, which knew neither versions nor deployments, keeps working."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from pathlib import Path
from subprocess import Popen

from edge.rig import Edge, Schemas, result

SCHEMA = """
CREATE TABLE scripts (
    namespace TEXT NOT NULL, name TEXT NOT NULL, tag TEXT NOT NULL, version_id TEXT NOT NULL,
    settings TEXT NOT NULL, tags TEXT NOT NULL, created_on TEXT NOT NULL, modified_on TEXT NOT NULL,
    PRIMARY KEY (namespace, name)
) WITHOUT ROWID;
CREATE TABLE versions (
    id TEXT PRIMARY KEY, namespace TEXT NOT NULL, script TEXT NOT NULL, number INTEGER NOT NULL,
    etag TEXT NOT NULL, config TEXT NOT NULL, bindings TEXT NOT NULL, created_on TEXT NOT NULL
);
CREATE TABLE modules (
    version_id TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    content_type TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (version_id, position)
);
CREATE TABLE routes (
    id TEXT PRIMARY KEY, zone_id TEXT NOT NULL, pattern TEXT NOT NULL, script TEXT,
    UNIQUE (zone_id, pattern)
);
"""
STAMP = "2026-01-02T03:04:05.000000Z"
VERSION = "11111111-2222-4333-8444-555555555555"
ZONE = "0de327b8612891b6aeed53ae95ab56a5"
SOURCE = b"export default { fetch: (request, env) => new Response(`old ${env.S}`) };"
CONFIG: dict[str, object] = {
    "syntax": "modules",
    "main": "index.js",
    "compatibility_date": "2026-01-01",
    "compatibility_flags": [],
    "limits": None,
    "placement": None,
    "usage_model": "standard",
    "annotations": {},
    "handlers": ["fetch"],
    "named_handlers": [],
    "startup_time_ms": 1,
    "has_default": True,
}
SETTINGS = {"logpush": False, "observability": None, "tail_consumers": None}


def write_old_file(path: Path) -> None:
    bindings = [{"name": "S", "type": "secret_text", "text": "secret"}]
    script = (json.dumps(SETTINGS), '["t"]', STAMP, STAMP)
    with closing(sqlite3.connect(path)) as db, db:
        db.executescript(SCHEMA)
        db.execute(
            "INSERT INTO scripts VALUES ('', 'kept', 'tag', ?, ?, ?, ?, ?)", (VERSION, *script)
        )
        db.execute(
            "INSERT INTO versions VALUES (?, '', 'kept', 7, 'e', ?, ?, ?)",
            (VERSION, json.dumps(CONFIG), json.dumps(bindings), STAMP),
        )
        kind = "application/javascript+module"
        db.execute(
            "INSERT INTO modules VALUES (?, 0, 'index.js', 'js', ?, ?)", (VERSION, kind, SOURCE)
        )
        db.execute("INSERT INTO routes VALUES ('r', ?, 'kept.code24.dev/*', 'kept')", (ZONE,))


async def test_old_scripts_run_and_have_a_deployment(
    start: Callable[..., AbstractContextManager[Popen[bytes]]], tmp_path: Path, schemas: Schemas
) -> None:
    write_old_file(tmp_path / "edge.sqlite3")
    found = []
    for _ in range(2):
        with start():
            edge = Edge(tmp_path, schemas)
            assert (await edge.get("kept")).text == "old secret"
            path = f"{edge.account}/workers/scripts/kept"
            found.append(result(await edge.api.get(f"{path}/deployments"))["deployments"])
            versions = result(await edge.api.get(f"{path}/versions"))["items"]
            assert [(version["id"], version["number"]) for version in versions] == [(VERSION, 7)]
            assert result(await edge.api.get(f"{path}/settings"))["tags"] == ["t"]
            await edge.close()
    assert found[0] == found[1]
    assert found[0][0]["versions"] == [{"version_id": VERSION, "percentage": 100}]
    with start():
        edge = Edge(tmp_path, schemas)
        source = SOURCE.decode().replace("old", "new")
        await edge.upload("/scripts/kept", source)
        assert (await edge.get("kept")).text == "new secret"
        assert len(result(await edge.api.get(f"{path}/deployments"))["deployments"]) == 2
        await edge.close()
