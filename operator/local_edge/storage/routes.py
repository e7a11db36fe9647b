"""Zone routes."""

import re
import sqlite3
import uuid
from dataclasses import dataclass

from local_edge.storage.database import Database

_HOST_AND_PATH = re.compile(r"((?:https?://)?[^/]*)(.*)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class StoredRoute:
    id: str
    zone_id: str
    pattern: str
    script: str | None


class RouteStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredRoute]:
        return [_route(row) for row in self._database.rows("SELECT * FROM routes ORDER BY rowid")]

    def of_zone(self, zone_id: str) -> list[StoredRoute]:
        rows = self._database.rows("SELECT * FROM routes WHERE zone_id = ? ORDER BY rowid", zone_id)
        return [_route(row) for row in rows]

    def count(self, zone_id: str) -> int:
        row = self._database.row("SELECT COUNT(*) AS n FROM routes WHERE zone_id = ?", zone_id)
        return int(row["n"]) if row else 0

    def get(self, zone_id: str, route_id: str) -> StoredRoute | None:
        row = self._database.row(
            "SELECT * FROM routes WHERE zone_id = ? AND id = ?", zone_id, route_id
        )
        return _route(row) if row else None

    def with_pattern(self, zone_id: str, pattern: str) -> list[StoredRoute]:
        """Return the routes whose pattern is equal after normalization."""
        wanted = _normalized(pattern)
        rows = self._database.rows(
            "SELECT * FROM routes WHERE zone_id = ? AND pattern COLLATE NOCASE IN (?, ?)",
            zone_id, wanted, wanted.removesuffix("/"),
        )  # fmt: skip
        return [_route(row) for row in rows if _normalized(row["pattern"]) == wanted]

    def create(self, zone_id: str, pattern: str, script: str | None) -> StoredRoute:
        route = StoredRoute(uuid.uuid4().hex, zone_id, pattern, script)
        self._database.change(
            "INSERT INTO routes VALUES (?, ?, ?, ?)", route.id, zone_id, pattern, script
        )
        return route

    def update(self, route: StoredRoute) -> None:
        self._database.change(
            "UPDATE routes SET pattern = ?, script = ? WHERE id = ?",
            route.pattern,
            route.script,
            route.id,
        )

    def delete(self, route_id: str) -> None:
        self._database.change("DELETE FROM routes WHERE id = ?", route_id)

    def delete_of(self, script: str) -> list[str]:
        """Delete the routes of a script and return their ids."""
        ids = [
            row["id"]
            for row in self._database.rows("SELECT id FROM routes WHERE script = ?", script)
        ]
        self._database.change("DELETE FROM routes WHERE script = ?", script)
        return ids


def _normalized(pattern: str) -> str:
    """Lower-case scheme and host, and replace a missing path with `/`."""
    return _HOST_AND_PATH.sub(lambda match: match[1].lower() + (match[2] or "/"), pattern, count=1)


def _route(row: sqlite3.Row) -> StoredRoute:
    return StoredRoute(row["id"], row["zone_id"], row["pattern"], row["script"])
