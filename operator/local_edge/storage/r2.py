"""R2 buckets and objects."""

import hashlib
import json
import sqlite3
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from local_edge.storage.database import Database, now

_CHUNK = 500  # rows per query of a listing


@dataclass(frozen=True)
class Bucket:
    name: str
    location: str
    storage_class: str
    created_on: str


@dataclass(frozen=True)
class R2Object:
    key: str
    version: str
    size: int
    etag: str
    uploaded: str
    http_metadata: dict[str, str]
    custom_metadata: dict[str, str]
    storage_class: str


@dataclass
class ObjectListing:
    objects: list[R2Object] = field(default_factory=list)
    prefixes: list[str] = field(default_factory=list)
    cursor: str | None = None
    """The last name of this page, if there are more."""


class R2:
    def __init__(self, database: Database) -> None:
        self._database = database

    def buckets(self, *, contains: str, after: str, descending: bool, limit: int) -> list[Bucket]:
        sign, direction = ("<", "DESC") if descending else (">", "ASC")
        rows = self._database.rows(
            f"SELECT * FROM r2_buckets WHERE instr(name, ?) AND (? = '' OR name {sign} ?) "  # noqa: S608
            f"ORDER BY name {direction} LIMIT ?",
            contains, after, after, limit,
        )  # fmt: skip
        return [_bucket(row) for row in rows]

    def bucket(self, name: str) -> Bucket | None:
        row = self._database.row("SELECT * FROM r2_buckets WHERE name = ?", name)
        return _bucket(row) if row else None

    def create(self, name: str, location: str, storage_class: str) -> Bucket:
        bucket = Bucket(name, location, storage_class, now())
        self._database.change(
            "INSERT INTO r2_buckets VALUES (?, ?, ?, ?)",
            name,
            location,
            storage_class,
            bucket.created_on,
        )
        return bucket

    def set_storage_class(self, name: str, storage_class: str) -> None:
        self._database.change(
            "UPDATE r2_buckets SET storage_class = ? WHERE name = ?", storage_class, name
        )

    def is_empty(self, name: str) -> bool:
        return self._database.row("SELECT 1 FROM r2_objects WHERE bucket = ? LIMIT 1", name) is None

    def delete_bucket(self, name: str) -> None:
        self._database.change("DELETE FROM r2_buckets WHERE name = ?", name)

    def head(self, bucket: str, key: str) -> R2Object | None:
        row = self._database.row(
            f"SELECT {_COLUMNS} FROM r2_objects WHERE bucket = ? AND key = ?",  # noqa: S608
            bucket,
            key,
        )
        return _object(row) if row else None

    def get(self, bucket: str, key: str) -> tuple[R2Object, bytes] | None:
        row = self._database.row(
            "SELECT * FROM r2_objects WHERE bucket = ? AND key = ?", bucket, key
        )
        return (_object(row), row["data"]) if row else None

    def put(
        self,
        bucket: str,
        key: str,
        data: bytes,
        *,
        http_metadata: dict[str, str] | None = None,
        custom_metadata: dict[str, str] | None = None,
        storage_class: str = "Standard",
    ) -> R2Object:
        etag = hashlib.md5(data, usedforsecurity=False).hexdigest()
        stored = R2Object(
            key,
            uuid.uuid4().hex,
            len(data),
            etag,
            now(),
            http_metadata or {},
            custom_metadata or {},
            storage_class,
        )
        self._database.change(
            "INSERT OR REPLACE INTO r2_objects VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            bucket, key, stored.version, stored.size, etag, stored.uploaded, json.dumps(stored.http_metadata),
            json.dumps(stored.custom_metadata), storage_class, data,
        )  # fmt: skip
        self._database.note_written(r2_path(bucket), [key])
        return stored

    def delete(self, bucket: str, keys: Iterable[str]) -> None:
        rows = [(bucket, key) for key in keys]
        with self._database.transaction() as db:
            db.executemany("DELETE FROM r2_objects WHERE bucket = ? AND key = ?", rows)
        self._database.note_written(r2_path(bucket), (key for _, key in rows))

    def list(
        self, bucket: str, *, prefix: str, delimiter: str, after: str, limit: int
    ) -> ObjectListing:
        """Return a page of at most `limit` objects and, with a delimiter, common prefixes."""
        page = ObjectListing()
        while True:
            rows = self._database.rows(
                f"SELECT {_COLUMNS} FROM r2_objects WHERE bucket = ? AND key > ? "  # noqa: S608
                "AND key >= ? AND key < ? ORDER BY key LIMIT ?",
                bucket, after, prefix, prefix + "\U0010ffff", _CHUNK,
            )  # fmt: skip
            if not rows:
                return page
            for row in rows:
                key = row["key"]
                if key <= after:
                    continue  # below a prefix that is already listed
                if len(page.objects) + len(page.prefixes) == limit:
                    page.cursor = after
                    return page
                rest = key[len(prefix) :]
                if delimiter and delimiter in rest:
                    common = prefix + rest.split(delimiter, 1)[0] + delimiter
                    page.prefixes.append(common)
                    after = common + "\U0010ffff"
                else:
                    page.objects.append(_object(row))
                    after = key


def r2_path(bucket: str) -> str:
    """Return the path of the bindings to a bucket, below the control server's root."""
    return f"/r2/{quote(bucket, safe='')}"


_COLUMNS = "key, version, size, etag, uploaded, http_metadata, custom_metadata, storage_class"


def _bucket(row: sqlite3.Row) -> Bucket:
    return Bucket(row["name"], row["location"], row["storage_class"], row["created_on"])


def _object(row: sqlite3.Row) -> R2Object:
    return R2Object(
        key=row["key"],
        version=row["version"],
        size=row["size"],
        etag=row["etag"],
        uploaded=row["uploaded"],
        http_metadata=json.loads(row["http_metadata"]),
        custom_metadata=json.loads(row["custom_metadata"]),
        storage_class=row["storage_class"],
    )
