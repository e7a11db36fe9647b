"""What the invocations of scripts took, in groups of the same second, version and status."""

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from local_edge.storage.database import Database

RETENTION = 90 * 24 * 3600
"""Seconds; Cloudflare answers for three months."""
KEPT = 500_000
"""The number of groups that are kept; older ones are deleted."""


class InvocationSample(NamedTuple):
    """What one invocation took; each value fits into 32 bits."""

    cpu: int
    """Microseconds."""
    wall: int
    """Microseconds until the last of its work was done, `waitUntil` included."""
    request: int
    """Microseconds until its response was there."""
    subrequests: int
    body: int
    """Bytes of the response's body."""


class GroupKey(NamedTuple):
    second: int
    """Unix time at which the invocations began."""
    namespace: str
    """A dispatch namespace, or empty for a script of the account."""
    script: str
    tag: str
    version: str
    status: str
    dispatcher: bool
    """Whether the version has a binding to a dispatch namespace."""


@dataclass(frozen=True)
class InvocationGroup:
    key: GroupKey
    values: "array[int]"
    """The fields of the samples, one sample after the other."""

    @classmethod
    def of(cls, key: GroupKey, samples: Iterable[InvocationSample]) -> "InvocationGroup":
        return cls(key, array("I", (min(v, _MOST) for sample in samples for v in sample)))

    def column(self, field: int) -> "array[int]":
        """Return one field of all samples."""
        return self.values[field :: len(InvocationSample._fields)]


_MOST = 2**32 - 1


class Invocations:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, groups: Iterable[InvocationGroup], arrived: float) -> None:
        """Store groups that became known at a Unix time; delete what is too old, or too much."""
        with self._database.transaction() as db:
            last = 0
            for group in groups:
                cursor = db.execute(
                    "INSERT INTO invocations (second, arrived, key, samples) VALUES (?, ?, ?, ?)",
                    (group.key.second, arrived, json.dumps(group.key[1:]), group.values.tobytes()),
                )
                last = cursor.lastrowid or 0
            db.execute("DELETE FROM invocations WHERE id <= ?", (last - KEPT,))
            db.execute("DELETE FROM invocations WHERE second < ?", (int(arrived) - RETENTION,))

    def between(self, first: int, end: int, *, arrived: float) -> Iterator[InvocationGroup]:
        """Yield the groups of the seconds from `first` to before `end` that were known at a Unix time.

        They are read in pages, so that other users of the database need not wait for all of them.
        """
        found = self._database.row(
            "SELECT MIN(id) AS id FROM invocations WHERE second >= ? AND second < ?", first, end
        )
        last = (found["id"] or 0) - 1 if found else 0
        rows: list[sqlite3.Row] | None = None
        while rows is None or len(rows) == _PAGE:
            rows = self._database.rows(_PAGES, last, first, end, arrived, _PAGE)
            for row in rows:
                last = row["id"]
                key = GroupKey(row["second"], *json.loads(row["key"]))
                yield InvocationGroup(key, array("I", row["samples"]))


_PAGE = 2_000
# The unary plus keeps SQLite from using the index on seconds, which would sort the whole range for each page.
_PAGES = (
    "SELECT id, second, key, samples FROM invocations "
    "WHERE id > ? AND +second >= ? AND +second < ? AND arrived <= ? ORDER BY id LIMIT ?"
)
