"""The log events of scripts, in the form of Cloudflare's telemetry API."""

import json
from collections.abc import Iterable, Iterator

from local_edge.jsontypes import JsonObject
from local_edge.storage.database import Database

RETENTION = 7 * 24 * 3600 * 1000
"""Milliseconds."""
KEPT = 200_000
"""The number of events that are kept; older ones are deleted."""
_PAGE = 1_000


class LogStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, events: Iterable[JsonObject], now: float) -> None:
        """Store events, each with its `timestamp`; delete what is too old, or too much, at a Unix time."""
        with self._database.transaction() as db:
            last = 0
            for event in events:
                cursor = db.execute(
                    "INSERT INTO logs (at, event) VALUES (?, ?)",
                    (event["timestamp"], json.dumps(event)),
                )
                last = cursor.lastrowid or 0
            db.execute("DELETE FROM logs WHERE id <= ?", (last - KEPT,))
            db.execute("DELETE FROM logs WHERE at < ?", (now * 1000 - RETENTION,))

    def between(self, first: int, last: int) -> Iterator[JsonObject]:
        """Yield the events between two Unix times in milliseconds, newest first.

        They are read in pages, so that other users of the database need not wait for all of them.
        """
        at, below = last, 1 << 62
        while True:
            rows = self._database.rows(_NEWEST, first, at, at, below, _PAGE)
            for row in rows:
                at, below = row["at"], row["id"]
                event: JsonObject = json.loads(row["event"])
                yield event
            if len(rows) < _PAGE:
                return


_NEWEST = (
    "SELECT id, at, event FROM logs WHERE at >= ? AND at <= ? AND (at < ? OR id < ?) "
    "ORDER BY at DESC, id DESC LIMIT ?"
)
