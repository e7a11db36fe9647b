"""The stores of telemetry, on one database."""

from dataclasses import dataclass

from local_edge.storage.database import Database
from local_edge.storage.telemetry.invocations import Invocations
from local_edge.storage.telemetry.logs import LogStore
from local_edge.storage.telemetry.points import Points


@dataclass(frozen=True)
class TelemetryStores:
    points: Points
    invocations: Invocations
    logs: LogStore

    @classmethod
    def on(cls, database: Database) -> "TelemetryStores":
        return cls(Points(database), Invocations(database), LogStore(database))
