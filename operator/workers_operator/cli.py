"""Command line: ``workers-operator run`` and ``workers-operator template``."""

import argparse
import asyncio
import sys
from dataclasses import replace

from workers_operator import __version__, logs
from workers_operator.settings import Settings, SettingsError, checked_address, from_environment


def main() -> None:
    """Run the command line. Each command imports its own modules, so ``run`` does not load the authoring tools."""
    if sys.argv[1:2] == ["template"]:
        from workers_operator.authoring import cli as authoring

        sys.exit(authoring.main(sys.argv[2:]))
    _run(_parser().parse_args())


def _run(arguments: argparse.Namespace) -> None:
    from workers_operator import app
    from workers_operator.kube.election import LeadershipLost

    try:
        settings = _settings(arguments)
    except SettingsError as error:
        sys.exit(f"workers-operator: {error}")
    logs.configure(settings.log_level)
    try:
        asyncio.run(app.run(settings))
    except LeadershipLost as error:
        sys.exit(f"workers-operator: {error}; ending, so that nobody works besides the new leader")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="workers-operator",
        description="Reconciles EliteWorkers and CustomerWorkers into Cloudflare Workers.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser(
        "run",
        help="run the operator in the foreground",
        description="Runs the operator. If the cluster has no WorkersPlatform, the variables CLOUDFLARE_API_TOKEN, "
        "CLOUDFLARE_ACCOUNT_ID, CLOUDFLARE_ZONE_ID, ENVIRONMENT and CLOUDFLARE_BASE_URL define one named default.",
    )
    run.add_argument(
        "--kubeconfig",
        help="kubeconfig file (default: KUBECONFIG, then ~/.kube/config, then in-cluster)",
    )
    run.add_argument(
        "--context",
        help="kubeconfig context (default: WORKERS_OPERATOR_CONTEXT, then the current context)",
    )
    run.add_argument(
        "--address",
        help="host:port of /metrics, /healthz and /readyz "
        "(default: WORKERS_OPERATOR_ADDRESS, then 0.0.0.0:8080)",
    )
    run.add_argument(
        "--leader-elect",
        nargs="?",
        const="true",
        choices=("true", "false"),
        help="make changes only while holding the Lease workers-operator in POD_NAMESPACE "
        "(default: WORKERS_LEADER_ELECT, then true with a pod's service account, false with a kubeconfig)",
    )
    commands.add_parser("template", help="list, show, create and test templates")
    return parser


def _settings(arguments: argparse.Namespace) -> Settings:
    given = {
        k: v for k, v in vars(arguments).items() if k in ("kubeconfig", "context", "address") and v
    }
    if "address" in given:
        given["address"] = checked_address(given["address"])
    settings = replace(from_environment(), **given)
    if arguments.leader_elect:
        leader_elect = arguments.leader_elect == "true"
        settings = replace(settings, election=replace(settings.election, leader_elect=leader_elect))
    return settings


if __name__ == "__main__":
    main()
