"""workerd without the edge: what each kind of hop costs in the runtime itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.dataplane.wrk import Target
from bench.shops.fronts import free_port, listens
from local_edge import binaries
from support.processes import Process
from support.waiting import until

OK: Final = "export default { fetch: () => new Response('ok') };"
_PASS_ON: Final = "export default { fetch: (request, env) => env.NEXT.fetch(request) };"
_LOAD: Final = f"""
const code = {{ compatibilityDate: '2026-01-01', mainModule: 'main.js', modules: {{ 'main.js': `{OK}` }} }};
export default {{ fetch: (request, env) => env.LOADER.get('one', () => code).getEntrypoint().fetch(request) }};
"""
_CONFIG: Final = """
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (modules = [(name = "main.js", esModule = embed "main.js")],
      compatibilityDate = "2026-01-01", bindings = [BINDINGS])),
    (name = "target", worker = (modules = [(name = "ok.js", esModule = embed "ok.js")],
      compatibilityDate = "2026-01-01")),
    (name = "other", external = (address = "OTHER", http = ()))
  ],
  sockets = [(name = "http", http = (), service = "SERVICE")]
);
"""


class Bare:
    """A workerd with one script; ``kind`` is a key of KINDS."""

    def __init__(self, folder: Path, kind: str, other: str = "127.0.0.1:9") -> None:
        folder.mkdir(parents=True)
        main, bindings, service = KINDS[kind]
        (folder / "main.js").write_text(main)
        (folder / "ok.js").write_text(OK)
        text = (
            _CONFIG.replace("BINDINGS", bindings)
            .replace("OTHER", other)
            .replace("SERVICE", service)
        )
        (folder / "config.capnp").write_text(text)
        port = free_port()
        self.socket = f"unix:{folder / 'socket'}"
        address = self.socket if kind == "behind" else f"127.0.0.1:{port}"
        command: list[str | Path] = [binaries.workerd(lambda _: None), "serve", "--experimental"]
        command += [f"--socket-addr=http={address}", folder / "config.capnp", "config"]
        self.process = Process(command, folder / "log")
        if kind == "behind":
            until((folder / "socket").exists, self.process.tail)
        else:
            until(lambda: listens(port), self.process.tail)
        self.target = Target(f"http://127.0.0.1:{port}/", "bare.test")
        self.pid = self.process.pid

    def stop(self) -> None:
        self.process.stop()


_NEXT: Final = '(name = "NEXT", service = "{}")'
KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "direct": (OK, "", "main"),
    "behind": (OK, "", "main"),
    "binding": (_PASS_ON, _NEXT.format("target"), "main"),
    "loader": (_LOAD, '(name = "LOADER", workerLoader = ())', "main"),
    "proxy": (_PASS_ON, _NEXT.format("other"), "main"),
    "native": (OK, "", "other"),
}
"""Script, bindings, and the service of the socket. `behind` listens on a unix socket; `proxy` and `native` (no
JavaScript) pass requests on to it."""
