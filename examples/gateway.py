"""Start the REST API in the background, unless it runs; write API_URL and a developer's API_TOKEN to ``.local/env``."""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from install import find_kubectl, free_port
from processes import alive, get_ok, stop

EXAMPLES = Path(__file__).resolve().parent
MANIFESTS = EXAMPLES.parent / "manifests" / "gateway"
ACCOUNT = "code24-workers/workers-gateway"
CONTEXT = "workers-gateway"
PATIENCE = 60.0


def main() -> None:
    """Start the gateway."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dir", type=Path, required=True, help="folder with cluster/, edge/, env")
    folder: Path = parser.parse_args().dir.resolve()
    kubectl = [find_kubectl(), "--kubeconfig", str(folder / "cluster" / "kubeconfig")]
    files = (MANIFESTS / "rbac.yaml", MANIFESTS / "callers.yaml", EXAMPLES / "developer.yaml")
    run(*kubectl, "apply", *(part for file in files for part in ("-f", str(file))))
    programs = Path(sys.executable).parent
    names = ("--service-account", ACCOUNT, "--context", CONTEXT)
    run(str(programs / "local-cluster"), "kubeconfig", "--dir", str(folder / "cluster"), *names)
    audience = ("--audience", "code24-workers", "--duration", "24h")
    token = run(*kubectl, "create", "token", "developer", "--namespace", "default", *audience)
    variables = read(folder / "env")
    address, health = addresses(folder)
    variables |= {"API_URL": f"http://{address}", "API_TOKEN": token.strip()}
    (folder / "env").write_text("".join(f"{k}={v}\n" for k, v in variables.items()))
    if not runs(folder / "gateway.pid"):
        command = [str(programs / "workers-operator"), "gateway", "--context", CONTEXT]
        start(folder, [*command, "--address", address, "--health-address", health], variables)
    await_ready(folder, health)
    print(f"The REST API is up: http://{address}, documented at http://{address}/api/docs")
    print(f"The fleet page: http://{address}/ (sign in with API_TOKEN of {folder / 'env'})")


def read(path: Path) -> dict[str, str]:
    """Return the variables of a file."""
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def addresses(folder: Path) -> tuple[str, str]:
    """Return the addresses of the API and of its health, the same at every start."""
    known = folder / "gateway.addresses"
    if not known.exists():
        known.write_text(f"127.0.0.1:{free_port()} 127.0.0.1:{free_port()}")
    address, health = known.read_text().split()
    return address, health


def runs(pid_file: Path) -> bool:
    """Return whether the process of a pid file runs."""
    return pid_file.exists() and alive(int(pid_file.read_text()))


def start(folder: Path, command: list[str], variables: dict[str, str]) -> None:
    """Start the gateway as a process that outlives this one."""
    stop(folder / "gateway.pid")
    with (folder / "gateway.log").open("ab") as log, (folder / "audit.log").open("ab") as audit:
        process = subprocess.Popen(
            command,
            stdout=audit,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **variables},
        )
    (folder / "gateway.pid").write_text(str(process.pid))


def await_ready(folder: Path, health: str) -> None:
    """Return when the gateway has read the cluster. Exit if it does not."""
    deadline = time.monotonic() + PATIENCE
    while not get_ok(f"http://{health}/readyz"):
        if time.monotonic() > deadline or not runs(folder / "gateway.pid"):
            sys.exit(f"The REST API does not start; its log: {folder / 'gateway.log'}")
        time.sleep(0.1)


def run(*command: str) -> str:
    """Return the output of a command. Exit with its output if it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
