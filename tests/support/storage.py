"""R2 buckets and KV namespaces as the API shows them, for an Api whose other end is a function."""

import asyncio
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final
from urllib.parse import unquote

import httpx

from support.calls import ACCOUNT, ok, refusal

_BUCKETS: Final = "/r2/buckets"
_NAMESPACES: Final = "/storage/kv/namespaces"
Interference = Callable[[httpx.Request], httpx.Response | None]


@dataclass(frozen=True)
class Stored:
    """An R2 object."""

    data: bytes
    content_type: str = ""

    @cached_property
    def etag(self) -> str:
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()


@dataclass
class Storage:
    """``interfere`` may answer in its place; what it raises is what the client sees."""

    buckets: dict[str, dict[str, Stored]] = field(default_factory=dict)
    namespaces: dict[str, str] = field(default_factory=dict)  # title -> id
    interfere: Interference = lambda request: None

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)  # others go on meanwhile
        answer = self.interfere(request)
        return answer if answer is not None else self.answer(request)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the API would say."""
        path = unquote(request.url.raw_path.decode().partition("?")[0]).partition(ACCOUNT)[2]
        if path.startswith(_NAMESPACES):
            return self._kv(request, path.removeprefix(_NAMESPACES).strip("/"))
        bucket, _, key = path.removeprefix(_BUCKETS).strip("/").partition("/objects")
        if not bucket:
            return self._all_buckets(request)
        if bucket not in self.buckets:
            return refusal(404, 10006, "The specified bucket does not exist.")
        if "/objects" not in path:
            return self._bucket(bucket)
        return self._objects(request, self.buckets[bucket], key.removeprefix("/"))

    def _all_buckets(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return ok({"buckets": [{"name": name} for name in sorted(self.buckets)]})
        name = json.loads(request.content)["name"]
        if name in self.buckets:
            return refusal(409, 10004, "it already exists, and you own it")
        self.buckets[name] = {}
        return ok({"name": name})

    def _bucket(self, bucket: str) -> httpx.Response:
        if self.buckets[bucket]:
            return refusal(409, 10008, "The bucket you tried to delete is not empty.")
        del self.buckets[bucket]
        return ok({})

    @staticmethod
    def _objects(request: httpx.Request, objects: dict[str, Stored], key: str) -> httpx.Response:
        if not key:
            prefix = request.url.params.get("prefix", "")
            return ok([_listed(k, objects[k]) for k in sorted(objects) if k.startswith(prefix)])
        if request.method == "PUT":
            objects[key] = Stored(request.content, request.headers.get("content-type", ""))
            return ok({})
        if key not in objects:
            return refusal(404, 10007, "The specified key does not exist.")
        headers = {"Content-Type": objects[key].content_type}
        return httpx.Response(200, content=objects[key].data, headers=headers)

    def _kv(self, request: httpx.Request, identifier: str) -> httpx.Response:
        if request.method == "DELETE":
            self.namespaces = {t: i for t, i in self.namespaces.items() if i != identifier}
            return ok({})
        if request.method == "GET":
            found = [{"title": t, "id": i} for t, i in sorted(self.namespaces.items())]
            return ok(found if request.url.params.get("page", "1") == "1" else [])
        title = json.loads(request.content)["title"]
        if title in self.namespaces:
            return refusal(400, 10014, "a namespace with this account ID and title already exists")
        self.namespaces[title] = f"id-{len(self.namespaces)}"
        return ok({"id": self.namespaces[title]})


def _listed(key: str, item: Stored) -> dict[str, Any]:
    metadata = {"contentType": item.content_type} if item.content_type else {}
    return {"key": key, "etag": item.etag, "size": len(item.data), "http_metadata": metadata}
