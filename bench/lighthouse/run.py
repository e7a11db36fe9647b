"""Compares the elite workers with Lighthouse on other people's pages; writes docs/lighthouse.md.

``make test-lighthouse``: about 35 s a page. The pages are those of templates that npm installs by the lock here; none
was written for this. Other sites that they load from are not there. axe judges the pages that the workers make.
"""

import functools
import http.server
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Final

import httpx

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "operator"), str(ROOT / "tests")]

from bench.lighthouse.installing import MODULES, install  # noqa: E402
from bench.lighthouse.table import missed, render  # noqa: E402
from toolchain import npm  # noqa: E402
from workers.elite import PROXY  # noqa: E402
from workers.workerd import run_workerd, text, worker  # noqa: E402
from workers_operator.authoring import bundling, esbuild  # noqa: E402

#: A KV namespace in which each key holds two runs, for reports that have a trend to draw.
KV: Final = """const runs = [70, 75].map((score) => ({ at: "2026-01-01T00:00:00.000Z", score }));
export default { fetch: ({ method }) => (method === "GET" ? Response.json(runs) : new Response()) };
"""

#: Package and folder in it → pages.
SITES: Final[Mapping[str, tuple[str, ...]]] = {
    "startbootstrap-creative/dist": ("index.html",),
    "startbootstrap-resume/dist": ("index.html",),
    "startbootstrap-sb-admin-2": (
        "index.html",
        "login.html",
        "register.html",
        "tables.html",
        "404.html",
    ),
    "html5-boilerplate/dist": ("index.html",),
    "material-kit": ("index.html", "examples/landing-page.html", "examples/login-page.html"),
    "gentelella/dist": (
        "production/landing.html",
        "production/contacts.html",
        "production/form.html",
    ),
    "reveal.js": ("index.html",),
    "impress.js": ("index.html",),
}


class _Quiet(http.server.SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    handler = functools.partial(_Quiet, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def _sites() -> Iterator[dict[str, str]]:
    """Site → address, all of them served."""
    with ExitStack() as stack:
        yield {site: stack.enter_context(_serving(MODULES / site)) for site in SITES}


def _services(addresses: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """For each page a worker, and a plain proxy in front of the same site, each behind a socket of its own."""
    services = [
        '(name = "internet", network = (allow = ["public", "private", "local"]))',
        f'(name = "kv", worker = {worker({"main.js": "kv.js"})})',
    ]
    sockets = {}
    for number, address in enumerate(addresses):
        parameters = {"site": address, "depth": 0, "language": "en", "brandName": "Example"}
        config = json.dumps({"features": [], "parameters": parameters})
        history = '(name = "HISTORY", kvNamespace = "kv")'
        bindings = f'bindings = [(name = "CONFIG", json = {text(config)}), {history}]'
        for name, script in (("page", "everything.js"), ("proxy", "proxy.js")):
            definition = worker({"main.js": script}, bindings)
            services.append(f'(name = "{name}{number}", worker = {definition})')
            sockets[f"{name}{number}"] = f'"{name}{number}"'
    return services, sockets


def _versions() -> str:
    chrome = subprocess.run(["chromium", "--version"], capture_output=True, text=True, check=True)
    lighthouse, axe = (
        json.loads((MODULES / name / "package.json").read_text())["version"]
        for name in ("lighthouse", "axe-core")
    )
    browser = chrome.stdout.split(" built")[0].strip()
    return f"Lighthouse {lighthouse}, axe {axe}, {browser}, {os.cpu_count()} cores"


def main() -> int:
    """Exit code: 0, or 1 where a goal is missed. Arguments: parts of pages' names; then no document is written."""
    wanted = sys.argv[1:]
    install()
    with tempfile.TemporaryDirectory() as temporary:
        results = _measure(Path(temporary), wanted)
    document = render(results, _versions())
    if wanted:
        sys.stdout.write(document)
    else:
        (ROOT / "docs" / "lighthouse.md").write_text(document)
    problems = missed(results)
    sys.stdout.write("\n".join(problems or ["every goal is met"]) + "\n")
    return 1 if problems else 0


def _measure(folder: Path, wanted: list[str]) -> list[dict[str, Any]]:
    """What was found for each page: our report, and what browse.mjs tells of it."""
    script = bundling.bundle(HERE / "everything", esbuild.pinned(print), base=folder)
    (folder / "everything.js").write_bytes(script)
    (folder / "proxy.js").write_text(PROXY)
    (folder / "kv.js").write_text(KV)
    pages = [(site, page) for site, listed in SITES.items() for page in listed]
    pages = [p for p in pages if not wanted or any(one in "/".join(p) for one in wanted)]
    with _sites() as addresses:
        befores = [f"{addresses[site]}/{page}" for site, page in pages]
        with run_workerd(folder, *_services(befores)) as ports:
            jobs, reports = [], []
            for number, (site, page) in enumerate(pages):
                base = f"http://127.0.0.1:{ports[f'page{number}']}"
                name = f"{site.split('/')[0]}/{page}"
                plain = f"http://127.0.0.1:{ports[f'proxy{number}']}/{page}"
                own = [f"{base}/report.html", f"{base}/nowhere"]
                after = f"{base}/optimize/{page}"
                jobs.append({"name": name, "before": plain, "after": after, "own": own})
                report = httpx.get(f"{base}/report.json", timeout=60).raise_for_status().json()
                if len(report["trend"]) != 3:
                    raise RuntimeError(f"{name}: no trend")
                reports.append(report)
            browsed = _browse(folder, jobs)
    return [one | {"report": report} for one, report in zip(browsed, reports, strict=True)]


def _browse(folder: Path, jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    (folder / "jobs.json").write_text(json.dumps(jobs))
    node = npm.node(print)
    command = [
        node,
        str(HERE / "browse.mjs"),
        str(folder / "jobs.json"),
        str(folder / "results.json"),
    ]
    subprocess.run(command, cwd=HERE, check=True)
    found: list[dict[str, Any]] = json.loads((folder / "results.json").read_text())
    return found


if __name__ == "__main__":
    sys.exit(main())
