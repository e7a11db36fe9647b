"""Analytics Engine: the data points that scripts have written."""

import json
from collections.abc import Iterable
from datetime import datetime

from local_edge.jsontypes import JsonObject
from local_edge.storage.database import Database, timestamp

KEPT = 200_000
"""The number of points that are kept; older ones are deleted."""


class Points:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, points: Iterable[tuple[str, datetime, str]]) -> None:
        """Store points: dataset, time, and the values {indexes, blobs, doubles} as JSON."""
        rows = [(dataset, timestamp(time), point) for dataset, time, point in points]
        with self._database.transaction() as db:
            db.executemany("INSERT INTO points (dataset, timestamp, point) VALUES (?, ?, ?)", rows)
            db.execute("DELETE FROM points WHERE id <= (SELECT MAX(id) FROM points) - ?", (KEPT,))

    def of(self, dataset: str) -> list[JsonObject]:
        """Return all points of a dataset, oldest first: {timestamp, indexes, blobs, doubles}."""
        rows = self._database.rows("SELECT * FROM points WHERE dataset = ? ORDER BY id", dataset)
        return [{"timestamp": row["timestamp"], **json.loads(row["point"])} for row in rows]

    def datasets(self) -> list[str]:
        """Return the names of the datasets with points."""
        rows = self._database.rows("SELECT DISTINCT dataset FROM points ORDER BY dataset")
        return [row["dataset"] for row in rows]
