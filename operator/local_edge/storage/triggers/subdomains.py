"""The workers.dev subdomain of the account, and which scripts are reachable there."""

from dataclasses import dataclass

from local_edge.storage.database import Database
from local_edge.storage.triggers.account import AccountSettings

_KEY = "subdomain"
_DEFAULT = "local-edge"


@dataclass(frozen=True)
class DevSettings:
    enabled: bool = False
    previews: bool = False


class SubdomainStore:
    def __init__(self, database: Database, settings: AccountSettings) -> None:
        self._database = database
        self._settings = settings

    @property
    def name(self) -> str | None:
        """The subdomain of the account, or None if it has been deleted."""
        name = self._settings.get(_KEY, _DEFAULT)
        return name if isinstance(name, str) else None

    def rename(self, name: str | None) -> None:
        self._settings.put(_KEY, name)

    def of(self, script: str) -> DevSettings:
        row = self._database.row("SELECT * FROM subdomains WHERE script = ?", script)
        return DevSettings(bool(row["enabled"]), bool(row["previews"])) if row else DevSettings()

    def put(self, script: str, settings: DevSettings) -> None:
        self._database.change(
            "INSERT OR REPLACE INTO subdomains VALUES (?, ?, ?)",
            script, int(settings.enabled), int(settings.previews),
        )  # fmt: skip

    def all(self) -> dict[str, DevSettings]:
        rows = self._database.rows("SELECT * FROM subdomains")
        return {
            row["script"]: DevSettings(bool(row["enabled"]), bool(row["previews"])) for row in rows
        }
