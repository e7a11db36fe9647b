"""A receiver of notifications as a server: it verifies signatures, and fails when it is told to."""

import json
import threading
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from support.ports import reusable_socket
from support.waiting import until
from support.webhooks import is_signed

_TOLERANCE_SECONDS = 300.0


class Receiver:
    """Listens on 127.0.0.1. ``forged``: requests whose signature is not the key's, or of another time."""

    def __init__(self, port: int) -> None:
        self.forged = 0
        self.statuses: deque[int] = deque()  # of the next answers; then 204
        self.location = ""  # where redirects lead
        self._events: list[dict[str, Any]] = []
        self._server = HTTPServer(("127.0.0.1", port), self._handler(), bind_and_activate=False)
        self._server.socket.close()
        self._server.socket = reusable_socket(port)
        self._server.server_activate()
        self.url = f"http://127.0.0.1:{port}/hook"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def events(self) -> list[dict[str, Any]]:
        """The CloudEvents that came, also those that were answered by a failure."""
        return list(self._events)

    def wait(
        self, kind: str, name: str, *, times: int = 1, seconds: float = 60.0
    ) -> dict[str, Any]:
        """The newest event of a type, such as WorkerNotReady.Open, about an object of this name."""

        def found() -> list[dict[str, Any]]:
            return [
                e
                for e in self._events
                if e["type"] == f"dev.code24.workers.{kind}"
                and e.get("subject", "").endswith(f"/{name}")
            ]

        until(
            lambda: len(found()) >= times,
            lambda: f"no {times} {kind} of {name}: {json.dumps(self._events, indent=1)}",
            seconds,
        )
        return found()[-1]

    def _take(self, headers: dict[str, str], body: bytes) -> int:
        late = abs(time.time() - int(headers["webhook-timestamp"]))
        if not is_signed(headers, body) or late > _TOLERANCE_SECONDS:
            self.forged += 1
            return 401
        event = json.loads(body)
        if headers["webhook-id"] != event["id"]:
            self.forged += 1
        self._events.append(event)
        return self.statuses.popleft() if self.statuses else 204

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                self.send_response(receiver._take(headers, body))
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                return None

        return Handler
