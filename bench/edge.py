"""A local edge with options, and what it has counted."""

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import httpx

from support.processes import Process
from support.waiting import until

_COMMAND: Final = Path(sys.executable).with_name("local-edge")


class Asked(NamedTuple):
    """What requests are counted by. ``route`` is the API's path template."""

    method: str
    route: str
    status: int


Counts = Counter[Asked]


class Edge:
    """A running edge; the constructor returns when it answers. ``command``: the program, with a profiler perhaps."""

    def __init__(
        self, folder: Path, *options: str, command: Sequence[str | Path] = (_COMMAND,)
    ) -> None:
        self.folder = folder
        log = folder.with_suffix(".log")
        self.process = Process([*command, "serve", "--dir", folder, *options], log)
        file = folder / "edge.env"
        until(lambda: file.exists() or not self.process.alive, self.process.tail)
        assert self.process.alive, self.process.tail()
        lines = [line.partition("=") for line in file.read_text().splitlines()]
        self.variables: Mapping[str, str] = {name: value for name, _, value in lines}
        self.base_url = self.variables["CLOUDFLARE_BASE_URL"]
        self.data_url = self.variables["EDGE_URL"]
        self.account = self.variables["CLOUDFLARE_ACCOUNT_ID"]
        self.headers = {"Authorization": f"Bearer {self.variables['CLOUDFLARE_API_TOKEN']}"}
        self._own = self.base_url.partition("/client/v4")[0] + "/edge/requests"
        self.domain = str(self.get(f"/zones/{self.variables['CLOUDFLARE_ZONE_ID']}")["name"])

    def get(self, path: str) -> "Mapping[str, object]":
        """The result of a GET. It counts as a request: ask before the count begins."""
        answer = httpx.get(self.base_url + path, headers=self.headers, timeout=30)
        result: Mapping[str, object] = answer.raise_for_status().json()["result"]
        return result

    def create_kv_namespace(self, title: str) -> str:
        """Its id. It counts as a request."""
        path = f"{self.base_url}/accounts/{self.account}/storage/kv/namespaces"
        answer = httpx.post(path, json={"title": title}, headers=self.headers, timeout=30)
        return str(answer.raise_for_status().json()["result"]["id"])

    def put_object(self, bucket: str, key: str, data: bytes, content_type: str) -> None:
        """Writes an R2 object. It counts as a request."""
        path = f"{self.base_url}/accounts/{self.account}/r2/buckets/{bucket}/objects/{key}"
        headers = {**self.headers, "Content-Type": content_type}
        httpx.put(path, content=data, headers=headers, timeout=30).raise_for_status()

    def kv_namespace(self, title: str) -> str:
        """The id of a KV namespace."""
        path = f"/accounts/{self.account}/storage/kv/namespaces"
        listed = httpx.get(self.base_url + path, headers=self.headers, timeout=30).json()
        return str(next(n["id"] for n in listed["result"] if n["title"] == title))

    def counts(self) -> Counts:
        """Requests to the REST API since the last ``reset``."""
        found = httpx.get(self._own, timeout=30).json()
        return Counter({Asked(e["method"], e["route"], e["status"]): e["count"] for e in found})

    def reset(self) -> None:
        """Counts begin at zero."""
        httpx.post(f"{self._own}/reset", timeout=30).raise_for_status()

    def dispatches(self) -> bool:
        """Whether the platform dispatcher answers for hosts that nobody has."""
        headers = {"Host": f"nobody.{self.domain}"}
        answer = httpx.get(self.data_url, headers=headers, timeout=30)
        return answer.status_code == 404

    def stop(self) -> None:
        self.process.stop()


def without_analytics(counts: Counts) -> Counts:
    """Leave out the platform's two queries of the analytics a minute, which belong to no worker and change nothing."""
    return Counter({a: n for a, n in counts.items() if not a.route.endswith(("/graphql", "/sql"))})


def by_method(counts: Counts) -> Counter[str]:
    """Requests by method."""
    found: Counter[str] = Counter()
    for asked, count in counts.items():
        found[asked.method] += count
    return found


def told(counts: Counts) -> str:
    """The counts in words: method and the end of the route."""
    parts = (
        f"{count} {a.method} …{a.route[-28:]} {a.status}"
        for a, count in sorted(counts.items(), key=lambda item: -item[1])
    )
    return "; ".join(parts) or "nothing"
