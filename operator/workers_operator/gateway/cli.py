"""The command ``workers-operator gateway``."""

import argparse
import asyncio
import math
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from workers_operator import logs
from workers_operator.gateway import process
from workers_operator.gateway.access.limits import Rate
from workers_operator.gateway.options import (
    ADDRESS_RATE,
    AUDIENCE,
    CALLER_RATE,
    GatewayOptions,
    TlsFiles,
)
from workers_operator.kube import auth
from workers_operator.settings import (
    Settings,
    SettingsError,
    Variables,
    checked_address,
    from_environment,
)

_PROG: Final = "workers-operator gateway"


def main(arguments: Sequence[str]) -> int:
    """Run the gateway until a signal ends it; return the exit code: 0, or 1 after an error."""
    try:
        settings, options = configuration_of(arguments, os.environ)
        logs.configure(settings.log_level)
        asyncio.run(process.run(options, settings))
    except (SettingsError, auth.AccessError, OSError) as error:
        print(f"{_PROG}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=_PROG,
        description="Serves the Code24 REST API over the custom resources: docs/rest-api.md. Writes an audit log of "
        "JSON lines to standard output.",
    )
    add = parser.add_argument
    add(
        "--kubeconfig",
        help="kubeconfig file (default: KUBECONFIG, then ~/.kube/config, then in-cluster)",
    )
    add("--context", help="kubeconfig context (default: WORKERS_GATEWAY_CONTEXT)")
    add(
        "--address",
        help="host:port of the API (default: WORKERS_GATEWAY_ADDRESS, then 0.0.0.0:8090)",
    )
    add(
        "--health-address",
        help="host:port of /metrics, /healthz and /readyz "
        "(default: WORKERS_GATEWAY_HEALTH_ADDRESS, then 0.0.0.0:8091)",
    )
    add(
        "--audience",
        default=AUDIENCE,
        help=f"required audience of bearer tokens (default: {AUDIENCE})",
    )
    add("--tls-cert", type=Path, metavar="FILE", help="certificate; read again when it changes")
    add("--tls-key", type=Path, metavar="FILE", help="private key of the certificate")
    add(
        "--cors-origin",
        action="append",
        default=[],
        metavar="ORIGIN",
        help="origin of a page that may call the API; repeatable (default: none)",
    )
    add(
        "--trusted-proxies",
        default="127.0.0.1",
        metavar="ADDRESSES",
        help="proxies whose X-Forwarded-For tells the caller's address; separated by commas (default: 127.0.0.1)",
    )
    add(
        "--caller-rate",
        type=_rate,
        default=CALLER_RATE,
        metavar="NUMBER",
        help=f"requests a minute and caller (default: {CALLER_RATE.quota})",
    )
    add(
        "--address-rate",
        type=_rate,
        default=ADDRESS_RATE,
        metavar="NUMBER",
        help=f"requests a minute and address (default: {ADDRESS_RATE.quota})",
    )
    return parser


def _rate(text: str) -> Rate:
    number = float(text) if text.isascii() and text.isdecimal() else math.nan
    if not 1 <= number <= 10_000_000:
        raise argparse.ArgumentTypeError("must be a number from 1 to 10,000,000")
    return Rate(int(number))


def configuration_of(
    arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[Settings, GatewayOptions]:
    """Return what a command line and the environment say. Raises SettingsError."""
    found, variables = _parser().parse_args(arguments), Variables(environment)
    settings = from_environment(environment)
    settings = replace(
        settings,
        kubeconfig=found.kubeconfig or settings.kubeconfig,
        # The context of the operator is not the gateway's.
        context=found.context or variables.text("WORKERS_GATEWAY_CONTEXT") or None,
    )
    return settings, _options(found, variables)


def _options(found: argparse.Namespace, variables: Variables) -> GatewayOptions:
    if (found.tls_cert is None) != (found.tls_key is None):
        raise SettingsError("--tls-cert and --tls-key belong together")
    return GatewayOptions(
        address=checked_address(found.address, "--address")
        if found.address
        else variables.address("WORKERS_GATEWAY_ADDRESS", "0.0.0.0:8090"),
        health_address=checked_address(found.health_address, "--health-address")
        if found.health_address
        else variables.address("WORKERS_GATEWAY_HEALTH_ADDRESS", "0.0.0.0:8091"),
        audience=found.audience,
        tls=TlsFiles(found.tls_cert, found.tls_key) if found.tls_cert is not None else None,
        origins=tuple(found.cors_origin),
        proxies=found.trusted_proxies,
        caller_rate=found.caller_rate,
        address_rate=found.address_rate,
    )
