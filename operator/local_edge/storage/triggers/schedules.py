"""The cron triggers of scripts."""

from collections.abc import Iterable
from dataclasses import dataclass

from local_edge.storage.database import Database, now


@dataclass(frozen=True)
class StoredSchedule:
    script: str
    cron: str
    created_on: str


class ScheduleStore:
    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[StoredSchedule]:
        rows = self._database.rows("SELECT * FROM schedules ORDER BY script, cron")
        return [StoredSchedule(row["script"], row["cron"], row["created_on"]) for row in rows]

    def of(self, script: str) -> list[StoredSchedule]:
        return [schedule for schedule in self.all() if schedule.script == script]

    def replace(self, script: str, crons: Iterable[str]) -> None:
        """Let a script run at these times only; schedules that it has already are kept as they are."""
        wanted = list(crons)
        with self._database.transaction() as db:
            for schedule in self.of(script):
                if schedule.cron not in wanted:
                    db.execute(
                        "DELETE FROM schedules WHERE script = ? AND cron = ?",
                        (script, schedule.cron),
                    )
            for cron in wanted:
                db.execute(
                    "INSERT OR IGNORE INTO schedules VALUES (?, ?, ?)", (script, cron, now())
                )
