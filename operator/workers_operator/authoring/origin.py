"""The origin of a template under test: an HTTP server on the loopback that serves the pages of its tests.yaml."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from workers_operator.authoring.cases import OriginPage

_NOT_FOUND = OriginPage(status=404, body="there is no such page in tests.yaml\n")


@contextmanager
def serving(pages: Mapping[str, OriginPage]) -> Iterator[str]:
    """Serve ``pages`` by path and query, for any method, and yield the address, ``http://127.0.0.1:<port>``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(pages))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(pages: Mapping[str, OriginPage]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one_request(self) -> None:
            self.raw_requestline = self.rfile.readline(65537)
            self.close_connection = True
            if not self.raw_requestline or not self.parse_request():
                return
            self.rfile.read(int(self.headers.get("Content-Length", "0")))
            page = pages.get(self.path, _NOT_FOUND)
            body = page.body.encode()
            self.send_response(page.status)
            if "content-type" not in {name.lower() for name in page.headers}:
                self.send_header("Content-Type", "text/html; charset=utf-8")
            for name, value in page.headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            if page.status not in (204, 304):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD" and page.status not in (204, 304):
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
