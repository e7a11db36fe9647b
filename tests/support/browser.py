"""A page of a site on this machine that runs a module in Chromium, and tells what comes of it."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final

from support.processes import Process
from support.waiting import until

_PAGE: Final = """<!doctype html>
<script type="module">
import { Code24WorkersAPI } from "/src/index.js";
const run = async () => { %s };
const found = await run().catch((error) => ({ error: String(error) }));
await fetch("/found", { method: "POST", body: JSON.stringify(found) });
</script>
"""
_OPTIONS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
)
_SECONDS: Final = 60.0


class Site:
    """Serves the files of a folder, a page, and takes what the page has found."""

    def __init__(self, folder: Path) -> None:
        self.page = ""
        self.found: list[Any] = []
        site = self

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path != "/":
                    super().do_GET()
                    return
                body = site.page.encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                site.found.append(json.loads(self.rfile.read(size)))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *arguments: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    def run(self, program: str, folder: Path) -> Any:
        """What the body of an async function returns in a browser."""
        self.page = _PAGE % program
        browser = shutil.which("chromium")
        assert browser is not None
        profile = f"--user-data-dir={folder / 'profile'}"
        process = Process([browser, *_OPTIONS, profile, self.origin], folder / "chromium.log")
        try:
            until(lambda: self.found or not process.alive, process.tail, _SECONDS)
        finally:
            process.stop()
        assert self.found, process.tail()
        return self.found.pop()


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """A site of the files in a folder."""
    made = Site(folder)
    with made.server as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
