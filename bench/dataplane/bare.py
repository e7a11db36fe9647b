"""workerd without the edge: what each kind of hop costs in the runtime itself."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from bench.dataplane.wrk import Target
from bench.shops.fronts import PAGE, free_port, listens
from local_edge import binaries
from support.processes import Process
from support.waiting import until

OK: Final = "export default { fetch: () => new Response('ok') };"
_PASS_ON: Final = "export default { fetch: (request, env) => env.NEXT.fetch(request) };"
_LOAD: Final = f"""
const code = {{ compatibilityDate: '2026-01-01', mainModule: 'main.js', modules: {{ 'main.js': `{OK}` }} }};
export default {{ fetch: (request, env) => env.LOADER.get('one', () => code).getEntrypoint().fetch(request) }};
"""
# The calls of a dispatch, and of a script that asks a cache: host, dispatcher, host, script, and the host again.
_DISPATCH: Final = """
import { WorkerEntrypoint } from 'cloudflare:workers';
const PASS_ON = `PASS_ON_TEXT`;
const SCRIPT = `SCRIPT_TEXT`;
const date = '2026-01-01';
const code = (text, env) => ({ compatibilityDate: date, mainModule: 'main.js', modules: { 'main.js': text }, env });
const start = (env, name, text, next) => env.LOADER.get(name, () => code(text, { NEXT: next })).getEntrypoint();
export class Dispatch extends WorkerEntrypoint {
  fetch(request) { return start(this.env, 'script', SCRIPT, this.env.CACHE).fetch(request); }
}
export class Cache extends WorkerEntrypoint {
  fetch() { return new Response('.'.repeat(8192)); }
}
export default { fetch: (request, env) => start(env, 'dispatcher', PASS_ON, env.DISPATCH).fetch(request) };
""".replace("PASS_ON_TEXT", _PASS_ON)
# Code that this process has never loaded, with each request.
_LOAD_NEW: Final = """
let loads = 0;
const text = (number) => `export default { fetch: () => new Response('${number}') };\n// ${'x'.repeat(2048)}`;
const date = '2026-01-01';
const code = (number) => ({ compatibilityDate: date, mainModule: 'main.js', modules: { 'main.js': text(number) } });
export default { fetch(request, env) {
  const number = (loads += 1);
  return env.LOADER.get(String(number), () => code(number)).getEntrypoint().fetch(request);
} };
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
_LOADER: Final = '(name = "LOADER", workerLoader = ())'
_OWN: Final = ", ".join(
    f'(name = "{name.upper()}", service = (name = "main", entrypoint = "{name}"))'
    for name in ("Dispatch", "Cache")
)
KINDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "direct": (OK, "", "main"),
    "behind": (OK, "", "main"),
    "binding": (_PASS_ON, _NEXT.format("target"), "main"),
    "loader": (_LOAD, _LOADER, "main"),
    "dispatch": (_DISPATCH.replace("SCRIPT_TEXT", OK), f"{_LOADER}, {_OWN}", "main"),
    "cached": (_DISPATCH.replace("SCRIPT_TEXT", _PASS_ON), f"{_LOADER}, {_OWN}", "main"),
    "page": (PAGE, "", "main"),
    "new": (_LOAD_NEW, _LOADER, "main"),
    "proxy": (_PASS_ON, _NEXT.format("other"), "main"),
    "native": (OK, "", "other"),
}
"""Script, bindings, and the service of the socket. `behind` listens on a unix socket; `proxy` and `native` (no
JavaScript) pass requests on to it. `page` and `cached` answer with 8 KiB, the latter through the calls that a cached
page of a template takes; `new` loads code that it has never loaded."""
