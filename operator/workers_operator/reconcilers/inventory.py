"""KV namespaces and buckets by name, for bindings: listed when a binding names one, and made when it asks for that."""

import asyncio
import hashlib
from typing import Final, Literal

from workers_operator.cloudflare import kv, r2
from workers_operator.cloudflare.api import Api
from workers_operator.cloudflare.budget import Urgency
from workers_operator.domain import names
from workers_operator.engine.clock import Clock

REFRESH_SECONDS: Final = 5.0
_MAX_BUCKET: Final = 63
Created = Literal["kvNamespace", "r2Bucket"]


def created_name(kind: Created, dispatch_namespace: str, script_name: str, binding: str) -> str:
    """The name of what ``create: true`` makes. It says whose it is: nobody else's is ever taken for it."""
    if kind == "kvNamespace":
        return f"{dispatch_namespace}/{script_name}/{binding}"
    full = f"{dispatch_namespace}-{script_name}-{binding}".lower().replace("_", "-")
    digest = hashlib.sha256(f"{dispatch_namespace}/{script_name}/{binding}".encode()).hexdigest()
    cut = full[: _MAX_BUCKET - names.HASH_LENGTH - 1].strip("-")
    return f"{cut}-{digest[: names.HASH_LENGTH]}"


class Inventory:
    """One platform's. A listing is shared by all who ask while it is under way."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kv: dict[str, str] = {}
        self._buckets: set[str] = set()
        self._kv_listed = self._buckets_listed = -REFRESH_SECONDS
        self._lock = asyncio.Lock()

    async def kv_namespace(self, api: Api, title: str, urgency: Urgency) -> str | None:
        """The id of a KV namespace by its title, or None."""
        async with self._lock:
            if title not in self._kv and self._is_old(self._kv_listed):
                started = self._clock.monotonic()
                self._kv = {t: i async for t, i in kv.list_namespaces(api, urgency)}
                self._kv_listed = started
            return self._kv.get(title)

    async def create_kv_namespace(self, api: Api, title: str, urgency: Urgency) -> str:
        """The id of a KV namespace, which is made if need be."""
        known = await self.kv_namespace(api, title, urgency)
        if known is not None:
            return known
        async with self._lock:
            if title not in self._kv:
                try:
                    self._kv[title] = await kv.create_namespace(api, title, urgency)
                except BaseException:
                    self._kv_listed = -REFRESH_SECONDS  # it may be there: look again
                    raise
            return self._kv[title]

    async def create_bucket(self, api: Api, name: str, urgency: Urgency) -> None:
        """Makes a bucket, unless it is there."""
        async with self._lock:
            if name not in self._buckets and self._is_old(self._buckets_listed):
                started = self._clock.monotonic()
                self._buckets = {b async for b in r2.list_buckets(api, urgency)}
                self._buckets_listed = started
            if name not in self._buckets:
                try:
                    await r2.create_bucket(api, name, urgency)
                except BaseException:
                    self._buckets_listed = -REFRESH_SECONDS  # it may be there: look again
                    raise
                self._buckets.add(name)

    async def delete(self, api: Api, kind: Created, name: str, urgency: Urgency) -> bool:
        """Takes away what was made; False for what stays: a bucket with objects, a namespace in use."""
        if kind == "r2Bucket":
            gone = await r2.delete_bucket(api, name, urgency)
            self._buckets.discard(name)
            return gone
        identifier = await self.kv_namespace(api, name, urgency)
        gone = identifier is None or await kv.delete_namespace(api, identifier, urgency)
        if gone:
            self._kv.pop(name, None)
        return gone

    def forget(self) -> None:
        """Something that was known is not there any more: list again."""
        self._kv.clear()
        self._buckets.clear()
        self._kv_listed = self._buckets_listed = -REFRESH_SECONDS

    def _is_old(self, listed: float) -> bool:
        return self._clock.monotonic() - listed >= REFRESH_SECONDS
