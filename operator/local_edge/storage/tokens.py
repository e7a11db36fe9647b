"""API tokens, stored as hashes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from local_edge.storage.database import Database

TokenStatus = Literal["active", "disabled"]
STATUSES: Mapping[str, TokenStatus] = {"active": "active", "disabled": "disabled"}


@dataclass(frozen=True)
class Token:
    id: str
    status: TokenStatus


class Tokens:
    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, token: str, status: TokenStatus) -> None:
        """Add a token, or change its status."""
        digest = digest_of(token)
        self._database.change(
            "INSERT OR REPLACE INTO tokens VALUES (?, ?, ?)", digest, digest[:32], status
        )

    def get(self, token: str) -> Token | None:
        row = self._database.row("SELECT id, status FROM tokens WHERE digest = ?", digest_of(token))
        return Token(row["id"], row["status"]) if row else None


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
