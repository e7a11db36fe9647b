"""Analytics Engine: the data points that scripts have written."""

import json

from local_edge.jsontypes import JsonObject
from local_edge.storage.database import Database, now

KEPT = 200_000
"""The number of points that are kept; older ones are deleted."""


class Points:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, dataset: str, point: JsonObject) -> None:
        with self._database.transaction() as db:
            cursor = db.execute(
                "INSERT INTO points (dataset, timestamp, point) VALUES (?, ?, ?)",
                (dataset, now(), json.dumps(point)),
            )
            db.execute("DELETE FROM points WHERE id <= ?", ((cursor.lastrowid or 0) - KEPT,))

    def of(self, dataset: str) -> list[JsonObject]:
        """Return all points of a dataset, oldest first: {timestamp, indexes, blobs, doubles}."""
        rows = self._database.rows("SELECT * FROM points WHERE dataset = ? ORDER BY id", dataset)
        return [{"timestamp": row["timestamp"], **json.loads(row["point"])} for row in rows]

    def datasets(self) -> list[str]:
        """Return the names of the datasets with points."""
        rows = self._database.rows("SELECT DISTINCT dataset FROM points ORDER BY dataset")
        return [row["dataset"] for row in rows]
