"""The command `local-cluster`."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from local_cluster.binaries import assets
from local_cluster.cluster import LocalCluster
from local_cluster.errors import LocalClusterError
from local_cluster.layout import Layout
from local_cluster.progress import Progress, duration
from local_cluster.run.supervisor import Supervisor


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(arguments)
    commands = {
        "up": _up,
        "down": _down,
        "status": _status,
        "binaries": _binaries,
        "kubeconfig": _kubeconfig,
    }
    try:
        return commands[options.command](options)
    except (LocalClusterError, OSError) as error:
        print(f"local-cluster: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="local-cluster",
        description="Run a Kubernetes API server with etcd and the housekeeping controllers on this"
        " machine, without containers. All files are kept in one directory.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    here = argparse.ArgumentParser(add_help=False)
    here.add_argument(
        "--dir", type=Path, required=True, help="directory of the cluster", metavar="DIR"
    )

    up = commands.add_parser(
        "up", parents=[here], help="start the cluster and wait until it is ready"
    )
    up.add_argument(
        "--foreground",
        action="store_true",
        help="stay in the foreground; stop the cluster on SIGINT (Ctrl-C), SIGTERM or when the parent exits",
    )
    commands.add_parser("down", parents=[here], help="stop the cluster; its data are kept")
    status = commands.add_parser(
        "status",
        parents=[here],
        help="show the processes; exit code 0: up, 1: down",
        description="Show the processes. Exit code 0: the cluster is up, 1: it is down.",
    )
    status.add_argument("--json", action="store_true", help="print a JSON document")
    commands.add_parser(
        "binaries", help="only find, download or build the executables, and print their directory"
    )
    access = commands.add_parser(
        "kubeconfig",
        parents=[here],
        help="create a context for a service account (its token is valid for 24 hours)",
    )
    access.add_argument("--service-account", required=True, metavar="NAMESPACE/NAME")
    access.add_argument("--context", required=True, metavar="NAME", help="name of the context")
    access.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="write a kubeconfig with only this context, instead of adding it to DIR/kubeconfig",
    )
    return parser


def _up(options: argparse.Namespace) -> int:
    if options.foreground:
        return _up_foreground(options.dir.absolute())
    cluster = LocalCluster(options.dir)
    if (status := cluster.status()).up:
        print(f"The cluster is already up: {status.url}, kubeconfig {cluster.kubeconfig}")
        return 0
    progress = Progress()
    binaries = assets.ensure(progress)
    progress.say("Starting the cluster")
    began = time.monotonic()
    cluster.start(progress=progress, binaries=binaries)
    took = duration(time.monotonic() - began)
    print(f"The cluster is up after {took}: {cluster.url}, kubeconfig {cluster.kubeconfig}")
    return 0


def _up_foreground(directory: Path) -> int:
    parent = os.getppid()
    layout = Layout(directory)
    progress = Progress()

    def on_ready() -> None:
        url = layout.read_state().url
        print(f"The cluster is up: {url}, kubeconfig {layout.kubeconfig}", flush=True)

    Supervisor(layout, parent=parent).run(assets.ensure(progress), progress, on_ready)
    print("The cluster has stopped")
    return 0


def _down(options: argparse.Namespace) -> int:
    cluster = LocalCluster(options.dir)
    if not cluster.status().pids:
        print("No cluster is running in this directory")
        return 0
    began = time.monotonic()
    cluster.stop()
    print(f"The cluster stopped after {duration(time.monotonic() - began)}")
    return 0


def _status(options: argparse.Namespace) -> int:
    status = LocalCluster(options.dir).status()
    if options.json:
        print(json.dumps(asdict(status), default=str, indent=2))
    elif status.up:
        print(f"up: {status.url}")
        print(f"kubeconfig: {status.kubeconfig}")
        print(f"audit log: {status.audit_log}")
        for name, pid in status.pids.items():
            print(f"{name}: pid {pid}")
    else:
        print("down" if status.failure is None else f"down: {status.failure}")
    return 0 if status.up else 1


def _binaries(_options: argparse.Namespace) -> int:
    print(assets.ensure(Progress()).kube_apiserver.parent)
    return 0


def _kubeconfig(options: argparse.Namespace) -> int:
    namespace, separator, name = options.service_account.partition("/")
    if not (namespace and separator and name):
        raise LocalClusterError(
            f"--service-account: expected NAMESPACE/NAME, got {options.service_account!r}"
        )
    cluster = LocalCluster(options.dir)
    if options.output is None:
        cluster.add_context(namespace=namespace, service_account=name, context=options.context)
        print(f"Context {options.context} added to {cluster.kubeconfig}")
    else:
        cluster.service_account_kubeconfig(
            namespace=namespace,
            service_account=name,
            output=options.output,
            context=options.context,
        )
        print(f"Context {options.context} written to {options.output}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
