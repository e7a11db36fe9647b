"""Command line: ``workers-operator`` with the commands run, gateway, template, rollout, logs, orphans and usage."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from workers_operator import __version__, logs
from workers_operator.settings import Settings, SettingsError, checked_address, from_environment

# Options that are another way to set a variable.
_VARIABLES: Final = {
    "secrets_namespace": "WORKERS_SECRETS_NAMESPACE",
    "allowed_base_urls": "WORKERS_ALLOWED_BASE_URLS",
    "allowed_data_planes": "WORKERS_ALLOWED_DATA_PLANES",
    "allowed_webhooks": "WORKERS_ALLOWED_WEBHOOKS",
}
# Commands with parsers of their own.
_OTHERS: Final = {
    "gateway": "serve the REST API",
    "template": "list, show, create and test templates",
    "rollout": "show and decide how a new version takes over",
    "logs": "show the logs of a worker",
    "usage": "show what customers' workers have used",
    "orphans": "list, remove and adopt workers that serve without an object",
}


def main() -> None:
    """Run the command line. Each command imports its own modules, so ``run`` does not load the authoring tools."""
    if sys.argv[1:2] == ["template"]:
        from workers_operator.authoring import cli as authoring

        sys.exit(authoring.main(sys.argv[2:]))
    if sys.argv[1:2] == ["orphans"]:
        from workers_operator.administration import cli as administration

        sys.exit(administration.main(sys.argv[2:]))
    if sys.argv[1:2] == ["rollout"]:
        from workers_operator.administration.rollouts import cli as rollouts

        sys.exit(rollouts.main(sys.argv[2:]))
    if sys.argv[1:2] == ["logs"]:
        from workers_operator.administration.logs import cli as worker_logs

        sys.exit(worker_logs.main(sys.argv[2:]))
    if sys.argv[1:2] == ["usage"]:
        from workers_operator.administration.usage import cli as usage

        sys.exit(usage.main(sys.argv[2:]))
    if sys.argv[1:2] == ["gateway"]:
        from workers_operator.gateway import cli as gateway

        sys.exit(gateway.main(sys.argv[2:]))
    try:
        settings = settings_of(sys.argv[1:])
    except SettingsError as error:
        sys.exit(f"workers-operator: {error}")
    _run(settings)


def _run(settings: Settings) -> None:
    from workers_operator import app
    from workers_operator.kube.auth import AccessError
    from workers_operator.kube.election import LeadershipLost

    logs.configure(settings.log_level)
    try:
        asyncio.run(app.run(settings))
    except AccessError as error:
        sys.exit(f"workers-operator: {error}")
    except LeadershipLost as error:
        sys.exit(f"workers-operator: {error}; exiting, so that only the new leader makes changes")


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
    _add_policy(run)
    commands.add_parser("template", help="list, show, create and test templates")
    commands.add_parser("rollout", help="show and decide how a new version takes over")
    commands.add_parser("logs", help="show the logs of a worker")
    commands.add_parser("usage", help="show what customers' workers have used")
    commands.add_parser(
        "orphans", help="list, remove and adopt workers that serve without an object"
    )
    return parser


def _add_policy(run: argparse.ArgumentParser) -> None:
    """Add the options that say what WorkersPlatforms may ask for."""
    run.add_argument(
        "--secrets-namespace",
        metavar="NAMESPACE",
        help="the only namespace that API tokens of WorkersPlatforms are read from "
        "(default: WORKERS_SECRETS_NAMESPACE, then POD_NAMESPACE, then code24-workers)",
    )
    run.add_argument(
        "--allowed-base-urls",
        metavar="URLS",
        help="what spec.baseUrl of WorkersPlatforms may begin with, besides Cloudflare's public API and "
        "CLOUDFLARE_BASE_URL; separated by commas (default: WORKERS_ALLOWED_BASE_URLS, then nothing)",
    )
    run.add_argument(
        "--allowed-data-planes",
        metavar="URLS",
        help="what spec.dataPlane.address of WorkersPlatforms may be, besides EDGE_URL; separated by commas "
        "(default: WORKERS_ALLOWED_DATA_PLANES, then nothing)",
    )
    run.add_argument(
        "--allowed-webhooks",
        metavar="URLS",
        help="what URLs of spec.notifications of WorkersPlatforms may begin with, besides public hosts with https; "
        "separated by commas (default: WORKERS_ALLOWED_WEBHOOKS, then nothing)",
    )


def settings_of(command: Sequence[str]) -> Settings:
    """Return what a command line and the environment say. Raises SettingsError."""
    arguments = _parser().parse_args(command)
    given = {
        k: v for k, v in vars(arguments).items() if k in ("kubeconfig", "context", "address") and v
    }
    if "address" in given:
        given["address"] = checked_address(given["address"], "--address")
    values = vars(arguments)
    options = {name: values[key] for key, name in _VARIABLES.items() if values[key] is not None}
    settings = replace(from_environment({**os.environ, **options}), **given)
    if arguments.leader_elect:
        leader_elect = arguments.leader_elect == "true"
        settings = replace(settings, election=replace(settings.election, leader_elect=leader_elect))
    return settings


if __name__ == "__main__":
    main()
