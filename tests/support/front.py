"""A data plane that has not seen the newest KV write yet, as one far away on Cloudflare for up to a minute."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


class _Server(ThreadingHTTPServer):
    allow_reuse_port = True  # the port is held for it


class Front:
    """In front of the edge's data plane; while ``lagging`` it knows no host."""

    def __init__(self, upstream: str, port: int) -> None:
        self.lagging = True
        front = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found: dict[str, str] = {}
                status = 404
                if not front.lagging:
                    answer = httpx.get(upstream + self.path, headers={"Host": self.headers["Host"]})
                    status = answer.status_code
                    found = {n: v for n, v in answer.headers.items() if n.startswith("code24")}
                self.send_response(status)
                for name, value in (found | {"Content-Length": "0"}).items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing: what was asked is the test's business."""

        self._server = _Server(("127.0.0.1", port), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        """Ends it."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
