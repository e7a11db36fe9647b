"""All stores of an edge, on one database."""

from dataclasses import dataclass
from pathlib import Path

from local_edge.storage.database import Database
from local_edge.storage.kv import KV
from local_edge.storage.namespaces import DispatchNamespaces
from local_edge.storage.r2 import R2
from local_edge.storage.routes import RouteStore
from local_edge.storage.scripts import Scripts
from local_edge.storage.telemetry.stores import TelemetryStores
from local_edge.storage.tokens import Tokens
from local_edge.storage.triggers.stores import TriggerStores


@dataclass(frozen=True)
class Stores:
    database: Database
    scripts: Scripts
    namespaces: DispatchNamespaces
    routes: RouteStore
    kv: KV
    r2: R2
    tokens: Tokens
    triggers: TriggerStores
    telemetry: TelemetryStores

    @classmethod
    def open(cls, path: Path) -> "Stores":
        """Open the database file, or create it."""
        database = Database(path)
        return cls(
            database=database,
            scripts=Scripts(database),
            namespaces=DispatchNamespaces(database),
            routes=RouteStore(database),
            kv=KV(database),
            r2=R2(database),
            tokens=Tokens(database),
            triggers=TriggerStores.on(database),
            telemetry=TelemetryStores.on(database),
        )
