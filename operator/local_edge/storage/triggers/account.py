"""Settings of the account."""

import json

from local_edge.jsontypes import Json
from local_edge.storage.database import Database


class AccountSettings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, name: str, default: Json) -> Json:
        row = self._database.row("SELECT value FROM account_settings WHERE name = ?", name)
        if row is None:
            return default
        value: Json = json.loads(row["value"])
        return value

    def put(self, name: str, value: Json) -> None:
        self._database.change(
            "INSERT OR REPLACE INTO account_settings VALUES (?, ?)", name, json.dumps(value)
        )
