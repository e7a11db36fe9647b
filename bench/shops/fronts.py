"""What stands in front of the shop: nginx as a careful administrator sets it up, and templates on a local edge."""

import json
import os
import shutil
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from bench.edge import Edge
from support.processes import Process
from support.waiting import until
from workers_operator.authoring.bundling import WORKERS

NAMESPACE: Final = "shops"
SITE: Final = "bench-site"
_DISPATCHER: Final = """
export default { fetch: (request, env) => env.SPACE.get(new URL(request.url).hostname.split('.')[0]).fetch(request) };
"""

PAGE: Final = "export default { fetch: () => new Response('.'.repeat(8192)) };"

# Beside the usual advice (lock, use_stale, background_update): by a map, what marks a session is kept out of the cache,
# and by another one, paths that belong to somebody. $uri is the decoded and normalised path.
_NGINX: Final = """
USER worker_processes 2; daemon off; pid FOLDER/nginx.pid; error_log FOLDER/error.log;
events { worker_connections 1024; }
http {
  include /etc/nginx/mime.types; access_log off; keepalive_requests 1000000; merge_slashes on;
  client_body_temp_path FOLDER/body; fastcgi_temp_path FOLDER/f; uwsgi_temp_path FOLDER/u; scgi_temp_path FOLDER/s;
  proxy_temp_path FOLDER/tmp; proxy_cache_path FOLDER/cache keys_zone=shop:32m max_size=512m inactive=1d;
  map $http_cookie $somebody { default 0; ~*(sess|sid=|auth|token|login|user|customer|account|cart|currency) 1; }
  map $uri $private { default 0; ~*^/(cart|checkout|account|me|login|api|admin)\\b 1; }
  upstream shop { server 127.0.0.1:ORIGIN; keepalive 32; }
  server {
    listen 127.0.0.1:PORT;
    location / {
      proxy_pass http://shop; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_set_header X-Forwarded-Host $host; proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto https;
      proxy_cache shop; proxy_cache_key $scheme$host$request_uri; proxy_cache_valid 200 60s; proxy_cache_lock on;
      proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;
      proxy_cache_background_update on;
      proxy_cache_bypass $somebody $private $http_authorization; proxy_no_cache $somebody $private $http_authorization;
      add_header X-Cache $upstream_cache_status always;
    }
    location ~* \\.(css|js|png|jpg|svg|woff2)$ {
      proxy_pass http://shop; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_set_header Cookie ""; proxy_set_header X-Forwarded-Host $host;
      proxy_cache shop; proxy_cache_key $scheme$host$request_uri; proxy_cache_valid 200 1d; proxy_cache_lock on;
      proxy_cache_use_stale error timeout updating http_500 http_502 http_503 http_504;
      proxy_cache_background_update on;
      proxy_cache_bypass $private; proxy_no_cache $private;
      add_header X-Cache $upstream_cache_status always;
    }
  }
  server {
    listen 127.0.0.1:STATIC; root FOLDER/site; error_page 404 /404.html;
    location / { try_files $uri $uri/ $uri.html =404; add_header Cache-Control "public, max-age=3600"; }
  }
}
"""


@dataclass(frozen=True)
class Front:
    """Where to ask. ``name`` as the table has it."""

    name: str
    url: str
    host: str


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def nginx_binary() -> str | None:
    """Debian's nginx, or None; it lies where not everybody looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


class Nginx:
    """Runs in a folder of its own, on the loopback."""

    def __init__(self, folder: Path, origin: int, site: Mapping[str, bytes]) -> None:
        binary = nginx_binary()
        assert binary is not None, "there is no nginx: apt-get install nginx-light"
        folder.mkdir()
        for name, content in site.items():
            path = folder / "site" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.port, self.static_port = free_port(), free_port()
        text = _NGINX.replace("FOLDER", str(folder)).replace("ORIGIN", str(origin))
        text = text.replace("PORT", str(self.port)).replace("STATIC", str(self.static_port))
        text = text.replace("USER", "user root;" if os.geteuid() == 0 else "")
        (folder / "nginx.conf").write_text(text)
        command: list[str | Path] = [
            binary,
            "-c",
            folder / "nginx.conf",
            "-e",
            folder / "error.log",
        ]
        self.process = Process(command, folder / "nginx.log")
        until(lambda: not self.process.alive or listens(self.port), self.process.tail)
        assert self.process.alive, (folder / "error.log").read_text()

    def front(self) -> Front:
        return Front("nginx", f"http://127.0.0.1:{self.port}", "shop.code24.dev")

    def static(self) -> Front:
        return Front("nginx", f"http://127.0.0.1:{self.static_port}", "site.code24.dev")


class Origin:
    """The shop; it can go away."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._folder = folder
        self._process: Process | None = None

    def start(self) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-m", "bench.shops.origin", str(self.port)]
        self._process = Process(command, self._folder / "origin.log", environment)
        until(lambda: listens(self.port), self._process.tail)

    def stop(self) -> None:
        if self._process is not None:
            self._process.stop()
            self._process = None


def listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def deploy(edge: Edge, origin: int, site: Mapping[str, bytes]) -> dict[str, Front]:
    """The templates in an untrusted namespace behind a dispatcher, as in production; by name."""
    with httpx.Client(base_url=edge.base_url, headers=edge.headers, timeout=60) as api:
        account = f"/accounts/{edge.account}"
        spaces = f"{account}/workers/dispatch/namespaces"
        api.post(spaces, json={"name": NAMESPACE}).raise_for_status()
        api.post(f"{account}/r2/buckets", json={"name": SITE}).raise_for_status()
        for name, content in site.items():
            path = f"{account}/r2/buckets/{SITE}/objects/{name}"
            kind = {"Content-Type": "application/octet-stream"}
            api.put(path, content=content, headers=kind).raise_for_status()
        url = f"http://127.0.0.1:{origin}"
        # Of the bucket, and of the pages' time, what nginx has, so that like is compared with like.
        configs: dict[str, tuple[list[str], dict[str, Any]]] = {
            "ecommerce": ([], {"origin": url, "pageTtl": 60, "originTimeout": 5}),
            "content": ([], {"origin": url, "pageTtl": 60, "originTimeout": 5}),
            "static": (["r2"], {}),
        }
        for name, (features, parameters) in configs.items():
            config = {"customerId": "bench", "features": features, "parameters": parameters}
            bindings: list[dict[str, Any]] = [
                {"type": "json", "name": "CONFIG", "json": config},
                {"type": "r2_bucket", "name": "BUCKET", "bucket_name": SITE},
            ]
            script = (WORKERS / "bundles" / "customer" / f"{name}.js").read_text()
            _upload(api, f"{spaces}/{NAMESPACE}/scripts/{name}", script, bindings)
        _upload(api, f"{spaces}/{NAMESPACE}/scripts/hello", PAGE, [])
        space: dict[str, Any] = {
            "type": "dispatch_namespace",
            "name": "SPACE",
            "namespace": NAMESPACE,
        }
        _upload(api, f"{account}/workers/scripts/front", _DISPATCHER, [space])
        route = {"pattern": f"*.{edge.domain}/*", "script": "front"}
        zone = edge.variables["CLOUDFLARE_ZONE_ID"]
        api.post(f"/zones/{zone}/workers/routes", json=route).raise_for_status()
    return {n: Front(n, edge.data_url, f"{n}.{edge.domain}") for n in (*configs, "hello")}


def _upload(api: httpx.Client, path: str, script: str, bindings: list[dict[str, Any]]) -> None:
    metadata = {
        "main_module": "index.js",
        "compatibility_date": "2026-10-01",
        "bindings": bindings,
    }
    files: list[tuple[str, tuple[str | None, str, str]]] = [
        ("metadata", (None, json.dumps(metadata), "application/json")),
        ("index.js", ("index.js", script, "application/javascript+module")),
    ]
    api.put(path, files=files).raise_for_status()
