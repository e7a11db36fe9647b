"""Custom domains: hosts whose requests a script handles."""

import sqlite3
import uuid
from dataclasses import dataclass

from local_edge.storage.database import Database


@dataclass(frozen=True)
class CustomDomain:
    id: str
    hostname: str
    zone_id: str
    zone_name: str
    script: str
    cert_id: str


class DomainStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[CustomDomain]:
        return [_domain(row) for row in self._database.rows("SELECT * FROM domains ORDER BY rowid")]

    def get(self, domain_id: str) -> CustomDomain | None:
        row = self._database.row("SELECT * FROM domains WHERE id = ?", domain_id)
        return _domain(row) if row else None

    def at(self, hostname: str) -> CustomDomain | None:
        row = self._database.row("SELECT * FROM domains WHERE hostname = ?", hostname)
        return _domain(row) if row else None

    def put(self, hostname: str, *, zone_id: str, zone_name: str, script: str) -> CustomDomain:
        """Attach a host to a script; a host of another script keeps its id."""
        self._database.change(
            "INSERT INTO domains VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (hostname) DO UPDATE SET "
            "script = excluded.script",
            uuid.uuid4().hex, hostname, zone_id, zone_name, script, str(uuid.uuid4()),
        )  # fmt: skip
        domain = self.at(hostname)
        assert domain is not None  # noqa: S101 - written above
        return domain

    def delete(self, domain_id: str) -> None:
        self._database.change("DELETE FROM domains WHERE id = ?", domain_id)


def _domain(row: sqlite3.Row) -> CustomDomain:
    names = ("id", "hostname", "zone_id", "zone_name", "script", "cert_id")
    return CustomDomain(*(row[name] for name in names))
