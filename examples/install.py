"""Install CRDs, RBAC and the operator's kubeconfig context for the local cluster, and write ``.local/env``."""

import argparse
import shutil
import socket
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ACCOUNT = "code24-workers/workers-operator"
CONTEXT = "workers-operator"


def main() -> None:
    """Run the installation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--dir", type=Path, required=True, help="folder that contains cluster/ and edge/"
    )
    folder = parser.parse_args().dir.resolve()
    kubeconfig = folder / "cluster" / "kubeconfig"
    kubectl = [find_kubectl(), "--kubeconfig", str(kubeconfig)]
    manifests = ROOT / "manifests" / "base"
    run(*kubectl, "apply", "--server-side", "--force-conflicts", "-f", str(ROOT / "crds"))
    run(
        *kubectl,
        "apply",
        "-f",
        str(manifests / "namespace.yaml"),
        "-f",
        str(manifests / "rbac.yaml"),
    )
    run(*kubectl, "wait", "--for=condition=Established", "--timeout=30s", "-f", str(ROOT / "crds"))
    # kubectl keeps what it has read of the API server before: `get workers`, a category, would not be found there.
    run(*kubectl, "api-resources", "--categories=workers")
    cluster = Path(sys.executable).parent / "local-cluster"
    names = ("--service-account", ACCOUNT, "--context", CONTEXT)
    run(str(cluster), "kubeconfig", "--dir", str(folder / "cluster"), *names)
    write_environment(folder, kubeconfig)
    print(f"CRDs and RBAC are installed; the environment is in {folder / 'env'}")


def find_kubectl() -> str:
    """Return the path of kubectl: from PATH, otherwise the one built with the local cluster."""
    found = shutil.which("kubectl")
    if found:
        return found
    cluster = Path(sys.executable).parent / "local-cluster"
    binaries = subprocess.run([cluster, "binaries"], check=True, capture_output=True, text=True)
    return str(Path(binaries.stdout.strip().splitlines()[-1]) / "kubectl")


def write_environment(folder: Path, kubeconfig: Path) -> None:
    """Write ``.local/env``, the environment of `make run` and `make demo`."""
    path = folder / "env"
    address = f"127.0.0.1:{free_port()}"
    if path.exists():  # the operator may be running at this address
        known = dict(line.split("=", 1) for line in path.read_text().splitlines())
        address = known.get("WORKERS_OPERATOR_ADDRESS", address)
    lines = [
        f"KUBECONFIG={kubeconfig}",
        f"WORKERS_OPERATOR_CONTEXT={CONTEXT}",
        *(folder / "edge" / "edge.env").read_text().splitlines(),
        "ENVIRONMENT=staging",
        "WORKERS_KV_WINDOW=2s",
        "WORKERS_METRICS_INTERVAL=10s",
        "WORKERS_METRICS_DELAY=5s",  # of the local edge, one second and a margin
        "WORKERS_ALLOW_PRIVATE=127.0.0.1",  # the demo's shop
        f"WORKERS_OPERATOR_ADDRESS={address}",
    ]
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n")


def free_port() -> int:
    """Return a free TCP port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run(*command: str) -> None:
    """Run a command without its output. Exit with its output if it fails."""
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main()
