"""Runs workerd on a configuration for the length of a test module."""

import ctypes
import json
import logging
import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from local_edge import binaries

log = logging.getLogger(__name__)

SOURCES: Final = Path(__file__).parents[2] / "operator" / "workers_operator" / "workers"
HARNESS: Final = Path(__file__).parent / "js"
COMPATIBILITY_DATE: Final = "2026-10-01"
START_TIMEOUT_S: Final = 30.0
PROTO_HEADER: Final = "Harness-Proto"  # its value is the scheme of the URL that the worker sees
PR_SET_PDEATHSIG: Final = 1


def text(value: object) -> str:
    """A Cap'n Proto text literal: for names and paths its escapes are those of JSON."""
    return json.dumps(value, ensure_ascii=False)


def worker(modules: Mapping[str, str], *fields: str) -> str:
    """A worker of ``modules`` (name → file; the first is the main one) and further ``fields``."""
    listed = ", ".join(
        f"(name = {text(name)}, esModule = embed {text(file)})" for name, file in modules.items()
    )
    date = f"compatibilityDate = {text(COMPATIBILITY_DATE)}"
    return f"({', '.join([f'modules = [{listed}]', date, *fields])})"


@contextmanager
def run_workerd(
    folder: Path, services: list[str], sockets: Mapping[str, str]
) -> Iterator[Mapping[str, int]]:
    """Serves ``sockets`` (name → service reference) and yields their ports on the loopback.

    The dispatcher, all bundles and the harness's own modules lie in ``folder``, by their file names.
    """
    binary = binaries.workerd(log.info)
    bundles = (SOURCES / "bundles").rglob("*.js")
    for source in (*SOURCES.glob("*.js"), *bundles, *HARNESS.glob("*.js")):
        shutil.copy(source, folder / source.name)
    listed = ",\n".join(
        f'(name = {text(name)}, address = "127.0.0.1:0", service = {service}, '
        f'http = (forwardedProtoHeader = "{PROTO_HEADER}"))'
        for name, service in sockets.items()
    )
    body = ",\n".join(services)
    (folder / "config.capnp").write_text(
        'using Workerd = import "/workerd/workerd.capnp";\n'
        f"const config :Workerd.Config = (services = [{body}], sockets = [{listed}]);\n"
    )
    with (folder / "workerd.log").open("wb") as output:
        reading, writing = os.pipe()
        process = subprocess.Popen(
            [binary, "serve", f"--control-fd={writing}", str(folder / "config.capnp")],
            pass_fds=(writing,),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=_die_with_parent,
        )
        os.close(writing)
        try:
            yield _await_ports(reading, set(sockets), folder / "workerd.log")
        finally:
            os.close(reading)
            process.kill()
            process.wait()


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _await_ports(reading: int, names: set[str], errors: Path) -> dict[str, int]:
    """The ports as workerd tells them, a JSON line each."""
    ports: dict[str, int] = {}
    pending = b""
    while set(ports) != names:
        ready, _, _ = select.select([reading], [], [], START_TIMEOUT_S)
        chunk = os.read(reading, 65536) if ready else b""
        if not chunk:
            raise RuntimeError(f"workerd did not start:\n{errors.read_text()}")
        *lines, pending = (pending + chunk).split(b"\n")
        for line in lines:
            event = json.loads(line)
            if event.get("event") == "listen":
                ports[event["socket"]] = event["port"]
    return ports
