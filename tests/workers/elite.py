"""What the tests of elite workers share: a worker on workerd, its reports, and servers that behave badly."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx

from workers.templates import Template

TYPES: Final = ("brand", "design", "develop")
Finding = dict[str, Any]
#: A worker that does nothing but ask the site of its CONFIG for the same path, "/optimize" left out.
PROXY: Final = """export default { fetch(request, env) {
  const { pathname, search } = new URL(request.url);
  return fetch(new URL(pathname.replace(/^\\/optimize/, "") + search, env.CONFIG.parameters.site), request);
} };
"""


def report(answer: httpx.Response) -> dict[str, Any]:
    """The report in an answer that has to be one."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return dict(answer.json())


def findings(worker: Template, url: str, **parameters: Any) -> dict[str, Finding]:
    """The findings about the page at ``url`` alone, by their ids."""
    answer = worker.ask("/report.json", parameters={"site": url, "depth": 0} | parameters)
    return {finding["id"]: finding for finding in report(answer)["findings"]}


@contextmanager
def raw_server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does with each connection what ``serve`` does; yields its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    connections: list[socket.socket] = []

    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(OSError):
            serve(connection)
            connection.close()

    def accept() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                threading.Thread(target=handle, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        thread.join()
