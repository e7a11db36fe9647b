"""The stores of everything that makes scripts run, besides zone routes."""

from dataclasses import dataclass

from local_edge.storage.database import Database
from local_edge.storage.triggers.account import AccountSettings
from local_edge.storage.triggers.domains import DomainStore
from local_edge.storage.triggers.schedules import ScheduleStore
from local_edge.storage.triggers.subdomains import SubdomainStore


@dataclass(frozen=True)
class TriggerStores:
    schedules: ScheduleStore
    domains: DomainStore
    subdomains: SubdomainStore
    settings: AccountSettings
    database: Database

    @classmethod
    def on(cls, database: Database) -> "TriggerStores":
        settings = AccountSettings(database)
        return cls(
            schedules=ScheduleStore(database),
            domains=DomainStore(database),
            subdomains=SubdomainStore(database, settings),
            settings=settings,
            database=database,
        )

    def delete_of(self, script: str) -> None:
        """Delete what makes a script run."""
        with self.database.transaction() as db:
            for table in ("schedules", "domains", "subdomains"):
                db.execute(f"DELETE FROM {table} WHERE script = ?", (script,))  # noqa: S608
