"""What the templates' tests share: a template on workerd, and a site on the loopback to ask."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final, Literal

import httpx

from workers.workerd import PROTO_HEADER, run_workerd, worker

HEALTH_PATH: Final = "/.well-known/code24/health"
HANGS_S: Final = 20.0
Headers = list[tuple[str, str]]
Fault = Literal["hangs", "vanishes", "is cut"]
"""The site does not answer, ends the connection instead, or in the middle of the body."""


@dataclass(frozen=True)
class Page:
    """What the site answers with."""

    body: bytes = b""
    headers: Headers = field(default_factory=list)
    status: int = 200
    fault: Fault | None = None


@dataclass(frozen=True)
class Asked:
    """What the site was asked."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


class Site:
    """A site on the loopback: ``pages`` by their path and query; it remembers what it was asked."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[Asked] = []
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def put(
        self, path: str, body: str | bytes, *headers: tuple[str, str], status: int = 200
    ) -> str:
        """Publishes a page (HTML unless ``headers`` say otherwise) and returns its URL."""
        listed = list(headers)
        if not any(name == "Content-Type" for name, _ in listed):
            listed.append(("Content-Type", "text/html; charset=utf-8"))
        self.pages[path] = Page(body if isinstance(body, bytes) else body.encode(), listed, status)
        return self.url + path

    def fails(self, path: str, fault: Fault) -> None:
        """From now on, what is at ``path`` does not come as it should."""
        self.pages[path] = replace(self.pages.get(path, Page()), fault=fault)

    def count(self, path: str) -> int:
        """How often ``path`` was asked for."""
        return [asked.target for asked in self.asked].count(path)

    def close(self) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def closing(self, seconds: float) -> None:
        """Waits so long, unless the site is closed before."""
        self._closing.wait(seconds)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                self.close_connection = True
                if not self.raw_requestline or not self.parse_request():
                    return
                target = self.requestline.split(" ")[1]  # self.path has "//" at its start made one
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append(Asked(self.command, target, headers, body))
                page = site.pages.get(target, Page(b"nothing here", [], 404))
                if page.fault == "hangs":
                    site.closing(HANGS_S)
                if page.fault in ("hangs", "vanishes"):
                    self.close_connection = True
                    return
                self.send_response(page.status)
                for name, value in [*page.headers, ("Connection", "close")]:
                    self.send_header(name, value)
                if page.status not in (204, 304):
                    self.send_header("Content-Length", str(len(page.body)))
                self.end_headers()
                if self.command != "HEAD":
                    cut = len(page.body) // 2 if page.fault == "is cut" else None
                    with contextlib.suppress(OSError):  # who asks may have enough of it
                        self.wfile.write(page.body[:cut])

            def log_message(self, format: str, *args: Any) -> None:
                pass

        return Handler


class Template:
    """A template on workerd; each request says by which parameters it is configured."""

    def __init__(self, ports: Mapping[str, int]) -> None:
        self._addresses = {name: f"http://127.0.0.1:{port}" for name, port in ports.items()}
        self._client = httpx.Client(timeout=30)

    def ask(
        self,
        path: str = "/",
        method: str = "GET",
        *,
        parameters: dict[str, Any] | None,
        features: Sequence[str] = (),
        host: str = "shop.code24.dev",
        served_by: str = "cached",
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
        secrets: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Asks the template as ``https://<host><path>``; no CONFIG if ``parameters`` is None."""
        sent = {"Host": host, PROTO_HEADER: "https"} | (headers or {})
        if secrets is not None:
            sent["Harness-Secrets"] = json.dumps(secrets)
        if parameters is not None:
            config: dict[str, Any] = {"customerId": "c1", "environment": "test", "plan": "premium"}
            config |= {"features": list(features), "parameters": parameters}
            sent["Harness-Config"] = json.dumps(config)
        url = self._addresses[served_by] + path  # a base_url would shorten "//" at its start
        return self._client.request(method, url, headers=sent, content=content)

    @contextmanager
    def stream(self, path: str, config: dict[str, Any]) -> Iterator[httpx.Response]:
        """The answer while it comes in."""
        headers = {
            "Host": "shop.code24.dev",
            PROTO_HEADER: "https",
            "Harness-Config": json.dumps(config),
        }
        with self._client.stream(
            "GET", self._addresses["cached"] + path, headers=headers
        ) as answer:
            yield answer

    def kept_for(self, path: str) -> int | None:
        """The seconds for which the copy of ``path`` in the cache is fresh."""
        seconds: int | None = self._client.get(self._addresses["cache"] + path).json()
        return seconds

    def grow_older(self, seconds: int) -> None:
        """As if everything in the cache had been put there so much earlier."""
        self._client.put(self._addresses["cache"], json=seconds)

    def points(self) -> list[dict[str, Any]]:
        """The data points that "cached" has written since the last call."""
        return list(self._client.get(self._addresses["points"]).json())

    def close(self) -> None:
        self._client.close()


Ask = Callable[..., httpx.Response]


def asking(template: Template, site: Site) -> Ask:
    """Asks a template in front of ``site``; ``parameters`` beside the origin, ``cookie``, and further headers."""

    def ask(path: str, method: str = "GET", **options: Any) -> httpx.Response:
        parameters = {"origin": site.url} | options.pop("parameters", {})
        headers = {"Cookie": options.pop("cookie", "")} | options.pop("headers", {})
        return template.ask(path, method, parameters=parameters, headers=headers, **options)

    return ask


def state(answer: httpx.Response) -> str:
    return str(answer.headers["Code24-Cache"])


@contextmanager
def run_template(source: str, folder: Path) -> Iterator[Template]:
    """Runs ``source``, once with a cache ("cached"), once without ("uncached")."""
    modules = {"main.js": "template_harness.js", "template.js": source}
    cached = worker(modules, 'cacheApiOutbound = "cache"')
    services = [
        f'(name = "cached", worker = {cached})',
        f'(name = "uncached", worker = {worker(modules)})',
        f'(name = "cache", worker = {worker({"main.js": "cache.js"})})',
        '(name = "internet", network = (allow = ["public", "private", "local"]))',
    ]
    sockets = {
        "cached": '"cached"',
        "points": '(name = "cached", entrypoint = "points")',
        "uncached": '"uncached"',
        "cache": '(name = "cache", entrypoint = "control")',
    }
    with run_workerd(folder, services, sockets) as ports:
        template = Template(ports)
        try:
            yield template
        finally:
            template.close()
